import { EINVAL, ENOSPC } from '../host/codes';
import type { VectorMapper } from '../host/hostKernel';
import { KERN_WARNING } from '../host/kernelLog';
import type { PciDev } from '../host/pciDev';
import { MSIX_FLAGS, MSIX_FLAGS_QSIZE } from '../spec/kernelRegisters';
import type { DeviceOwners } from './deviceOwners';

/**
 * Dom0's MSI routine over the hypervisor (xen_initdom_setup_msi_irqs, PHYSDEVOP_map_pirq): each vector gets a PIRQ
 * of the owning domain and a kernel irq. The hypervisor itself does not touch configuration space here.
 */

const FIRST_DYNAMIC_IRQ = 128;
const HIGHEST_PIRQ = 951;
const DOMID_SELF = 0x7ff0;

export class MsiMapping implements VectorMapper {
  /** Vectors that the hypervisor can hand out in total. */
  maxVectors = 1000;
  private readonly pirqs = new Map<number, number>();
  private readonly usedPirqs = new Set<number>();

  constructor(private readonly owners: DeviceOwners) {}

  map(dev: PciDev, msix: boolean, entry: number): number {
    const err = this.mapPirq(dev, msix, entry);
    if (err < 0) {
      const owner = this.owners.find(dev);
      dev.log(KERN_WARNING, `xen map irq failed ${err} for ${owner < 0 ? DOMID_SELF : owner} domain`);
      return err;
    }
    let irq = FIRST_DYNAMIC_IRQ;
    while (this.pirqs.has(irq)) irq++;
    let pirq = HIGHEST_PIRQ;
    while (this.usedPirqs.has(pirq)) pirq--;
    this.pirqs.set(irq, pirq);
    this.usedPirqs.add(pirq);
    return irq;
  }

  unmap(irq: number): void {
    const pirq = this.pirqs.get(irq);
    if (pirq === undefined) return;
    this.pirqs.delete(irq);
    this.usedPirqs.delete(pirq);
  }

  /** xen_pirq_from_irq: an irq without a mapping is its own PIRQ. */
  pirqOf(irq: number): number {
    return this.pirqs.get(irq) ?? irq;
  }

  private mapPirq(dev: PciDev, msix: boolean, entry: number): number {
    if (msix && entry > (dev.read(dev.msixCap + MSIX_FLAGS, 2) & MSIX_FLAGS_QSIZE)) return -EINVAL;
    return this.pirqs.size >= this.maxVectors ? -ENOSPC : 0;
  }
}
