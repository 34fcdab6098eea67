import { CapId } from '../capabilityIds';
import { address, bit, capabilityHead, register, span } from '../define';
import type { BitFieldSpec, RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * HyperTransport: many structures share one id and are told apart by the type in the command register's top bits
 * (three bits for interfaces, five for the rest). MSI mapping is known in detail. Source: HyperTransport 3.1 section 7.
 */

const SOURCE = 'HyperTransport 3.1 7.3';
const COMMAND = 0x02;
const REVISION_ID = 0x11;
const MSI_MAPPING = 0x15;
/** Types 0..7 are interfaces, which use bits 12:11 for other things. */
const isInterface = (type: number): boolean => type < 8;

const TYPES: Readonly<Record<number, string>> = {
  0x08: 'Switch',
  0x10: 'Interrupt Discovery and Configuration',
  [REVISION_ID]: 'Revision ID',
  0x12: 'UnitID Clumping',
  0x13: 'Extended Configuration Space Access',
  0x14: 'Address Mapping',
  [MSI_MAPPING]: 'MSI Mapping',
  0x16: 'DirectRoute',
  0x17: 'VCSet',
  0x18: 'Retry Mode',
  0x19: 'X86 (reserved)',
  0x1a: 'Gen3',
  0x1b: 'Function-Level Extension',
  0x1c: 'Power Management',
  0x1d: 'High Node Count',
};
const INTERFACE_TYPES = { 0: 'Slave or Primary Interface', 1: 'Host or Secondary Interface' };

const typeOf = (read: StructureReader): number => bits(read(COMMAND, 2), 11, 5);

/** The address is fixed at FEE0_0000h, or in two registers. */
const mappingIsFixed = (read: StructureReader): boolean => bits(read(COMMAND, 2), 1, 1) === 1;

const mappingRegisters = (read: StructureReader): readonly RegisterSpec[] => [
  register(COMMAND, 2, 'COMMAND', 'MSI Mapping Command', 'RO', SOURCE, [
    bit(0, 'Enable', 'MSI Mapping Enable', 'RW'),
    bit(1, 'Fixed', 'MSI Mapping Address Fixed', 'RO'),
    span(11, 5, 'Type', 'Capability Type', 'RO', TYPES),
  ]),
  ...(mappingIsFixed(read)
    ? []
    : [
        register(0x04, 4, 'ADDRESS_LO', 'MSI Mapping Address (lower)', 'RO', SOURCE, [
          address(20, 12, 'Address', 'Mapping Address, bits 31:20', 'RW'),
        ]),
        register(0x08, 4, 'ADDRESS_HI', 'MSI Mapping Address (upper)', 'RW', SOURCE),
      ]),
];

/** Revision of HyperTransport that the device follows. */
const REVISION: readonly BitFieldSpec[] = [
  span(0, 5, 'Minor', 'Minor Revision', 'RO'),
  span(5, 3, 'Major', 'Major Revision', 'RO'),
];

export const HYPERTRANSPORT: StructureSpec = {
  kind: 'capability',
  id: CapId.HT,
  name: 'HT',
  title: 'HyperTransport',
  length: (read) => (typeOf(read) === MSI_MAPPING && !mappingIsFixed(read) ? 12 : 4),
  registers: (read) => {
    const type = typeOf(read);
    if (type === MSI_MAPPING) return [...capabilityHead(), ...mappingRegisters(read)];
    const typeField = isInterface(type)
      ? span(13, 3, 'Type', 'Capability Type', 'RO', INTERFACE_TYPES)
      : span(11, 5, 'Type', 'Capability Type', 'RO', TYPES);
    const fields = type === REVISION_ID ? [...REVISION, typeField] : [typeField];
    return [...capabilityHead(), register(COMMAND, 2, 'COMMAND', 'Command', 'RO', SOURCE, fields)];
  },
};
