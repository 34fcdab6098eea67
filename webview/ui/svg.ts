/** Makes SVG by DOM: attributes are set, never parsed, so that nothing needs a style or script exception. */

export const svg = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly (Node | string | undefined)[]
): SVGElementTagNameMap[K] => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  for (const child of children) if (child !== undefined) made.append(child);
  return made;
};

/** A line of text that begins, is centred or ends at `x`; `y` is its middle. */
export const svgText = (
  className: string,
  x: number,
  y: number,
  text: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): SVGTextElement =>
  svg('text', { class: className, x, y, 'text-anchor': anchor, 'dominant-baseline': 'central' }, text);

/** Straight lines between points. */
export const pathThrough = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');

/** Width of a character and height of a line in the font of `place`, which must be in the document and visible. */
export const fontMetrics = (place: HTMLElement): { readonly char: number; readonly line: number } => {
  const sample = document.createElement('span');
  sample.textContent = '0'.repeat(50);
  sample.className = 'measure';
  place.append(sample);
  const { width, height } = sample.getBoundingClientRect();
  sample.remove();
  return { char: width / 50, line: height };
};
