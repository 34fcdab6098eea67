import { CapId } from '../capabilityIds';
import { capabilityHead, register } from '../define';
import type { StructureSpec } from '../register';
import { isVirtio, VIRTIO_LENGTH, virtioRegisters } from './virtio';

/** Vendor-specific: a length and then bytes that only the vendor knows, but for the layout that virtio publishes. Source: PCI 3.0 appendix H, PCIe 6.0 section 7.9.4. */

const LENGTH = 0x02;

export const VENDOR_SPECIFIC: StructureSpec = {
  kind: 'capability',
  id: CapId.VNDR,
  name: 'VNDR',
  title: 'Vendor Specific Information',
  // The length counts the head; one that is too small to hold itself is taken as the head alone.
  length: (read) => Math.max(3, read(LENGTH, 1)),
  registers: (read, { vendorId, deviceId }) => {
    const length = read(LENGTH, 1);
    return [
      ...capabilityHead(),
      register(LENGTH, 1, 'LENGTH', 'Capability Length', 'RO', 'PCIe 6.0 7.9.4'),
      ...(isVirtio(vendorId, deviceId) && length >= VIRTIO_LENGTH ? virtioRegisters(read, length) : []),
    ];
  },
};
