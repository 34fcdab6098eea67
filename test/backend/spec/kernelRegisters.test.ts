import { describe, expect, it } from 'vitest';
import { CapId, ExtCapId } from '../../../src/backend/spec/capabilityIds';
import { headerSpec, structureSpec } from '../../../src/backend/spec/catalogue';
import * as kernelRegisters from '../../../src/backend/spec/kernelRegisters';
import type { RegisterSpec, StructureReader, StructureSpec } from '../../../src/backend/spec/register';
import { or, shl, u32 } from '../../../src/backend/spec/uint';

/**
 * The kernel's names and the catalogue's are two names of the same registers. Every constant of kernelRegisters.ts
 * stands here with what the catalogue calls it: `REGISTER` for an offset, `REGISTER.Field+Field` for a mask.
 */
type Names = Readonly<Record<string, string>>;

const COMMON: Names = {
  PCI_VENDOR_ID: 'VENDOR_ID',
  PCI_DEVICE_ID: 'DEVICE_ID',
  PCI_COMMAND: 'COMMAND',
  PCI_STATUS: 'STATUS',
  // The dword of which the revision is the first byte.
  PCI_CLASS_REVISION: 'REVISION',
  PCI_CACHE_LINE_SIZE: 'CACHE_LINE_SIZE',
  PCI_LATENCY_TIMER: 'LATENCY_TIMER',
  PCI_HEADER_TYPE: 'HEADER_TYPE',
  PCI_BIST: 'BIST',
  PCI_BASE_ADDRESS_0: 'BASE_ADDRESS_0',
  PCI_INTERRUPT_LINE: 'INTERRUPT_LINE',
  PCI_INTERRUPT_PIN: 'INTERRUPT_PIN',
  COMMAND_IO: 'COMMAND.I/O',
  COMMAND_MEMORY: 'COMMAND.Mem',
  COMMAND_MASTER: 'COMMAND.BusMaster',
  COMMAND_SPECIAL: 'COMMAND.SpecCycle',
  COMMAND_INVALIDATE: 'COMMAND.MemWINV',
  COMMAND_VGA_PALETTE: 'COMMAND.VGASnoop',
  COMMAND_PARITY: 'COMMAND.ParErr',
  COMMAND_WAIT: 'COMMAND.Stepping',
  COMMAND_SERR: 'COMMAND.SERR',
  COMMAND_FAST_BACK: 'COMMAND.FastB2B',
  COMMAND_INTX_DISABLE: 'COMMAND.DisINTx',
  STATUS_CAP_LIST: 'STATUS.Cap',
  STATUS_IMM_READY: 'STATUS.ImmReady',
};

const STRUCTURES: readonly (readonly [spec: StructureSpec | undefined, names: Names])[] = [
  [
    headerSpec(0),
    {
      ...COMMON,
      PCI_SUBSYSTEM_VENDOR_ID: 'SUBSYSTEM_VENDOR_ID',
      PCI_SUBSYSTEM_ID: 'SUBSYSTEM_ID',
      PCI_ROM_ADDRESS: 'ROM_ADDRESS',
    },
  ],
  [
    headerSpec(1),
    {
      ...COMMON,
      PCI_SECONDARY_BUS: 'SECONDARY_BUS',
      PCI_SUBORDINATE_BUS: 'SUBORDINATE_BUS',
      PCI_ROM_ADDRESS1: 'BRIDGE_ROM_ADDRESS',
    },
  ],
  [
    structureSpec('capability', CapId.PM),
    {
      PM_PMC: 'PMC',
      PM_CTRL: 'PMCSR',
      PM_CAP_VER_MASK: 'PMC.Version',
      PM_CAP_D1: 'PMC.D1',
      PM_CAP_D2: 'PMC.D2',
      PM_CTRL_STATE_MASK: 'PMCSR.PowerState',
      PM_CTRL_NO_SOFT_RESET: 'PMCSR.NoSoftRst',
    },
  ],
  [
    structureSpec('capability', CapId.EXP),
    {
      EXP_FLAGS: 'FLAGS',
      EXP_DEVCAP: 'DEVCAP',
      EXP_DEVCAP_FLR: 'DEVCAP.FLReset',
      EXP_DEVCTL: 'DEVCTL',
      EXP_DEVCTL_BCR_FLR: 'DEVCTL.FLReset',
      EXP_DEVSTA: 'DEVSTA',
      EXP_DEVSTA_TRPND: 'DEVSTA.TransPend',
      EXP_LNKCAP: 'LNKCAP',
      EXP_LNKCTL: 'LNKCTL',
      EXP_SLTCTL: 'SLTCTL',
      EXP_RTCTL: 'RTCTL',
      EXP_DEVCAP2: 'DEVCAP2',
      EXP_DEVCTL2: 'DEVCTL2',
      EXP_LNKCAP2: 'LNKCAP2',
      EXP_LNKCTL2: 'LNKCTL2',
    },
  ],
  [structureSpec('capability', CapId.PCIX), { PCIX_CMD: 'COMMAND' }],
  [
    structureSpec('capability', CapId.AF),
    { AF_CAP: 'AFCAP', AF_CAP_TP_FLR: 'AFCAP.TP+FLR', AF_CTRL: 'AFCTRL', AF_CTRL_FLR: 'AFCTRL.FLR' },
  ],
  [structureSpec('capability', CapId.VPD), { VPD_ADDR: 'ADDR', VPD_DATA: 'DATA', VPD_ADDR_F: 'ADDR.F' }],
  [
    structureSpec('capability', CapId.MSI),
    { MSI_FLAGS: 'FLAGS', MSI_FLAGS_ENABLE: 'FLAGS.Enable', MSI_FLAGS_QSIZE: 'FLAGS.MME' },
  ],
  [
    structureSpec('capability', CapId.MSIX),
    {
      MSIX_FLAGS: 'FLAGS',
      MSIX_FLAGS_QSIZE: 'FLAGS.TabSize',
      MSIX_FLAGS_MASKALL: 'FLAGS.Masked',
      MSIX_FLAGS_ENABLE: 'FLAGS.Enable',
      MSIX_TABLE: 'TABLE',
      MSIX_TABLE_BIR: 'TABLE.BAR',
      MSIX_PBA: 'PBA',
    },
  ],
  [
    structureSpec('extendedCapability', ExtCapId.AER),
    {
      ERR_UNCOR_STATUS: 'UESTA',
      ERR_UNCOR_MASK: 'UEMSK',
      ERR_UNCOR_SEVER: 'UESVRT',
      ERR_COR_STATUS: 'CESTA',
      ERR_COR_MASK: 'CEMSK',
      ERR_CAP: 'AERCAP',
      ERR_ROOT_COMMAND: 'ROOTCMD',
      ERR_ROOT_STATUS: 'ROOTSTA',
    },
  ],
  [
    structureSpec('extendedCapability', ExtCapId.ACS),
    {
      ACS_CAP: 'ACSCAP',
      ACS_CTRL: 'ACSCTL',
      ACS_SV: 'ACSCTL.SrcValid',
      ACS_RR: 'ACSCTL.ReqRedir',
      ACS_CR: 'ACSCTL.CmpltRedir',
      ACS_UF: 'ACSCTL.UpstreamFwd',
    },
  ],
  [
    structureSpec('extendedCapability', ExtCapId.SRIOV),
    {
      SRIOV_CAP: 'IOVCAP',
      SRIOV_CAP_VFM: 'IOVCAP.Migration',
      SRIOV_CTRL: 'IOVCTL',
      SRIOV_CTRL_VFE: 'IOVCTL.Enable',
      SRIOV_CTRL_MSE: 'IOVCTL.MSE',
      SRIOV_CTRL_ARI: 'IOVCTL.ARIHierarchy',
      SRIOV_INITIAL_VF: 'INITIAL_VFS',
      SRIOV_TOTAL_VF: 'TOTAL_VFS',
      SRIOV_NUM_VF: 'NUM_VFS',
      SRIOV_FUNC_LINK: 'FDL',
      SRIOV_VF_OFFSET: 'VF_OFFSET',
      SRIOV_VF_STRIDE: 'VF_STRIDE',
      SRIOV_VF_DID: 'VF_DEVICE_ID',
      SRIOV_SUP_PGSIZE: 'SUPPORTED_PAGE_SIZE',
      SRIOV_SYS_PGSIZE: 'SYSTEM_PAGE_SIZE',
      SRIOV_BAR: 'VF_BAR_0',
    },
  ],
];

