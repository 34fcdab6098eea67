import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { StructureSpec } from '../register';
import { bits } from '../uint';

/** Native PCIe Enclosure Management: the lights of a drive slot. Source: PCIe 6.0 section 7.9.19. */

const NPEMCAP = 0x04;

/** Bit in capability and control, name, full name. */
const INDICATIONS: readonly (readonly [number, string, string])[] = [
  [2, 'OK', 'NPEM OK'],
  [3, 'Locate', 'NPEM Locate'],
  [4, 'Fail', 'NPEM Fail'],
  [5, 'Rebuild', 'NPEM Rebuild'],
  [6, 'PFA', 'NPEM Predicted Failure Analysis'],
  [7, 'HotSpare', 'NPEM Hot Spare'],
  [8, 'CriticalArray', 'NPEM In A Critical Array'],
  [9, 'FailedArray', 'NPEM In A Failed Array'],
  [10, 'InvalidType', 'NPEM Invalid Device Type'],
  [11, 'Disabled', 'NPEM Disabled'],
];

export const NPEM: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x29,
  name: 'NPEM',
  title: 'Native PCIe Enclosure Management',
  length: () => 16,
  registers: (read) => {
    const offers = (lsb: number): boolean => bits(read(NPEMCAP, 4), lsb, 1) === 1;
    return [
      extendedCapabilityHead(),
      register(NPEMCAP, 4, 'NPEMCAP', 'NPEM Capability', 'RO', 'PCIe 6.0 7.9.19.2', [
        bit(0, 'Capable', 'NPEM Capable', 'HwInit'),
        bit(1, 'Reset', 'NPEM Reset Capable', 'HwInit'),
        ...INDICATIONS.map(([lsb, name, title]) => bit(lsb, name, `${title} Capable`, 'HwInit')),
        span(24, 8, 'Enclosure', 'Enclosure-specific Capabilities', 'HwInit'),
      ]),
      register(0x08, 4, 'NPEMCTL', 'NPEM Control', 'RsvdP', 'PCIe 6.0 7.9.19.3', [
        bit(0, 'Enable', 'NPEM Enable', whenOffered(offers(0))),
        // Reads 0: writing 1 resets the indications.
        bit(1, 'Reset', 'NPEM Initiate Reset', offers(1) ? 'WO' : 'RO'),
        ...INDICATIONS.map(([lsb, name, title]) =>
          bit(lsb, name, `${title} Control`, whenOffered(offers(lsb))),
        ),
        span(24, 8, 'Enclosure', 'Enclosure-specific Controls', 'RW'),
      ]),
      register(0x0c, 4, 'NPEMSTA', 'NPEM Status', 'RsvdZ', 'PCIe 6.0 7.9.19.4', [
        bit(0, 'Completed', 'NPEM Command Completed', 'RW1C'),
        span(24, 8, 'Enclosure', 'Enclosure-specific Status', 'RO'),
      ]),
    ];
  },
};
