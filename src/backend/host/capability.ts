import { firstCapability, firstExtendedCapability } from '../spec/firstCapability';
import type { PciDev } from './pciDev';

/** pci_find_capability: offset of the first capability with this id, 0 when there is none, through the accessors. */
export const findCapability = (dev: PciDev, id: number): number =>
  firstCapability((offset, width) => dev.read(offset, width), dev.headerType, id);

/** pci_find_ext_capability: the same in extended space, which only Express and PCI-X functions have. */
export const findExtendedCapability = (dev: PciDev, id: number): number =>
  dev.expressCap === 0 && dev.pcixCap === 0
    ? 0
    : firstExtendedCapability((offset, width) => dev.read(offset, width), id);
