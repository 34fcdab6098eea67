import { CapId } from '../capabilityIds';
import { capabilityHead } from '../define';
import { subsystemIds } from '../headers/common';
import type { StructureSpec } from '../register';

/** Subsystem ids of a bridge, whose header has no room for them. Source: PCI-to-PCI Bridge 1.2 section 3.2.4, PCIe 6.0 section 7.9.23. */
export const SSVID: StructureSpec = {
  kind: 'capability',
  id: CapId.SSVID,
  name: 'SSVID',
  title: 'Subsystem',
  length: () => 8,
  registers: () => [...capabilityHead(), ...subsystemIds(0x04, '', 'PCIe 6.0 7.9.23')],
};
