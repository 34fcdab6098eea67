import { CapId } from '../capabilityIds';
import { address, bit, capabilityHead, register, span } from '../define';
import type { RegisterSpec, StructureSpec } from '../register';

/** MSI-X: where the vector table and the pending bits stand in memory. Source: PCI 3.0 section 6.8.2, PCIe 6.0 section 7.7.2. */

/** A dword that names a BAR and an offset in it. Offsets are multiples of 8: the low bits hold the BAR. */
const locator = (offset: number, name: string, title: string, source: string): RegisterSpec =>
  register(offset, 4, name, title, 'RO', source, [
    span(0, 3, 'BAR', `${title} BAR Indicator`, 'RO'),
    address(3, 29, 'Offset', `${title} Offset, bits 31:3`, 'RO'),
  ]);

export const MSIX: StructureSpec = {
  kind: 'capability',
  id: CapId.MSIX,
  name: 'MSIX',
  title: 'MSI-X',
  length: () => 12,
  registers: () => [
    ...capabilityHead(),
    register(0x02, 2, 'FLAGS', 'Message Control', 'RsvdP', 'PCIe 6.0 7.7.2.2', [
      span(0, 11, 'TabSize', 'Table Size: vectors minus 1', 'RO'),
      bit(14, 'Masked', 'Function Mask', 'RW'),
      bit(15, 'Enable', 'MSI-X Enable', 'RW'),
    ]),
    locator(0x04, 'TABLE', 'Vector Table', 'PCIe 6.0 7.7.2.3'),
    locator(0x08, 'PBA', 'Pending Bit Array', 'PCIe 6.0 7.7.2.4'),
  ],
};
