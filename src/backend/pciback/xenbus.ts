import { EFAULT, EINVAL, ENOENT, ERANGE } from '../host/codes';
import type { HostKernel } from '../host/hostKernel';
import { KERN_ERR, KERN_INFO } from '../host/kernelLog';
import { formatBdf, type Bdf } from '../spec/bdf';
import { hex } from '../spec/uint';
import type { DeviceOwners } from '../xen/deviceOwners';
import type { EventChannel } from '../xen/eventChannel';
import { XEN_PCI_MAGIC, type SharedPage } from '../xen/pciif';
import { XenbusState } from '../xen/xenbusState';
import { inTransaction } from '../xen/transaction';
import { Xenstore } from '../xen/xenstore';
import type { BackendDevice } from './backendDevice';
import type { PciStub } from './pciStub';
import type { SeizedDevice } from './seizedDevice';

/**
 * The backend's xenbus device (xenbus.c).
 * Policy: own and peer `state` keys drive everything; devices are exported while the backend is in InitWait (or
 * Initialised, or Reconfiguring), the page and event channel are taken when both ends are Initialised.
 * Functions: xen_pcibk_xenbus_probe, xen_pcibk_be_watch, xen_pcibk_frontend_changed, xen_pcibk_setup_backend,
 * xen_pcibk_attach, xen_pcibk_reconfigure, xen_pcibk_export_device, xen_pcibk_remove_device,
 * xen_pcibk_publish_pci_dev, xen_pcibk_publish_pci_root, xen_pcibk_disconnect, xenbus_switch_state.
 */

/** What the platform gives: the frontend's granted page and event channel by number. */
export interface XenbusPlatform {
  readonly xenstore: Xenstore;
  readonly owners: DeviceOwners;
  readonly host: HostKernel;
  mapPage(domid: number, gref: number): SharedPage | undefined;
  bindChannel(domid: number, port: number): EventChannel | undefined;
}

/** Told of each key that the backend writes: path as given to xenbus, value. */
export type KeyWritten = (path: string, value: string) => void;

const DOM0 = '/local/domain/0';
const BDF_SEPARATORS = '::.';

const bdfFrom = (v: readonly number[]): Bdf => ({
  domain: v[0] ?? 0,
  bus: v[1] ?? 0,
  device: v[2] ?? 0,
  function: v[3] ?? 0,
});

/** The guest's address as the protocol has it: function in two digits. */
const vdevText = (b: Bdf): string =>
  `${hex(b.domain, 4)}:${hex(b.bus, 2)}:${hex(b.device, 2)}.${hex(b.function, 2)}`;

export class XenbusBackend {
  /** `backend/pci/<domid>/0` */
  readonly node: string;
  private readonly directory: string;
  private readonly frontend: string;
  private ownState: number = XenbusState.Initialising;
  private unwatch: (() => void)[] = [];
  onKeyWritten: KeyWritten | null = null;

  constructor(
    readonly backend: BackendDevice,
    private readonly stub: PciStub,
    private readonly platform: XenbusPlatform,
  ) {
    this.node = `backend/pci/${backend.domid}/0`;
    this.directory = `${DOM0}/${this.node}`;
    this.frontend = `/local/domain/${backend.domid}/device/pci/0`;
  }

  /** xenbus_switch_state: trusts its cached own state; writes only over a state that is there. */
  private switchState(state: number): void {
    if (this.ownState === state) return;
    const path = `${this.directory}/state`;
    let written = false;
    inTransaction(this.platform.xenstore, (transaction) => {
      written = Xenstore.decimal(transaction.read(path)).ok;
      if (written) transaction.write(path, String(state));
    });
    if (written) this.onKeyWritten?.(`${this.node}/state`, String(state));
    this.ownState = state;
  }

  private writeKey(key: string, value: string): void {
    this.platform.xenstore.write(`${this.directory}/${key}`, value);
    this.onKeyWritten?.(`${this.node}/${key}`, value);
  }

  private log(level: number, text: string): void {
    this.platform.host.log.print(level, `xen-pciback pci-${this.backend.domid}-0: ${text}`);
  }

  /** xenbus_dev_fatal */
  fatal(err: number, text: string): void {
    const message = `${Math.abs(err)} ${text}`;
    this.log(KERN_ERR, message);
    const path = `error/${this.node}/error`;
    this.platform.xenstore.write(`${DOM0}/${path}`, message);
    this.onKeyWritten?.(path, message);
    this.switchState(XenbusState.Closing);
  }

  /** Own `state` as xenstore has it: 0 when missing or unreadable. */
  private storedState(directory: string): number {
    const state = this.platform.xenstore.scanDecimal(`${directory}/state`);
    return state.ok ? state.value : XenbusState.Unknown;
  }

