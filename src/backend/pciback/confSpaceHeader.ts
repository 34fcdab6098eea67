import { clearMaster, clearMwi, intx, setMaster, setMwi } from '../host/command';
import { EINVAL, PCIBIOS_SET_FAILED } from '../host/codes';
import { disableDevice, enableDevice, isEnabled } from '../host/enable';
import { KERN_ERR, KERN_WARNING } from '../host/kernelLog';
import type { PciDev } from '../host/pciDev';
import {
  COMMAND_FAST_BACK,
  COMMAND_INTX_DISABLE,
  COMMAND_INVALIDATE,
  COMMAND_IO,
  COMMAND_MASTER,
  COMMAND_MEMORY,
  COMMAND_SPECIAL,
  COMMAND_VGA_PALETTE,
  COMMAND_WAIT,
  PCI_BASE_ADDRESS_0,
  PCI_BIST,
  PCI_CACHE_LINE_SIZE,
  PCI_COMMAND,
  PCI_DEVICE_ID,
  PCI_INTERRUPT_LINE,
  PCI_INTERRUPT_PIN,
  PCI_LATENCY_TIMER,
  PCI_ROM_ADDRESS,
  PCI_ROM_ADDRESS1,
  PCI_VENDOR_ID,
} from '../spec/kernelRegisters';
import {
  IORESOURCE_BUSY,
  IORESOURCE_DISABLED,
  IORESOURCE_IO,
  IORESOURCE_MEM,
  IORESOURCE_MEM_64,
  IORESOURCE_UNSET,
  negatedSize,
  PCI_ROM_RESOURCE,
} from '../host/resource';
import { u32 } from '../spec/uint';
import type { WriteCode } from '../verdict/decision';
import {
  allFrom,
  field,
  readRaw,
  shown,
  writeRaw,
  type ConfigField,
  type FieldRead,
  type FieldSources,
  type FieldWays,
  type FieldWrite,
} from './field';
import type { ConfigSpace } from './confSpace';
import { INTERRUPT_TYPE_INTX, INTERRUPT_TYPE_NONE, interruptType, isInterruptType } from './interruptType';
import type { DriverProfile } from './profiles';

/**
 * Header fields (conf_space_header.c).
 * Policy: ids come from the kernel; COMMAND is cached except for the bits that a guest may really set; the enable
 * bits act through the kernel's enable and disable; BARs are frozen at seizing and only answer size probes; BIST
 * lets the start bit through; latency, interrupt line and pin are read-only. All else is not a field.
 * Functions: command_init, command_read, command_write, bar_init, bar_read, bar_write, rom_write, bar_reset,
 * xen_pcibk_read_vendor, xen_pcibk_read_device, interrupt_read, bist_write.
 */

/** COMMAND bits that are read from hardware and, when permissive, written to it. */
const COMMAND_GUEST =
  COMMAND_MASTER |
  COMMAND_SPECIAL |
  COMMAND_INVALIDATE |
  COMMAND_VGA_PALETTE |
  COMMAND_WAIT |
  COMMAND_FAST_BACK;

const BIST_START = 0x40;

const readVendor: FieldRead = (space) => {
  space.fieldValue = space.dev.vendor;
  return 0;
};
const readDevice: FieldRead = (space) => {
  space.fieldValue = space.dev.device;
  return 0;
};
const readInterruptLine: FieldRead = (space) => {
  space.fieldValue = space.dev.irq & 0xff;
  return 0;
};

const commandInit: NonNullable<ConfigField['init']> = (space, entry) => {
  entry.val = space.dev.read(PCI_COMMAND, 2);
  return 0;
};

const commandRead: FieldRead = (space, entry) => {
  const { dev } = space;
  dev.value = 0;
  const err = dev.configRead(entry.start, 2);
  space.fieldValue = (dev.value & COMMAND_GUEST) | (entry.val & ~COMMAND_GUEST & 0xffff);
  return err;
};

const COMMAND_ENABLES = COMMAND_IO | COMMAND_MEMORY;
/** What only lives in the cache. */
const COMMAND_CACHED = 0xffff & ~(COMMAND_GUEST | COMMAND_ENABLES | COMMAND_INTX_DISABLE);
/** What only a permissive device takes from the guest. */
const COMMAND_PLAIN = COMMAND_GUEST & ~(COMMAND_MASTER | COMMAND_INVALIDATE);

