import { CapId } from '../capabilityIds';
import { bit, capabilityHead, register, span } from '../define';
import type { StructureSpec } from '../register';

/** Vital Product Data: a window of one dword on the function's VPD store. Source: PCI 3.0 appendix I, PCIe 6.0 section 7.9.18. */
export const VPD: StructureSpec = {
  kind: 'capability',
  id: CapId.VPD,
  name: 'VPD',
  title: 'Vital Product Data',
  length: () => 8,
  registers: () => [
    ...capabilityHead(),
    register(0x02, 2, 'ADDR', 'VPD Address', 'RW', 'PCIe 6.0 7.9.18.1', [
      span(0, 15, 'Address', 'Byte Address, a multiple of 4', 'RW'),
      bit(15, 'F', 'Flag: 1 = data read, 0 = data written', 'RW'),
    ]),
    register(0x04, 4, 'DATA', 'VPD Data', 'RW', 'PCIe 6.0 7.9.18.2'),
  ],
};
