import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { StructureSpec } from '../register';
import { bits } from '../uint';

/** Process Address Space ID. Source: PCIe 6.0 section 7.8.9. */

const PASIDCAP = 0x04;

export const PASID: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x1b,
  name: 'PASID',
  title: 'Process Address Space ID (PASID)',
  length: () => 8,
  registers: (read) => {
    const cap = read(PASIDCAP, 2);
    return [
      extendedCapabilityHead(),
      register(PASIDCAP, 2, 'PASIDCAP', 'PASID Capability', 'RO', 'PCIe 6.0 7.8.9.2', [
        bit(1, 'Exec', 'Execute Permission Supported', 'RO'),
        bit(2, 'Priv', 'Privileged Mode Supported', 'RO'),
        bit(3, 'XlatReq', 'Translated Requests with PASID Supported', 'RO'),
        span(8, 5, 'MaxPASIDWidth', 'Max PASID Width', 'RO'),
      ]),
      register(0x06, 2, 'PASIDCTL', 'PASID Control', 'RsvdP', 'PCIe 6.0 7.8.9.3', [
        bit(0, 'Enable', 'PASID Enable', 'RW'),
        bit(1, 'Exec', 'Execute Permission Enable', whenOffered(bits(cap, 1, 1) === 1)),
        bit(2, 'Priv', 'Privileged Mode Enable', whenOffered(bits(cap, 2, 1) === 1)),
        bit(3, 'XlatReq', 'Translated Requests with PASID Enable', whenOffered(bits(cap, 3, 1) === 1)),
      ]),
    ];
  },
};
