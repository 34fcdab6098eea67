/** Line drawings of 16 by 16, in the colour of the text around them. */
const PATHS = {
  up: 'M8 13.5V3M3.8 7.2 8 3l4.2 4.2',
  down: 'M8 2.5V13M3.8 8.8 8 13l4.2-4.2',
  undo: 'M5.8 2.8 2.5 6.1l3.3 3.3M3 6.1h6.6a3.6 3.6 0 0 1 0 7.2H6.2',
  redo: 'M10.2 2.8l3.3 3.3-3.3 3.3M13 6.1H6.4a3.6 3.6 0 0 0 0 7.2h3.4',
  find: 'M6.7 11.2a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10 10l4 4',
  goTo: 'M2 8h8M6.8 4.8 10 8l-3.2 3.2M13.3 2.8v10.4',
  keys: 'M1.8 4.2h12.4v7.6H1.8ZM4 6.6h.9M7.5 6.6h.9M11 6.6h.9M5 9.4h6',
  close: 'M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4',
} as const;

export type Icon = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

export const icon = (name: Icon): SVGSVGElement => {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('width', '16');
  svg.setAttribute('height', '16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
};
