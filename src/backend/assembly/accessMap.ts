import type { PciFunction } from '../device/pciFunction';
import { waysOf, type WriteWay } from '../pciback/field';
import type { ConfigSpace } from '../pciback/confSpace';
import type { PlacedStructure } from '../spec/layout';
import type { Access } from '../spec/register';
import { and, bits } from '../spec/uint';

/**
 * How every bit of a configuration space takes writes: one byte for each bit, bit 0 of byte 0 first. The low four
 * bits say what the device does, the high four what a guest's write of that byte alone meets before it gets there.
 */

export const DEVICE_ACCESS = { unowned: 0, RO: 1, RW: 2, RW1C: 3, WO: 4, reserved: 5 } as const;

export const GUEST_ACCESS: Readonly<Record<WriteWay | 'none', number>> = {
  none: 0,
  passes: 1,
  acted: 2,
  emulated: 3,
  ignored: 4,
  dropped: 5,
  refused: 6,
  hidden: 7,
};

const RESERVED: ReadonlySet<Access> = new Set<Access>(['RsvdP', 'RsvdZ']);

const ownAccess = (access: Access): number => {
  if (RESERVED.has(access)) return DEVICE_ACCESS.reserved;
  return access === 'WO' ? DEVICE_ACCESS.WO : DEVICE_ACCESS.RO;
};

/** Writable bits are the device's own masks; of the others the catalogue says what they are. */
const deviceAccess = (
  map: Uint8Array,
  { rw, w1c }: PciFunction,
  structures: readonly PlacedStructure[],
): void => {
  for (const { registers } of structures)
    for (const { offset, width, access, fields } of registers) {
      map.fill(ownAccess(access), 8 * offset, 8 * (offset + width));
      for (const f of fields) map.fill(ownAccess(f.access), 8 * offset + f.lsb, 8 * offset + f.lsb + f.width);
    }
  for (let at = 0; 8 * at < map.length; at++) {
    // Most bytes take no write at all.
    if (w1c[at] === 0 && rw[at] === 0) continue;
    for (let bit = 0; bit < 8; bit++)
      if (bits(w1c[at]!, bit, 1) === 1) map[8 * at + bit] = DEVICE_ACCESS.RW1C;
      else if (bits(rw[at]!, bit, 1) === 1) map[8 * at + bit] = DEVICE_ACCESS.RW;
  }
};

const guestAccess = (map: Uint8Array, space: ConfigSpace): void => {
  const open = space.permissive ? GUEST_ACCESS.passes : GUEST_ACCESS.dropped;
  const guest = new Uint8Array(map.length).fill(open);
  for (const entry of space.entries)
    for (const { way, mask } of waysOf(space, entry))
      for (let bit = 0; bit < 8 * entry.size; bit++)
        if (bits(and(mask, entry.mask), bit, 1) === 1) guest[8 * entry.start + bit] = GUEST_ACCESS[way];
  for (let bit = 0; bit < map.length; bit++) map[bit] = map[bit]! | (guest[bit]! << 4);
};

/**
 * The map of the function, whose structures are placed as given; without the guest's half where no driver stands
 * between. 8 * configSize bytes.
 */
export const accessMap = (
  fn: PciFunction,
  structures: readonly PlacedStructure[],
  space: ConfigSpace | undefined,
): Uint8Array => {
  const map = new Uint8Array(8 * fn.configSize);
  deviceAccess(map, fn, structures);
  if (space !== undefined) guestAccess(map, space);
  return map;
};
