import { type BaseAddress, NOT_ADDRESS, ROM_ENABLE } from '../spec/headers/baseAddress';
import { type0BaseAddresses } from '../spec/headers/type0';
import { type1BaseAddresses } from '../spec/headers/type1';
import { type2BaseAddresses } from '../spec/headers/type2';
import { ExtCapId } from '../spec/capabilityIds';
import { EXTENDED_SPACE, HEADER_END } from '../spec/chain';
import { vfBaseAddresses } from '../spec/extended/sriov';
import { layoutOf, structureReader, type PlacedRegister, type PlacedStructure } from '../spec/layout';
import type { Access, StructureReader } from '../spec/register';
import { and, andNot, or, shl, u32, widthMask, writeLe } from '../spec/uint';

/**
 * Write masks of simulated hardware, from the catalogue's access types, where nobody measured them. Bytes that no
 * structure owns, and the insides of vendor-specific structures, are read-only: nothing is known about them.
 */
export interface WriteMasks {
  /** Bits that take the value written. */
  readonly rw: Uint8Array;
  /** Bits that a written 1 clears. */
  readonly w1c: Uint8Array;
}

/** Resource numbers as the kernel counts them: BARs 0..5, the ROM 6, VF BARs 7..12. */
export const ROM_RESOURCE = 6;
export const FIRST_VF_RESOURCE = 7;

const isRw = (access: Access): boolean => access === 'RW' || access === 'RWS';
const isW1c = (access: Access): boolean => access === 'RW1C' || access === 'RW1CS';

/** Bits of the register whose access type `matches`. */
const maskOf = (register: PlacedRegister, matches: (access: Access) => boolean): number => {
  let covered = 0;
  let mask = 0;
  for (const { lsb, width, access } of register.fields) {
    const field = shl(u32(2 ** width - 1), lsb);
    covered = or(covered, field);
    if (matches(access)) mask = or(mask, field);
  }
  return matches(register.access) ? or(mask, andNot(widthMask(register.width), covered)) : mask;
};

const KIB = 1024n;
/**
 * Where no source gave a size: the largest power of two that the address is aligned to, at most this. An assumption:
 * an address says only how large the BAR can be, and typical devices are far smaller than their alignment.
 */
const LARGEST_ASSUMED: Readonly<Record<BaseAddress['kind'], bigint>> = {
  io: 256n,
  memory32: 16n * KIB * KIB,
  memory64: 16n * KIB * KIB,
  upperHalf: 0n,
  rom: 64n * KIB,
};

/** The same for a VF BAR, which holds one function's share of the address range. */
const LARGEST_ASSUMED_VF = 16n * KIB;

const assumedSize = (kind: BaseAddress['kind'], value: number, upper: number, vf: boolean): bigint => {
  if (value === 0 && upper === 0) return 0n;
  const address = (BigInt(upper) << 32n) | BigInt(andNot(value, NOT_ADDRESS[kind]));
  const largest = vf ? LARGEST_ASSUMED_VF : LARGEST_ASSUMED[kind];
  const alignment = address & -address;
  return address === 0n || alignment > largest ? largest : alignment;
};

const FULL64 = (1n << 64n) - 1n;

/** Address bits above a size that is rounded up to a power of two; none for a BAR that is not implemented. */
const addressMask = (size: bigint): bigint => {
  if (size <= 0n) return 0n;
  let power = 1n;
  while (power < size) power <<= 1n;
  return FULL64 & ~(power - 1n);
};

type BarSizes = Readonly<Record<number, bigint>>;

/** Writable bits of a row of BARs. `start` is where the structure begins, `resource` the number of its slot 0. */
const baseAddressMasks = (
  rw: Uint8Array,
  bars: readonly BaseAddress[],
  read: StructureReader,
  start: number,
  resource: number,
  sizes: BarSizes | undefined,
): void => {
  for (const bar of bars) {
    if (bar.kind === 'upperHalf' || start + bar.offset + 4 > rw.length) continue;
    const value = read(bar.offset, 4);
    const wide = bar.kind === 'memory64';
    const upper = wide ? read(bar.offset + 4, 4) : 0;
    const assumed = (): bigint => assumedSize(bar.kind, value, upper, resource === FIRST_VF_RESOURCE);
    const size = sizes?.[resource + bar.index] ?? bar.fixedSize ?? assumed();
    const mask = addressMask(size);
    const enable = bar.kind === 'rom' && mask !== 0n ? ROM_ENABLE : 0;
    const low = andNot(Number(mask & 0xffffffffn), NOT_ADDRESS[bar.kind]);
    writeLe(rw, start + bar.offset, 4, or(low, enable));
    if (wide) writeLe(rw, start + bar.offset + 4, 4, Number(mask >> 32n));
  }
};

const HEADER_BASE_ADDRESSES: Readonly<Record<number, (read: StructureReader) => readonly BaseAddress[]>> = {
  0: type0BaseAddresses,
  1: type1BaseAddresses,
  2: type2BaseAddresses,
};

/** Bytes of id and pointer at the start of a structure. */
const headLength = ({ kind }: PlacedStructure): number => {
  if (kind === 'header') return 0;
  return kind === 'capability' ? 2 : 4;
};

/** A broken chain may lead into registers that are not a capability; those keep their own access types. */
const isMisplaced = ({ kind, offset }: PlacedStructure): boolean =>
  (kind === 'capability' && offset < HEADER_END) ||
  (kind === 'extendedCapability' && offset < EXTENDED_SPACE);

/**
 * The masks of a function with this image, each as long as `config`. `barSizes` are bytes by resource number; a size
 * of 0 says that the BAR does not exist. A bit is never in both masks. Any bytes are accepted.
 */
export const deriveMasks = (config: Uint8Array, known: Uint8Array, barSizes?: BarSizes): WriteMasks => {
  const rw = new Uint8Array(config.length);
  const w1c = new Uint8Array(config.length);
  const structures = layoutOf(config, known).filter((structure) => !isMisplaced(structure));
  for (const structure of structures) {
    for (const register of structure.registers) {
      const both = [
        [rw, maskOf(register, isRw)],
        [w1c, maskOf(register, isW1c)],
      ] as const;
      for (const [masks, mask] of both)
        for (let i = 0; i < register.width; i++) masks[register.offset + i]! |= and(mask >>> (8 * i), 0xff);
    }
    const read = structureReader(config, known, structure.offset);
    const { kind, id, offset } = structure;
    if (kind === 'header') {
      const bars = HEADER_BASE_ADDRESSES[id]?.(read) ?? [];
      baseAddressMasks(rw, bars, read, offset, 0, barSizes);
    }
    if (kind === 'extendedCapability' && id === ExtCapId.SRIOV)
      baseAddressMasks(rw, vfBaseAddresses(read), read, offset, FIRST_VF_RESOURCE, barSizes);
  }
  // Where structures of a broken image overlap, ids and pointers stay as they are and no bit has two natures.
  for (const structure of structures) {
    const end = structure.offset + headLength(structure);
    rw.fill(0, structure.offset, end);
    w1c.fill(0, structure.offset, end);
  }
  for (const { offset, length } of structures)
    for (let i = offset; i < offset + length; i++) w1c[i]! &= ~rw[i]!;
  return { rw, w1c };
};
