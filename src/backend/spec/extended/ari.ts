import { ExtCapId } from '../capabilityIds';
import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { StructureSpec } from '../register';
import { bits } from '../uint';

/** Alternative Routing-ID Interpretation. Source: PCIe 6.0 section 7.8.8. */

const ARICAP = 0x04;

export const ARI: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.ARI,
  name: 'ARI',
  title: 'Alternative Routing-ID Interpretation (ARI)',
  length: () => 8,
  registers: (read) => {
    const aricap = read(ARICAP, 2);
    const mfvc = whenOffered(bits(aricap, 0, 1) === 1);
    const acs = whenOffered(bits(aricap, 1, 1) === 1);
    return [
      extendedCapabilityHead(),
      register(ARICAP, 2, 'ARICAP', 'ARI Capability', 'RO', 'PCIe 6.0 7.8.8.2', [
        bit(0, 'MFVC', 'MFVC Function Groups Capability', 'RO'),
        bit(1, 'ACS', 'ACS Function Groups Capability', 'RO'),
        span(8, 8, 'NextFunction', 'Next Function Number', 'RO'),
      ]),
      register(0x06, 2, 'ARICTL', 'ARI Control', 'RsvdP', 'PCIe 6.0 7.8.8.3', [
        bit(0, 'MFVC', 'MFVC Function Groups Enable', mfvc),
        bit(1, 'ACS', 'ACS Function Groups Enable', acs),
        span(4, 3, 'FunctionGroup', 'Function Group', mfvc === 'RW' ? mfvc : acs),
      ]),
    ];
  },
};
