import { ExtCapId } from '../capabilityIds';
import { address, bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import { baseAddresses, baseAddressRegister, type BaseAddress } from '../headers/baseAddress';
import type { Access, BitFieldSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** Single Root I/O Virtualization, in the physical function. Source: PCIe 6.0 section 9.3.3. */

const IOVCAP = 0x04;
const VF_BARS = 0x24;

/** The six VF BARs: each maps one BAR of all virtual functions, one after another. */
export const vfBaseAddresses = (read: StructureReader): readonly BaseAddress[] =>
  baseAddresses(read, VF_BARS, 6);

const SUPPORTED_PAGE_SIZES = 0x1c;

/** 4 KiB shifted by the bit number, in the largest unit. */
const pageSizeName = (at: number): string => {
  const unit = Math.floor((at + 2) / 10);
  return `${2 ** ((at + 2) % 10)}${['KiB', 'MiB', 'GiB', 'TiB'][unit]}`;
};

/** One bit for each page size; `access` by bit number. */
const pageSizes = (access: (at: number) => Access): readonly BitFieldSpec[] =>
  Array.from({ length: 32 }, (_, at) =>
    bit(at, pageSizeName(at), `Pages of ${pageSizeName(at)}`, access(at)),
  );

export const SRIOV: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.SRIOV,
  name: 'SRIOV',
  title: 'Single Root I/O Virtualization (SR-IOV)',
  length: () => 0x40,
  registers: (read) => {
    const iovcap = read(IOVCAP, 4);
    const migration = bits(iovcap, 0, 1) === 1;
    return [
      extendedCapabilityHead(),
      register(IOVCAP, 4, 'IOVCAP', 'SR-IOV Capabilities', 'RO', 'PCIe 6.0 9.3.3.2', [
        bit(0, 'Migration', 'VF Migration Capable', 'RO'),
        bit(1, 'ARIHierarchyPreserved', 'ARI Capable Hierarchy Preserved', 'RO'),
        bit(2, '10BitTagReq', 'VF 10-Bit Tag Requester Supported', 'HwInit'),
        span(21, 11, 'IntMsgNum', 'VF Migration Interrupt Message Number', 'RO'),
      ]),
      register(0x08, 2, 'IOVCTL', 'SR-IOV Control', 'RsvdP', 'PCIe 6.0 9.3.3.3', [
        bit(0, 'Enable', 'VF Enable', 'RW'),
        bit(1, 'Migration', 'VF Migration Enable', whenOffered(migration)),
        bit(2, 'Interrupt', 'VF Migration Interrupt Enable', whenOffered(migration)),
        bit(3, 'MSE', 'VF Memory Space Enable', 'RW'),
        bit(4, 'ARIHierarchy', 'ARI Capable Hierarchy', 'RW'),
        bit(5, '10BitTagReq', 'VF 10-Bit Tag Requester Enable', whenOffered(bits(iovcap, 2, 1) === 1)),
      ]),
      register(0x0a, 2, 'IOVSTA', 'SR-IOV Status', 'RsvdZ', 'PCIe 6.0 9.3.3.4', [
        bit(0, 'Migration', 'VF Migration Status', whenOffered(migration, 'RW1C')),
      ]),
      register(0x0c, 2, 'INITIAL_VFS', 'Initial VFs', 'HwInit', 'PCIe 6.0 9.3.3.5'),
      register(0x0e, 2, 'TOTAL_VFS', 'Total VFs', 'HwInit', 'PCIe 6.0 9.3.3.6'),
      register(0x10, 2, 'NUM_VFS', 'Number of VFs', 'RW', 'PCIe 6.0 9.3.3.7'),
      register(0x12, 1, 'FDL', 'Function Dependency Link', 'RO', 'PCIe 6.0 9.3.3.8'),
      register(0x14, 2, 'VF_OFFSET', 'First VF Offset', 'RO', 'PCIe 6.0 9.3.3.9'),
      register(0x16, 2, 'VF_STRIDE', 'VF Stride', 'RO', 'PCIe 6.0 9.3.3.10'),
      register(0x1a, 2, 'VF_DEVICE_ID', 'VF Device ID', 'RO', 'PCIe 6.0 9.3.3.11'),
      register(
        SUPPORTED_PAGE_SIZES,
        4,
        'SUPPORTED_PAGE_SIZE',
        'Supported Page Sizes',
        'RO',
        'PCIe 6.0 9.3.3.12',
        pageSizes(() => 'RO'),
      ),
      register(
        0x20,
        4,
        'SYSTEM_PAGE_SIZE',
        'System Page Size',
        'RO',
        'PCIe 6.0 9.3.3.13',
        pageSizes((at) => whenOffered(bits(read(SUPPORTED_PAGE_SIZES, 4), at, 1) === 1)),
      ),
      ...vfBaseAddresses(read).map((bar) =>
        baseAddressRegister(bar, `VF_BAR_${bar.index}`, `VF Base Address ${bar.index}`, 'PCIe 6.0 9.3.3.14'),
      ),
      register(0x3c, 4, 'VF_MIGRATION', 'VF Migration State Array Offset', 'RO', 'PCIe 6.0 9.3.3.15', [
        span(0, 3, 'BIR', 'VF Migration State BIR', 'RO'),
        address(3, 29, 'Offset', 'VF Migration State Offset, bits 31:3', 'RO'),
      ]),
    ];
  },
};
