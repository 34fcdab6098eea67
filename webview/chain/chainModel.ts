import type { Chain, ChainFinding, ChainNode, Chains, Image } from '../../src/protocol/model';

/**
 * Guest's and hardware's chain as one picture: every structure has a column, the same one in both rows. No DOM.
 */

export type Space = ChainNode['kind'];
export type Side = 'guest' | 'hardware' | 'unlinked';

/**
 * pointer: the register that holds the first pointer. linked: in the chain of its side. hidden: in the hardware's chain
 * only, shown where the guest would have it; absent: the other way round. unlinked: no pointer leads to it.
 * lost: not a structure but where a pointer leads in vain.
 */
export type Standing = 'pointer' | 'linked' | 'hidden' | 'absent' | 'unlinked' | 'lost';

export interface ChainItem {
  /** The same over changes of bytes, so that the active item stays. */
  readonly key: string;
  readonly side: Side;
  readonly standing: Standing;
  /** From 0 in its row; the first pointer has none of the columns and -1. */
  readonly column: number;
  /** Bytes that it stands for. */
  readonly offset: number;
  readonly length: number;
  /** Where its pointer leads; 0 ends the chain, undefined where it has none. */
  readonly next: number | undefined;
  readonly node: ChainNode | undefined;
  readonly findings: readonly ChainFinding[];
}

const SEVERITIES: readonly ChainFinding['severity'][] = ['error', 'warning', 'info'];

/** The finding that a box wears as its badge, the worst; that it is unlinked is seen by its place. */
export const badgeOf = (findings: readonly ChainFinding[]): ChainFinding | undefined =>
  [...findings]
    .filter(({ kind, severity }) => kind !== 'unlinked' || severity !== 'info')
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))[0];

export interface ChainRow {
  readonly side: Side;
  /** In order of column. */
  readonly items: readonly ChainItem[];
  /** Columns between which the row's pointers lead; -1 stands for the row's beginning. */
  readonly links: readonly (readonly [from: number, to: number])[];
}

export interface Gap {
  readonly offset: number;
  readonly length: number;
  /** Some byte is known and not zero: registers that no structure explains. */
  readonly used: boolean;
}

export interface ChainSection {
  readonly space: Space;
  readonly rows: readonly ChainRow[];
  /** Parts of the space that no structure owns, linked or not. */
  readonly gaps: readonly Gap[];
  /** One more than the last offset of the space. */
  readonly end: number;
  /** Its bytes are not known at all. */
  readonly unknown: boolean;
}

export interface ChainModel {
  readonly sections: readonly ChainSection[];
  /** Of the hardware's chain, then those that only the guest's has; the latter with whose they are. */
  readonly findings: readonly { readonly finding: ChainFinding; readonly guestOnly: boolean }[];
}

const SPACE_START: Readonly<Record<Space, number>> = { capability: 0x40, extendedCapability: 0x100 };

const nodesOf = (chain: Chain, space: Space): readonly ChainNode[] =>
  space === 'capability' ? chain.capabilities : chain.extended;

/** The hardware's order, with what only the guest has after what comes before it in the guest's chain. */
const columnsOf = (hardware: readonly ChainNode[], guest: readonly ChainNode[]): readonly number[] => {
  const columns = hardware.map(({ offset }) => offset);
  let after = -1;
  for (const { offset } of guest) {
    const place = columns.indexOf(offset);
    if (place < 0) columns.splice(++after, 0, offset);
    else after = place;
  }
  return columns;
};

/** Where a pointer that is at fault stands in a node: its byte, or in extended space its header. */
const holdsPointer = (node: ChainNode, offset: number): boolean =>
  offset === (node.kind === 'capability' ? node.offset + 1 : node.offset);

const LEADS_NOWHERE: readonly ChainFinding['kind'][] = ['loop', 'broken', 'truncated'];

class Row {
  private readonly items: ChainItem[] = [];
  private readonly links: [number, number][] = [];

  constructor(
    private readonly space: Space,
    private readonly side: 'guest' | 'hardware',
    private readonly chain: Chain,
    private readonly other: Chain | undefined,
    private readonly columns: readonly number[],
    private readonly findings: readonly ChainFinding[],
  ) {}

  build(): ChainRow {
    const nodes = nodesOf(this.chain, this.space);
    const { firstPointer } = this.chain;
    if (this.space === 'capability' && firstPointer)
      this.add('pointer', -1, firstPointer.offset, 1, firstPointer.value & ~3, undefined);
    this.columns.forEach((offset, column) => {
      const own = nodes.find((node) => node.offset === offset);
      const ghost = this.other && nodesOf(this.other, this.space).find((node) => node.offset === offset);
      if (own) this.add('linked', column, own.offset, own.length, own.nextPointer & ~3, own);
      else if (ghost) {
        const standing = this.side === 'guest' ? 'hidden' : 'absent';
        this.add(standing, column, ghost.offset, ghost.length, undefined, ghost);
      }
    });
    let from = -1;
    for (const { offset } of nodes) {
      const to = this.columns.indexOf(offset);
      this.links.push([from, to]);
      from = to;
    }
    this.addLost(nodes.at(-1), from);
    return { side: this.side, items: this.items, links: this.links };
  }

