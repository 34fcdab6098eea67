import { element, span } from '../ui/element';
import { BEHAVIOURS, type Behaviour } from './bitBehaviour';

/** Width and height of one bit's mark, in pixels of the page. */
const WIDE = 5;
const HIGH = 9;
/** Between the two halves of a byte. */
const GAP = 2;
const BYTE = 8 * WIDE + GAP;

interface Shape {
  /** Drawn in a box of 4 by 8, from its upper left corner. */
  readonly path: string;
  /** Outline or area. */
  readonly drawn: 'line' | 'area';
}

/** What the device does is a box, what the driver does is round or crossed. */
const SHAPES: Readonly<Record<Behaviour, Shape>> = {
  readWrite: { drawn: 'area', path: 'h4v8h-4z' },
  readOnly: { drawn: 'line', path: 'm.5 .5h3v7h-3z' },
  writeOneToClear: { drawn: 'area', path: 'v8h4z' },
  writeOnly: { drawn: 'area', path: 'm0 4h4v4h-4z' },
  reserved: { drawn: 'line', path: 'm0 4.5h4' },
  undescribed: { drawn: 'area', path: 'm1.5 6.5h1.2v1.2h-1.2z' },
  passes: { drawn: 'area', path: 'm0 1l4 3l-4 3z' },
  acted: { drawn: 'area', path: 'm0 4a2 2 0 1 1 4 0a2 2 0 1 1 -4 0z' },
  emulated: { drawn: 'line', path: 'm.5 4a1.5 2 0 1 1 3 0a1.5 2 0 1 1 -3 0z' },
  ignored: { drawn: 'line', path: 'm.5 3.5h3v4h-3z' },
  dropped: { drawn: 'line', path: 'm.2 2l3.6 4m0 -4l-3.6 4' },
  refused: { drawn: 'line', path: 'm.2 1l3.6 3.6m0 -3.6l-3.6 3.6m0 2.9h3.6' },
  hidden: { drawn: 'line', path: 'm3.5 .5l-3 7' },
};

const SVG = 'http://www.w3.org/2000/svg';

const drawing = (width: number): SVGSVGElement => {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'bits');
  svg.setAttribute('viewBox', `0 0 ${width} ${HIGH}`);
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(HIGH));
  svg.setAttribute('aria-hidden', 'true');
  return svg;
};

const mark = (behaviour: Behaviour, path: string): SVGPathElement => {
  const made = document.createElementNS(SVG, 'path');
  made.setAttribute('class', `bit ${SHAPES[behaviour].drawn} ${behaviour}`);
  made.setAttribute('d', path);
  return made;
};

/** One byte: eight marks, bit 7 first. One path for each behaviour, since there are thousands of bytes. */
const byteDrawing = (behaviours: readonly Behaviour[]): SVGSVGElement => {
  const paths = new Map<Behaviour, string>();
  behaviours.forEach((behaviour, bit) => {
    const x = (7 - bit) * WIDE + (bit < 4 ? GAP : 0);
    paths.set(behaviour, `${paths.get(behaviour) ?? ''}M${x} .5${SHAPES[behaviour].path}`);
  });
  const svg = drawing(BYTE);
  for (const [behaviour, path] of paths) svg.append(mark(behaviour, path));
  return svg;
};

const templates = new Map<string, SVGSVGElement>();

/** The marks of one byte's bits, the lowest first in `behaviours`. Few patterns fill a whole space: copies of a template. */
export const byteMarks = (behaviours: readonly Behaviour[]): Node => {
  const key = behaviours.join();
  let template = templates.get(key);
  if (!template) {
    template = byteDrawing(behaviours);
    templates.set(key, template);
  }
  return template.cloneNode(true);
};

/** What the marks mean, for those that occur. */
export const legendOf = (behaviours: readonly Behaviour[]): readonly HTMLElement[] =>
  behaviours.map((behaviour) => {
    const svg = drawing(WIDE);
    svg.append(mark(behaviour, `M0 .5${SHAPES[behaviour].path}`));
    const { name, means } = BEHAVIOURS[behaviour];
    const entry = element('li', { class: 'legend-entry', title: means }, svg, span('', name));
    return entry;
  });
