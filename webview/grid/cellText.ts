import type { Image, Width } from '../../src/protocol/model';
import type { Place } from '../fields/locate';
import { UNKNOWN } from '../fields/registerValue';

/** Bytes per row of the grid. */
export const ROW = 16;

/** Lower-case hexadecimal of a byte, from a table: the grid asks thousands of times. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const byteText = (image: Image, offset: number): string =>
  image.known[offset] === 1 ? (HEX[image.bytes[offset] ?? 0] ?? '') : UNKNOWN;

/** The little-endian value of `width` bytes as lspci -xxxx and setpci write it, most significant byte first. */
export const cellText = (image: Image, offset: number, width: Width): string => {
  let text = '';
  for (let i = width - 1; i >= 0; i--) text += byteText(image, offset + i);
  return text;
};

/** Characters of a row; a dot where the byte is not printable ASCII, a middle dot where it is unknown. */
export const asciiText = (image: Image, offset: number): string => {
  let text = '';
  for (let i = offset; i < offset + ROW; i++) {
    const byte = image.bytes[i] ?? 0;
    if (image.known[i] !== 1) text += '·';
    else text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
  }
  return text;
};

/** Offsets have as many digits as the space needs: two for 256 bytes, three for 4096. */
export const offsetText = (offset: number, size: number): string =>
  offset.toString(16).padStart(size > 256 ? 3 : 2, '0');

const spokenValue = (text: string): string => (text.includes('·') ? 'unknown' : text);

/** What a screen reader says of a cell: where, what, which register, and whether guest and hardware part. */
export const spokenCell = (
  offset: string,
  shown: string,
  other: { readonly name: string; readonly text: string } | undefined,
  place: Place | undefined,
  registers: string,
): string => {
  const parts = [`offset ${offset}`, spokenValue(shown)];
  if (place) parts.push(registers === '' ? place.structure.name : `${place.structure.name} ${registers}`);
  if (other) parts.push(`differs, ${other.name} ${spokenValue(other.text)}`);
  return parts.join(', ');
};
