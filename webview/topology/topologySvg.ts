import { pathThrough, svg, svgText } from '../ui/svg';
import { classGlyph } from './glyphs';
import { hasDriverLine, ICON, PADDING, type Box, type Metrics, type Wire } from './topologyLayout';
import { busRangeText, driverText, markText, windowText } from './topologyText';
import type { FunctionNode } from './topologyTree';

const CORNER = 3;
const GLYPH = 16;

const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;

/** Who has the function: a filled plate for a guest, an outlined one for the driver that waits for a guest. */
const mark = (text: string, right: number, y: number, { char, line }: Metrics): readonly SVGElement[] => {
  const width = (text.length + 2) * char;
  const height = line - 1;
  return [
    svg('rect', { class: 'plate', x: right - width, y: y - height / 2, width, height, rx: CORNER }),
    svgText('plate-text', right - width / 2, y, text, 'middle'),
  ];
};

const functionParts = (
  node: FunctionNode,
  box: Box,
  metrics: Metrics,
  chars: number,
): readonly SVGElement[] => {
  const { fn, name } = node;
  const { x, y, width } = box;
  const left = x + PADDING + ICON;
  const right = x + width - PADDING;
  const lineAt = (index: number): number => y + PADDING + metrics.line * (index + 0.5);
  const plate = markText(fn);
  const driver = hasDriverLine(node)
    ? [cut(driverText(fn), chars - (plate === undefined ? 0 : plate.length + 3))]
    : [];
  const bridge = fn.bridge ? [busRangeText(fn.bridge), ...fn.bridge.windows.map(windowText)] : [];
  return [
    classGlyph(fn.baseClass, x + PADDING - 1, lineAt(0) - GLYPH / 2),
    svgText('address', left, lineAt(0), name),
    svgText(
      'class',
      left + (name.length + 1) * metrics.char,
      lineAt(0),
      cut(fn.className, chars - name.length - 1),
    ),
    svgText('device', left, lineAt(1), cut(fn.deviceName, chars)),
    ...[...driver, ...bridge].map((text, i) => svgText('small', left, lineAt(2 + i), cut(text, chars))),
    ...(plate === undefined ? [] : mark(plate, right, lineAt(2), metrics)),
  ];
};

/** The frame, then what is drawn in it. */
export const boxParts = (box: Box, metrics: Metrics, chars: number): readonly SVGElement[] => {
  const { node, x, y, width, height } = box;
  const frame = svg('rect', {
    class: 'frame',
    x,
    y,
    width,
    height,
    rx: node.kind === 'bus' ? height / 2 : CORNER,
  });
  return node.kind === 'bus'
    ? [frame, svgText('bus-name', x + width / 2, y + height / 2, `Bus ${node.name}`, 'middle')]
    : [frame, ...functionParts(node, box, metrics, chars)];
};

export const wirePath = ({ points }: Wire): SVGElement =>
  svg('path', { class: 'wire', d: pathThrough(points) });
