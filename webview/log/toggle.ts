import { element } from '../ui/element';

const SVG = 'http://www.w3.org/2000/svg';

/** Line drawings of 16 by 16. */
const PATHS = {
  follow: 'M8 2.5v8M4.5 7.2 8 10.7l3.5-3.5M3 13.5h10',
  detail: 'M2.5 3.5h11v9h-11zM9 3.5v9',
} as const;

/** A button that is on or off. */
export const toggle = (
  icon: keyof typeof PATHS,
  label: string,
  on: boolean,
  onChange: (on: boolean) => void,
): HTMLButtonElement => {
  const drawing = document.createElementNS(SVG, 'svg');
  drawing.setAttribute('viewBox', '0 0 16 16');
  drawing.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[icon]);
  drawing.append(path);
  const button = element('button', {
    class: 'toggle',
    title: label,
    attributes: { type: 'button', 'aria-label': label, 'aria-pressed': String(on) },
  });
  button.append(drawing);
  button.addEventListener('click', () => onChange(button.getAttribute('aria-pressed') !== 'true'));
  return button;
};
