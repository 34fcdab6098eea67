import type { ByteOrder } from '../../src/protocol/messages';
import type { Image, Width } from '../../src/protocol/model';
import type { Places } from '../fields/locate';
import { UNKNOWN } from '../fields/registerValue';

/** Bytes per row of the grid. */
export const ROW = 16;

/** Lower-case hexadecimal of a byte, from a table: the grid asks thousands of times. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export const hexByte = (byte: number): string => HEX[byte] ?? '';

const byteText = (image: Image, offset: number): string =>
  image.known[offset] === 1 ? hexByte(image.bytes[offset] ?? 0) : UNKNOWN;

/** In the order in which the bytes of a group are written: the most significant one first, whichever that is. */
export const shownBytes = (offset: number, width: Width, order: ByteOrder): readonly number[] => {
  const bytes = Array.from({ length: width }, (_, i) => offset + i);
  return order === 'little' ? bytes.reverse() : bytes;
};

/** The value of `width` bytes as setpci writes it when little-endian; big-endian, the bytes as lspci -xxxx does. */
export const cellText = (image: Image, offset: number, width: Width, order: ByteOrder): string => {
  if (width === 1) return byteText(image, offset);
  let text = '';
  if (order === 'little') for (let i = width - 1; i >= 0; i--) text += byteText(image, offset + i);
  else for (let i = 0; i < width; i++) text += byteText(image, offset + i);
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

/** The structure and registers that a cell belongs to, for the screen reader; empty when nothing owns it. */
export const spokenPlace = (places: Places, offset: number, width: Width): string => {
  const place = places.find(offset);
  if (!place) return '';
  const registers = places.registersIn(offset, width).map((register) => register.name);
  return [place.structure.name, ...registers].join(' ');
};

/** What a screen reader says of a cell. */
export interface Spoken {
  readonly offset: string;
  readonly shown: string;
  /** The other side, where it differs. */
  readonly other: { readonly name: string; readonly text: string } | undefined;
  /** See `spokenPlace`. */
  readonly place: string;
  /** Further facts: how long ago it changed, how its bits take a write. */
  readonly more: readonly string[];
}

export const spokenCell = ({ offset, shown, other, place, more }: Spoken): string => {
  const parts = [`offset ${offset}`, spokenValue(shown)];
  if (place !== '') parts.push(place);
  if (other) parts.push(`differs, ${other.name} ${spokenValue(other.text)}`);
  return [...parts, ...more].join(', ');
};
