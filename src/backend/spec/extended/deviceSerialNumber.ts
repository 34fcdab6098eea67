import { ExtCapId } from '../capabilityIds';
import { extendedCapabilityHead, register } from '../define';
import type { StructureSpec } from '../register';

/** Device Serial Number: an EUI-64, lower dword first. Source: PCIe 6.0 section 7.9.3. */
export const DSN: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.DSN,
  name: 'DSN',
  title: 'Device Serial Number',
  length: () => 12,
  registers: () => [
    extendedCapabilityHead(),
    register(0x04, 4, 'SERIAL_LO', 'Serial Number (lower dword)', 'RO', 'PCIe 6.0 7.9.3.2'),
    register(0x08, 4, 'SERIAL_HI', 'Serial Number (upper dword)', 'RO', 'PCIe 6.0 7.9.3.2'),
  ],
};
