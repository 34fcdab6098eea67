import { EEXIST, ENODEV } from '../host/codes';
import type { PciDev } from '../host/pciDev';

/** Which domain owns a device (xen_register_device_domain_owner and its family). */
export class DeviceOwners {
  private readonly owners = new Map<PciDev, number>();

  /** Domain id, or -ENODEV when nobody registered. */
  find(dev: PciDev): number {
    return this.owners.get(dev) ?? -ENODEV;
  }
  /** 0, or -EEXIST when somebody is registered. */
  register(dev: PciDev, domid: number): number {
    if (this.owners.has(dev)) return -EEXIST;
    this.owners.set(dev, domid);
    return 0;
  }
  /** 0, or -ENODEV when nobody was registered. */
  unregister(dev: PciDev): number {
    return this.owners.delete(dev) ? 0 : -ENODEV;
  }
}