  /** The backend node has appeared. `gone` is called when the frontend is: the device should be unregistered. */
  probe(gone: () => void): void {
    const { xenstore } = this.platform;
    this.unwatch.push(
      xenstore.watch(`${this.frontend}/state`, () => {
        if (!this.frontendChanged(this.storedState(this.frontend))) gone();
      }),
    );
    this.switchState(XenbusState.InitWait);
    this.unwatch.push(xenstore.watch(this.directory, () => this.ownNodeChanged()));
    this.ownNodeChanged();
  }

  private ownNodeChanged(): void {
    const state = this.storedState(this.directory);
    if (state === XenbusState.InitWait) this.setup();
    else if (state === XenbusState.Initialised && this.backend.profile.watchReconfigure)
      this.reconfigure(XenbusState.Initialised);
  }

  /** The frontend's state has changed. Returns false when the backend device should be unregistered. */
  private frontendChanged(state: number): boolean {
    switch (state) {
      case XenbusState.Initialised:
        this.attach();
        return true;
      case XenbusState.Reconfiguring:
        this.reconfigure(XenbusState.Reconfiguring);
        return true;
      case XenbusState.Connected:
        this.switchState(XenbusState.Connected);
        return true;
      case XenbusState.Closing:
        this.disconnect();
        this.switchState(XenbusState.Closing);
        return true;
      case XenbusState.Closed: {
        this.disconnect();
        this.switchState(XenbusState.Closed);
        const online = this.platform.xenstore.scanDecimal(`${this.directory}/online`);
        return online.ok && online.value !== 0;
      }
      case XenbusState.Unknown:
        return false;
      default:
        return true;
    }
  }

  private setup(): void {
    if (this.exportAll() === 0) this.attach();
  }

  private exportAll(): number {
    if (this.storedState(this.directory) !== XenbusState.InitWait) return 0;
    const { xenstore } = this.platform;
    const count = xenstore.scanDecimal(`${this.directory}/num_devs`);
    if (!count.ok) {
      this.fatal(count.err, 'Error reading number of devices');
      return count.err;
    }
    for (let i = 0; i < count.value; i++) {
      const err = this.exportListed(i);
      if (err !== 0) return err;
      this.writeKey(`state-${i}`, String(XenbusState.Initialised));
    }
    const roots = this.publishRoots();
    if (roots !== 0) {
      this.fatal(roots, 'Error while publish PCI root buses for frontend');
      return roots;
    }
    this.switchState(XenbusState.Initialised);
    return 0;
  }

  private exportListed(i: number): number {
    const at = this.platform.xenstore.scanHex(`${this.directory}/dev-${i}`, BDF_SEPARATORS);
    if (!at.ok) {
      this.fatal(
        at.err,
        at.err === -EINVAL ? 'Error parsing pci device configuration' : 'Error reading device configuration',
      );
      return at.err;
    }
    return this.exportDevice(bdfFrom(at.value), i);
  }

  private exportDevice(bdf: Bdf, devid: number): number {
    const { owners } = this.platform;
    const device = this.stub.getBySlot(this.backend, bdf);
    if (device === undefined) {
      this.fatal(-EINVAL, `Couldn't locate PCI device (${formatBdf(bdf)})! perhaps already in-use?`);
      return -EINVAL;
    }
    const err = this.backend.topology.add(device, devid, {
      vdev: (id, guest) => {
        this.writeKey(`vdev-${id}`, vdevText(guest));
        return 0;
      },
      fatal: (code, message) => this.fatal(code, message),
    });
    if (err !== 0) return err;
    device.dev.log(KERN_INFO, `registering for ${this.backend.domid}`);
    if (owners.register(device.dev, this.backend.domid) !== 0) {
      device.dev.log(KERN_ERR, `Stealing ownership from dom${owners.find(device.dev)}.`);
      owners.unregister(device.dev);
      owners.register(device.dev, this.backend.domid);
    }
    return 0;
  }

  private publishRoots(): number {
    return this.backend.topology.publishRoots((domain, bus) => this.publishRoot(domain, bus));
  }

  private publishRoot(domain: number, bus: number): number {
    const { xenstore } = this.platform;
    const stored = xenstore.scanDecimal(`${this.directory}/root_num`);
    if (!stored.ok && stored.err !== -ENOENT) return stored.err;
    const count = stored.ok ? stored.value : 0;
    for (let i = 0; i < count; i++) {
      const root = xenstore.scanHex(`${this.directory}/root-${i}`, ':');
      if (!root.ok) return root.err;
      if (root.value[0] === domain && root.value[1] === bus) return 0;
    }
    this.writeKey(`root-${count}`, `${hex(domain, 4)}:${hex(bus, 2)}`);
    this.writeKey('root_num', String(count + 1));
    return 0;
  }

