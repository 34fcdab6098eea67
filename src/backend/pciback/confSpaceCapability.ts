import { CapId } from '../spec/capabilityIds';
import { findCapability } from '../host/capability';
import { PCIBIOS_SET_FAILED } from '../host/codes';
import type { PciDev } from '../host/pciDev';
import { setPowerState } from '../host/power';
import {
  MSI_FLAGS,
  MSI_FLAGS_ENABLE,
  MSIX_FLAGS,
  MSIX_FLAGS_ENABLE,
  MSIX_FLAGS_MASKALL,
  PM_CTRL,
  PM_CTRL_STATE_MASK,
  PM_PMC,
  VPD_ADDR,
  VPD_ADDR_F,
  VPD_DATA,
} from '../spec/kernelRegisters';
import type { WriteCode } from '../verdict/decision';
import {
  field,
  readRaw,
  shown,
  writeRaw,
  type ConfigField,
  type FieldEntry,
  type FieldRead,
  type FieldSources,
  type FieldWays,
  type FieldWrite,
} from './field';
import {
  INTERRUPT_TYPE_INTX,
  INTERRUPT_TYPE_MSI,
  INTERRUPT_TYPE_MSIX,
  INTERRUPT_TYPE_NONE,
  interruptType,
  isInterruptType,
} from './interruptType';
import type { ConfigSpace } from './confSpace';
import type { DriverProfile } from './profiles';

/**
 * Capability fields (conf_space_capability.c).
 * Policy: only the first VPD, PM, MSI and MSI-X capability is overlaid. Headers are read-only. VPD can be read but
 * not written. PME can neither be advertised nor switched on; power states go through the kernel. MSI and MSI-X
 * control words change only with allow_interrupt_control, one interrupt type at a time, or raw when permissive.
 * Every other capability and all of extended space is not a field: reads raw, writes dropped unless permissive.
 * Functions: vpd_address_write, pm_caps_read, pm_ctrl_init, pm_ctrl_write, msi_msix_flags_write,
 * xen_pcibk_get_interrupt_type, xen_pcibk_config_capability_add_fields.
 */

const vpdAddressWrite: FieldWrite = (space, entry, value) => {
  if (!(value & VPD_ADDR_F)) return writeRaw(space, entry, value);
  space.decide('vpd-write-denied', entry, entry.mask, value, PCIBIOS_SET_FAILED);
  return PCIBIOS_SET_FAILED;
};

const vpdAddressWays: FieldWays = () => [
  { way: 'refused', mask: VPD_ADDR_F },
  { way: 'passes', mask: 0xffff & ~VPD_ADDR_F },
];

const PM_BRIDGE_EXTENSIONS = 6;
const PM_DATA = 7;
/** PMC without PME support. */
const PM_CAPS_SHOWN = 0x07ff;
const PM_PME_ENABLE = 0x0100;
/** PME status and data select: what a guest may write. */
const PM_OK_BITS = 0x9e00;

const pmCapsReads: FieldSources = () => [
  { code: 'read-field-hardware', mask: PM_CAPS_SHOWN },
  { code: 'read-pme-hidden', mask: ~PM_CAPS_SHOWN },
];

const pmCapsWays: FieldWays = () => [
  { way: 'ignored', mask: PM_CAPS_SHOWN },
  { way: 'hidden', mask: 0xffff & ~PM_CAPS_SHOWN },
];
const pmCtrlWays: FieldWays = () => [
  { way: 'passes', mask: PM_OK_BITS },
  { way: 'acted', mask: PM_CTRL_STATE_MASK },
  { way: 'dropped', mask: 0xffff & ~PM_OK_BITS & ~PM_CTRL_STATE_MASK },
];

const pmCapsRead: FieldRead = (space, entry) => {
  const err = readRaw(space, entry);
  space.fieldValue &= PM_CAPS_SHOWN;
  return err;
};

/** Only a negative errno fails seizing; a PCIBIOS code passes as the driver's private data and is never looked at. */
const pmCtrlInit: NonNullable<ConfigField['init']> = (space, entry) => {
  const { dev } = space;
  const err = dev.configRead(entry.start, 2);
  if (err !== 0) return Math.min(err, 0);
  if (!(dev.value & PM_PME_ENABLE)) return 0;
  return Math.min(dev.configWrite(entry.start, 2, dev.value & ~PM_PME_ENABLE), 0);
};

const pmCtrlWrite: FieldWrite = (space, entry, value) => {
  const { dev } = space;
  dev.value = 0;
  const err = dev.configRead(entry.start, 2);
  if (err !== 0) {
    space.decide('bus-failed', entry, entry.mask, value, err);
    return err;
  }
  const old = dev.value;
  const allowed = value & PM_OK_BITS;
  const changes = (old & PM_OK_BITS) !== allowed;
  if (changes) {
    const writeErr = dev.configWrite(entry.start, 2, (old & ~PM_OK_BITS) | allowed);
    if (writeErr !== 0) {
      space.decide('bus-failed', entry, entry.mask, value, writeErr);
      return writeErr;
    }
  }
  space.decide(changes ? 'pm-written' : 'pm-same', entry, PM_OK_BITS, value);
  space.decide('pm-masked', entry, 0xffff & ~PM_OK_BITS & ~PM_CTRL_STATE_MASK, value);
  const result = setPowerState(dev, value & PM_CTRL_STATE_MASK) === 0 ? 0 : PCIBIOS_SET_FAILED;
  space.decide(result === 0 ? 'pm-state' : 'pm-state-refused', entry, PM_CTRL_STATE_MASK, value, result);
  return result;
};

