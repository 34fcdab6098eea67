import { address, bit, inOrder, register, span } from '../define';
import type { RegisterSpec, StructureReader } from '../register';
import { bits } from '../uint';

/**
 * Base address registers: which kind a slot is follows from its own low bits, and a 64-bit BAR takes the next slot
 * for its upper half. Source: PCI 3.0 section 6.2.5.1, PCIe 6.0 section 7.5.1.2.1; SR-IOV 9.3.3.14 for VF BARs.
 */
export type BaseAddressKind = 'io' | 'memory32' | 'memory64' | 'upperHalf' | 'rom';

export interface BaseAddress {
  /** Slot within its row of registers, 0.. */
  readonly index: number;
  /** From the start of the structure that holds it. */
  readonly offset: number;
  readonly kind: BaseAddressKind;
  /** Bytes, where the specification fixes the size. */
  readonly fixedSize?: bigint;
}

/** Low bits that are not address, by kind: they say what the BAR is (or, in a ROM BAR, switch it on). */
export const NOT_ADDRESS: Readonly<Record<BaseAddressKind, number>> = {
  io: 0x3,
  memory32: 0xf,
  memory64: 0xf,
  upperHalf: 0,
  rom: 0x7ff,
};

export const ROM_ENABLE = 0x1;

const SPACE_IO = 1;
const TYPE_64 = 2;

const kindOf = (value: number, last: boolean): BaseAddressKind => {
  if (bits(value, 0, 1) === SPACE_IO) return 'io';
  // A 64-bit type in the last slot has no room for its upper half; only its low 32 bits can decode.
  return bits(value, 1, 2) === TYPE_64 && !last ? 'memory64' : 'memory32';
};

/** The `count` slots from `offset`. */
export const baseAddresses = (
  read: StructureReader,
  offset: number,
  count: number,
): readonly BaseAddress[] => {
  const found: BaseAddress[] = [];
  for (let index = 0; index < count; index++) {
    const kind = kindOf(read(offset + 4 * index, 4), index === count - 1);
    found.push({ index, offset: offset + 4 * index, kind });
    if (kind === 'memory64') {
      index++;
      found.push({ index, offset: offset + 4 * index, kind: 'upperHalf' });
    }
  }
  return found;
};

const SPACE = inOrder('Memory', 'I/O');
const MEMORY_TYPE = inOrder('32-bit', 'low-1M', '64-bit', 'type 3');

/** The register of one slot, with the fields of its kind. */
export const baseAddressRegister = (
  bar: BaseAddress,
  name: string,
  title: string,
  source: string,
): RegisterSpec => {
  if (bar.kind === 'upperHalf')
    return register(bar.offset, 4, name, `${title} (upper 32 bits)`, 'RW', source);
  const space = span(0, 1, 'Space', 'Memory Space Indicator', 'RO', SPACE);
  const fields =
    bar.kind === 'io'
      ? [space, address(2, 30, 'Address', 'Base Address, bits 31:2', 'RW')]
      : [
          space,
          span(1, 2, 'Type', 'Memory Type', 'RO', MEMORY_TYPE),
          bit(3, 'Prefetchable', 'Prefetchable', 'RO'),
          address(4, 28, 'Address', 'Base Address, bits 31:4', 'RW'),
        ];
  return register(bar.offset, 4, name, title, 'RO', source, fields);
};

const ROM_VALIDATION = inOrder(
  'not supported',
  'in progress',
  'pass, not trusted',
  'pass, trusted',
  'fail, invalid image',
  'fail, not trusted',
);

/** Expansion ROM Base Address, PCIe 6.0 section 7.5.1.2.4. */
export const romRegister = (offset: number, name: string): RegisterSpec =>
  register(offset, 4, name, 'Expansion ROM Base Address', 'RsvdP', 'PCIe 6.0 7.5.1.2.4', [
    bit(0, 'Enable', 'Expansion ROM Enable', 'RW'),
    span(1, 3, 'ValidStatus', 'Expansion ROM Validation Status', 'HwInit', ROM_VALIDATION),
    span(4, 4, 'ValidDetails', 'Expansion ROM Validation Details', 'HwInit'),
    address(11, 21, 'Address', 'Expansion ROM Base Address, bits 31:11', 'RW'),
  ]);
