import { CapId } from '../capabilityIds';
import { address, bit, capabilityHead, register, span, whenOffered } from '../define';
import type { RegisterSpec, StructureOwner, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * Enhanced Allocation: fixed address ranges in place of BARs. Entries follow one another, each as long as it says
 * itself; in a bridge fixed bus numbers come first. Source: PCIe 6.0 section 7.8.5.
 */

const NUM_ENTRIES = 0x02;
const HEAD = 4;
const DWORD = 4;

/** Which BAR the range stands for. */
const BEI: Readonly<Record<number, string>> = {
  0: 'BAR 0',
  1: 'BAR 1',
  2: 'BAR 2',
  3: 'BAR 3',
  4: 'BAR 4',
  5: 'BAR 5',
  6: 'resource behind function',
  7: 'not indicated',
  8: 'expansion ROM',
  9: 'VF-BAR 0',
  10: 'VF-BAR 1',
  11: 'VF-BAR 2',
  12: 'VF-BAR 3',
  13: 'VF-BAR 4',
  14: 'VF-BAR 5',
  15: 'reserved',
};

const PROPERTIES: Readonly<Record<number, string>> = {
  0x00: 'memory space, non-prefetchable',
  0x01: 'memory space, prefetchable',
  0x02: 'I/O space',
  0x03: 'VF memory space, prefetchable',
  0x04: 'VF memory space, non-prefetchable',
  0x05: 'allocation behind bridge, non-prefetchable memory',
  0x06: 'allocation behind bridge, prefetchable memory',
  0x07: 'allocation behind bridge, I/O space',
  0xfd: 'memory space resource unavailable for use',
  0xfe: 'I/O space resource unavailable for use',
  0xff: 'entry unavailable for use',
};
const SECONDARY_PROPERTIES = {
  ...PROPERTIES,
  0xff: 'entry unavailable for use, PrimaryProperties should be used',
};

const WIDE = 1;

/** Base or MaxOffset: bits 31:2, and a flag that an upper half follows. */
const bound = (offset: number, name: string, title: string, writable: boolean): RegisterSpec =>
  register(offset, 4, name, title, 'RO', 'PCIe 6.0 7.8.5.3', [
    bit(WIDE, '64bit', 'Upper half follows', 'RO'),
    address(2, 30, 'Address', `${title}, bits 31:2`, whenOffered(writable)),
  ]);

const upperHalf = (offset: number, name: string, title: string, writable: boolean): RegisterSpec =>
  register(offset, 4, name, `${title}, upper half`, whenOffered(writable), 'PCIe 6.0 7.8.5.3');

const isWide = (read: StructureReader, offset: number): boolean => bits(read(offset, 4), WIDE, 1) === 1;

interface Entry {
  readonly index: number;
  readonly offset: number;
  /** Dwords that follow the first. */
  readonly size: number;
}

/** Where each entry stands; they end with the structure's count. */
const entriesOf = (read: StructureReader, bridge: boolean): readonly Entry[] => {
  const entries: Entry[] = [];
  let offset = HEAD + (bridge ? DWORD : 0);
  const count = bits(read(NUM_ENTRIES, 1), 0, 6);
  for (let index = 0; index < count; index++) {
    const size = bits(read(offset, 4), 0, 3);
    entries.push({ index, offset, size });
    offset += DWORD * (1 + size);
  }
  return entries;
};

/** The bounds of an entry: base, last offset, and the upper half of each where it says so and has room for it. */
const boundsOf = (read: StructureReader, { index, offset, size }: Entry): readonly RegisterSpec[] => {
  const writable = bits(read(offset, 4), 30, 1) === 1;
  const low = offset + DWORD;
  const upper = [
    ...(isWide(read, low) ? [[`BASE_${index}_HI`, 'Base'] as const] : []),
    ...(isWide(read, low + DWORD) ? [[`MAX_OFFSET_${index}_HI`, 'MaxOffset'] as const] : []),
  ];
  return [
    bound(low, `BASE_${index}`, 'Base', writable),
    bound(low + DWORD, `MAX_OFFSET_${index}`, 'MaxOffset', writable),
    ...upper.map(([name, title], i) => upperHalf(low + DWORD * (2 + i), name, title, writable)),
  ].slice(0, size);
};

const entryRegisters = (read: StructureReader, entry: Entry): readonly RegisterSpec[] => [
  register(entry.offset, 4, `ENTRY_${entry.index}`, `Entry ${entry.index}`, 'RsvdP', 'PCIe 6.0 7.8.5.3', [
    span(0, 3, 'EntrySize', 'Entry Size: dwords that follow', 'RO'),
    span(4, 4, 'BEI', 'BAR Equivalent Indicator', 'RO', BEI),
    span(8, 8, 'PrimaryProperties', 'Primary Properties', 'RO', PROPERTIES),
    span(16, 8, 'SecondaryProperties', 'Secondary Properties', 'RO', SECONDARY_PROPERTIES),
    bit(30, 'Writable', 'Writable', 'RO'),
    bit(31, 'Enable', 'Enable', 'RW'),
  ]),
  ...boundsOf(read, entry),
];

const fixedBuses = (): RegisterSpec =>
  register(0x04, 4, 'FIXED_BUSES', 'Fixed Bus Numbers', 'RsvdP', 'PCIe 6.0 7.8.5.2', [
    span(0, 8, 'Secondary', 'Fixed Secondary Bus Number', 'RO'),
    span(8, 8, 'Subordinate', 'Fixed Subordinate Bus Number', 'RO'),
  ]);

const isBridge = (owner: StructureOwner): boolean => owner.headerType === 1;

export const ENHANCED_ALLOCATION: StructureSpec = {
  kind: 'capability',
  id: CapId.EA,
  name: 'EA',
  title: 'Enhanced Allocation (EA)',
  length: (read, owner) => {
    const bridge = isBridge(owner);
    const last = entriesOf(read, bridge).at(-1);
    return last ? last.offset + DWORD * (1 + last.size) : HEAD + (bridge ? DWORD : 0);
  },
  registers: (read, owner) => {
    const bridge = isBridge(owner);
    return [
      ...capabilityHead(),
      register(NUM_ENTRIES, 1, 'NUM_ENTRIES', 'Number of Entries', 'RO', 'PCIe 6.0 7.8.5.1', [
        span(0, 6, 'NumEntries', 'Number of Entries', 'RO'),
      ]),
      ...(bridge ? [fixedBuses()] : []),
      ...entriesOf(read, bridge).flatMap((entry) => entryRegisters(read, entry)),
    ];
  },
};
