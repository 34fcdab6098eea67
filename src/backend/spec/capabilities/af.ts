import { CapId } from '../capabilityIds';
import { bit, capabilityHead, register } from '../define';
import type { StructureSpec } from '../register';

/** Conventional PCI Advanced Features: function-level reset without PCI Express. Source: PCI Advanced Capabilities ECN (2006). */

const SOURCE = 'PCI Advanced Capabilities ECN';
const AFCAP = 0x03;

export const AF: StructureSpec = {
  kind: 'capability',
  id: CapId.AF,
  name: 'AF',
  title: 'PCI Advanced Features',
  length: () => 6,
  registers: (read) => [
    ...capabilityHead(),
    register(0x02, 1, 'LENGTH', 'Capability Length', 'RO', SOURCE),
    register(AFCAP, 1, 'AFCAP', 'AF Capabilities', 'RO', SOURCE, [
      bit(0, 'TP', 'Transactions Pending Supported', 'RO'),
      bit(1, 'FLR', 'Function Level Reset Supported', 'RO'),
    ]),
    register(0x04, 1, 'AFCTRL', 'AF Control', 'RsvdP', SOURCE, [
      // Reads 0: writing 1 resets the function.
      bit(0, 'FLR', 'Initiate Function Level Reset', (read(AFCAP, 1) & 2) !== 0 ? 'WO' : 'RO'),
    ]),
    register(0x05, 1, 'AFSTATUS', 'AF Status', 'RsvdZ', SOURCE, [bit(0, 'TP', 'Transactions Pending', 'RO')]),
  ],
};
