/** Small makers of DOM, so that markup reads as an outline. Text is always set as text, never as markup. */

type Child = Node | string | undefined | false;

interface Parts {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parts: Parts = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(tag);
  if (parts.class !== undefined) made.className = parts.class;
  if (parts.text !== undefined) made.textContent = parts.text;
  if (parts.title !== undefined) made.title = parts.title;
  for (const [name, value] of Object.entries(parts.attributes ?? {})) made.setAttribute(name, value);
  for (const child of children) if (child !== undefined && child !== false) made.append(child);
  return made;
};

export const span = (className: string, text: string): HTMLSpanElement =>
  element('span', { class: className, text });

/** Sets an attribute only when it changes: the browser does work for each set. */
export const setAttribute = (target: Element, name: string, value: string | undefined): void => {
  if (value === undefined) {
    if (target.hasAttribute(name)) target.removeAttribute(name);
  } else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
};

export const setText = (target: Node, text: string): void => {
  if (target.textContent !== text) target.textContent = text;
};
