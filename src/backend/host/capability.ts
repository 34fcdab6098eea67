import type { PciDev } from './pciDev';
import { PCI_CAPABILITY_LIST, PCI_CB_CAPABILITY_LIST, PCI_STATUS, STATUS_CAP_LIST } from './registers';

const MAX_STEPS = 48;

/**
 * pci_find_capability: offset of the first capability with this id, 0 when there is none. Walks the list through
 * the configuration accessors: at most 48 steps, pointers rounded down to dwords, ends below 0x40 or at id 0xff.
 */
export const findCapability = (dev: PciDev, id: number): number => {
  if ((dev.read(PCI_STATUS, 2) & STATUS_CAP_LIST) === 0) return 0;
  if (dev.headerType > 2) return 0;
  let at = dev.read(dev.headerType === 2 ? PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST, 1);
  for (let step = 0; step < MAX_STEPS; step++) {
    if (at < 0x40) return 0;
    at &= ~3;
    const entry = dev.read(at, 2);
    if ((entry & 0xff) === 0xff) return 0;
    if ((entry & 0xff) === id) return at;
    at = entry >> 8;
  }
  return 0;
};
