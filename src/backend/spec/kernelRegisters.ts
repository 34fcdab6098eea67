/**
 * Registers that the simulated hardware, kernel and drivers touch, by the kernel's names: offsets from the start that they
 * are named for, and masks.
 */

export const PCI_VENDOR_ID = 0x00;
export const PCI_DEVICE_ID = 0x02;
export const PCI_COMMAND = 0x04;
export const PCI_STATUS = 0x06;
export const PCI_CLASS_REVISION = 0x08;
export const PCI_CACHE_LINE_SIZE = 0x0c;
export const PCI_LATENCY_TIMER = 0x0d;
export const PCI_HEADER_TYPE = 0x0e;
export const PCI_BIST = 0x0f;
export const PCI_BASE_ADDRESS_0 = 0x10;
export const PCI_SECONDARY_BUS = 0x19;
export const PCI_SUBORDINATE_BUS = 0x1a;
export const PCI_SUBSYSTEM_VENDOR_ID = 0x2c;
export const PCI_SUBSYSTEM_ID = 0x2e;
export const PCI_ROM_ADDRESS = 0x30;
export const PCI_ROM_ADDRESS1 = 0x38;
export const PCI_INTERRUPT_LINE = 0x3c;
export const PCI_INTERRUPT_PIN = 0x3d;

export const COMMAND_IO = 0x001;
export const COMMAND_MEMORY = 0x002;
export const COMMAND_MASTER = 0x004;
export const COMMAND_SPECIAL = 0x008;
export const COMMAND_INVALIDATE = 0x010;
export const COMMAND_VGA_PALETTE = 0x020;
export const COMMAND_PARITY = 0x040;
export const COMMAND_WAIT = 0x080;
export const COMMAND_SERR = 0x100;
export const COMMAND_FAST_BACK = 0x200;
export const COMMAND_INTX_DISABLE = 0x400;

export const STATUS_CAP_LIST = 0x10;
export const STATUS_IMM_READY = 0x01;

export const PM_PMC = 2;
export const PM_CTRL = 4;
export const PM_CAP_VER_MASK = 0x0007;
export const PM_CAP_D1 = 0x0200;
export const PM_CAP_D2 = 0x0400;
export const PM_CTRL_STATE_MASK = 0x0003;
export const PM_CTRL_NO_SOFT_RESET = 0x0008;

export const EXP_FLAGS = 0x02;
export const EXP_DEVCAP = 0x04;
export const EXP_DEVCAP_FLR = 0x10000000;
export const EXP_DEVCTL = 0x08;
export const EXP_DEVCTL_BCR_FLR = 0x8000;
export const EXP_DEVSTA = 0x0a;
export const EXP_DEVSTA_TRPND = 0x0020;
export const EXP_LNKCAP = 0x0c;
export const EXP_LNKCTL = 0x10;
export const EXP_SLTCTL = 0x18;
export const EXP_RTCTL = 0x1c;
export const EXP_DEVCAP2 = 0x24;
export const EXP_DEVCTL2 = 0x28;
export const EXP_LNKCAP2 = 0x2c;
export const EXP_LNKCTL2 = 0x30;

export const PCIX_CMD = 2;

export const AF_CAP = 3;
export const AF_CAP_TP_FLR = 0x03;
export const AF_CTRL = 4;
export const AF_CTRL_FLR = 0x01;
/** Transactions pending, in the word that starts at the AF control byte. */
export const AF_STATUS_TP_WORD = 0x0100;

export const VPD_ADDR = 2;
export const VPD_DATA = 4;
export const VPD_ADDR_MASK = 0x7ffc;
export const VPD_ADDR_F = 0x8000;

export const MSI_FLAGS = 2;
export const MSI_FLAGS_ENABLE = 0x0001;
export const MSI_FLAGS_QSIZE = 0x0070;
export const MSIX_FLAGS = 2;
export const MSIX_FLAGS_QSIZE = 0x07ff;
export const MSIX_FLAGS_MASKALL = 0x4000;
export const MSIX_FLAGS_ENABLE = 0x8000;
export const MSIX_TABLE = 4;
export const MSIX_TABLE_BIR = 0x07;
export const MSIX_PBA = 8;

export const ERR_UNCOR_STATUS = 0x04;
export const ERR_UNCOR_MASK = 0x08;
export const ERR_UNCOR_SEVER = 0x0c;
export const ERR_COR_STATUS = 0x10;
export const ERR_COR_MASK = 0x14;
export const ERR_CAP = 0x18;
export const ERR_ROOT_COMMAND = 0x2c;
export const ERR_ROOT_STATUS = 0x30;

export const ACS_CAP = 0x04;
export const ACS_CTRL = 0x06;
export const ACS_SV = 0x0001;
export const ACS_RR = 0x0004;
export const ACS_CR = 0x0008;
export const ACS_UF = 0x0010;

export const SRIOV_CAP = 0x04;
export const SRIOV_CAP_VFM = 0x0001;
export const SRIOV_CTRL = 0x08;
export const SRIOV_CTRL_VFE = 0x0001;
export const SRIOV_CTRL_MSE = 0x0008;
export const SRIOV_CTRL_ARI = 0x0010;
export const SRIOV_INITIAL_VF = 0x0c;
export const SRIOV_TOTAL_VF = 0x0e;
export const SRIOV_NUM_VF = 0x10;
export const SRIOV_FUNC_LINK = 0x12;
export const SRIOV_VF_OFFSET = 0x14;
export const SRIOV_VF_STRIDE = 0x16;
export const SRIOV_VF_DID = 0x1a;
export const SRIOV_SUP_PGSIZE = 0x1c;
export const SRIOV_SYS_PGSIZE = 0x20;
export const SRIOV_BAR = 0x24;