/** Masks that are no field of the catalogue's, and why. */
const OF_ITS_OWN: Names = {
  AF_STATUS_TP_WORD: 'AFSTATUS.TP, in the word that begins at AFCTRL',
  VPD_ADDR_MASK: 'ADDR.Address without the two low bits, which are always 0',
};

const ROOT_PORT = 4;
const SLOT_OF_VERSION_2 = 0x0102;
const EXPRESS_FLAGS = 2;

/** A root port with a slot has every register of the Express and AER structures. */
const registersOf = (spec: StructureSpec): readonly RegisterSpec[] => {
  const read: StructureReader = (offset) =>
    spec.id === CapId.EXP && offset === EXPRESS_FLAGS ? SLOT_OF_VERSION_2 | (ROOT_PORT << 4) : 0;
  return spec.registers(read, {
    vendorId: 0x8086,
    deviceId: 0,
    headerType: 0,
    express: {
      portType: ROOT_PORT,
      endToEndPrefix: false,
      errCorSubclass: false,
      lanes: 1,
      crosslink: false,
    },
    virtualFunction: false,
  });
};

/** Offset or mask that the catalogue has under a name; undefined where it has none. */
const inCatalogue = (registers: readonly RegisterSpec[], name: string): number | undefined => {
  const [registerName, fields] = name.split('.', 2);
  const register = registers.find((r) => r.name === registerName);
  if (register === undefined || fields === undefined) return register?.offset;
  return fields.split('+').reduce<number | undefined>((mask, fieldName) => {
    const field = register.fields.find((f) => f.name === fieldName);
    return mask === undefined || field === undefined
      ? undefined
      : or(mask, shl(u32(2 ** field.width - 1), field.lsb));
  }, 0);
};

const CONSTANTS: Readonly<Record<string, number>> = kernelRegisters;

describe("the kernel's register names", () => {
  it.each(STRUCTURES.map(([spec, names]) => [`${spec?.name} ${spec?.id}`, spec, names] as const))(
    'mean in structure %s what the catalogue has',
    (_title, spec, names) => {
      if (spec === undefined) throw new Error('not in the catalogue');
      const registers = registersOf(spec);
      const wanted = Object.fromEntries(
        Object.keys(names).map((constant) => [constant, CONSTANTS[constant]]),
      );
      expect(
        Object.fromEntries(
          Object.entries(names).map(([constant, name]) => [constant, inCatalogue(registers, name)]),
        ),
      ).toEqual(wanted);
    },
  );

  it('are all held against it', () => {
    const held = new Set([
      ...STRUCTURES.flatMap(([, names]) => Object.keys(names)),
      ...Object.keys(OF_ITS_OWN),
    ]);
    expect(Object.keys(CONSTANTS).filter((constant) => !held.has(constant))).toEqual([]);
    expect([...held].filter((constant) => CONSTANTS[constant] === undefined)).toEqual([]);
  });
});
