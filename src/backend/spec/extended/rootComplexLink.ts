import { bit, extendedCapabilityHead, inOrder, register, span } from '../define';
import {
  ASPM_ENABLED,
  ASPM_SUPPORT,
  L0S_EXIT,
  L1_EXIT,
  LINK_SPEED,
  LINK_WIDTH,
} from '../capabilities/expressLink';
import type { RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * How the root complex is wired inside: an element's links to other elements, and the control of a link that no
 * Express capability describes. Source: PCIe 6.0 sections 7.9.8 and 7.9.9.
 */

const DESCRIPTION = 0x04;
const FIRST_LINK = 0x10;
const LINK_BYTES = 16;

const ELEMENT = inOrder('Config', 'Egress', 'Internal');
const LINK_TYPE = inOrder('MemMapped', 'Config');

const links = (read: StructureReader): number => bits(read(DESCRIPTION, 4), 8, 8);

/** An address in memory, or a bus, device and function with the base of their configuration space. */
const linkAddress = (index: number, at: number, configuration: boolean): readonly RegisterSpec[] => {
  const source = configuration ? 'PCIe 6.0 7.9.8.3.2.2' : 'PCIe 6.0 7.9.8.3.2.1';
  return [
    register(
      at,
      4,
      `LINK${index}_ADDRESS_LO`,
      `Link ${index} Address (lower dword)`,
      'HwInit',
      source,
      configuration
        ? [
            span(0, 3, 'BusBits', 'Number of bits of the bus number (0 = 8)', 'HwInit'),
            span(12, 3, 'Function', 'Function Number', 'HwInit'),
            span(15, 5, 'Device', 'Device Number', 'HwInit'),
            span(20, 12, 'BusAndBase', 'Bus Number, then base of configuration space', 'HwInit'),
          ]
        : [],
    ),
    register(at + 4, 4, `LINK${index}_ADDRESS_HI`, `Link ${index} Address (upper dword)`, 'HwInit', source),
  ];
};

const link = (read: StructureReader, index: number): readonly RegisterSpec[] => {
  const at = FIRST_LINK + LINK_BYTES * index;
  return [
    register(at, 4, `LINK${index}_DESC`, `Link ${index} Description`, 'HwInit', 'PCIe 6.0 7.9.8.3.1', [
      bit(0, 'LinkValid', 'Link Valid', 'HwInit'),
      span(1, 1, 'LinkType', 'Link Type', 'HwInit', LINK_TYPE),
      bit(2, 'AssocRCRB', 'Associate RCRB Header', 'HwInit'),
      span(16, 8, 'TargetComponent', 'Target Component ID', 'HwInit'),
      span(24, 8, 'TargetPort', 'Target Port Number', 'HwInit'),
    ]),
    ...linkAddress(index, at + 8, bits(read(at, 4), 1, 1) === 1),
  ];
};

export const ROOT_COMPLEX_LINK: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x05,
  name: 'RCLINK',
  title: 'Root Complex Link',
  length: (read) => FIRST_LINK + LINK_BYTES * links(read),
  registers: (read) => [
    extendedCapabilityHead(),
    register(DESCRIPTION, 4, 'ELEMENT_DESC', 'Element Self Description', 'RO', 'PCIe 6.0 7.9.8.2', [
      span(0, 4, 'EltType', 'Element Type', 'RO', ELEMENT),
      span(8, 8, 'LinkEntries', 'Number of Link Entries', 'HwInit'),
      span(16, 8, 'ComponentID', 'Component ID', 'HwInit'),
      span(24, 8, 'PortNumber', 'Port Number', 'HwInit'),
    ]),
    ...Array.from({ length: links(read) }, (_, i) => link(read, i)).flat(),
  ],
};

export const ROOT_COMPLEX_INTERNAL_LINK: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x06,
  name: 'RCILINK',
  title: 'Root Complex Internal Link',
  length: () => 12,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 4, 'RCLNKCAP', 'Root Complex Link Capabilities', 'RO', 'PCIe 6.0 7.9.9.2', [
      span(0, 4, 'Speed', 'Max Link Speed', 'RO', LINK_SPEED),
      span(4, 6, 'Width', 'Maximum Link Width', 'RO', LINK_WIDTH),
      span(10, 2, 'ASPM', 'ASPM Support', 'RO', ASPM_SUPPORT),
      span(12, 3, 'L0s', 'L0s Exit Latency', 'RO', L0S_EXIT),
      span(15, 3, 'L1', 'L1 Exit Latency', 'RO', L1_EXIT),
      span(18, 7, 'SupportedSpeeds', 'Supported Link Speeds Vector', 'RO'),
    ]),
    register(0x08, 2, 'RCLNKCTL', 'Root Complex Link Control', 'RsvdP', 'PCIe 6.0 7.9.9.3', [
      span(0, 2, 'ASPM', 'ASPM Control', 'RW', ASPM_ENABLED),
      bit(7, 'ExtSynch', 'Extended Synch', 'RW'),
    ]),
    register(0x0a, 2, 'RCLNKSTA', 'Root Complex Link Status', 'RO', 'PCIe 6.0 7.9.9.4', [
      span(0, 4, 'Speed', 'Current Link Speed', 'RO', LINK_SPEED),
      span(4, 6, 'Width', 'Negotiated Link Width', 'RO', LINK_WIDTH),
    ]),
  ],
};

export const ROOT_COMPLEX_REGISTER_BLOCK: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x0a,
  name: 'RBCB',
  title: 'Root Complex Register Block',
  length: () => 20,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 2, 'VENDOR_ID', 'Vendor ID', 'RO', 'PCIe 6.0 7.9.7.2'),
    register(0x06, 2, 'DEVICE_ID', 'Device ID', 'RO', 'PCIe 6.0 7.9.7.2'),
    register(0x08, 4, 'RCRBCAP', 'RCRB Capabilities', 'RO', 'PCIe 6.0 7.9.7.3', [
      bit(0, 'CRSVisible', 'Configuration RRS Software Visibility', 'RO'),
    ]),
    register(0x0c, 4, 'RCRBCTL', 'RCRB Control', 'RsvdP', 'PCIe 6.0 7.9.7.4', [
      bit(0, 'CRSVisible', 'Configuration RRS Software Visibility Enable', 'RW'),
    ]),
  ],
};
