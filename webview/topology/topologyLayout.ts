import type { BusNode, FunctionNode, TopologyNode } from './topologyTree';

/**
 * Lays the tree out from left to right: a bus, its functions one below the other, and beside each bridge the bus that
 * it leads to. What is behind a bridge stands level with it, so that a path can be followed with the eye. Pixels; no DOM.
 */

export interface Metrics {
  readonly char: number;
  readonly line: number;
}

export interface Box {
  readonly node: TopologyNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Wire {
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface TopologyLayout {
  /** Characters that fit into a line of a function's box. */
  readonly chars: number;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
}

/** Characters that a function's box has room for in a line, beside its icon: more where the window has room for more. */
const FEWEST_CHARS = 36;
const MOST_CHARS = 64;
export const PADDING = 7;
export const ICON = 20;
const MARGIN = 12;
/** From a bus to its functions, and from a bridge to the bus behind it. */
const REACH = 26;
const BETWEEN = 10;
/** Functions of one device stand closer together. */
const WITHIN = 4;
/** Between what is behind one bridge and behind the next. */
const BETWEEN_SUBTREES = 18;

/** The driver, and who has the function, need a line only where there is something to tell. */
export const hasDriverLine = ({ fn }: FunctionNode): boolean =>
  fn.driver !== undefined || fn.physicalFunction !== undefined || fn.standing !== 'free';

/** Lines of text in a function's box: address and class, name, driver; for bridges buses and windows. */
const linesOf = (node: FunctionNode): number => {
  const { bridge } = node.fn;
  return 2 + (hasDriverLine(node) ? 1 : 0) + (bridge ? 1 + bridge.windows.length : 0);
};

const busWidth = ({ name }: BusNode, { char }: Metrics): number =>
  Math.ceil((`Bus ${name}`.length + 1) * char) + 2 * PADDING;

/** Functions on the longest way from a root to the end, and the width of the buses on it. */
const longestWay = (buses: readonly BusNode[], metrics: Metrics): { functions: number; buses: number } => {
  let longest = { functions: 0, buses: 0 };
  for (const bus of buses) {
    const below = longestWay(
      bus.functions.flatMap(({ behind }) => behind),
      metrics,
    );
    const functions = below.functions + (bus.functions.length > 0 ? 1 : 0);
    const width = below.buses + busWidth(bus, metrics);
    if (functions > longest.functions || (functions === longest.functions && width > longest.buses))
      longest = { functions, buses: width };
  }
  return longest;
};

/** As many characters as let the longest way fit into the width, within bounds. */
const charsFor = (roots: readonly BusNode[], metrics: Metrics, width: number): number => {
  const { functions, buses } = longestWay(roots, metrics);
  if (functions === 0) return FEWEST_CHARS;
  const room = (width - buses - 2 * MARGIN) / functions - 2 * REACH - ICON - 2 * PADDING;
  return Math.min(MOST_CHARS, Math.max(FEWEST_CHARS, Math.floor(room / metrics.char)));
};

const deviceOf = ({ fn }: FunctionNode): string => fn.address.slice(0, -2);

class Layout {
  readonly boxes: Box[] = [];
  readonly wires: Wire[] = [];
  width = 0;

  constructor(
    private readonly metrics: Metrics,
    private readonly chars: number,
  ) {}

  /** Places a bus and everything behind it; gives the y below it all. */
  bus(node: BusNode, x: number, y: number): number {
    const { line } = this.metrics;
    const width = busWidth(node, this.metrics);
    const height = Math.ceil(line) + 2 * PADDING;
    this.add(node, x, y, width, height);
    const spine = x + width + REACH / 2;
    let bottom = y + height;
    let below = y;
    let last = y + height / 2;
    node.functions.forEach((fn, i) => {
      const before = node.functions[i - 1];
      if (before) {
        const subtrees = before.behind.length > 0 || fn.behind.length > 0;
        below += subtrees ? BETWEEN_SUBTREES : deviceOf(before) === deviceOf(fn) ? WITHIN : BETWEEN;
      }
      const middle = below + height / 2;
      this.wire([spine, middle], [x + width + REACH, middle]);
      last = middle;
      below = this.function(fn, x + width + REACH, below);
      bottom = Math.max(bottom, below);
    });
    if (node.functions.length > 0) {
      this.wire([x + width, y + height / 2], [spine, y + height / 2]);
      if (last > y + height / 2) this.wire([spine, y + height / 2], [spine, last]);
    }
    return bottom;
  }

  private function(node: FunctionNode, x: number, y: number): number {
    const { char, line } = this.metrics;
    const width = Math.ceil(this.chars * char) + ICON + 2 * PADDING;
    const height = Math.ceil(linesOf(node) * line) + 2 * PADDING;
    this.add(node, x, y, width, height);
    let below = y;
    node.behind.forEach((bus, i) => {
      if (i > 0) below += BETWEEN_SUBTREES;
      const middle = below + Math.ceil(line) / 2 + PADDING;
      const reach = x + width + REACH;
      if (i === 0) this.wire([x + width, middle], [reach, middle]);
      else this.wire([x + width - REACH / 2, y + height], [x + width - REACH / 2, middle], [reach, middle]);
      below = this.bus(bus, reach, below);
    });
    return Math.max(y + height, below);
  }

  private add(node: TopologyNode, x: number, y: number, width: number, height: number): void {
    this.boxes.push({ node, x, y, width, height });
    this.width = Math.max(this.width, x + width);
  }

  private wire(...points: Wire['points']): void {
    this.wires.push({ points });
  }
}

/** `width`: pixels to fill where the tree is not deep; a deep one is wider. */
export const layOutTopology = (
  roots: readonly BusNode[],
  metrics: Metrics,
  width: number,
): TopologyLayout => {
  const chars = charsFor(roots, metrics, width);
  const layout = new Layout(metrics, chars);
  let y = MARGIN;
  for (const root of roots) y = layout.bus(root, MARGIN, y) + 2 * BETWEEN_SUBTREES;
  return { chars, width: layout.width + MARGIN, height: y, boxes: layout.boxes, wires: layout.wires };
};