  /** After the last structure: where its pointer leads in vain. */
  private addLost(last: ChainNode | undefined, from: number): void {
    const finding = this.chain.findings.find(
      ({ kind, offset }) =>
        LEADS_NOWHERE.includes(kind) &&
        (last
          ? holdsPointer(last, offset)
          : this.space === 'capability' && offset === this.chain.firstPointer?.offset),
    );
    if (!finding) return;
    const column = Math.max(from, this.columns.length - 1) + 1;
    this.links.push([from, column]);
    this.add('lost', column, finding.offset, 1, finding.related, undefined);
  }

  private add(
    standing: Standing,
    column: number,
    offset: number,
    length: number,
    next: number | undefined,
    node: ChainNode | undefined,
  ): void {
    const own = standing === 'linked' || standing === 'pointer';
    this.items.push({
      key: `${this.space}/${this.side}/${standing === 'lost' ? 'lost' : offset}`,
      side: this.side,
      standing,
      column,
      offset,
      length,
      next,
      node,
      findings: own ? this.findings.filter((finding) => this.owns(finding, offset, length)) : [],
    });
  }

  /** A finding belongs to the structure that begins there, else to the one around it. */
  private owns(finding: ChainFinding, offset: number, length: number): boolean {
    if (finding.kind === 'unlinked') return false;
    if (finding.offset === offset) return true;
    if (nodesOf(this.chain, this.space).some((node) => node.offset === finding.offset)) return false;
    return finding.offset > offset && finding.offset < offset + Math.max(2, length);
  }
}

const unlinkedRow = (
  space: Space,
  unlinked: readonly ChainNode[],
  findings: readonly ChainFinding[],
): ChainRow => ({
  side: 'unlinked',
  links: [],
  items: unlinked
    .filter((node) => node.kind === space)
    .map((node, column) => ({
      key: `${space}/unlinked/${node.offset}`,
      side: 'unlinked',
      standing: 'unlinked',
      column,
      offset: node.offset,
      length: node.length,
      next: node.nextPointer & ~3,
      node,
      findings: findings.filter(({ kind, offset }) => kind === 'unlinked' && offset === node.offset),
    })),
});

const gapsOf = (structures: readonly ChainNode[], from: number, to: number, image: Image): readonly Gap[] => {
  const owned = new Uint8Array(to);
  for (const { offset, length } of structures) owned.fill(1, offset, offset + length);
  const gaps: Gap[] = [];
  for (let start = from; start < to; start++) {
    if (owned[start] === 1) continue;
    let end = start;
    let used = false;
    for (; end < to && owned[end] === 0; end++) used ||= image.known[end] === 1 && image.bytes[end] !== 0;
    gaps.push({ offset: start, length: end - start, used });
    start = end;
  }
  return gaps;
};

/** What the guest's chain has that the hardware's does not say already. A hidden structure is unlinked for the guest: the picture shows it. */
const guestOnly = ({ hardware, guest }: Chains): readonly ChainFinding[] => {
  const linked = new Set([...hardware.capabilities, ...hardware.extended].map(({ offset }) => offset));
  return (guest?.findings ?? []).filter(
    ({ kind, offset }) =>
      !(kind === 'unlinked' && linked.has(offset)) &&
      !hardware.findings.some((finding) => finding.kind === kind && finding.offset === offset),
  );
};

/** The picture of a function's chains; `image` is the hardware's. */
export const chainModel = (chains: Chains, image: Image): ChainModel => {
  const { hardware, guest } = chains;
  const ofGuest = guestOnly(chains);
  const linkedSomewhere = new Set(
    [...hardware.capabilities, ...hardware.extended].map(({ offset }) => offset),
  );
  const unlinked = [
    ...hardware.unlinked,
    ...(guest?.unlinked ?? []).filter(
      ({ offset }) =>
        !linkedSomewhere.has(offset) && !hardware.unlinked.some((node) => node.offset === offset),
    ),
  ].sort((a, b) => a.offset - b.offset);
  const size = image.bytes.length;
  const spaces: readonly Space[] = size > 0x100 ? ['capability', 'extendedCapability'] : ['capability'];
  const sections = spaces.map((space): ChainSection => {
    const start = SPACE_START[space];
    const end = space === 'capability' ? Math.min(0x100, size) : size;
    const columns = columnsOf(nodesOf(hardware, space), guest ? nodesOf(guest, space) : []);
    const rows = [
      guest && new Row(space, 'guest', guest, hardware, columns, ofGuest).build(),
      new Row(space, 'hardware', hardware, guest, columns, hardware.findings).build(),
      unlinkedRow(space, unlinked, [...hardware.findings, ...ofGuest]),
    ].filter((row) => row !== undefined);
    const structures = [...nodesOf(hardware, space), ...unlinked.filter(({ kind }) => kind === space)];
    return {
      space,
      rows: rows.filter(({ items }) => items.length > 0),
      gaps: gapsOf(structures, start, end, image),
      end,
      unknown: !image.known.subarray(start, end).includes(1),
    };
  });
  return {
    sections,
    findings: [
      ...hardware.findings.map((finding) => ({ finding, guestOnly: false })),
      ...ofGuest.map((finding) => ({ finding, guestOnly: true })),
    ],
  };
};
