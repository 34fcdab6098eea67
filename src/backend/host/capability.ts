import { firstCapability } from '../spec/firstCapability';
import type { PciDev } from './pciDev';

/** pci_find_capability: offset of the first capability with this id, 0 when there is none, through the accessors. */
export const findCapability = (dev: PciDev, id: number): number =>
  firstCapability((offset, width) => dev.read(offset, width), dev.headerType, id);
