import type { Bdf } from '../spec/bdf';
import type { SeizedDevice } from './seizedDevice';

/** What a topology back-end does (struct xen_pcibk_backend): where a host device appears to its guest. */
export interface Topology {
  readonly name: 'vpci' | 'passthrough';
  /** Places the device and publishes its guest address under `devid`. 0 or a negative errno (after a fatal error). */
  add(device: SeizedDevice, devid: number, publish: PublishDevice): number;
  /** Host device at a guest address; undefined when there is none. */
  get(domain: number, bus: number, devfn: number): SeizedDevice | undefined;
  /** Guest address of a host device; undefined when not placed. */
  find(device: SeizedDevice): Bdf | undefined;
  /** Publishes the roots that the guest should scan. First error stops. */
  publishRoots(publish: (domain: number, bus: number) => number): number;
  /** Takes the device out; false when it was not in. */
  remove(device: SeizedDevice): boolean;
  /** All devices in the order in which they are given back. */
  devices(): readonly SeizedDevice[];
}

export interface PublishDevice {
  /** Writes vdev-N. */
  vdev(devid: number, guest: Bdf): number;
  /** Reports a fatal error on the xenbus device. */
  fatal(err: number, message: string): void;
}