const commandReads: FieldSources = () => [
  { code: 'read-field-hardware', mask: COMMAND_GUEST },
  { code: 'read-command-shadow', mask: ~COMMAND_GUEST },
];

const commandWays: FieldWays = ({ permissive, data: { allowInterruptControl } }) => [
  { way: 'acted', mask: COMMAND_ENABLES | COMMAND_MASTER | COMMAND_INVALIDATE },
  { way: allowInterruptControl ? 'acted' : 'emulated', mask: COMMAND_INTX_DISABLE },
  { way: 'emulated', mask: COMMAND_CACHED },
  { way: permissive ? 'passes' : 'dropped', mask: COMMAND_PLAIN },
];
const emulated: FieldWays = () => EMULATED;
const EMULATED = [{ way: 'emulated', mask: 0xffffffff }] as const;
const bistWays: FieldWays = () => BIST_WAYS;
const BIST_WAYS = [
  { way: 'passes', mask: BIST_START },
  { way: 'ignored', mask: 0xff & ~BIST_START },
] as const;

/** Enabling and disabling follow the kernel's enable count, not the cache. 0 or the errno of a failed enable. */
const applyEnableBits: FieldWrite = (space, entry, value) => {
  const wanted = (value & COMMAND_ENABLES) !== 0;
  if (wanted === isEnabled(space.dev)) {
    space.decide('command-enable-kept', entry, COMMAND_ENABLES, value);
    return 0;
  }
  if (wanted) {
    const err = enableDevice(space.dev);
    if (err !== 0) {
      space.decide('command-enable-failed', entry, COMMAND_ENABLES, value, err);
      return err;
    }
  } else disableDevice(space.dev);
  space.decide(wanted ? 'command-enabled' : 'command-disabled', entry, COMMAND_ENABLES, value);
  space.data.enableIntx = wanted;
  return 0;
};

const mwiFailed = (dev: PciDev, err: number): void =>
  dev.log(KERN_WARNING, `xen_pciback: cannot enable memory-write-invalidate (${err})`);

/** What became of INTX_DISABLE, and the result of it. */
interface IntxControl {
  readonly code: WriteCode;
  readonly result: number;
}

/** The guest's INTX_DISABLE pushed to hardware; until 6.7 INTx could not be switched on while MSI was. */
const controlIntx = (space: ConfigSpace, value: number): IntxControl => {
  const on = !(value & COMMAND_INTX_DISABLE);
  const { msiFields } = space.profile;
  const type =
    on && msiFields !== 'msi-exclusive' ? interruptType(space.dev, msiFields) : INTERRUPT_TYPE_NONE;
  if (type === INTERRUPT_TYPE_INTX) return { code: 'command-device-same', result: 0 };
  if (type !== INTERRUPT_TYPE_NONE)
    return {
      code: isInterruptType(type) ? 'command-intx-refused' : 'bus-failed',
      result: PCIBIOS_SET_FAILED,
    };
  intx(space.dev, on);
  return { code: 'command-intx', result: 0 };
};

