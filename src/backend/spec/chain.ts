import { CapId } from './capabilityIds';
import { PCI_HEADER_TYPE, PCI_STATUS, STATUS_CAP_LIST } from './kernelRegisters';
import { hex, readLe } from './uint';

/**
 * The two linked lists of configuration space, walked as lspci 3.14 walks them: what it lists is found, and
 * everything that is wrong with the chain is reported. Never throws, never visits an offset twice.
 * Source: PCI Local Bus 3.0 section 6.7, PCIe 6.0 sections 7.5.1.1.11 and 7.6.3.
 */
export type ChainProblemKind = 'loop' | 'broken' | 'intoHeader' | 'unaligned' | 'truncated';

export interface ChainProblem {
  readonly kind: ChainProblemKind;
  /** Offset of the byte (or, in extended space, dword) that holds the pointer. */
  readonly offset: number;
  /** The pointer as read, before its low bits are dropped. */
  readonly pointer: number;
  readonly message: string;
}

export interface CapabilityAt {
  readonly offset: number;
  readonly id: number;
  /** As read; the low two bits are reserved and dropped by the walk. */
  readonly nextPointer: number;
}

export interface ExtendedCapabilityAt extends CapabilityAt {
  /** 0..15. */
  readonly version: number;
}

export interface CapabilityChain {
  readonly found: readonly CapabilityAt[];
  readonly problems: readonly ChainProblem[];
}

export interface ExtendedCapabilityChain {
  readonly found: readonly ExtendedCapabilityAt[];
  readonly problems: readonly ChainProblem[];
}

/** Conventional configuration space ends here; extended space begins. */
export const EXTENDED_SPACE = 0x100;
/** End of the predefined header of types 0 and 1. */
export const HEADER_END = 0x40;

/** Where the first pointer stands, by header type. */
export const FIRST_POINTER: Readonly<Record<number, number>> = { 0: 0x34, 1: 0x34, 2: 0x14 };

/** Header type 0..127 without the multifunction bit; undefined when its byte is not known. */
export const headerTypeOf = (config: Uint8Array, known: Uint8Array): number | undefined =>
  known[PCI_HEADER_TYPE] === 1 ? (config[PCI_HEADER_TYPE] ?? 0) & 0x7f : undefined;

/** Offset of the byte that points to the first capability; undefined when the function says it has no list. */
const firstPointerOffset = (config: Uint8Array, known: Uint8Array): number | undefined => {
  if (known[PCI_STATUS] !== 1 || ((config[PCI_STATUS] ?? 0) & STATUS_CAP_LIST) === 0) return undefined;
  const headerType = headerTypeOf(config, known);
  const at = headerType === undefined ? undefined : FIRST_POINTER[headerType];
  return at !== undefined && known[at] === 1 ? at : undefined;
};

const allKnown = (known: Uint8Array, offset: number, length: number): boolean => {
  for (let i = offset; i < offset + length; i++) if (known[i] !== 1) return false;
  return true;
};

/** What is wrong with a pointer before it is followed. `lowest` is the first offset that a structure may have. */
const pointerProblems = (
  problems: ChainProblem[],
  offset: number,
  pointer: number,
  lowest: number,
  digits: number,
): void => {
  const text = hex(pointer, digits);
  if (pointer & 3)
    problems.push({
      kind: 'unaligned',
      offset,
      pointer,
      message: `The pointer ${text} at ${hex(offset, digits)} is not a multiple of 4; its low bits are reserved and dropped.`,
    });
  if ((pointer & ~3) < lowest)
    problems.push({
      kind: 'intoHeader',
      offset,
      pointer,
      message: `The pointer ${text} at ${hex(offset, digits)} points below ${hex(lowest, digits)}, into registers that are not a capability.`,
    });
};

const truncated = (offset: number, pointer: number, digits: number): ChainProblem => ({
  kind: 'truncated',
  offset,
  pointer,
  message: `The pointer at ${hex(offset, digits)} leads to ${hex(pointer & ~3, digits)}, where no bytes are known.`,
});

