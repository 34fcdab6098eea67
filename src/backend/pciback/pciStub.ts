import { EDEADLK, EINVAL, ENODEV, ENOENT } from '../host/codes';
import { enableDevice } from '../host/enable';
import { KERN_ERR, KERN_INFO, KERN_WARNING } from '../host/kernelLog';
import type { PciDev } from '../host/pciDev';
import { resetFunction } from '../host/reset';
import { restoreState, saveState } from '../host/saveRestore';
import type { Bdf } from '../spec/bdf';
import type { DeviceOwners } from '../xen/deviceOwners';
import { ConfigSpace, type ModuleParameters } from './confSpace';
import { QuirkRecords } from './confSpaceQuirks';
import { resetDevice, type IsrEnvironment } from './controlIsr';
import { DevData } from './devData';
import type { DriverProfile } from './profiles';
import type { SeizedDevice } from './seizedDevice';
import type { SlotText } from './slotText';

/**
 * The stub driver (pci_stub.c): seizing, giving to a guest, taking back, releasing.
 * Policy: a function is seized when it (or a bridge above it) is on the id list, or by driver_override. Seizing
 * builds the virtual configuration space, enables, saves, resets and restores, and leaves the device switched off.
 * A seized function has at most one guest. Taking it back resets and restores it; permissive and the cached COMMAND
 * survive, allow_interrupt_control and quirk fields do not.
 * When a PF loses its driver, its idle VFs are released.
 * Functions: pci_stub_notifier, pcistub_match, pcistub_probe, pcistub_seize, pcistub_init_device, pcistub_init_devices_late,
 * pcistub_get_pci_dev_by_slot, pcistub_put_pci_dev, pcistub_device_release, pcistub_remove, pcistub_device_id_add.
 */

export const DRIVER_NAME = 'pciback';

/** What the stub needs of the rest of the driver and of the platform. */
export interface StubEnvironment extends IsrEnvironment {
  readonly parameters: ModuleParameters;
  readonly owners: DeviceOwners;
  readonly bridgesAbove: (dev: PciDev) => readonly PciDev[];
  /** Takes a device out of its guest's topology and gives it back (device lock held by the caller). */
  readonly releaseFromGuest: (device: SeizedDevice) => void;
}

const HEADER_TYPES = [0, 1];

export class PciStub {
  /** Seized devices, as the attributes list them: the most recently seized first. */
  private devices: SeizedDevice[] = [];
  /** Devices seized before late initialisation. */
  private early: PciDev[] = [];
  private lateInitDone = false;
  private ids: SlotText[] = [];
  readonly quirks = new QuirkRecords();

  constructor(private readonly env: StubEnvironment) {}

  get profile(): DriverProfile {
    return this.env.profile;
  }
  get seized(): readonly SeizedDevice[] {
    return this.devices;
  }
  get slotIds(): readonly SlotText[] {
    return this.ids;
  }

  /** Exactly these numbers; undefined when not seized. */
  find(bdf: Bdf): SeizedDevice | undefined {
    return this.devices.find(
      ({ dev: { bdf: d } }) =>
        d.domain === bdf.domain &&
        d.bus === bdf.bus &&
        d.device === bdf.device &&
        d.function === bdf.function,
    );
  }

  /** Adds ids, wildcards expanded: 0, or -EINVAL for numbers out of range (ids before it stay). */
  addId(id: SlotText): number {
    if (id.slot < 0 || id.func < 0) {
      const slots = id.slot < 0 ? 32 : 1;
      for (let s = 0; s < slots; s++)
        for (let f = 0; f < 8; f++) {
          const err = this.addId({ ...id, slot: id.slot < 0 ? s : id.slot, func: id.func < 0 ? f : id.func });
          if (err !== 0) return err;
        }
      return 0;
    }
    const { domain, bus, slot, func } = id;
    const inRange =
      domain >= 0 &&
      domain <= 0xffff &&
      bus >= 0 &&
      bus <= 0xff &&
      slot >= 0 &&
      slot <= 31 &&
      func >= 0 &&
      func <= 7;
    if (!inRange) return -EINVAL;
    const same = (o: SlotText): boolean =>
      o.domain === domain && o.bus === bus && o.slot === slot && o.func === func;
    if (!this.ids.some(same)) this.ids.push({ domain, bus, slot, func });
    return 0;
  }

  /** Removes ids (wildcards match): 0, or -ENOENT when none matched. */
  removeId(id: SlotText): number {
    const kept = this.ids.filter(
      (o) =>
        !(
          o.domain === id.domain &&
          o.bus === id.bus &&
          (id.slot < 0 || o.slot === id.slot) &&
          (id.func < 0 || o.func === id.func)
        ),
    );
    const removed = kept.length !== this.ids.length;
    this.ids = kept;
    return removed ? 0 : -ENOENT;
  }

