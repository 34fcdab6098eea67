import { capabilityHead, register, span } from '../define';
import type { StructureSpec } from '../register';

/** Where an EHCI controller has its debug port. Source: EHCI 1.0 appendix C.2. */
export const DEBUG_PORT: StructureSpec = {
  kind: 'capability',
  id: 0x0a,
  name: 'DBG',
  title: 'Debug port',
  length: () => 4,
  registers: () => [
    ...capabilityHead(),
    register(0x02, 2, 'LOCATION', 'Debug Port Location', 'RO', 'EHCI 1.0 C.2', [
      span(0, 13, 'Offset', 'Offset in the BAR', 'RO'),
      // Counted from 1.
      span(13, 3, 'BAR', 'BAR Number', 'RO', {
        1: 'BAR0',
        2: 'BAR1',
        3: 'BAR2',
        4: 'BAR3',
        5: 'BAR4',
        6: 'BAR5',
      }),
    ]),
  ],
};
