import { address, bit, register, span } from '../define';
import type { RegisterSpec, StructureReader, StructureSpec } from '../register';
import { baseAddressRegister, type BaseAddress } from './baseAddress';
import {
  capabilitiesPointer,
  headerStart,
  interruptRegisters,
  secondaryStatus,
  subsystemIds,
} from './common';

/** Header of a CardBus bridge: its windows have 4 KiB and 4-byte granularity. Source: PC Card Standard 8.0, volume 2. */

const SOURCE = 'PC Card 8.0 CardBus bridge header';

const SOCKET: BaseAddress = { index: 0, offset: 0x10, kind: 'memory32', fixedSize: 4096n };

/** The socket registers' BAR. */
export const type2BaseAddresses = (_read: StructureReader): readonly BaseAddress[] => [SOCKET];

const memoryWindow = (offset: number, name: string, title: string): RegisterSpec =>
  register(offset, 4, name, title, 'RO', SOURCE, [
    address(12, 20, 'Address', `${title}, address bits 31:12`, 'RW'),
  ]);

const ioWindow = (offset: number, name: string, title: string): RegisterSpec =>
  register(offset, 2, name, title, 'RO', SOURCE, [
    span(0, 2, 'Type', 'I/O Addressing Capability', 'RO', { 0: '16-bit', 1: '32-bit' }),
    address(2, 14, 'Address', `${title}, address bits 15:2`, 'RW'),
  ]);

/** Bits 31:16 of an I/O window; they exist when the low word says 32-bit. */
const ioWindowHigh = (read: StructureReader, offset: number, name: string, title: string): RegisterSpec =>
  register(offset, 2, name, title, (read(offset - 2, 2) & 3) === 1 ? 'RW' : 'RO', SOURCE);

const bridgeControl = (): RegisterSpec =>
  register(0x3e, 2, 'BRIDGE_CONTROL', 'Bridge Control', 'RsvdP', SOURCE, [
    bit(0, 'Parity', 'Parity Error Response Enable', 'RW'),
    bit(1, 'SERR', 'SERR# Enable', 'RW'),
    bit(2, 'ISA', 'ISA Enable', 'RW'),
    bit(3, 'VGA', 'VGA Enable', 'RW'),
    bit(5, 'MAbort', 'Master Abort Mode', 'RW'),
    bit(6, '>Reset', 'CardBus Reset', 'RW'),
    bit(7, '16bInt', 'Interrupts of 16-bit cards through ISA', 'RW'),
    bit(8, 'Prefetch0', 'Memory Window 0 Prefetch Enable', 'RW'),
    bit(9, 'Prefetch1', 'Memory Window 1 Prefetch Enable', 'RW'),
    bit(10, 'PostWrite', 'Write Posting Enable', 'RW'),
  ]);

export const TYPE2: StructureSpec = {
  kind: 'header',
  id: 2,
  name: 'HEADER',
  title: 'Type 2 header (CardBus bridge)',
  length: () => 0x48,
  registers: (read, owner) => [
    ...headerStart(read, owner),
    baseAddressRegister(SOCKET, 'CB_CARDBUS_BASE', 'CardBus Socket/ExCA Base Address', SOURCE),
    capabilitiesPointer(0x14, 'CB_CAPABILITIES'),
    secondaryStatus(0x16, 'CB_SEC_STATUS'),
    register(0x18, 1, 'CB_BUS_NUMBER', 'PCI Bus Number', 'RW', SOURCE),
    register(0x19, 1, 'CB_CARDBUS_NUMBER', 'CardBus Bus Number', 'RW', SOURCE),
    register(0x1a, 1, 'CB_SUBORDINATE_BUS', 'Subordinate Bus Number', 'RW', SOURCE),
    register(0x1b, 1, 'CB_CARDBUS_LATENCY', 'CardBus Latency Timer', 'RW', SOURCE),
    memoryWindow(0x1c, 'CB_MEMORY_BASE_0', 'Memory Base 0'),
    memoryWindow(0x20, 'CB_MEMORY_LIMIT_0', 'Memory Limit 0'),
    memoryWindow(0x24, 'CB_MEMORY_BASE_1', 'Memory Base 1'),
    memoryWindow(0x28, 'CB_MEMORY_LIMIT_1', 'Memory Limit 1'),
    ioWindow(0x2c, 'CB_IO_BASE_0', 'I/O Base 0'),
    ioWindowHigh(read, 0x2e, 'CB_IO_BASE_0_HI', 'I/O Base 0 Upper 16 Bits'),
    ioWindow(0x30, 'CB_IO_LIMIT_0', 'I/O Limit 0'),
    ioWindowHigh(read, 0x32, 'CB_IO_LIMIT_0_HI', 'I/O Limit 0 Upper 16 Bits'),
    ioWindow(0x34, 'CB_IO_BASE_1', 'I/O Base 1'),
    ioWindowHigh(read, 0x36, 'CB_IO_BASE_1_HI', 'I/O Base 1 Upper 16 Bits'),
    ioWindow(0x38, 'CB_IO_LIMIT_1', 'I/O Limit 1'),
    ioWindowHigh(read, 0x3a, 'CB_IO_LIMIT_1_HI', 'I/O Limit 1 Upper 16 Bits'),
    ...interruptRegisters(),
    bridgeControl(),
    ...subsystemIds(0x40, 'CB_', SOURCE),
    register(0x44, 4, 'CB_LEGACY_MODE_BASE', 'PC Card 16-bit IF Legacy Mode Base Address', 'RO', SOURCE, [
      bit(0, 'Space', 'I/O Space Indicator', 'RO'),
      address(1, 31, 'Address', 'Legacy Mode Base Address, bits 31:1', 'RW'),
    ]),
  ],
};
