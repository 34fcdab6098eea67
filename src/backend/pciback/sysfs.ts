import { EACCES, EINVAL, ENODEV, ENOENT } from '../host/codes';
import { KERN_WARNING } from '../host/kernelLog';
import { addQuirkField } from './confSpaceQuirks';
import type { PciStub } from './pciStub';
import type { DriverProfile } from './profiles';
import type { SeizedDevice } from './seizedDevice';
import { formatSlot, parseQuirk, parseSlot, type SlotText } from './slotText';

/**
 * The driver's attributes in /sys/bus/pci/drivers/pciback (pci_stub.c).
 * Policy: an address is parsed by str_to_slot; wildcards match no device; a flag can be set but not cleared.
 * Functions: new_slot_store, remove_slot_store, slots_show, irq_handlers_show, irq_handler_state_store,
 * quirks_store, quirks_show, permissive_store, permissive_show, allow_interrupt_control_store and _show.
 */

const PAGE_LIMIT = 4095;

/** Errors as negative errno; success as 0. */
type Store = (stub: PciStub, text: string) => number;
type Show = (stub: PciStub) => string;

interface Attribute {
  /** Versions that have it; absent = all. */
  readonly since?: (profile: DriverProfile) => boolean;
  readonly store?: Store;
  readonly show?: Show;
}

const deviceAt = (stub: PciStub, { domain, bus, slot, func }: SlotText): SeizedDevice | undefined =>
  stub.find({ domain, bus, device: slot, function: func });

const names = (stub: PciStub, chosen: (device: SeizedDevice) => boolean): string =>
  stub.seized
    .filter(chosen)
    .map((d) => `${d.dev.name}\n`)
    .join('');

const withSlot =
  (action: (stub: PciStub, slot: SlotText) => number): Store =>
  (stub, text) => {
    const slot = parseSlot(text, stub.profile.wildcards);
    return slot === undefined ? -EINVAL : action(stub, slot);
  };

/** -ENODEV for a device that is not seized. */
const withDevice = (missing: number, action: (device: SeizedDevice) => void): Store =>
  withSlot((stub, slot) => {
    const device = deviceAt(stub, slot);
    if (device === undefined) return missing;
    action(device);
    return 0;
  });

const storeQuirk: Store = (stub, text) => {
  const quirk = parseQuirk(text);
  if (quirk === undefined) return -EINVAL;
  const { reg, size, mask } = quirk;
  if (reg > 0xfff || (size < 4 && mask >>> (8 * size) !== 0)) return -EINVAL;
  const device = deviceAt(stub, quirk);
  return device === undefined ? -ENODEV : addQuirkField(device.configSpace, reg, size, mask);
};

const setPermissive = ({ dev, data }: SeizedDevice): void => {
  if (data.permissive) return;
  data.permissive = true;
  dev.log(KERN_WARNING, 'xen_pciback: enabling permissive mode configuration space accesses!');
  dev.log(KERN_WARNING, 'xen_pciback: permissive mode is potentially unsafe!');
};

/** Flips the flag only; the line is neither requested nor freed. */
const flipIrqHandler = ({ data }: SeizedDevice): void => {
  data.isrOn = !data.isrOn;
  if (data.isrOn) data.ackIntr = true;
};

const irqHandlerLine = ({ dev, data }: SeizedDevice): string =>
  `${dev.name}:${data.isrOn ? 'on' : 'off'}:${data.ackIntr ? 'ack' : 'not ack'}ing:${data.handled}\n`;

export const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  new_slot: { store: withSlot((stub, slot) => stub.addId(slot)) },
  remove_slot: { store: withSlot((stub, slot) => stub.removeId(slot)) },
  slots: { show: (stub) => stub.slotIds.map((id) => `${formatSlot(id)}\n`).join('') },
  quirks: {
    store: storeQuirk,
    show: (stub) => stub.quirks.show((dev) => stub.seized.find((d) => d.dev === dev)?.configSpace),
  },
  permissive: {
    store: withDevice(-ENODEV, setPermissive),
    show: (stub) => names(stub, (d) => d.data.permissive),
  },
  allow_interrupt_control: {
    since: (profile) => profile.interruptControl,
    store: withDevice(-ENODEV, ({ data }) => {
      data.allowInterruptControl = true;
    }),
    show: (stub) => names(stub, (d) => d.data.allowInterruptControl),
  },
  irq_handlers: { show: (stub) => stub.seized.map(irqHandlerLine).join('') },
  irq_handler_state: { store: withDevice(-ENOENT, flipIrqHandler) },
};

const attributeOf = (stub: PciStub, name: string): Attribute | undefined => {
  const entry = ATTRIBUTES[name];
  return entry?.since === undefined || entry.since(stub.profile) ? entry : undefined;
};

/** Writes an attribute: bytes written, or a negative errno (-EACCES when it cannot be written, -ENOENT when there is none). */
export const storeAttribute = (stub: PciStub, attribute: string, text: string): number => {
  const entry = attributeOf(stub, attribute);
  if (entry === undefined) return -ENOENT;
  if (entry.store === undefined) return -EACCES;
  const err = entry.store(stub, text);
  return err === 0 ? text.length : err;
};

/** Reads an attribute: its text (at most a page less one byte), or a negative errno. */
export const showAttribute = (stub: PciStub, attribute: string): string | number => {
  const entry = attributeOf(stub, attribute);
  if (entry === undefined) return -ENOENT;
  if (entry.show === undefined) return -EACCES;
  return entry.show(stub).slice(0, PAGE_LIMIT);
};
