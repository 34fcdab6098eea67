import { extendedCapabilityHead, inOrder, register, span } from '../define';
import type { RegisterSpec, StructureSpec } from '../register';

/** Latency Tolerance Reporting. Source: PCIe 6.0 section 7.8.2. */

const SCALE = inOrder('1ns', '32ns', '1024ns', '32768ns', '1048576ns', '33554432ns');

const latency = (offset: number, name: string, title: string, source: string): RegisterSpec =>
  register(offset, 2, name, title, 'RsvdP', source, [
    span(0, 10, 'Value', `${title} Value`, 'RW'),
    span(10, 3, 'Scale', `${title} Scale`, 'RW', SCALE),
  ]);

export const LTR: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x18,
  name: 'LTR',
  title: 'Latency Tolerance Reporting',
  length: () => 8,
  registers: () => [
    extendedCapabilityHead(),
    latency(0x04, 'MAX_SNOOP', 'Max Snoop Latency', 'PCIe 6.0 7.8.2.2'),
    latency(0x06, 'MAX_NO_SNOOP', 'Max No-Snoop Latency', 'PCIe 6.0 7.8.2.3'),
  ],
};
