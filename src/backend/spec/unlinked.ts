import { CapId, extendedCapabilityName } from './capabilityIds';
import { isDefinedExtendedVersion } from './capabilityVersions';
import { EXTENDED_SPACE, HEADER_END } from './chain';
import { hasLink, isEndpoint, PortType } from './capabilities/portType';
import { outlineOf, structureReader, type ConfigSpace, type StructureOutline } from './layout';
import type { StructureReader } from './register';
import { bits, readLe } from './uint';

/**
 * Structures that stand in configuration space although no pointer leads to them. Firmware and vendors unlink
 * capabilities by letting a pointer skip them, and mostly leave their bytes; a damaged pointer loses the rest of a
 * chain. Registers that only look like a structure must not be taken for one, so a structure counts only with
 * evidence besides its own id: see `Evidence`.
 */

/**
 * What tells that the bytes are a structure, from the strongest down.
 * chain: they look like one, and their pointer leads to a structure that is in the chain.
 * bytes: so many of their bits have the values that this structure must have that no pointer is needed.
 * run: they are one of several that look like structures and whose pointers lead from one to the next, to the end.
 * emptyList: they look like one, and STATUS announces a list whose first pointer is 00.
 */
export type Evidence = 'chain' | 'bytes' | 'run' | 'emptyList';

export interface LinkedStructure extends StructureOutline {
  readonly kind: 'capability' | 'extendedCapability';
  /** As read; 0 ends the chain. */
  readonly nextPointer: number;
}

export interface UnlinkedStructure extends LinkedStructure {
  readonly evidence: Evidence;
}

interface Shape {
  /** Reserved bits are zero and fields have values that exist. */
  readonly fits: (read: StructureReader, headerType: number) => boolean;
  /** So specific that no pointer is needed. */
  readonly proves?: (read: StructureReader) => boolean;
}

const portTypesOf = (headerType: number): ((portType: number) => boolean) =>
  headerType === 0
    ? (type) => isEndpoint(type) || type === PortType.rootComplexEventCollector
    : (type) => type >= PortType.rootPort && type <= PortType.pciToExpressBridge;

const LINK_SPEEDS = 6;
const LINK_WIDTHS: readonly number[] = [1, 2, 4, 8, 12, 16, 32];
const LNKCAP = 0x0c;
const portType = (read: StructureReader): number => bits(read(2, 2), 4, 4);

/** The capabilities that are looked for, and what their registers must read. Sources: see the files in ./capabilities. */
const SHAPES: Readonly<Record<number, Shape>> = {
  [CapId.PM]: {
    fits: (read) => {
      const pmc = read(2, 2);
      const version = pmc & 7;
      // Immediate Readiness came after version 3: the bit was reserved before.
      const lowest = (pmc & 0x10) === 0 ? 1 : 3;
      return version >= lowest && version <= 3 && (read(4, 4) & 0x003f00f4) === 0;
    },
  },
  [CapId.MSI]: {
    fits: (read) => {
      const flags = read(2, 2);
      const capable = bits(flags, 1, 3);
      return (flags & 0xf800) === 0 && capable <= 5 && bits(flags, 4, 3) <= capable && (read(4, 4) & 3) === 0;
    },
  },
  [CapId.MSIX]: {
    fits: (read, headerType) => {
      const lastBar = headerType === 0 ? 5 : 1;
      const table = read(4, 4);
      const pending = read(8, 4);
      return (
        (read(2, 2) & 0x3800) === 0 && (table & 7) <= lastBar && (pending & 7) <= lastBar && table !== pending
      );
    },
  },
  [CapId.EXP]: {
    fits: (read, headerType) => {
      const flags = read(2, 2);
      const version = flags & 0xf;
      const devcap = read(4, 4);
      return (
        version >= 1 &&
        version <= 2 &&
        (flags & 0x4000) === 0 &&
        portTypesOf(headerType)(portType(read)) &&
        bits(devcap, 0, 3) <= 5 &&
        (devcap & 0xe0000000) === 0 &&
        (!hasLink(portType(read)) || linkFits(read))
      );
    },
    proves: (read) => hasLink(portType(read)),
  },
  [CapId.AF]: {
    fits: (read) => read(2, 1) === 6 && read(3, 1) >= 1 && read(3, 1) <= 3 && (read(4, 2) & 0xfeff) === 0,
    proves: () => true,
  },
  // Anything may follow its length: only a pointer into the chain tells.
  [CapId.VNDR]: { fits: (read) => read(1, 1) !== 0 && read(2, 1) >= 3 },
};

const linkFits = (read: StructureReader): boolean => {
  const speed = bits(read(LNKCAP, 4), 0, 4);
  return speed >= 1 && speed <= LINK_SPEEDS && LINK_WIDTHS.includes(bits(read(LNKCAP, 4), 4, 6));
};

interface Candidate {
  readonly structure: LinkedStructure;
  /** No pointer is needed to believe it. */
  readonly proven: boolean;
  /** Zero but for id and pointer, as registers often are that are no structure. */
  readonly blank: boolean;
}

const free = (space: ConfigSpace, owned: Uint8Array, offset: number, length: number): boolean => {
  for (let i = offset; i < offset + length; i++) if (owned[i] === 1 || space.known[i] !== 1) return false;
  return true;
};

