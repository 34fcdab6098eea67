import { CapId } from '../capabilityIds';
import { bit, capabilityHead, inOrder, register, span } from '../define';
import type { BitFieldSpec, RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * PCI-X: one layout for functions, another for bridges; ECC registers from version 1 on.
 * Source: PCI-X Protocol Addendum 2.0 sections 7.2 and 8.6.2.
 */

const SOURCE = 'PCI-X 2.0 7.2';
const BRIDGE_SOURCE = 'PCI-X 2.0 8.6.2';
const COMMAND = 0x02;

const READ_COUNT = inOrder('512', '1024', '2048', '4096');
const SPLITS = inOrder('1', '2', '3', '4', '8', '12', '16', '32');
const CUMULATIVE_READ = inOrder('8', '16', '32', '64', '128', '256', '512', '1024');
const VERSION = inOrder('266/533MHz and ECC not supported', 'ECC in Mode 2', 'ECC in both modes', 'Reserved');
const BUS_FREQUENCY: Readonly<Record<number, string>> = {
  0: 'conv',
  1: '66MHz',
  2: '100MHz',
  3: '133MHz',
};

const address: readonly BitFieldSpec[] = [
  span(0, 3, 'Function', 'Function Number', 'RO'),
  span(3, 5, 'Device', 'Device Number', 'RO'),
  span(8, 8, 'Bus', 'Bus Number', 'RO'),
];

const version = (read: StructureReader): number => bits(read(COMMAND, 2), 12, 2);

/** ECC control and status, then the first failing address and attributes. */
const eccRegisters = (offset: number, names: readonly string[]): readonly RegisterSpec[] =>
  names.map((name, i) =>
    register(offset + 4 * i, 4, name, name.replaceAll('_', ' '), 'RO', 'PCI-X 2.0 7.2.7'),
  );

const ECC = ['ECC_CONTROL', 'ECC_ADDRESS_LO', 'ECC_ADDRESS_HI', 'ECC_ATTRIBUTE'];

const functionRegisters = (read: StructureReader): readonly RegisterSpec[] => [
  register(COMMAND, 2, 'COMMAND', 'PCI-X Command', 'RsvdP', SOURCE, [
    bit(0, 'DPERE', 'Data Parity Error Recovery Enable', 'RW'),
    bit(1, 'ERO', 'Enable Relaxed Ordering', 'RW'),
    span(2, 2, 'RBC', 'Maximum Memory Read Byte Count', 'RW', READ_COUNT),
    span(4, 3, 'OST', 'Maximum Outstanding Split Transactions', 'RW', SPLITS),
    span(12, 2, 'Version', 'Capability Version', 'RO', VERSION),
  ]),
  register(0x04, 4, 'STATUS', 'PCI-X Status', 'RsvdZ', SOURCE, [
    ...address,
    bit(16, '64bit', '64-bit Device', 'RO'),
    bit(17, '133MHz', '133 MHz Capable', 'RO'),
    bit(18, 'SCD', 'Split Completion Discarded', 'RW1C'),
    bit(19, 'USC', 'Unexpected Split Completion', 'RW1C'),
    span(20, 1, 'DC', 'Device Complexity', 'RO', inOrder('simple', 'bridge')),
    span(21, 2, 'DMMRBC', 'Designed Maximum Memory Read Byte Count', 'RO', READ_COUNT),
    span(23, 3, 'DMOST', 'Designed Maximum Outstanding Split Transactions', 'RO', SPLITS),
    span(26, 3, 'DMCRS', 'Designed Maximum Cumulative Read Size', 'RO', CUMULATIVE_READ),
    bit(29, 'RSCEM', 'Received Split Completion Error Message', 'RW1C'),
    bit(30, '266MHz', '266 MHz Capable', 'RO'),
    bit(31, '533MHz', '533 MHz Capable', 'RO'),
  ]),
  ...(version(read) > 0 ? eccRegisters(0x08, ECC) : []),
];

const splitControl = (offset: number, name: string, title: string): RegisterSpec =>
  register(offset, 4, name, title, 'RO', BRIDGE_SOURCE, [
    span(0, 16, 'Capacity', 'Split Transaction Capacity', 'RO'),
    span(16, 16, 'CommitmentLimit', 'Split Transaction Commitment Limit', 'RW'),
  ]);

const bridgeErrors = (lsb: number): readonly BitFieldSpec[] => [
  bit(lsb, 'SCD', 'Split Completion Discarded', 'RW1C'),
  bit(lsb + 1, 'USC', 'Unexpected Split Completion', 'RW1C'),
  bit(lsb + 2, 'SCO', 'Split Completion Overrun', 'RW1C'),
  bit(lsb + 3, 'SRD', 'Split Request Delayed', 'RW1C'),
];

const bridgeRegisters = (read: StructureReader): readonly RegisterSpec[] => [
  register(COMMAND, 2, 'SEC_STATUS', 'PCI-X Secondary Status', 'RsvdZ', BRIDGE_SOURCE, [
    bit(0, '64bit', '64-bit Device', 'RO'),
    bit(1, '133MHz', '133 MHz Capable', 'RO'),
    ...bridgeErrors(2),
    span(6, 3, 'Freq', 'Secondary Clock Frequency', 'RO', BUS_FREQUENCY),
    span(12, 2, 'Version', 'Capability Version', 'RO', VERSION),
    bit(14, '266MHz', '266 MHz Capable', 'RO'),
    bit(15, '533MHz', '533 MHz Capable', 'RO'),
  ]),
  register(0x04, 4, 'BRIDGE_STATUS', 'PCI-X Bridge Status', 'RsvdZ', BRIDGE_SOURCE, [
    ...address,
    bit(16, '64bit', '64-bit Device', 'RO'),
    bit(17, '133MHz', '133 MHz Capable', 'RO'),
    ...bridgeErrors(18),
  ]),
  splitControl(0x08, 'UPSTREAM_SPLIT', 'Upstream Split Transaction Control'),
  splitControl(0x0c, 'DOWNSTREAM_SPLIT', 'Downstream Split Transaction Control'),
  ...(version(read) > 0 ? eccRegisters(0x10, ECC) : []),
];

export const PCIX: StructureSpec = {
  kind: 'capability',
  id: CapId.PCIX,
  name: 'PCIX',
  title: 'PCI-X',
  length: (read, owner) => (owner.headerType === 1 ? 0x10 : 0x08) + (version(read) > 0 ? 0x10 : 0),
  registers: (read, owner) => [
    ...capabilityHead(),
    ...(owner.headerType === 1 ? bridgeRegisters(read) : functionRegisters(read)),
  ],
};
