import { bit, extendedCapabilityHead, register } from '../define';
import type { StructureSpec } from '../register';

/** Page Request Interface. Source: PCIe 6.0 section 10.5.2. */
export const PRI: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x13,
  name: 'PRI',
  title: 'Page Request Interface (PRI)',
  length: () => 16,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 2, 'PRICTL', 'Page Request Control', 'RsvdP', 'PCIe 6.0 10.5.2.2', [
      bit(0, 'Enable', 'Enable', 'RW'),
      // Reads 0: writing 1 clears the function's page request state.
      bit(1, 'Reset', 'Reset', 'WO'),
    ]),
    register(0x06, 2, 'PRISTA', 'Page Request Status', 'RsvdZ', 'PCIe 6.0 10.5.2.3', [
      bit(0, 'RF', 'Response Failure', 'RW1C'),
      bit(1, 'UPRGI', 'Unexpected Page Request Group Index', 'RW1C'),
      bit(8, 'Stopped', 'Stopped', 'RO'),
      bit(15, 'PASID', 'PRG Response PASID Required', 'RO'),
    ]),
    register(0x08, 4, 'CAPACITY', 'Outstanding Page Request Capacity', 'RO', 'PCIe 6.0 10.5.2.4'),
    register(0x0c, 4, 'ALLOCATION', 'Outstanding Page Request Allocation', 'RW', 'PCIe 6.0 10.5.2.5'),
  ],
};
