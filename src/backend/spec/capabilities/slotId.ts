import { bit, capabilityHead, register, span } from '../define';
import type { StructureSpec } from '../register';

/** Slot numbering of an expansion chassis. Source: PCI-to-PCI Bridge 1.2 section 13.2. */
export const SLOT_ID: StructureSpec = {
  kind: 'capability',
  id: 0x04,
  name: 'SLOTID',
  title: 'Slot ID',
  length: () => 4,
  registers: () => [
    ...capabilityHead(),
    register(0x02, 1, 'ESR', 'Expansion Slot', 'RO', 'PCI-to-PCI Bridge 1.2 13.2', [
      span(0, 5, 'Slots', 'Expansion Slots Provided', 'RO'),
      bit(5, 'First', 'First in Chassis', 'RO'),
    ]),
    register(0x03, 1, 'CHASSIS', 'Chassis Number', 'RW', 'PCI-to-PCI Bridge 1.2 13.3'),
  ],
};
