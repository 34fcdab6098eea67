import { svg, svgText } from '../ui/svg';
import type { Metrics } from './chainLayout';
import type { ChainSection, Gap } from './chainModel';
import { at } from './chainText';

/**
 * A space from its first byte to its last: what owns each part, and the gaps. Widths go by the square root of lengths,
 * so that a capability of 8 bytes can be seen beside a gap of 2000.
 */

export interface Segment {
  readonly offset: number;
  readonly length: number;
  /** Undefined for structures. */
  readonly gap: Gap | undefined;
  readonly name: string;
  readonly linked: boolean;
}

export interface PlacedSegment extends Segment {
  readonly x: number;
  readonly width: number;
}

const LEAST = 7;

/** Structures and gaps in order of offset; of structures that overlap each is there. */
export const segmentsOf = ({ rows, gaps }: Pick<ChainSection, 'rows' | 'gaps'>): readonly Segment[] => {
  const structures = rows
    .filter(({ side }) => side !== 'guest')
    .flatMap(({ items }) => items)
    .filter(({ standing }) => standing === 'linked' || standing === 'unlinked')
    .map(({ offset, length, node, standing }): Segment => ({
      offset,
      length,
      gap: undefined,
      name: node?.name ?? '',
      linked: standing === 'linked',
    }));
  const empty = gaps.map((gap): Segment => ({
    offset: gap.offset,
    length: gap.length,
    gap,
    name: '',
    linked: false,
  }));
  return [...structures, ...empty].sort((a, b) => a.offset - b.offset);
};

/** Side by side in `width` pixels; wider only where even the least widths do not fit. */
export const placeSegments = (segments: readonly Segment[], width: number): readonly PlacedSegment[] => {
  const weights = segments.map(({ length }) => Math.sqrt(length));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const spare = Math.max(0, width - LEAST * segments.length);
  let x = 0;
  return segments.map((segment, i) => {
    const own = LEAST + (total === 0 ? 0 : (spare * (weights[i] ?? 0)) / total);
    const placed = { ...segment, x, width: own };
    x += own;
    return placed;
  });
};

export const mapHeight = ({ line }: Metrics): number => Math.ceil(line) + 8;

/** The shapes and words of a segment. */
export const segmentParts = (
  { x, width, name, offset, gap, linked }: PlacedSegment,
  { char, line }: Metrics,
  tint: string | undefined,
): readonly SVGElement[] => {
  const height = mapHeight({ char, line }) - 4;
  const kind = gap ? (gap.used ? 'gap used' : 'gap') : linked ? 'owned' : 'owned unlinked';
  const rect = { x: x + 1, y: 2, width: Math.max(1, width - 2), height };
  const text = gap ? at(offset) : name;
  const fits = (text.length + 0.4) * char <= width;
  return [
    svg('rect', { ...rect, class: `part ${kind} ${tint ?? ''}` }),
    ...(gap?.used === true ? hatching(rect) : []),
    ...(fits ? [svgText(gap ? 'small' : 'name', x + width / 2, 2 + height / 2, text, 'middle')] : []),
  ];
};

const HATCH = 6;

/** Slanted strokes inside a rectangle, as one path. */
const hatching = (rect: { x: number; y: number; width: number; height: number }): readonly SVGElement[] => {
  const { x, y, width, height } = rect;
  const strokes: string[] = [];
  for (let start = HATCH; start < width + height; start += HATCH) {
    const down = Math.min(start, height);
    const along = Math.min(start, width);
    const fromX = x + start - down;
    const toY = y + start - along;
    strokes.push(`M${Math.min(fromX, x + width)} ${y + down}L${x + along} ${Math.max(toY, y)}`);
  }
  return [svg('path', { class: 'hatching', d: strokes.join('') })];
};