const commandWrite: FieldWrite = (space, entry, value) => {
  const { dev, data } = space;
  const wasMaster = dev.isBusMaster;
  const wasEnabled = isEnabled(dev);
  const err = applyEnableBits(space, entry, value);
  if (err !== 0) {
    space.decide('command-not-reached', entry, 0xffff & ~COMMAND_ENABLES, value, err);
    return err;
  }

  const master = (value & COMMAND_MASTER) !== 0;
  let masterCode: WriteCode = 'command-master';
  // Disabling the device, just above, takes bus mastering with it.
  if (dev.isBusMaster === master)
    masterCode = wasMaster === master ? 'command-kernel-same' : 'command-disabled';
  space.decide(masterCode, entry, COMMAND_MASTER, value);
  if (!dev.isBusMaster && master) setMaster(dev);
  else if (dev.isBusMaster && !master) clearMaster(dev);

  let next = value;
  let mwiCode: WriteCode = 'command-mwi';
  if (!(entry.val & COMMAND_INVALIDATE) && value & COMMAND_INVALIDATE) {
    const mwi = setMwi(dev);
    if (mwi !== 0) {
      mwiFailed(dev, mwi);
      next &= ~COMMAND_INVALIDATE;
      mwiCode = 'command-mwi-failed';
    }
  } else if (entry.val & COMMAND_INVALIDATE && !(value & COMMAND_INVALIDATE)) clearMwi(dev);
  else mwiCode = 'command-copy-same';
  space.decide(mwiCode, entry, COMMAND_INVALIDATE, value);

  const intxChanges = ((entry.val ^ next) & COMMAND_INTX_DISABLE) !== 0;
  if (data.allowInterruptControl && intxChanges) {
    const { code, result } = controlIntx(space, next);
    space.decide(code, entry, COMMAND_INTX_DISABLE, value, result);
    if (result !== 0) {
      // The copy is not written: what would only have gone there did not get anywhere.
      const copied = COMMAND_CACHED | (isEnabled(dev) === wasEnabled ? COMMAND_ENABLES : 0);
      space.decide('command-not-reached', entry, copied | COMMAND_PLAIN, value, result);
      return result;
    }
  } else
    space.decide(
      data.allowInterruptControl ? 'command-copy-same' : 'command-intx-shadowed',
      entry,
      COMMAND_INTX_DISABLE,
      value,
    );

  entry.val = next;
  space.decide('command-shadowed', entry, COMMAND_CACHED, value);
  if (!space.permissive) {
    space.decide('command-hardware-only', entry, COMMAND_PLAIN, value);
    return 0;
  }
  dev.value = 0;
  const readErr = dev.configRead(entry.start, 2);
  const real = dev.value;
  if (readErr !== 0 || real === next) {
    space.decide(readErr === 0 ? 'command-device-same' : 'bus-failed', entry, COMMAND_PLAIN, value, readErr);
    return readErr;
  }
  const writeErr = dev.configWrite(entry.start, 2, (next & COMMAND_GUEST) | (real & ~COMMAND_GUEST));
  // Mastering and MWI go along, which matters where the device has not what the kernel and the copy say.
  const written = COMMAND_PLAIN | ((real ^ next) & COMMAND_GUEST);
  space.decide(writeErr === 0 ? 'command-permissive' : 'bus-failed', entry, written, value, writeErr);
  return writeErr;
};

/** Before XSA-120: what the resources need reads as set while the device is enabled, for VFs that have no such bits. */
const rawCommandRead: FieldRead = (space, entry) => {
  const err = readRaw(space, entry);
  if (isEnabled(space.dev))
    for (const { flags } of space.dev.resources) {
      if (flags & IORESOURCE_IO) space.fieldValue |= COMMAND_IO;
      if (flags & IORESOURCE_MEM) space.fieldValue |= COMMAND_MEMORY;
    }
  return err;
};

/** Before XSA-120: mastering and MWI could only be switched on, and the guest's value went to the device. */
const rawCommandWrite: FieldWrite = (space, entry, value) => {
  const { dev } = space;
  const err = applyEnableBits(space, entry, value);
  if (err !== 0) {
    space.decide('command-not-reached', entry, 0xffff & ~COMMAND_ENABLES, value, err);
    return err;
  }
  if (!dev.isBusMaster && value & COMMAND_MASTER) setMaster(dev);
  let next = value;
  if (value & COMMAND_INVALIDATE) {
    const mwi = setMwi(dev);
    if (mwi !== 0) {
      mwiFailed(dev, mwi);
      next &= ~COMMAND_INVALIDATE;
      space.decide('command-mwi-failed', entry, COMMAND_INVALIDATE, value);
    }
  }
  const writeErr = dev.configWrite(entry.start, 2, next);
  space.decide(
    writeErr === 0 ? 'command-raw' : 'bus-failed',
    entry,
    0xffff & ~(value ^ next),
    value,
    writeErr,
  );
  return writeErr;
};

const rawCommandReads: FieldSources = (space) =>
  isEnabled(space.dev)
    ? [
        { code: 'read-command-resources', mask: COMMAND_ENABLES },
        { code: 'read-field-hardware', mask: ~COMMAND_ENABLES },
      ]
    : [{ code: 'read-field-hardware', mask: 0xffff }];