const loop = (offset: number, pointer: number, digits: number): ChainProblem => ({
  kind: 'loop',
  offset,
  pointer,
  message: `<chain looped>: the pointer at ${hex(offset, digits)} leads back to ${hex(pointer & ~3, digits)}.`,
});

/**
 * The capabilities in chain order. Found entries are those that lspci lists, so a pointer into the header is
 * followed too (and reported). A list that STATUS does not announce, or a header type other than 0..2, gives none.
 */
export const walkCapabilities = (config: Uint8Array, known: Uint8Array): CapabilityChain => {
  const found: CapabilityAt[] = [];
  const problems: ChainProblem[] = [];
  let pointerAt = firstPointerOffset(config, known);
  if (pointerAt === undefined) return { found, problems };
  const visited = new Uint8Array(EXTENDED_SPACE);
  let pointer = config[pointerAt] ?? 0;
  for (let offset = pointer & ~3; offset !== 0; offset = pointer & ~3) {
    pointerProblems(problems, pointerAt, pointer, HEADER_END, 2);
    if (!allKnown(known, offset, 4)) {
      problems.push(truncated(pointerAt, pointer, 2));
      break;
    }
    if (visited[offset] === 1) {
      problems.push(loop(pointerAt, pointer, 2));
      break;
    }
    visited[offset] = 1;
    const id = config[offset] ?? 0;
    if (id === 0xff) {
      problems.push({
        kind: 'broken',
        offset: pointerAt,
        pointer,
        message: `<chain broken>: the id at ${hex(offset, 2)} is ff.`,
      });
      break;
    }
    pointerAt = offset + 1;
    pointer = config[pointerAt] ?? 0;
    found.push({ offset, id, nextPointer: pointer });
  }
  return { found, problems };
};

/** True when lspci would look for extended capabilities: an Express or PCI-X capability is in the chain. */
export const announcesExtendedSpace = (capabilities: readonly CapabilityAt[]): boolean =>
  capabilities.some(({ id }) => id === CapId.EXP || id === CapId.PCIX);

/**
 * The extended capabilities in chain order, from 0x100. Walked only when the conventional chain holds an Express or
 * PCI-X capability; ends at a header of 0 or ffffffff, at bytes that are not known, or where the chain loops.
 * `capabilities` spares a second walk of the conventional chain where the caller has it.
 */
export const walkExtendedCapabilities = (
  config: Uint8Array,
  known: Uint8Array,
  capabilities: readonly CapabilityAt[] = config.length > EXTENDED_SPACE
    ? walkCapabilities(config, known).found
    : [],
): ExtendedCapabilityChain => {
  const found: ExtendedCapabilityAt[] = [];
  const problems: ChainProblem[] = [];
  if (config.length <= EXTENDED_SPACE || !announcesExtendedSpace(capabilities)) return { found, problems };
  const visited = new Uint8Array(config.length);
  let pointerAt: number | undefined;
  let pointer = EXTENDED_SPACE;
  for (let offset = pointer; offset !== 0; offset = pointer & ~3) {
    if (pointerAt !== undefined) pointerProblems(problems, pointerAt, pointer, EXTENDED_SPACE, 3);
    if (!allKnown(known, offset, 4)) {
      // A source that stops at 256 bytes leaves the list unread: that is not a fault of the chain.
      if (pointerAt !== undefined) problems.push(truncated(pointerAt, pointer, 3));
      break;
    }
    const header = readLe(config, offset, 4);
    if (header === 0 || header === 0xffffffff) {
      // At 0x100 both are the regular signs of an empty list (PCIe 6.0 section 7.6.3, and a space that does not answer).
      if (pointerAt !== undefined)
        problems.push({
          kind: 'broken',
          offset: pointerAt,
          pointer,
          message: `<chain broken>: the header at ${hex(offset, 3)} reads ${hex(header, 8)}.`,
        });
      break;
    }
    if (visited[offset] === 1) {
      problems.push(loop(pointerAt ?? offset, pointer, 3));
      break;
    }
    visited[offset] = 1;
    pointerAt = offset;
    pointer = header >>> 20;
    found.push({ offset, id: header & 0xffff, version: (header >>> 16) & 0xf, nextPointer: pointer });
  }
  return { found, problems };
};
