import { ExtCapId } from '../capabilityIds';
import { extendedCapabilityHead, register, span } from '../define';
import type { RegisterSpec, StructureOwner, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';
import { CXL_VENDOR, cxlRegisters } from './cxl';

/** Vendor-specific extended capability, and the one that names its vendor. Source: PCIe 6.0 sections 7.9.5 and 7.9.6. */

const HEADER = 0x04;

/** Both say in bits 31:20 of their second dword how long they are, head included. */
const lengthOf = (read: StructureReader, least: number): number =>
  Math.max(least, bits(read(HEADER, 4), 20, 12));

export const VENDOR_SPECIFIC_EXTENDED: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.VNDR,
  name: 'VNDR',
  title: 'Vendor Specific Information',
  length: (read) => lengthOf(read, 8),
  registers: () => [
    extendedCapabilityHead(),
    register(HEADER, 4, 'VSEC_HEADER', 'Vendor-Specific Header', 'RO', 'PCIe 6.0 7.9.5.2', [
      span(0, 16, 'ID', 'VSEC ID', 'RO'),
      span(16, 4, 'Rev', 'VSEC Rev', 'RO'),
      span(20, 12, 'Len', 'VSEC Length', 'RO'),
    ]),
  ],
};

const DVSEC_LEAST = 10;

/** Registers of the vendor, where somebody published them; never past the length that the structure states. */
const designated = (read: StructureReader, owner: StructureOwner): readonly RegisterSpec[] => {
  if (bits(read(HEADER, 4), 0, 16) !== CXL_VENDOR) return [];
  const end = lengthOf(read, DVSEC_LEAST);
  return cxlRegisters(read, owner, read(0x08, 2)).filter(({ offset, width }) => offset + width <= end);
};

export const DVSEC: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.DVSEC,
  name: 'DVSEC',
  title: 'Designated Vendor-Specific',
  length: (read) => lengthOf(read, DVSEC_LEAST),
  registers: (read, owner) => [
    extendedCapabilityHead(),
    register(HEADER, 4, 'DVSEC_HEADER_1', 'Designated Vendor-Specific Header 1', 'RO', 'PCIe 6.0 7.9.6.2', [
      span(0, 16, 'Vendor', 'DVSEC Vendor ID', 'RO'),
      span(16, 4, 'Rev', 'DVSEC Revision', 'RO'),
      span(20, 12, 'Len', 'DVSEC Length', 'RO'),
    ]),
    register(0x08, 2, 'DVSEC_HEADER_2', 'Designated Vendor-Specific Header 2', 'RO', 'PCIe 6.0 7.9.6.3', [
      span(0, 16, 'ID', 'DVSEC ID', 'RO'),
    ]),
    ...designated(read, owner),
  ],
};
