import type { PciDev } from '../host/pciDev';
import type { Bdf } from '../spec/bdf';
import type { SeizedDevice } from './seizedDevice';
import type { PublishDevice, Topology } from './topology';

/**
 * The passthrough topology (passthrough.c).
 * Policy: a device appears at its host address. A root is published for every device that has no exported bridge
 * above it.
 * Functions: __xen_pcibk_add_pci_dev, __xen_pcibk_get_pci_dev, __xen_pcibk_publish_pci_roots,
 * __xen_pcibk_get_pcifront_dev.
 */

/** Bridges above a device, nearest first. */
export type BridgesAbove = (dev: PciDev) => readonly PciDev[];

/** One number per address; undefined for what no function can have. */
const key = (domain: number, bus: number, devfn: number): number | undefined =>
  bus > 0xff || devfn > 0xff ? undefined : (domain * 256 + bus) * 256 + devfn;

const keyOf = ({ domain, bus, device, function: fn }: Bdf): number =>
  key(domain, bus, (device << 3) | fn) ?? -1;

export class Passthrough implements Topology {
  readonly name = 'passthrough';
  private readonly list: SeizedDevice[] = [];
  private readonly byAddress = new Map<number, SeizedDevice>();

  constructor(private readonly bridgesAbove: BridgesAbove) {}

  add(device: SeizedDevice, devid: number, publish: PublishDevice): number {
    this.list.push(device);
    this.byAddress.set(keyOf(device.dev.bdf), device);
    return publish.vdev(devid, device.dev.bdf);
  }

  get(domain: number, bus: number, devfn: number): SeizedDevice | undefined {
    const address = key(domain, bus, devfn);
    return address === undefined ? undefined : this.byAddress.get(address);
  }

  /** The host address, whether or not the device is in the list. */
  find(device: SeizedDevice): Bdf {
    return device.dev.bdf;
  }

  publishRoots(publish: (domain: number, bus: number) => number): number {
    for (const { dev } of this.list) {
      if (this.bridgesAbove(dev).some((bridge) => this.list.some((d) => d.dev === bridge))) continue;
      const err = publish(dev.bdf.domain, dev.bdf.bus);
      if (err !== 0) return err;
    }
    return 0;
  }

  remove(device: SeizedDevice): boolean {
    const at = this.list.indexOf(device);
    if (at < 0) return false;
    this.list.splice(at, 1);
    this.byAddress.delete(keyOf(device.dev.bdf));
    return true;
  }

  devices(): readonly SeizedDevice[] {
    return [...this.list];
  }
}
