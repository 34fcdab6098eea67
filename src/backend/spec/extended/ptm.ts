import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { StructureSpec } from '../register';
import { bits } from '../uint';

/** Precision Time Measurement. Source: PCIe 6.0 section 7.9.15. */

const PTMCAP = 0x04;

export const PTM: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x1f,
  name: 'PTM',
  title: 'Precision Time Measurement',
  length: () => 12,
  registers: (read) => {
    const offers = (lsb: number): boolean => bits(read(PTMCAP, 4), lsb, 1) === 1;
    return [
      extendedCapabilityHead(),
      register(PTMCAP, 4, 'PTMCAP', 'PTM Capability', 'RO', 'PCIe 6.0 7.9.15.2', [
        bit(0, 'Requester', 'PTM Requester Capable', 'HwInit'),
        bit(1, 'Responder', 'PTM Responder Capable', 'HwInit'),
        bit(2, 'Root', 'PTM Root Capable', 'HwInit'),
        bit(3, 'ePTM', 'ePTM Capable', 'HwInit'),
        bit(4, 'DelayAdaptation', 'PTM Propagation Delay Adaptation Capable', 'HwInit'),
        span(8, 8, 'LocalClockGranularity', 'Local Clock Granularity in ns', 'HwInit', {
          0: 'Unimplemented',
          255: 'greater than 254ns',
        }),
      ]),
      register(0x08, 4, 'PTMCTL', 'PTM Control', 'RsvdP', 'PCIe 6.0 7.9.15.3', [
        bit(0, 'Enabled', 'PTM Enable', 'RW'),
        bit(1, 'RootSelected', 'Root Select', whenOffered(offers(2))),
        // Only a requester has a use for it.
        span(8, 8, 'EffectiveGranularity', 'Effective Granularity in ns', whenOffered(offers(0)), {
          0: 'Unknown',
          255: 'greater than 254ns',
        }),
      ]),
    ];
  },
};
