import { address, capabilityHead, register, span } from '../define';
import type { StructureSpec } from '../register';

/** Where a SATA HBA has its index and data registers. Source: Serial ATA AHCI 1.3.1 section 2.4. */

const SOURCE = 'AHCI 1.3.1 2.4';
const BAR: Readonly<Record<number, string>> = {
  4: 'BAR0',
  5: 'BAR1',
  6: 'BAR2',
  7: 'BAR3',
  8: 'BAR4',
  9: 'BAR5',
  15: 'InCfgSpace',
};

export const SATA: StructureSpec = {
  kind: 'capability',
  id: 0x12,
  name: 'SATA',
  title: 'SATA HBA',
  length: () => 8,
  registers: () => [
    ...capabilityHead(),
    register(0x02, 2, 'REVISION', 'SATA Capability Revision', 'RO', SOURCE, [
      span(0, 4, 'Minor', 'Minor Revision', 'RO'),
      span(4, 4, 'Major', 'Major Revision', 'RO'),
    ]),
    register(0x04, 4, 'SATACR1', 'Index-Data Pair Location', 'RO', SOURCE, [
      span(0, 4, 'BAR', 'BAR Location', 'RO', BAR),
      address(4, 20, 'Offset', 'BAR Offset', 'RO', 2),
    ]),
  ],
};
