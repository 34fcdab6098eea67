/**
 * The PCI frontend/backend interface (xen/interface/io/pciif.h): layout of the shared page, commands, errors.
 * One granted page of 4096 bytes; all fields little-endian 32-bit words unless said otherwise.
 */

export const PAGE_BYTES = 4096;

/** Word index (offset / 4) of the fields in the page. */
export const WORD_FLAGS = 0;
export const WORD_OP = 1;
/** Words of xen_pci_op, including 128 entries of { u16 vector, u16 entry }. */
export const OP_WORDS = 137;
/** Word index inside xen_pci_op. */
export const OP_CMD = 0;
export const OP_ERR = 1;
export const OP_DOMAIN = 2;
export const OP_BUS = 3;
export const OP_DEVFN = 4;
export const OP_OFFSET = 5;
export const OP_SIZE = 6;
export const OP_VALUE = 7;
export const OP_INFO = 8;
export const OP_MSIX_ENTRIES = 9;

/** xen_pcie_aer_op in the page. */
export const WORD_AER_OP = 138;
export const AER_CMD = 0;
export const AER_ERR = 1;
export const AER_DOMAIN = 2;
export const AER_BUS = 3;
export const AER_DEVFN = 4;

/** A guest's verdict in `err` of its answer (pci_ers_result). */
export const AER_VERDICT = {
  NONE: 1,
  CAN_RECOVER: 2,
  NEED_RESET: 3,
  DISCONNECT: 4,
  RECOVERED: 5,
  NO_AER_DRIVER: 6,
} as const;

/** Bits of flags. */
export const XEN_PCIF_active = 0x1;
export const XEN_PCIB_AERHANDLER = 0x2;
export const XEN_PCIB_active = 0x4;

export const XEN_PCI_MAGIC = '7';
export const SH_INFO_MAX_VEC = 128;

export const XEN_PCI_OP_conf_read = 0;
export const XEN_PCI_OP_conf_write = 1;
export const XEN_PCI_OP_enable_msi = 2;
export const XEN_PCI_OP_disable_msi = 3;
export const XEN_PCI_OP_enable_msix = 4;
export const XEN_PCI_OP_disable_msix = 5;
export const XEN_PCI_OP_aer_detected = 6;
export const XEN_PCI_OP_aer_resume = 7;
export const XEN_PCI_OP_aer_mmio = 8;
export const XEN_PCI_OP_aer_slotreset = 9;

/** Commands by their names in the interface, without the prefix. */
export const OPERATION_NAMES = {
  [XEN_PCI_OP_conf_read]: 'conf_read',
  [XEN_PCI_OP_conf_write]: 'conf_write',
  [XEN_PCI_OP_enable_msi]: 'enable_msi',
  [XEN_PCI_OP_disable_msi]: 'disable_msi',
  [XEN_PCI_OP_enable_msix]: 'enable_msix',
  [XEN_PCI_OP_disable_msix]: 'disable_msix',
  [XEN_PCI_OP_aer_detected]: 'aer_detected',
  [XEN_PCI_OP_aer_resume]: 'aer_resume',
  [XEN_PCI_OP_aer_mmio]: 'aer_mmio',
  [XEN_PCI_OP_aer_slotreset]: 'aer_slotreset',
} as const;

export const XEN_PCI_ERR_success = 0;
export const XEN_PCI_ERR_dev_not_found = -1;
export const XEN_PCI_ERR_invalid_offset = -2;
export const XEN_PCI_ERR_access_denied = -3;
export const XEN_PCI_ERR_not_implemented = -4;
export const XEN_PCI_ERR_op_failed = -5;

const ERROR_NAMES: ReadonlyMap<number, string> = new Map([
  [XEN_PCI_ERR_success, 'XEN_PCI_ERR_success'],
  [XEN_PCI_ERR_dev_not_found, 'XEN_PCI_ERR_dev_not_found'],
  [XEN_PCI_ERR_invalid_offset, 'XEN_PCI_ERR_invalid_offset'],
  [XEN_PCI_ERR_access_denied, 'XEN_PCI_ERR_access_denied'],
  [XEN_PCI_ERR_not_implemented, 'XEN_PCI_ERR_not_implemented'],
  [XEN_PCI_ERR_op_failed, 'XEN_PCI_ERR_op_failed'],
  [-6, '-ENXIO'],
  [-12, '-ENOMEM'],
  [-16, '-EBUSY'],
  [-19, '-ENODEV'],
  [-22, '-EINVAL'],
  [-28, '-ENOSPC'],
  [-114, '-EALREADY'],
  [0x83, 'PCIBIOS_BAD_VENDOR_ID'],
  [0x89, 'PCIBIOS_BUFFER_TOO_SMALL'],
]);

/** Name of a value seen in `err`: -1..-5 are the interface's codes, others a raw errno or an unmapped PCIBIOS code. */
export const errorName = (err: number): string => ERROR_NAMES.get(err) ?? `errno ${err}`;

/** The granted page: one ArrayBuffer that frontend and backend both see. Little-endian hosts only, as Xen's x86. */
export class SharedPage {
  readonly buffer = new ArrayBuffer(PAGE_BYTES);
  readonly words = new Int32Array(this.buffer);
  /** xen_pci_op in place, made once so that copying it allocates nothing. */
  readonly op = this.words.subarray(WORD_OP, WORD_OP + OP_WORDS);

  get flags(): number {
    return this.words[WORD_FLAGS]!;
  }
  setFlag(bit: number): void {
    this.words[WORD_FLAGS] = this.words[WORD_FLAGS]! | bit;
  }
  clearFlag(bit: number): void {
    this.words[WORD_FLAGS] = this.words[WORD_FLAGS]! & ~bit;
  }
}