const tellFlags = (
  space: ConfigSpace,
  entry: FieldEntry,
  value: number,
  code: WriteCode,
  result: number,
): number => {
  space.decide(code, entry, entry.mask, value, result);
  return result;
};

const writeFlags = (space: ConfigSpace, entry: FieldEntry, value: number, code: WriteCode): number => {
  const err = space.dev.configWrite(entry.start, 2, value);
  return tellFlags(space, entry, value, err === 0 ? code : 'bus-failed', err);
};

/** Why an interrupt type may not be switched on while these are: another one, INTx alone, or nobody knows. */
const typeDenied = (on: number, own: number): WriteCode => {
  if (!isInterruptType(on)) return 'bus-failed';
  return (on & ~own) === INTERRUPT_TYPE_INTX ? 'interrupt-intx-denied' : 'interrupt-type-denied';
};

/** Control word of MSI or MSI-X: which bit enables, which bits may change, which type that is. */
const interruptFlagsWrite =
  (enableBit: number, allowedBits: number, ownType: number): FieldWrite =>
  (space, entry, value) => {
    const { dev, data } = space;
    if (space.permissive) return writeFlags(space, entry, value, 'interrupt-permissive');
    dev.value = 0;
    const err = dev.configRead(entry.start, 2);
    if (err !== 0) return tellFlags(space, entry, value, 'bus-failed', err);
    const old = dev.value;
    if (value === old) return tellFlags(space, entry, value, 'interrupt-same', 0);
    if (!data.allowInterruptControl)
      return tellFlags(space, entry, value, 'interrupt-control-denied', PCIBIOS_SET_FAILED);
    if ((value ^ old) & ~allowedBits)
      return tellFlags(space, entry, value, 'interrupt-bits-denied', PCIBIOS_SET_FAILED);
    if (value & enableBit) {
      const { msiFields } = space.profile;
      const type = interruptType(dev, msiFields);
      const intxPasses = msiFields === 'msi-exclusive' && type === INTERRUPT_TYPE_INTX;
      if (type !== INTERRUPT_TYPE_NONE && !intxPasses && type !== ownType)
        return tellFlags(space, entry, value, typeDenied(type, ownType), PCIBIOS_SET_FAILED);
    }
    return writeFlags(space, entry, value, 'interrupt-written');
  };

/** With interrupt control only `allowedBits` may change. */
const interruptFlagsWays =
  (allowedBits: number): FieldWays =>
  ({ permissive, data: { allowInterruptControl } }) => {
    const open = permissive ? 0xffff : allowInterruptControl ? allowedBits : 0;
    return [
      { way: 'passes', mask: open },
      { way: 'refused', mask: 0xffff & ~open },
    ];
  };

interface CapabilityHandler {
  readonly id: number;
  readonly fields: readonly ConfigField[];
}

const HEADER = shown(0, 2);

/** Before 5.6 MSI and MSI-X were not overlaid at all. */
const handlers = (profile: DriverProfile): readonly CapabilityHandler[] =>
  HANDLERS.filter(({ id }) => profile.msiFields !== 'absent' || !INTERRUPT_CAPABILITIES.includes(id));

const INTERRUPT_CAPABILITIES: readonly number[] = [CapId.MSI, CapId.MSIX];

/** In the order in which the driver looks for them. */
const HANDLERS: readonly CapabilityHandler[] = [
  {
    id: CapId.VPD,
    fields: [
      HEADER,
      field(VPD_ADDR, 2, readRaw, vpdAddressWrite, { ways: vpdAddressWays }),
      shown(VPD_DATA, 4),
    ],
  },
  {
    id: CapId.PM,
    fields: [
      HEADER,
      field(PM_PMC, 2, pmCapsRead, null, { reads: pmCapsReads, ways: pmCapsWays }),
      field(PM_CTRL, 2, readRaw, pmCtrlWrite, { init: pmCtrlInit, ways: pmCtrlWays }),
      shown(PM_BRIDGE_EXTENSIONS, 1),
      shown(PM_DATA, 1),
    ],
  },
  {
    id: CapId.MSI,
    fields: [
      HEADER,
      field(
        MSI_FLAGS,
        2,
        readRaw,
        interruptFlagsWrite(MSI_FLAGS_ENABLE, MSI_FLAGS_ENABLE, INTERRUPT_TYPE_MSI),
        { ways: interruptFlagsWays(MSI_FLAGS_ENABLE) },
      ),
    ],
  },
  {
    id: CapId.MSIX,
    fields: [
      HEADER,
      field(
        MSIX_FLAGS,
        2,
        readRaw,
        interruptFlagsWrite(MSIX_FLAGS_ENABLE, MSIX_FLAGS_ENABLE | MSIX_FLAGS_MASKALL, INTERRUPT_TYPE_MSIX),
        { ways: interruptFlagsWays(MSIX_FLAGS_ENABLE | MSIX_FLAGS_MASKALL) },
      ),
    ],
  },
];

/** Field groups of the capabilities that this device has, in registration order. Searched when iterated. */
export function* capabilityFields(
  dev: PciDev,
  profile: DriverProfile,
): Generator<{ readonly base: number; readonly fields: readonly ConfigField[] }> {
  for (const { id, fields } of handlers(profile)) {
    const base = findCapability(dev, id);
    if (base !== 0) yield { base, fields };
  }
}