  /** Takes the frontend's page and channel when both ends are Initialised. */
  private attach(): void {
    const { xenstore } = this.platform;
    const ready =
      this.storedState(this.directory) === XenbusState.Initialised &&
      this.storedState(this.frontend) === XenbusState.Initialised;
    if (!ready) return;
    const gref = xenstore.scanUnsigned(`${this.frontend}/pci-op-ref`);
    const port = xenstore.scanUnsigned(`${this.frontend}/event-channel`);
    const magic = xenstore.read(`${this.frontend}/magic`);
    if (!gref.ok || !port.ok || magic === undefined) {
      const missing = !gref.ok ? gref.err : !port.ok ? port.err : -ENOENT;
      // xenbus_gather tells an unreadable number otherwise than xenbus_scanf.
      const err = missing === -ERANGE ? -EINVAL : missing;
      this.fatal(err, 'Error reading configuration from frontend');
      return;
    }
    if (magic !== XEN_PCI_MAGIC) {
      this.fatal(-EFAULT, `version mismatch (${magic}/${XEN_PCI_MAGIC}) with pcifront - halting xen-pciback`);
      return;
    }
    const page = this.platform.mapPage(this.backend.domid, gref.value);
    if (page === undefined) {
      this.fatal(-EINVAL, 'Error mapping other domain page in ours.');
      return;
    }
    this.backend.page = page;
    const channel = this.platform.bindChannel(this.backend.domid, port.value);
    if (channel === undefined) {
      this.fatal(-EINVAL, 'Error binding event channel to IRQ');
      return;
    }
    channel.bind(() => this.backend.handleEvent(channel.irq));
    this.backend.channel = channel;
    this.backend.evtchnIrq = channel.irq;
    this.switchState(XenbusState.Connected);
  }

  private reconfigure(expected: number): void {
    if (this.storedState(this.directory) !== expected) return;
    const { xenstore } = this.platform;
    const count = xenstore.scanDecimal(`${this.directory}/num_devs`);
    if (!count.ok) {
      this.fatal(count.err, 'Error reading number of devices');
      return;
    }
    for (let i = 0; i < count.value; i++) {
      const substate = xenstore.scanUnsigned(`${this.directory}/state-${i}`);
      const state = substate.ok ? substate.value : XenbusState.Unknown;
      if (state === XenbusState.Initialising && !this.addListed(i)) return;
      if (state === XenbusState.Closing && !this.removeListed(i)) return;
    }
    if (expected === XenbusState.Reconfiguring) this.switchState(XenbusState.Reconfigured);
  }

  private addListed(i: number): boolean {
    if (this.exportListed(i) !== 0) return false;
    const err = this.publishRoots();
    if (err !== 0) {
      this.fatal(err, 'Error while publish PCI root buses for frontend');
      return false;
    }
    this.writeKey(`state-${i}`, String(XenbusState.Initialised));
    return true;
  }

  private removeListed(i: number): boolean {
    const at = this.platform.xenstore.scanHex(`${this.directory}/vdev-${i}`, BDF_SEPARATORS);
    if (!at.ok) {
      this.fatal(
        at.err,
        at.err === -EINVAL ? 'Error parsing vdev configuration' : 'Error reading vdev configuration',
      );
      return false;
    }
    const { domain, bus, device, function: fn } = bdfFrom(at.value);
    const found = this.backend.topology.get(domain, bus, (device << 3) | fn);
    if (found === undefined) return false;
    this.platform.owners.unregister(found.dev);
    this.release(found);
    return true;
  }

  /** Takes a device out of the topology and gives it back to the stub. */
  release(device: SeizedDevice): void {
    if (this.backend.topology.remove(device)) this.stub.put(device);
  }

  private disconnect(): void {
    this.backend.channel?.unbind();
    this.backend.channel = undefined;
    this.backend.evtchnIrq = -1;
    this.backend.page = undefined;
  }

  /** The backend node is gone: watch off, disconnect, every device back to the stub. */
  remove(): void {
    for (const end of this.unwatch.splice(0)) end();
    this.disconnect();
    for (const device of this.backend.topology.devices()) this.release(device);
  }

  /** aerState = aerfail, which asks the toolstack to destroy the guest. */
  killGuest(): void {
    this.platform.xenstore.write(`${this.directory}/aerState`, 'aerfail');
    this.onKeyWritten?.(`${this.directory}/aerState`, 'aerfail');
  }
}
