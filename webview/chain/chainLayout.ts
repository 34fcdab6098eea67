import { badgeOf, type ChainItem, type ChainRow, type ChainSection, type Side } from './chainModel';

/**
 * Places a section's boxes like staves of music: guest above hardware, column under column, on as many lines as the
 * width asks for. Structures that no pointer reaches come below, in lines of their own. Pixels; no DOM.
 */

export interface Metrics {
  /** Width of a character of the boxes' font. */
  readonly char: number;
  /** Height of a line of text. */
  readonly line: number;
}

export interface Box {
  readonly item: ChainItem;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The name of a row, at the beginning of each of its lines. */
export interface RowLabel {
  readonly side: Side;
  readonly x: number;
  /** Middle of the text. */
  readonly y: number;
}

export type Point = readonly [x: number, y: number];

export interface Line {
  readonly side: Side;
  /** Points of a line with right angles. */
  readonly points: readonly Point[];
  /** False where it goes on at the beginning of the next line. */
  readonly arrives: boolean;
}

export interface SectionLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly labels: readonly RowLabel[];
  readonly lines: readonly Line[];
}

/** Characters that a box has room for in each of its three lines of text. */
export const BOX_CHARS = 11;
const BOX_LINES = 3;
const PADDING = 7;
const MARGIN = 2;
/** Between boxes: room for an arrow. */
const BETWEEN = 20;
/** After the last box of a line: the pointer that goes on. */
const STUB = 13;
/** Above boxes, and where pointers pass over what is hidden. */
const HEAD = 5;
const TRACK = 14;
/** Below boxes, and where badges hang or pointers lead back. */
const FOOT = 5;
const BADGES = 20;
const BETWEEN_LINES = 14;
/** Characters of the longest row label, and of the first pointer. */
const GUTTER_CHARS = 8;

interface Measures {
  /** Above the boxes of each row. */
  readonly head: number;
  readonly boxWidth: number;
  readonly boxHeight: number;
  readonly gutter: number;
  readonly pitch: number;
  readonly rowHeight: number;
  readonly perLine: number;
  readonly width: number;
}

const measure = (rows: readonly ChainRow[], width: number, { char, line }: Metrics): Measures => {
  const boxWidth = Math.ceil(BOX_CHARS * char) + 2 * PADDING;
  const boxHeight = Math.ceil(BOX_LINES * line) + 2 * PADDING;
  const gutter = Math.ceil(GUTTER_CHARS * char) + BETWEEN;
  const pitch = boxWidth + BETWEEN;
  const perLine = Math.max(1, Math.floor((width - gutter - 2 * MARGIN - STUB + BETWEEN) / pitch));
  const links = rows.flatMap((row) => row.links);
  const badges = rows.some(({ items }) => items.some(({ findings }) => badgeOf(findings) !== undefined));
  const head = links.some(([from, to]) => to > from + 1) ? TRACK : HEAD;
  const foot = badges || links.some(([from, to]) => to <= from) ? BADGES : FOOT;
  return {
    head,
    boxWidth,
    boxHeight,
    gutter,
    pitch,
    rowHeight: head + boxHeight + foot,
    perLine,
    width: gutter + perLine * pitch - BETWEEN + STUB + 2 * MARGIN,
  };
};

interface Place {
  /** Number of the line, from 0. */
  readonly line: number;
  readonly x: number;
  readonly y: number;
}

class Placement {
  readonly boxes: Box[] = [];
  readonly labels: RowLabel[] = [];
  readonly lines: Line[] = [];
  height = 0;
  private lineHeight = 0;

  constructor(private readonly m: Measures) {}

