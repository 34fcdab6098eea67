import type { ChainFinding } from '../../src/protocol/model';
import { pathThrough, svg, svgText } from '../ui/svg';
import { BOX_CHARS, type Box, type Line, type Metrics } from './chainLayout';
import { badgeOf } from './chainModel';
import { at, FINDING_WORD, lostText, nextText, SEVERITY_MARK } from './chainText';

/** Draws what was laid out. Every state has a shape or a sign of its own beside its colour. */

const PADDING = 6;
const STRIPE = 3;
const CORNER = 3;
/** Badges are written smaller than the boxes (chain.css). */
const BADGE_SCALE = 0.85;

const shortened = (text: string): string =>
  text.length <= BOX_CHARS ? text : `${text.slice(0, BOX_CHARS - 1)}…`;

/** What is wrong here, as a sign and a word on the lower edge of the box. */
const badge = (
  findings: readonly ChainFinding[],
  box: Box,
  { char, line }: Metrics,
): SVGElement | undefined => {
  const worst = badgeOf(findings);
  if (!worst) return undefined;
  const more = findings.length > 1 ? ` +${findings.length - 1}` : '';
  const text = `${SEVERITY_MARK[worst.severity]} ${FINDING_WORD[worst.kind]}${more}`;
  const width = (text.length + 2) * char * BADGE_SCALE;
  const height = line * BADGE_SCALE + 2;
  const x = box.x + Math.max(0, box.width - width - PADDING);
  const y = box.y + box.height - 2;
  return svg(
    'g',
    { class: `badge ${worst.severity}` },
    svg('rect', { class: 'badge-ground', x, y, width, height, rx: height / 2 }),
    svgText('badge-text', x + width / 2, y + height / 2, text, 'middle'),
  );
};

/** Bytes, without the blank where there is no room for it. */
const sizeText = (length: number): string => (length < 1000 ? `${length} B` : `${length}B`);

export interface BoxLooks {
  /** Class of the structure's tint; undefined for what is not in the layout. */
  readonly tint: string | undefined;
  /** For a pointer that leads in vain: why. */
  readonly lost: ChainFinding | undefined;
}

/** The shapes and words of a box; the caller gives them their group, label and place in the tab order. */
export const boxParts = (box: Box, metrics: Metrics, looks: BoxLooks): readonly SVGElement[] => {
  const { item, x, y, width, height } = box;
  const left = x + PADDING + STRIPE;
  const right = x + width - PADDING;
  const lineAt = (index: number): number => y + height / 2 + (index - 1) * metrics.line;
  const frame = svg('rect', { class: 'frame', x, y, width, height, rx: CORNER });
  if (item.standing === 'pointer')
    return [
      frame,
      svgText(
        'pointer-text',
        x + width / 2,
        y + height / 2,
        `${at(item.offset)} ${nextText(item)}`,
        'middle',
      ),
      ...present(badge(item.findings, box, metrics)),
    ];
  if (item.standing === 'lost') {
    const [where, why] = lostText(item, looks.lost);
    return [frame, svgText('name', left, lineAt(0.5), where), svgText('small', left, lineAt(1.5), why)];
  }
  const { node } = item;
  const version = node?.version === undefined ? '' : ` v${node.version}`;
  return [
    frame,
    svg('rect', {
      class: `stripe ${looks.tint ?? ''}`,
      x: x + 3,
      y: y + 4,
      width: STRIPE,
      height: height - 8,
    }),
    svgText('at', left, lineAt(0), `${at(item.offset)}${version}`),
    svgText('name', left, lineAt(1), shortened(node?.name ?? '')),
    svgText('small', left, lineAt(2), nextText(item)),
    svgText('small', right, lineAt(2), sizeText(item.length), 'end'),
    // Seen while the box has the class `differs`.
    svgText('differs-mark', right, lineAt(1), '≠', 'end'),
    ...present(badge(item.findings, box, metrics)),
  ];
};

const present = (element: SVGElement | undefined): readonly SVGElement[] => (element ? [element] : []);

const ARROW = 6;

/** A pointer's way, with an arrow where it arrives and an open end where it goes on in the next line. */
export const lineParts = ({ side, points, arrives }: Line): SVGElement => {
  const [x, y] = points.at(-1) ?? [0, 0];
  const [beforeX, beforeY] = points.at(-2) ?? [x, y];
  const upward = x === beforeX && y < beforeY;
  const head = upward
    ? [
        [x - ARROW / 1.6, y + ARROW],
        [x, y],
        [x + ARROW / 1.6, y + ARROW],
      ]
    : [
        [x - ARROW, y - ARROW / 1.6],
        [x, y],
        [x - ARROW, y + ARROW / 1.6],
      ];
  return svg(
    'g',
    { class: `line ${side}`, 'aria-hidden': 'true' },
    svg('path', { class: 'way', d: pathThrough(points) }),
    svg('path', {
      class: arrives ? 'arrow' : 'goes-on',
      d: pathThrough(head as [number, number][]) + (arrives ? 'Z' : ''),
    }),
  );
};
