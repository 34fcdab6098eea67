import { EFAULT, ENOMEM } from '../host/codes';
import { KERN_INFO } from '../host/kernelLog';
import { bdfOf, type Bdf } from '../spec/bdf';
import type { SeizedDevice } from './seizedDevice';
import type { PublishDevice, Topology } from './topology';

/**
 * The vpci topology (vpci.c).
 * Policy: the guest sees one bus 0000:00 with 32 slots. Functions of one host slot share a virtual slot and keep
 * their function numbers; a VF at function 0 always sits alone; unrelated devices take the lowest free slot.
 * Functions: __xen_pcibk_add_pci_dev, __xen_pcibk_get_pci_dev, __xen_pcibk_release_pci_dev,
 * __xen_pcibk_publish_pci_roots, __xen_pcibk_get_pcifront_dev.
 */

const SLOTS = 32;
const BASE_CLASS_BRIDGE = 0x06;

const lonelyVf = ({ dev }: SeizedDevice): boolean => dev.isVirtualFunction && dev.bdf.function === 0;

const sameHostSlot = ({ dev: { bdf: a } }: SeizedDevice, { dev: { bdf: b } }: SeizedDevice): boolean =>
  a.domain === b.domain && a.bus === b.bus && a.device === b.device;

export class Vpci implements Topology {
  readonly name = 'vpci';
  private readonly slots: SeizedDevice[][] = Array.from({ length: SLOTS }, () => []);
  /** The same by virtual devfn, so that an operation finds its device without searching. */
  private readonly byDevfn: (SeizedDevice | undefined)[] = new Array<SeizedDevice | undefined>(SLOTS * 8);

  /** `vfGrouping` false: before 5.13 any function joined the slot of its host slot. */
  constructor(private readonly vfGrouping: boolean) {}

  add(device: SeizedDevice, devid: number, publish: PublishDevice): number {
    // The driver looks for the base class above the 24 bits that the kernel keeps, so this never refuses a bridge.
    if (device.dev.classCode >>> 24 === BASE_CLASS_BRIDGE) {
      publish.fatal(-EFAULT, "Can't export bridges on the virtual PCI bus");
      return -EFAULT;
    }
    const slot = this.place(device);
    if (slot < 0) {
      publish.fatal(-ENOMEM, 'No more space on root virtual PCI bus');
      return -ENOMEM;
    }
    const devfn = (slot << 3) | device.dev.bdf.function;
    this.byDevfn[devfn] = device;
    return publish.vdev(devid, bdfOf(0, 0, devfn));
  }

  private place(device: SeizedDevice): number {
    const { dev } = device;
    const lonely = (d: SeizedDevice): boolean => this.vfGrouping && lonelyVf(d);
    if (!lonely(device)) {
      const shared = this.slots.findIndex((s) => {
        const first = s[0];
        return first !== undefined && !lonely(first) && sameHostSlot(first, device);
      });
      if (shared >= 0) {
        dev.log(KERN_INFO, `xen_pciback: vpci: assign to virtual slot ${shared} func ${dev.bdf.function}`);
        this.slots[shared]?.push(device);
        return shared;
      }
    }
    const free = this.slots.findIndex((s) => s.length === 0);
    if (free >= 0) {
      dev.log(KERN_INFO, `xen_pciback: vpci: assign to virtual slot ${free}`);
      this.slots[free]?.push(device);
    }
    return free;
  }

  /** Bits of devfn above 7 are ignored, as the driver's slot and function macros ignore them. */
  get(domain: number, bus: number, devfn: number): SeizedDevice | undefined {
    return domain === 0 && bus === 0 ? this.byDevfn[devfn & 0xff] : undefined;
  }

  find(device: SeizedDevice): Bdf | undefined {
    const devfn = this.byDevfn.indexOf(device);
    return devfn < 0 ? undefined : bdfOf(0, 0, devfn);
  }

  publishRoots(publish: (domain: number, bus: number) => number): number {
    return publish(0, 0);
  }

  remove(device: SeizedDevice): boolean {
    const devfn = this.byDevfn.indexOf(device);
    if (devfn < 0) return false;
    this.byDevfn[devfn] = undefined;
    const slot = this.slots[devfn >> 3];
    slot?.splice(slot.indexOf(device), 1);
    return true;
  }

  devices(): readonly SeizedDevice[] {
    return this.slots.flat();
  }
}