const barIndex = (start: number): number =>
  start === PCI_ROM_ADDRESS || start === PCI_ROM_ADDRESS1
    ? PCI_ROM_RESOURCE
    : (start - PCI_BASE_ADDRESS_0) / 4;

/** Low four flag bits of a resource: what the BAR shows beside the address. */
const REGION_FLAGS = 0xf;

const barInit: NonNullable<ConfigField['init']> = (space, entry) => {
  const { resources } = space.dev;
  const index = barIndex(entry.start);
  const below = index > 0 && index < PCI_ROM_RESOURCE ? resources[index - 1] : undefined;
  if (below !== undefined && below.flags & IORESOURCE_MEM_64) {
    entry.val = below.startHigh;
    entry.len = negatedSize(below).high;
    return 0;
  }
  const r = resources[index];
  if (r === undefined || r.flags === 0) return 0;
  if (r.flags & (IORESOURCE_DISABLED | IORESOURCE_UNSET | IORESOURCE_BUSY)) return 0;
  entry.val = u32(r.startLow | (r.flags & REGION_FLAGS));
  entry.len = u32(negatedSize(r).low | (r.flags & REGION_FLAGS));
  return 0;
};

/** Before 2016: plain sizes without flag bits, the end's upper half for a 64-bit BAR, and no look at unassigned resources. */
const plainBarInit: NonNullable<ConfigField['init']> = (space, entry) => {
  const { resources } = space.dev;
  const index = barIndex(entry.start);
  const below = index > 0 && index < PCI_ROM_RESOURCE ? resources[index - 1] : undefined;
  if (below !== undefined && below.flags & IORESOURCE_MEM_64) {
    entry.val = below.startHigh;
    entry.len = Number((below.end >> 32n) & 0xffffffffn);
    return 0;
  }
  const r = resources[index];
  if (r === undefined) return 0;
  entry.val = u32(r.startLow | (r.flags & REGION_FLAGS));
  entry.len = r.flags === 0 ? 0 : Number((r.end - r.start + 1n) & 0xffffffffn);
  return 0;
};

const barRead: FieldRead = (space, entry) => {
  space.fieldValue = entry.sizing ? entry.len : entry.val;
  return 0;
};

const barReads: FieldSources = ({ profile }, entry) => {
  if (!entry.sizing) return BAR_FROZEN;
  return profile.barSizing === 'plain' ? BAR_PLAIN_SIZE : BAR_SIZE;
};
const BAR_SIZE = [{ code: 'read-bar-size', mask: 0xffffffff }] as const;
const BAR_PLAIN_SIZE = [{ code: 'read-bar-plain-size', mask: 0xffffffff }] as const;
const BAR_FROZEN = [{ code: 'read-bar-frozen', mask: 0xffffffff }] as const;

const probeSize: FieldWrite = (space, entry, value) => {
  entry.sizing = true;
  space.decide('bar-probe', entry, entry.mask, value);
  return 0;
};

/** Anything but a size probe: puts the seized value back into hardware that lost it, else ignored. */
const restoreLost: FieldWrite = (space, entry, value) => {
  const real = space.dev.read(entry.start, 4);
  let code: WriteCode = value === entry.val ? 'bar-same' : 'bar-ignored';
  let result = 0;
  if (real !== entry.val && value === entry.val) {
    result = space.dev.configWrite(entry.start, 4, entry.val);
    code = result === 0 ? 'bar-restored' : 'bar-restore-failed';
  }
  entry.sizing = false;
  space.decide(code, entry, entry.mask, value, result);
  return 0;
};

const barWrite: FieldWrite = (space, entry, value) => {
  const { resources } = space.dev;
  const index = barIndex(entry.start);
  let flagBits = 0xf;
  if ((resources[index]?.flags ?? 0) & IORESOURCE_IO) flagBits = 0x3;
  else if (index > 0 && (resources[index - 1]?.flags ?? 0) & IORESOURCE_MEM_64) flagBits = 0;
  return (u32(value | flagBits) === 0xffffffff ? probeSize : restoreLost)(space, entry, value);
};

const ROM_FLAG_BITS = 0x7ff;

