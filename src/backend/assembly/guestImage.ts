import type { Pcifront } from '../guest/pcifront';
import type { ConfigSpace } from '../pciback/confSpace';
import { readRaw } from '../pciback/field';
import type { Bdf } from '../spec/bdf';
import { writeLe } from '../spec/uint';
import type { ConfigImage } from '../view';

/**
 * The whole configuration space as a guest gets it: one conf_read per dword. A byte is unknown where the read fails,
 * and where the driver passes on a hardware byte that is unknown itself; what the driver makes up is known.
 */
export const guestImage = (
  front: Pcifront,
  at: Bdf,
  configSize: number,
  realKnown: Uint8Array,
  space: ConfigSpace,
): ConfigImage => {
  const bytes = new Uint8Array(configSize);
  const known = realKnown.slice();
  for (const e of space.entries) if (e.field.read !== readRaw) known.fill(1, e.start, e.end);
  for (let offset = 0; offset < configSize; offset += 4) {
    const { err, value } = front.configRead(at, offset, 4);
    if (err === 0) writeLe(bytes, offset, 4, value);
    else known.fill(0, offset, offset + 4);
  }
  return { bytes, known };
};
