import type { ByteOrder } from '../../src/protocol/messages';
import type { Width } from '../../src/protocol/model';

/** The bytes of an unsigned value of `width` bytes the other way round. */
export const swapped = (value: number, width: Width): number => {
  let result = 0;
  for (let i = 0, rest = value; i < width; i++, rest >>>= 8) result = ((result << 8) | (rest & 0xff)) >>> 0;
  return result;
};

/**
 * Between the value as it is shown or typed in `order` and the little-endian one that configuration space and its
 * operations have. The same both ways.
 */
export const inOrder = (value: number, width: Width, order: ByteOrder): number =>
  order === 'little' ? value : swapped(value, width);
