import type { PassthroughOptions } from '../description';
import { Pcifront } from '../guest/pcifront';
import type { SeizedDevice } from '../pciback/seizedDevice';
import { devfnOf, formatBdf, type Bdf } from '../spec/bdf';
import type { GuestDevice, GuestState } from '../view';
import {
  backendDirectory,
  createPciDevice,
  deviceIndex,
  finishRemove,
  frontendDirectory,
  removePciDevice,
  requestAdd,
  requestRemove,
} from '../xen/toolstack';
import { xenbusStateName, XenbusState } from '../xen/xenbusState';
import type { XenHost } from './xenHost';

/** A PV guest on the host: the toolstack's attach and detach, its frontend, what it has. */
export class PvGuest {
  private front: Pcifront | undefined;

  constructor(
    private readonly host: XenHost,
    readonly domid: number,
    readonly name: string,
  ) {}

  get pcifront(): Pcifront | undefined {
    return this.front;
  }

  private get topology():
    NonNullable<ReturnType<XenHost['driver']['backend']>>['backend']['topology'] | undefined {
    return this.host.driver.backend(this.domid)?.backend.topology;
  }

  devices(): readonly GuestDevice[] {
    const { topology } = this;
    if (topology === undefined) return [];
    return topology.devices().flatMap((device) => {
      const guest = topology.find(device);
      return guest === undefined ? [] : [{ host: device.dev.bdf, guest }];
    });
  }

  /** The device that the driver finds for a request to this address. */
  deviceAt(at: Bdf): SeizedDevice | undefined {
    return this.topology?.get(at.domain, at.bus, devfnOf(at));
  }

  private stateOf(directory: string): number {
    const state = this.host.platform.xenstore.scanDecimal(`${directory}/state`);
    return state.ok ? state.value : XenbusState.Unknown;
  }

  get connected(): boolean {
    return this.stateOf(backendDirectory(this.domid)) === XenbusState.Connected;
  }

  private stateName(directory: string): string | undefined {
    const { xenstore } = this.host.platform;
    return xenstore.read(`${directory}/state`) === undefined
      ? undefined
      : xenbusStateName(this.stateOf(directory));
  }

  state(): GuestState {
    return {
      domid: this.domid,
      name: this.name,
      kind: 'PV',
      topology: this.topology?.name ?? 'vpci',
      backendState: this.stateName(backendDirectory(this.domid)),
      frontendState: this.stateName(frontendDirectory(this.domid)),
      devices: this.devices(),
    };
  }

  /** `xl pci-attach`: undefined when the device is in the guest, else why not. */
  attach(bdf: Bdf, options?: PassthroughOptions): string | undefined {
    const { xenstore } = this.host.platform;
    if (this.host.driver.backend(this.domid) === undefined) {
      createPciDevice(xenstore, this.domid, this.name, [bdf], options);
      this.host.driver.probeBackend(this.domid);
      this.front = new Pcifront(this.host.platform, this.domid);
    } else requestAdd(xenstore, this.domid, bdf, options);
    xenstore.drain();
    const has = this.devices().some((d) => formatBdf(d.host) === formatBdf(bdf));
    if (has && this.connected) return undefined;
    const backend = xenbusStateName(this.stateOf(backendDirectory(this.domid)));
    const error = xenstore.read(`/local/domain/0/error/backend/pci/${this.domid}/0/error`);
    if (this.devices().length === 0) this.destroyBackend();
    return error ?? `the backend is in state ${backend}`;
  }

  /** `xl pci-detach`: undefined when the device is back with the driver, else why not. */
  detach(bdf: Bdf): string | undefined {
    const { xenstore } = this.host.platform;
    const index = deviceIndex(xenstore, this.domid, bdf);
    if (index < 0) return `${formatBdf(bdf)} is not assigned to ${this.name}`;
    requestRemove(xenstore, this.domid, index);
    xenstore.drain();
    const left = finishRemove(xenstore, this.domid, index);
    xenstore.drain();
    if (left === 0) this.destroyBackend();
    return undefined;
  }

  /** `xl destroy`: the domain goes, and what it had goes back to the driver. */
  destroy(): void {
    if (this.host.driver.backend(this.domid) !== undefined) this.destroyBackend();
  }

  /** The toolstack removes the guest's PCI device; everything that it still has goes back. */
  private destroyBackend(): void {
    this.host.driver.removeBackend(this.domid);
    this.front?.close();
    this.front = undefined;
    const { xenstore } = this.host.platform;
    removePciDevice(xenstore, this.domid);
    xenstore.drain();
  }
}