  private matches(dev: PciDev): boolean {
    const listed = ({ bdf }: PciDev): boolean =>
      this.ids.some(
        (i) =>
          i.domain === bdf.domain && i.bus === bdf.bus && i.slot === bdf.device && i.func === bdf.function,
      );
    return [dev, ...this.env.bridgesAbove(dev)].some(listed);
  }

  /** Binding a device to the driver: 0, a negative errno, or 1 when two of its fields collide. */
  probe(dev: PciDev): number {
    dev.driver = DRIVER_NAME;
    const err = this.tryProbe(dev);
    if (err !== 0) dev.driver = undefined;
    return err;
  }

  private tryProbe(dev: PciDev): number {
    const overridden = this.env.profile.driverOverride && dev.driverOverride === DRIVER_NAME;
    if (!overridden && !this.matches(dev)) return -ENODEV;
    if (!HEADER_TYPES.includes(dev.headerType)) {
      dev.log(
        KERN_ERR,
        "xen_pciback: can't export pci devices that don't have a normal (0) or bridge (1) header type!",
      );
      return -ENODEV;
    }
    dev.log(KERN_INFO, 'xen_pciback: seizing device');
    if (!this.lateInitDone) {
      this.early.unshift(dev);
      return 0;
    }
    const device = this.initDevice(dev);
    if (typeof device === 'number') {
      // The last reference drops: the release path runs on a device that has no private data.
      resetFunction(dev);
      resetDevice(dev, undefined, this.env);
      return device;
    }
    this.devices.unshift(device);
    return 0;
  }

  /** Initialises the devices that were seized before, last seized first. A failing one stays bound but is not listed. */
  initLate(): void {
    this.lateInitDone = true;
    for (const dev of this.early) {
      const device = this.initDevice(dev);
      if (typeof device === 'number') dev.log(KERN_ERR, `xen_pciback: error ${device} initializing device`);
      else this.devices.push(device);
    }
    this.early = [];
  }

  private initDevice(dev: PciDev): SeizedDevice | number {
    const data = new DevData(dev);
    const configSpace = new ConfigSpace(dev, data, this.env.parameters, this.env.profile);
    const fieldsErr = configSpace.init();
    if (fieldsErr !== 0) return fieldsErr;
    this.quirks.add(dev);
    const enableErr = enableDevice(dev);
    if (enableErr !== 0) return enableErr;
    if (this.env.profile.saveRestore) {
      data.savedState = saveState(dev);
      resetFunction(dev);
      restoreState(dev, data.savedState);
    }
    resetDevice(dev, data, this.env);
    dev.assigned = true;
    return { dev, data, configSpace, owner: null };
  }

  /** Gives the device to an owner; undefined when it is not seized or has one. */
  getBySlot(owner: { readonly domid: number }, bdf: Bdf): SeizedDevice | undefined {
    const device = this.find(bdf);
    if (device === undefined || device.owner !== null) return undefined;
    device.owner = owner;
    return device;
  }

  private resetAndReload(dev: PciDev, data: DevData): void {
    if (!this.env.profile.saveRestore) return;
    resetFunction(dev);
    if (data.savedState !== undefined) restoreState(dev, data.savedState);
    else dev.log(KERN_INFO, 'xen_pciback: Could not reload PCI state');
  }

  /** Takes the device back from its guest, ready for the next one. */
  put(device: SeizedDevice): void {
    const { dev, data, configSpace } = device;
    this.resetAndReload(dev, data);
    resetDevice(dev, data, this.env);
    configSpace.reset();
    configSpace.freeDynamicFields();
    data.allowInterruptControl = false;
    this.env.owners.unregister(dev);
    device.owner = null;
  }

  /**
   * Unbinding: 0, or -ENODEV when the device is not seized. Takes it from a guest first if one has it; drivers that
   * lock the device again there never return (-EDEADLK here, nothing done).
   */
  remove(dev: PciDev): number {
    const device = this.devices.find((d) => d.dev === dev);
    if (device === undefined) return -ENODEV;
    if (device.owner !== null && this.env.profile.unbindDeadlock) return -EDEADLK;
    this.quirks.release(dev);
    if (device.owner !== null) {
      for (const text of [
        `****** removing device ${dev.name} while still in-use by domain ${device.owner.domid}! ******`,
        "****** driver domain may still access this device's i/o resources!",
        '****** shutdown driver domain before binding device',
        '****** to other drivers or domains',
      ])
        dev.log(KERN_WARNING, `xen_pciback: ${text}`);
      this.env.releaseFromGuest(device);
    }
    this.devices = this.devices.filter((d) => d !== device);
    this.release(device);
    dev.driver = undefined;
    return 0;
  }

  /** The driver of a PF was unbound: VFs of it that no guest has are released; those in use stay. */
  physicalFunctionUnbound(pf: PciDev): void {
    for (const { dev, owner } of [...this.devices]) if (dev.physfn === pf && owner === null) this.remove(dev);
  }

  private release({ dev, data }: SeizedDevice): void {
    this.env.owners.unregister(dev);
    this.resetAndReload(dev, data);
    resetDevice(dev, data, this.env);
    dev.assigned = false;
  }
}
