import { bit, inOrder, register, span, whenOffered } from '../define';
import type { BitFieldSpec, RegisterSpec, StructureOwner, StructureReader } from '../register';

/**
 * The registers that header types 0, 1 and 2 share: 00h..0fh and the interrupt bytes.
 * Bits that PCI Express hardwires to 0 are read-only in an Express function and writable in a conventional one.
 * Source: PCI 3.0 section 6.2, PCIe 6.0 section 7.5.1.1.
 */

export const BIST = 0x0f;
const BIST_CAPABLE = 0x80;

const DEVSEL = inOrder('fast', 'medium', 'slow', '??');

/** Bits 8 to 15 of Status and Secondary Status, which differ only in who raised bit 14. */
export const errorBits = (signalledSystemError: BitFieldSpec): readonly BitFieldSpec[] => [
  bit(8, 'ParErr', 'Master Data Parity Error', 'RW1C'),
  span(9, 2, 'DEVSEL', 'DEVSEL Timing', 'RO', DEVSEL),
  bit(11, '>TAbort', 'Signaled Target Abort', 'RW1C'),
  bit(12, '<TAbort', 'Received Target Abort', 'RW1C'),
  bit(13, '<MAbort', 'Received Master Abort', 'RW1C'),
  signalledSystemError,
  bit(15, '<PERR', 'Detected Parity Error', 'RW1C'),
];

const command = (conventional: boolean): RegisterSpec =>
  register(0x04, 2, 'COMMAND', 'Command', 'RsvdP', 'PCIe 6.0 7.5.1.1.3', [
    bit(0, 'I/O', 'I/O Space Enable', 'RW'),
    bit(1, 'Mem', 'Memory Space Enable', 'RW'),
    bit(2, 'BusMaster', 'Bus Master Enable', 'RW'),
    bit(3, 'SpecCycle', 'Special Cycle Enable', whenOffered(conventional)),
    bit(4, 'MemWINV', 'Memory Write and Invalidate', whenOffered(conventional)),
    bit(5, 'VGASnoop', 'VGA Palette Snoop', whenOffered(conventional)),
    bit(6, 'ParErr', 'Parity Error Response', 'RW'),
    // Hardwired since PCI 2.3: a device either always steps or never does.
    bit(7, 'Stepping', 'IDSEL Stepping/Wait Cycle Control', 'RO'),
    bit(8, 'SERR', 'SERR# Enable', 'RW'),
    bit(9, 'FastB2B', 'Fast Back-to-Back Transactions Enable', whenOffered(conventional)),
    bit(10, 'DisINTx', 'Interrupt Disable', 'RW'),
  ]);

const status = (): RegisterSpec =>
  register(0x06, 2, 'STATUS', 'Status', 'RsvdZ', 'PCIe 6.0 7.5.1.1.4', [
    bit(0, 'ImmReady', 'Immediate Readiness', 'RO'),
    bit(3, 'INTx', 'Interrupt Status', 'RO'),
    bit(4, 'Cap', 'Capabilities List', 'RO'),
    bit(5, '66MHz', '66 MHz Capable', 'RO'),
    bit(6, 'UDF', 'User Definable Features', 'RO'),
    bit(7, 'FastB2B', 'Fast Back-to-Back Transactions Capable', 'RO'),
    ...errorBits(bit(14, '>SERR', 'Signaled System Error', 'RW1C')),
  ]);

const bist = (offered: boolean): RegisterSpec =>
  register(BIST, 1, 'BIST', 'Built-in Self Test', 'RsvdP', 'PCIe 6.0 7.5.1.1.10', [
    span(0, 4, 'Result', 'Completion Code', 'RO'),
    bit(6, 'Start', 'Start BIST', whenOffered(offered)),
    bit(7, 'Capable', 'BIST Capable', 'RO'),
  ]);

const LAYOUT = inOrder('Type 0', 'Type 1 (PCI bridge)', 'Type 2 (CardBus bridge)');