const capabilityCandidate = (
  space: ConfigSpace,
  owned: Uint8Array,
  offset: number,
): Candidate | undefined => {
  const { config, known, owner } = space;
  const id = config[offset] ?? 0;
  const shape = SHAPES[id];
  const nextPointer = config[offset + 1] ?? 0;
  if (!shape || owned[offset] === 1 || known[offset] !== 1) return undefined;
  if (nextPointer !== 0 && (nextPointer < HEADER_END || (nextPointer & 3) !== 0)) return undefined;
  const outline = outlineOf(space, { kind: 'capability', id, offset });
  const read = structureReader(config, known, offset);
  if (!free(space, owned, offset, outline.length) || !shape.fits(read, owner.headerType)) return undefined;
  return {
    structure: { ...outline, nextPointer },
    proven: shape.proves?.(read) === true,
    blank: config.subarray(offset + 2, offset + outline.length).every((byte) => byte === 0),
  };
};

const extendedCandidate = (space: ConfigSpace, owned: Uint8Array, offset: number): Candidate | undefined => {
  const { config, known } = space;
  // Most of the space is zero or owned; every assigned id fits into a byte.
  if (config[offset] === 0 || config[offset + 1] !== 0) return undefined;
  if (owned[offset] === 1 || known[offset] !== 1) return undefined;
  const header = readLe(config, offset, 4);
  const id = header & 0xffff;
  const version = bits(header, 16, 4);
  const nextPointer = header >>> 20;
  if (!extendedCapabilityName(id) || version > 3 || !isDefinedExtendedVersion(id, version)) return undefined;
  if (nextPointer !== 0 && (nextPointer < EXTENDED_SPACE || (nextPointer & 3) !== 0)) return undefined;
  const outline = outlineOf(space, { kind: 'extendedCapability', id, version, offset });
  return free(space, owned, offset, outline.length)
    ? { structure: { ...outline, nextPointer }, proven: false, blank: false }
    : undefined;
};

/** Some functions decode fewer address bits than there are: their structures show up again every 256, 512 ... bytes. */
const repeats = (space: ConfigSpace, { structure }: Candidate, linked: readonly LinkedStructure[]): boolean =>
  linked.some(
    ({ offset }) =>
      (structure.offset - offset) % EXTENDED_SPACE === 0 &&
      readLe(space.config, offset, 4) === readLe(space.config, structure.offset, 4),
  );

/** Offsets of candidates from which pointers lead over candidates only, to the chain or, over more than one, to an end. */
const inRuns = (
  byOffset: ReadonlyMap<number, Candidate>,
  starts: ReadonlySet<number>,
): ReadonlySet<number> => {
  const sound = new Set<number>();
  for (const first of byOffset.keys()) {
    const path = new Set<number>();
    let offset = first;
    for (; byOffset.has(offset) && !path.has(offset); offset = nextOf(byOffset, offset)) path.add(offset);
    if (starts.has(offset) || (offset === 0 && path.size > 1)) for (const member of path) sound.add(member);
  }
  return sound;
};

const nextOf = (byOffset: ReadonlyMap<number, Candidate>, offset: number): number =>
  byOffset.get(offset)?.structure.nextPointer ?? 0;

/** The candidates with evidence, in order of offset; none overlaps another. */
const withEvidence = (
  candidates: readonly Candidate[],
  linked: readonly LinkedStructure[],
  listIsEmpty: boolean,
): readonly UnlinkedStructure[] => {
  const starts = new Set(linked.map(({ offset }) => offset));
  const runs = inRuns(
    new Map(candidates.map((candidate) => [candidate.structure.offset, candidate])),
    starts,
  );
  const evidenceOf = ({ structure, proven, blank }: Candidate): Evidence | undefined => {
    if (starts.has(structure.nextPointer)) return 'chain';
    if (proven) return 'bytes';
    if (runs.has(structure.offset)) return 'run';
    return listIsEmpty && !blank ? 'emptyList' : undefined;
  };
  const unlinked: UnlinkedStructure[] = [];
  let end = 0;
  for (const candidate of candidates) {
    const evidence = evidenceOf(candidate);
    const { structure } = candidate;
    if (!evidence || structure.offset < end) continue;
    unlinked.push({ ...structure, evidence });
    end = structure.offset + structure.length;
  }
  return unlinked;
};

const scan = (
  from: number,
  to: number,
  candidateAt: (offset: number) => Candidate | undefined,
): readonly Candidate[] => {
  const candidates: Candidate[] = [];
  for (let offset = from; offset < to; offset += 4) {
    const candidate = candidateAt(offset);
    if (candidate) candidates.push(candidate);
  }
  return candidates;
};

const ownedBy = (size: number, structures: readonly LinkedStructure[]): Uint8Array => {
  const owned = new Uint8Array(size);
  for (const { offset, length } of structures) owned.fill(1, offset, offset + length);
  return owned;
};

/** Unlinked capabilities below 0x100. `listIsEmpty`: STATUS announces a list whose first pointer is 00. Never throws. */
export const unlinkedCapabilities = (
  space: ConfigSpace,
  linked: readonly LinkedStructure[],
  listIsEmpty: boolean,
): readonly UnlinkedStructure[] => {
  const end = Math.min(EXTENDED_SPACE, space.config.length);
  const owned = ownedBy(end, linked);
  const candidates = scan(HEADER_END, end, (offset) => capabilityCandidate(space, owned, offset));
  return withEvidence(candidates, linked, listIsEmpty);
};

/** Unlinked extended capabilities. Their headers prove nothing by themselves: a pointer has to. Never throws. */
export const unlinkedExtendedCapabilities = (
  space: ConfigSpace,
  linked: readonly LinkedStructure[],
): readonly UnlinkedStructure[] => {
  const owned = ownedBy(space.config.length, linked);
  const candidates = scan(EXTENDED_SPACE, space.config.length, (offset) =>
    extendedCandidate(space, owned, offset),
  ).filter((candidate) => !repeats(space, candidate, linked));
  return withEvidence(candidates, linked, false);
};