  /** Rows that share columns: on each line one below the other. */
  together(rows: readonly ChainRow[]): void {
    if (rows.length === 0) return;
    const { m } = this;
    const columns = Math.max(1, ...rows.flatMap(({ items }) => items.map(({ column }) => column + 1)));
    const lineCount = Math.ceil(columns / m.perLine);
    const lineHeight = (this.lineHeight = rows.length * m.rowHeight + BETWEEN_LINES);
    const top = this.height;
    rows.forEach((row, index) => {
      const at = (column: number): Place => {
        const line = Math.max(0, Math.floor(column / m.perLine));
        const x = column < 0 ? MARGIN : MARGIN + m.gutter + (column % m.perLine) * m.pitch;
        return { line, x, y: top + line * lineHeight + index * m.rowHeight + m.head };
      };
      for (let line = 0; line < lineCount; line++)
        this.labels.push({ side: row.side, x: MARGIN, y: at(line * m.perLine).y + m.boxHeight * 0.22 });
      for (const item of row.items) this.boxes.push(this.box(item, at(item.column)));
      const pointer = row.items.some(({ standing }) => standing === 'pointer');
      for (const [from, to] of row.links)
        this.link(row.side, from, to, at, m.boxHeight * (from < 0 && pointer ? 0.65 : 0.5));
    });
    this.height = top + lineCount * lineHeight;
  }

  private box(item: ChainItem, { x, y }: Place): Box {
    const { m } = this;
    // The first pointer stands in the gutter, under the row's name.
    return item.standing === 'pointer'
      ? { item, x, y: y + m.boxHeight * 0.45, width: m.gutter - BETWEEN, height: m.boxHeight * 0.4 }
      : { item, x, y, width: m.boxWidth, height: m.boxHeight };
  }

  private link(side: Side, from: number, to: number, at: (column: number) => Place, middle: number): void {
    const { m } = this;
    const source = at(from);
    const target = at(to);
    if (to <= from) {
      this.back(side, source, target);
      return;
    }
    const begin: Point = [from < 0 ? MARGIN + m.gutter - BETWEEN : source.x + m.boxWidth, source.y + middle];
    const end: Point = [target.x - 1, target.y + m.boxHeight / 2];
    const passes = to > from + 1;
    const right = m.width - MARGIN;
    const left = MARGIN + m.gutter - BETWEEN / 2;
    const track = (line: number): number => source.y + (line - source.line) * this.lineHeight - m.head / 2;
    const rise = begin[0] + BETWEEN / 3;
    const fall = end[0] - BETWEEN / 3;
    const up: Line['points'] = [begin, [rise, begin[1]], [rise, track(source.line)]];
    const down: Line['points'] = [[fall, track(target.line)], [fall, end[1]], end];
    if (source.line === target.line) {
      this.add(side, passes ? [...up, ...down] : [begin, [rise, begin[1]], [rise, end[1]], end], true);
      return;
    }
    const leaves = (from + 1) % m.perLine === 0 && from >= 0;
    this.add(side, leaves ? [begin, [right, begin[1]]] : [...up, [right, track(source.line)]], false);
    for (let line = source.line + 1; line < target.line; line++)
      this.add(
        side,
        [
          [left, track(line)],
          [right, track(line)],
        ],
        false,
      );
    const enters = to % m.perLine === 0;
    this.add(side, enters ? [[left, end[1]], end] : [[left, track(target.line)], ...down], true);
  }

  /** A pointer against the order of the columns, under the boxes; over line breaks the box's own text has to do. */
  private back(side: Side, source: Place, target: Place): void {
    if (source.line !== target.line) return;
    const { m } = this;
    const bottom = source.y + m.boxHeight;
    const below = bottom + FOOT + 1;
    const from = source.x + m.boxWidth * 0.75;
    const to = target.x + m.boxWidth * 0.25;
    this.add(
      side,
      [
        [from, bottom],
        [from, below],
        [to, below],
        [to, bottom + 1],
      ],
      true,
    );
  }

  private add(side: Side, points: Line['points'], arrives: boolean): void {
    this.lines.push({ side, points, arrives });
  }
}

/** Lays a section out for `width` pixels; the result is wider only where not even one box fits beside the row labels. */
export const layOutSection = (
  { rows }: Pick<ChainSection, 'rows'>,
  width: number,
  metrics: Metrics,
): SectionLayout => {
  const measures = measure(rows, width, metrics);
  const placement = new Placement(measures);
  placement.together(rows.filter(({ side }) => side !== 'unlinked'));
  placement.together(rows.filter(({ side }) => side === 'unlinked'));
  const { boxes, labels, lines, height } = placement;
  return { width: measures.width, height, boxes, labels, lines };
};
