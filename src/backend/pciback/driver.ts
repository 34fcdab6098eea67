import { EINVAL } from '../host/codes';
import { KERN_ERR, KERN_INFO, KERN_WARNING } from '../host/kernelLog';
import type { PciDev } from '../host/pciDev';
import type { XenPlatform } from '../xen/platform';
import { handleAer, type AerEvent } from './aer';
import { BackendDevice, type BackendListener } from './backendDevice';
import type { ModuleParameters } from './confSpace';
import { resetDevice } from './controlIsr';
import { Passthrough } from './passthrough';
import { PciStub } from './pciStub';
import type { DriverProfile } from './profiles';
import type { WarningPlace } from './operations';
import { RateLimit } from './rateLimit';
import { parseHide } from './slotText';
import { Vpci } from './vpci';
import { XenbusBackend, type KeyWritten } from './xenbus';

/**
 * The loaded driver: stub, topology choice and one backend per guest (pci_stub.c and xenbus.c module parts).
 * Functions: xen_pcibk_init, xen_pcibk_xenbus_register.
 */

export interface DriverOptions {
  /** `passthrough` parameter: guests see host addresses instead of the virtual bus. */
  readonly passthrough: boolean;
  /** `permissive` parameter. */
  readonly permissive: boolean;
  /** CONFIG_XEN_PCIDEV_BACKEND: false for the stub-only build, which seizes but serves no guest. */
  readonly pvSupport: boolean;
  /** Which kernel's driver this is. */
  readonly profile: DriverProfile;
  /** Whether repeated messages are held back; the golden traces were made without. */
  readonly rateLimit: boolean;
  /** Bridges above a device, nearest first. */
  readonly bridgesAbove: (dev: PciDev) => readonly PciDev[];
}

export class PcibackDriver {
  readonly parameters: ModuleParameters;
  readonly stub: PciStub;
  private readonly backends = new Map<number, XenbusBackend>();
  private readonly limits: Readonly<Record<WarningPlace, RateLimit>> = {
    xen_pcibk_enable_msi: new RateLimit('xen_pcibk_enable_msi'),
    xen_pcibk_enable_msix: new RateLimit('xen_pcibk_enable_msix'),
  };
  keyListener: KeyWritten | null = null;
  backendListener: BackendListener | null = null;

  constructor(
    private readonly platform: XenPlatform,
    private readonly options: DriverOptions,
  ) {
    this.parameters = { permissive: options.permissive };
    this.stub = new PciStub({
      parameters: this.parameters,
      owners: platform.owners,
      profile: options.profile,
      lineShared: () => platform.lineShared,
      bridgesAbove: options.bridgesAbove,
      releaseFromGuest: (device) => {
        const backend = device.owner === null ? undefined : this.backends.get(device.owner.domid);
        backend?.release(device);
      },
    });
  }

  /**
   * Loads the driver with the `hide` parameter: functions that match are bound in the host's order, then initialised
   * last first. 0, or -EINVAL when the parameter cannot be parsed or an address is out of range (nothing is bound).
   */
  load(hide: string): number {
    const parsed = parseHide(hide, this.options.profile.wildcards);
    for (const id of parsed.ids) {
      const err = this.stub.addId(id);
      if (err !== 0) return err;
    }
    const { log, devices } = this.platform.host;
    if (!parsed.ok) {
      log.print(KERN_ERR, `xen_pciback: Error parsing pci_devs_to_hide at "${parsed.rest}"`);
      return -EINVAL;
    }
    for (const dev of devices) if (dev.driver === undefined) this.stub.probe(dev);
    this.stub.initLate();
    if (this.options.pvSupport) {
      const topology = this.options.passthrough ? 'passthrough' : 'vpci';
      log.print(KERN_INFO, `xen_pciback: backend is ${topology}`);
    }
    return 0;
  }

  backend(domid: number): XenbusBackend | undefined {
    return this.backends.get(domid);
  }

  /** The toolstack made a backend directory for the guest. Undefined in the stub-only build, which registers no driver for it. */
  probeBackend(domid: number): XenbusBackend | undefined {
    if (!this.options.pvSupport) return undefined;
    const { profile } = this.options;
    const topology = this.options.passthrough
      ? new Passthrough(this.options.bridgesAbove)
      : new Vpci(profile.vfGrouping);
    const device = new BackendDevice(
      domid,
      topology,
      this.platform.host,
      this.platform.msi,
      profile,
      () => this.platform.lineShared,
      (place) => this.mayWarn(place),
    );
    const xenbus = new XenbusBackend(device, this.stub, this.platform);
    device.listener = this.backendListener;
    xenbus.onKeyWritten = this.keyListener;
    this.backends.set(domid, xenbus);
    xenbus.probe(() => this.removeBackend(domid));
    return xenbus;
  }

  private mayWarn(place: WarningPlace): boolean {
    const { rateLimit, profile } = this.options;
    if (!rateLimit || !profile.rateLimited) return true;
    const { clock, host } = this.platform;
    return this.limits[place].allow(clock.now, (text) => host.log.print(KERN_WARNING, text));
  }

  /** The backend directory is gone: every device goes back to the stub. */
  removeBackend(domid: number): void {
    this.backends.get(domid)?.remove();
    this.backends.delete(domid);
  }

  /** Puts the listeners into every backend; null takes them out again. */
  listen(keys: KeyWritten | null, events: BackendListener | null): void {
    this.keyListener = keys;
    this.backendListener = events;
    for (const xenbus of this.backends.values()) {
      xenbus.onKeyWritten = keys;
      xenbus.backend.listener = events;
    }
  }

  /** The driver's device reset, then its virtual-configuration reset. */
  resetSeized(dev: PciDev): void {
    const device = this.stub.seized.find((d) => d.dev === dev);
    resetDevice(dev, device?.data, {
      profile: this.options.profile,
      lineShared: () => this.platform.lineShared,
    });
    device?.configSpace.reset();
  }

  /** A PCI error callback; `guest` runs while the backend waits for the guest's answer. */
  aer(event: AerEvent, dev: PciDev, channelState: number, guest: () => void): number {
    const device = this.stub.find(dev.bdf);
    const xenbus =
      device === undefined || device.owner === null ? undefined : this.backends.get(device.owner.domid);
    return handleAer(event, dev, device, xenbus?.backend, channelState, {
      waitForGuest: guest,
      killGuest: () => xenbus?.killGuest(),
    });
  }
}
