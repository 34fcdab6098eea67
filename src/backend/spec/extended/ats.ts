import { ExtCapId } from '../capabilityIds';
import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { StructureSpec } from '../register';

/** Address Translation Service. A virtual function uses its physical function's translation unit. Source: PCIe 6.0 section 10.5.1. */
export const ATS: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.ATS,
  name: 'ATS',
  title: 'Address Translation Service (ATS)',
  length: () => 8,
  registers: (_read, { virtualFunction }) => [
    extendedCapabilityHead(),
    register(0x04, 2, 'ATSCAP', 'ATS Capability', 'RO', 'PCIe 6.0 10.5.1.2', [
      span(0, 5, 'InvQueueDepth', 'Invalidate Queue Depth (0 = 32)', 'RO'),
      bit(5, 'PageAligned', 'Page Aligned Request', 'RO'),
      bit(6, 'GlobalInval', 'Global Invalidate Supported', 'RO'),
      bit(7, 'RelaxedOrd', 'Relaxed Ordering Supported', 'RO'),
      bit(8, 'MemAttr', 'ATS Memory Attributes Supported', 'RO'),
    ]),
    register(0x06, 2, 'ATSCTL', 'ATS Control', 'RsvdP', 'PCIe 6.0 10.5.1.3', [
      span(0, 5, 'STU', 'Smallest Translation Unit', whenOffered(!virtualFunction)),
      bit(15, 'Enable', 'Enable', 'RW'),
    ]),
  ],
};
