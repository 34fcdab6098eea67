import { EXTENDED_SPACE, FIRST_POINTER, HEADER_END } from './chain';
import { PCI_STATUS, STATUS_CAP_LIST } from './kernelRegisters';
import type { Width } from './uint';

const MAX_STEPS = 48;
const NO_CAPABILITY = 0xff;

/**
 * Offset of the first capability with this id, 0 when there is none, by the kernel's walk (pci_find_capability): only
 * when STATUS says that there is a list, at most 48 steps, pointers rounded down to dwords, until one lies below 0x40
 * or an id reads 0xff.
 */
export const firstCapability = (
  read: (offset: number, width: Width) => number,
  headerType: number,
  id: number,
): number => {
  const pointer = FIRST_POINTER[headerType];
  if ((read(PCI_STATUS, 2) & STATUS_CAP_LIST) === 0 || pointer === undefined) return 0;
  let at = read(pointer, 1);
  for (let step = 0; step < MAX_STEPS && at >= HEADER_END; step++) {
    at &= ~3;
    const entry = read(at, 2);
    if ((entry & 0xff) === NO_CAPABILITY) return 0;
    if ((entry & 0xff) === id) return at;
    at = entry >> 8;
  }
  return 0;
};

/** Extended space holds at most this many capabilities of eight bytes. */
const MAX_EXTENDED_STEPS = (4096 - EXTENDED_SPACE) / 8;

/**
 * Offset of the first extended capability with this id, 0 when there is none, by the kernel's walk
 * (pci_find_ext_capability): from 0x100, pointers rounded down to dwords, until one lies below 0x100. A space that
 * reads zeros or ones there has none.
 */
export const firstExtendedCapability = (
  read: (offset: number, width: Width) => number,
  id: number,
): number => {
  let at = EXTENDED_SPACE;
  for (let step = 0; step < MAX_EXTENDED_STEPS && at >= EXTENDED_SPACE; step++) {
    const header = read(at, 4);
    if (at === EXTENDED_SPACE && (header === 0 || header === 0xffffffff)) return 0;
    if ((header & 0xffff) === id) return at;
    at = (header >>> 20) & ~3;
  }
  return 0;
};
