import { address, bit, inOrder, register, span, whenOffered } from '../define';
import { PortType } from '../capabilities/portType';
import type { RegisterSpec, StructureOwner, StructureReader, StructureSpec } from '../register';
import { baseAddresses, baseAddressRegister, romRegister, type BaseAddress } from './baseAddress';
import { capabilitiesPointer, headerStart, interruptRegisters, secondaryStatus } from './common';

/**
 * Header of a PCI-to-PCI bridge, Express port or switch port.
 * Source: PCI-to-PCI Bridge Architecture 1.2 section 3.2, PCIe 6.0 section 7.5.1.3.
 */

const ROM_OFFSET = 0x38;
const IO_BASE = 0x1c;
const PREF_MEMORY_BASE = 0x24;

/** BARs 0 and 1 and, as index 6, the expansion ROM. */
export const type1BaseAddresses = (read: StructureReader): readonly BaseAddress[] => [
  ...baseAddresses(read, 0x10, 2),
  { index: 6, offset: ROM_OFFSET, kind: 'rom' },
];

const IO_TYPE = inOrder('16-bit', '32-bit');
const PREF_TYPE = inOrder('32-bit', '64-bit');

/** I/O Base or Limit. Its low half tells whether the upper 16 bits exist. */
const ioWindow = (offset: number, name: string, title: string): RegisterSpec =>
  register(offset, 1, name, title, 'RO', 'PCIe 6.0 7.5.1.3.6', [
    span(0, 4, 'Type', 'I/O Addressing Capability', 'RO', IO_TYPE),
    address(4, 4, 'Address', `${title}, address bits 15:12`, 'RW', 12),
  ]);

const memoryWindow = (offset: number, name: string, title: string): RegisterSpec =>
  register(offset, 2, name, title, 'RO', 'PCIe 6.0 7.5.1.3.8', [
    address(4, 12, 'Address', `${title}, address bits 31:20`, 'RW', 20),
  ]);

const prefetchableWindow = (offset: number, name: string, title: string): RegisterSpec =>
  register(offset, 2, name, title, 'RO', 'PCIe 6.0 7.5.1.3.9', [
    span(0, 4, 'Type', '64-bit Address Decoding', 'RO', PREF_TYPE),
    address(4, 12, 'Address', `${title}, address bits 31:20`, 'RW', 20),
  ]);

/** True when the secondary side is a conventional bus, whose bits of Bridge Control then mean something. */
const conventionalSecondary = (owner: StructureOwner): boolean =>
  owner.express === undefined || owner.express.portType === PortType.expressToPciBridge;

const DISCARD = inOrder('2^15 PCI clocks', '2^10 PCI clocks');

const bridgeControl = (owner: StructureOwner): RegisterSpec => {
  const conventional = whenOffered(conventionalSecondary(owner));
  return register(0x3e, 2, 'BRIDGE_CONTROL', 'Bridge Control', 'RsvdP', 'PCIe 6.0 7.5.1.3.13', [
    bit(0, 'Parity', 'Parity Error Response Enable', 'RW'),
    bit(1, 'SERR', 'SERR# Enable', 'RW'),
    bit(2, 'NoISA', 'ISA Enable', 'RW'),
    bit(3, 'VGA', 'VGA Enable', 'RW'),
    bit(4, 'VGA16', 'VGA 16-bit Decode', 'RW'),
    bit(5, 'MAbort', 'Master Abort Mode', conventional),
    bit(6, '>Reset', 'Secondary Bus Reset', 'RW'),
    bit(7, 'FastB2B', 'Fast Back-to-Back Transactions Enable', conventional),
    span(8, 1, 'PriDiscTmr', 'Primary Discard Timer', conventional, DISCARD),
    span(9, 1, 'SecDiscTmr', 'Secondary Discard Timer', conventional, DISCARD),
    bit(10, 'DiscTmrStat', 'Discard Timer Status', conventional === 'RW' ? 'RW1C' : 'RO'),
    bit(11, 'DiscTmrSERREn', 'Discard Timer SERR# Enable', conventional),
  ]);
};

export const TYPE1: StructureSpec = {
  kind: 'header',
  id: 1,
  name: 'HEADER',
  title: 'Type 1 header (PCI bridge)',
  length: () => 0x40,
  registers: (read, owner) => {
    const io32 = (read(IO_BASE, 1) & 0xf) === 1;
    const pref64 = (read(PREF_MEMORY_BASE, 2) & 0xf) === 1;
    return [
      ...headerStart(read, owner),
      ...baseAddresses(read, 0x10, 2).map((bar) =>
        baseAddressRegister(
          bar,
          `BASE_ADDRESS_${bar.index}`,
          `Base Address ${bar.index}`,
          'PCIe 6.0 7.5.1.2.1',
        ),
      ),
      register(0x18, 1, 'PRIMARY_BUS', 'Primary Bus Number', 'RW', 'PCIe 6.0 7.5.1.3.2'),
      register(0x19, 1, 'SECONDARY_BUS', 'Secondary Bus Number', 'RW', 'PCIe 6.0 7.5.1.3.3'),
      register(0x1a, 1, 'SUBORDINATE_BUS', 'Subordinate Bus Number', 'RW', 'PCIe 6.0 7.5.1.3.4'),
      register(
        0x1b,
        1,
        'SEC_LATENCY_TIMER',
        'Secondary Latency Timer',
        whenOffered(conventionalSecondary(owner)),
        'PCIe 6.0 7.5.1.3.5',
      ),
      ioWindow(IO_BASE, 'IO_BASE', 'I/O Base'),
      ioWindow(0x1d, 'IO_LIMIT', 'I/O Limit'),
      secondaryStatus(0x1e, 'SEC_STATUS'),
      memoryWindow(0x20, 'MEMORY_BASE', 'Memory Base'),
      memoryWindow(0x22, 'MEMORY_LIMIT', 'Memory Limit'),
      prefetchableWindow(PREF_MEMORY_BASE, 'PREF_MEMORY_BASE', 'Prefetchable Memory Base'),
      prefetchableWindow(0x26, 'PREF_MEMORY_LIMIT', 'Prefetchable Memory Limit'),
      register(
        0x28,
        4,
        'PREF_BASE_UPPER32',
        'Prefetchable Base Upper 32 Bits',
        whenOffered(pref64),
        'PCIe 6.0 7.5.1.3.10',
      ),
      register(
        0x2c,
        4,
        'PREF_LIMIT_UPPER32',
        'Prefetchable Limit Upper 32 Bits',
        whenOffered(pref64),
        'PCIe 6.0 7.5.1.3.10',
      ),
      register(
        0x30,
        2,
        'IO_BASE_UPPER16',
        'I/O Base Upper 16 Bits',
        whenOffered(io32),
        'PCIe 6.0 7.5.1.3.11',
      ),
      register(
        0x32,
        2,
        'IO_LIMIT_UPPER16',
        'I/O Limit Upper 16 Bits',
        whenOffered(io32),
        'PCIe 6.0 7.5.1.3.11',
      ),
      capabilitiesPointer(0x34, 'CAPABILITIES'),
      romRegister(ROM_OFFSET, 'BRIDGE_ROM_ADDRESS'),
      ...interruptRegisters(),
      bridgeControl(owner),
    ];
  },
};