/** 00h..0fh. */
export const headerStart = (read: StructureReader, owner: StructureOwner): readonly RegisterSpec[] => {
  const conventional = owner.express === undefined;
  return [
    register(0x00, 2, 'VENDOR_ID', 'Vendor ID', 'RO', 'PCIe 6.0 7.5.1.1.1'),
    register(0x02, 2, 'DEVICE_ID', 'Device ID', 'RO', 'PCIe 6.0 7.5.1.1.2'),
    command(conventional),
    status(),
    register(0x08, 1, 'REVISION', 'Revision ID', 'RO', 'PCIe 6.0 7.5.1.1.5'),
    register(0x09, 1, 'CLASS_PROG', 'Programming Interface', 'RO', 'PCIe 6.0 7.5.1.1.6'),
    register(0x0a, 2, 'CLASS_DEVICE', 'Class Code', 'RO', 'PCIe 6.0 7.5.1.1.6', [
      span(0, 8, 'SubClass', 'Sub-Class Code', 'RO'),
      span(8, 8, 'BaseClass', 'Base Class Code', 'RO'),
    ]),
    register(0x0c, 1, 'CACHE_LINE_SIZE', 'Cache Line Size', 'RW', 'PCIe 6.0 7.5.1.1.7'),
    register(
      0x0d,
      1,
      'LATENCY_TIMER',
      'Latency Timer',
      whenOffered(conventional),
      conventional ? 'PCI 3.0 6.2.4' : 'PCIe 6.0 7.5.1.1.8',
    ),
    register(0x0e, 1, 'HEADER_TYPE', 'Header Type', 'RO', 'PCIe 6.0 7.5.1.1.9', [
      span(0, 7, 'Layout', 'Header Layout', 'RO', LAYOUT),
      bit(7, 'MultiFunction', 'Multi-Function Device', 'RO'),
    ]),
    bist((read(BIST, 1) & BIST_CAPABLE) !== 0),
  ];
};

export const subsystemIds = (vendorAt: number, prefix: string, source: string): readonly RegisterSpec[] => [
  register(vendorAt, 2, `${prefix}SUBSYSTEM_VENDOR_ID`, 'Subsystem Vendor ID', 'HwInit', source),
  register(vendorAt + 2, 2, `${prefix}SUBSYSTEM_ID`, 'Subsystem ID', 'HwInit', source),
];

const PIN: Readonly<Record<number, string>> = { 0: 'none', 1: 'A', 2: 'B', 3: 'C', 4: 'D' };

export const capabilitiesPointer = (offset: number, name: string): RegisterSpec =>
  register(offset, 1, name, 'Capabilities Pointer', 'RO', 'PCIe 6.0 7.5.1.1.11');

/** 3ch and 3dh. */
export const interruptRegisters = (): readonly RegisterSpec[] => [
  register(0x3c, 1, 'INTERRUPT_LINE', 'Interrupt Line', 'RW', 'PCIe 6.0 7.5.1.1.12'),
  register(0x3d, 1, 'INTERRUPT_PIN', 'Interrupt Pin', 'RO', 'PCIe 6.0 7.5.1.1.13', [
    span(0, 8, 'Pin', 'Interrupt Pin', 'RO', PIN),
  ]),
];

/** Secondary Status of a bridge, PCIe 6.0 section 7.5.1.3.7. */
export const secondaryStatus = (offset: number, name: string): RegisterSpec =>
  register(offset, 2, name, 'Secondary Status', 'RsvdZ', 'PCIe 6.0 7.5.1.3.7', [
    bit(5, '66MHz', '66 MHz Capable', 'RO'),
    bit(7, 'FastB2B', 'Fast Back-to-Back Transactions Capable', 'RO'),
    ...errorBits(bit(14, '<SERR', 'Received System Error', 'RW1C')),
  ]);