const romWrite: FieldWrite = (space, entry, value) =>
  (u32(value | ROM_FLAG_BITS) === 0xffffffff ? probeSize : restoreLost)(space, entry, value);

/** Before 2016: only these exact values probe. */
const exactProbe =
  (probe: number): FieldWrite =>
  (space, entry, value) =>
    (value === probe ? probeSize : restoreLost)(space, entry, value);
const plainBarWrite = exactProbe(0xffffffff);
const plainRomWrite = exactProbe(0xfffffffe);

const bistWrite: FieldWrite = (space, entry, value) => {
  const { dev } = space;
  dev.value = 0;
  const err = dev.configRead(entry.start, 1);
  if (err !== 0) {
    space.decide('bus-failed', entry, entry.mask, value, err);
    return err;
  }
  if ((dev.value & ~BIST_START) === (value & ~BIST_START) || value === BIST_START) {
    const writeErr = dev.configWrite(entry.start, 1, value);
    space.decide(writeErr === 0 ? 'bist-written' : 'bus-failed', entry, entry.mask, value, writeErr);
    return writeErr;
  }
  space.decide('bist-ignored', entry, entry.mask, value);
  return 0;
};

const barReset: NonNullable<ConfigField['reset']> = (entry) => {
  entry.sizing = false;
};

const COMMAND_FIELDS: Readonly<Record<DriverProfile['command'], ConfigField>> = {
  cached: field(PCI_COMMAND, 2, commandRead, commandWrite, {
    init: commandInit,
    reads: commandReads,
    ways: commandWays,
  }),
  raw: field(PCI_COMMAND, 2, rawCommandRead, rawCommandWrite, { reads: rawCommandReads }),
};

const BAR_CALLBACKS: Readonly<
  Record<
    DriverProfile['barSizing'],
    { readonly init: NonNullable<ConfigField['init']>; readonly bar: FieldWrite; readonly rom: FieldWrite }
  >
> = {
  hardware: { init: barInit, bar: barWrite, rom: romWrite },
  plain: { init: plainBarInit, bar: plainBarWrite, rom: plainRomWrite },
};

const common = (profile: DriverProfile): readonly ConfigField[] => [
  field(PCI_VENDOR_ID, 2, readVendor, null, { reads: allFrom('read-kernel-id') }),
  field(PCI_DEVICE_ID, 2, readDevice, null, { reads: allFrom('read-kernel-id') }),
  COMMAND_FIELDS[profile.command],
  field(PCI_INTERRUPT_LINE, 1, readInterruptLine, null, { reads: allFrom('read-kernel-irq') }),
  shown(PCI_INTERRUPT_PIN, 1),
  field(PCI_CACHE_LINE_SIZE, 1, readRaw, writeRaw),
  shown(PCI_LATENCY_TIMER, 1),
  field(PCI_BIST, 1, readRaw, bistWrite, { ways: bistWays }),
];

const bars = (profile: DriverProfile, count: number, rom: number): readonly ConfigField[] => {
  const { init, bar, rom: romCallback } = BAR_CALLBACKS[profile.barSizing];
  return [
    ...Array.from({ length: count }, (_, i) =>
      field(PCI_BASE_ADDRESS_0 + 4 * i, 4, barRead, bar, {
        init,
        reset: barReset,
        reads: barReads,
        ways: emulated,
      }),
    ),
    field(rom, 4, barRead, romCallback, { init, reset: barReset, reads: barReads, ways: emulated }),
  ];
};

const BARS_BY_HEADER_TYPE: Readonly<Record<number, { readonly count: number; readonly rom: number }>> = {
  0: { count: 6, rom: PCI_ROM_ADDRESS },
  1: { count: 2, rom: PCI_ROM_ADDRESS1 },
};

/** Fields of this header type in list order, or -EINVAL with an error message for types that have none. */
export const headerFields = (dev: PciDev, profile: DriverProfile): readonly ConfigField[] | number => {
  const layout = BARS_BY_HEADER_TYPE[dev.headerType];
  if (layout !== undefined) return [...common(profile), ...bars(profile, layout.count, layout.rom)];
  dev.log(KERN_ERR, `xen_pciback: Unsupported header type ${dev.headerType}!`);
  return -EINVAL;
};
