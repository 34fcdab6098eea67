import type { PassthroughOptions } from '../../../src/backend/description';
import { Pcifront } from '../../../src/backend/guest/pcifront';
import { formatBdf, type Bdf } from '../../../src/backend/spec/bdf';
import { writeLe } from '../../../src/backend/spec/uint';
import {
  createPciDevice,
  deviceIndex,
  finishRemove,
  removePciDevice,
  requestAdd,
  requestRemove,
} from '../../../src/backend/xen/toolstack';
import { address, type RecordedHost } from './recordedHost';

/** A guest from `xl create` to `xl destroy`, in the steps of the transcripts. */
export class GuestLife {
  front: Pcifront | undefined;

  constructor(
    private readonly recorded: RecordedHost,
    readonly domid: number,
  ) {}

  private get xenstore(): RecordedHost['host']['platform']['xenstore'] {
    return this.recorded.host.platform.xenstore;
  }

  /** `xl create` with these devices; the frontend is not loaded. */
  create(devices: readonly string[], options?: PassthroughOptions): void {
    createPciDevice(this.xenstore, this.domid, 'du', devices.map(address), options);
    this.recorded.host.driver.probeBackend(this.domid);
    this.xenstore.drain();
  }

  /** `modprobe xen-pcifront` in the guest. */
  connect(): void {
    this.front = new Pcifront(this.recorded.host.platform, this.domid);
    this.xenstore.drain();
  }

  attach(bdf: string, options?: PassthroughOptions): void {
    if (this.recorded.host.driver.backend(this.domid) === undefined) {
      this.create([bdf], options);
      this.connect();
      return;
    }
    requestAdd(this.xenstore, this.domid, address(bdf), options);
    this.xenstore.drain();
  }

  detach(bdf: string): void {
    const index = deviceIndex(this.xenstore, this.domid, address(bdf));
    requestRemove(this.xenstore, this.domid, index);
    this.xenstore.drain();
    const left = finishRemove(this.xenstore, this.domid, index);
    this.xenstore.drain();
    if (left === 0) this.destroy();
  }

  destroy(): void {
    this.recorded.host.driver.removeBackend(this.domid);
    this.front?.close();
    removePciDevice(this.xenstore, this.domid);
    this.xenstore.drain();
  }

  /** Where the guest finds its functions. */
  slots(): readonly Bdf[] {
    const topology = this.recorded.host.driver.backend(this.domid)?.backend.topology;
    if (topology === undefined) return [];
    return topology.devices().flatMap((device) => topology.find(device) ?? []);
  }

  /** What the guest reads of a function, 4096 bytes. */
  image(at: Bdf): Uint8Array {
    const bytes = new Uint8Array(4096);
    for (let offset = 0; offset < bytes.length; offset += 4)
      writeLe(bytes, offset, 4, this.front!.configRead(at, offset, 4).value);
    return bytes;
  }
}

/** Keys whose values number things that the recorded guest's kernel handed out. */
const NUMBERS = /\/(pci-op-ref|event-channel)$/;
/** Directories of the PCI device; the toolstack's own records and what a guest writes to its error log are left out. */
const MODELLED = /^\/local\/domain\/(0\/backend|\d+\/device)\/pci\/.*[^/]$/;

const shown = (path: string, value: string): string =>
  `${path} = ${NUMBERS.test(path) ? '(a number)' : value}`;

/** The PCI device's keys in a listing of xenstore, in order of path. */
export const recordedKeys = (listing: readonly string[]): readonly string[] =>
  listing
    .map((line) => /^(\S+) = "(.*?)"/.exec(line))
    .filter((m) => m !== null && MODELLED.test(m[1]!) && m[2] !== '')
    .map((m) => shown(m![1]!, m![2]!))
    .sort();

export const modelledKeys = (recorded: RecordedHost): readonly string[] =>
  recorded.host.platform.xenstore
    .list('')
    .filter(([path]) => MODELLED.test(path))
    .map(([path, value]) => shown(path, value))
    .sort();

/** Addresses at the start of lspci's lines, with domain. */
export const lspciAddresses = (lines: readonly string[]): readonly string[] =>
  lines
    .map((line) => /^([0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) /.exec(line)?.[1])
    .filter((bdf) => bdf !== undefined)
    .map((bdf) => formatBdf(address(bdf)))
    .sort();
