import { and, andNot, or, shl, shr, widthMask, type Width } from '../spec/uint';

/** A write made in other accesses than it was asked in. */

/** As a guest asks: any offset and size, of which most are refused. */
export interface Access {
  readonly offset: number;
  readonly size: number;
  readonly value: number;
}

/** Bytes of configuration space that an access can name. */
const SPACE = 4096;

export const isWidth = (size: number): size is Width => size === 1 || size === 2 || size === 4;

/** Whether the driver takes such a request at all (valid_request). */
export const isAligned = <T extends Pick<Access, 'offset' | 'size'>>(
  access: T,
): access is T & { readonly size: Width } => isWidth(access.size) && access.offset % access.size === 0;

/** Whether the write names bytes that there are, so that it can be made in other accesses. */
export const canBeCut = ({ offset, size }: Pick<Access, 'offset' | 'size'>): boolean =>
  size >= 1 && size <= 4 && offset >= 0 && offset + size <= SPACE;

/** The aligned accesses of `width` that cover the write; `read` gives what stands there, for the bytes beside it. */
export const coveringAccesses = (
  { offset, size, value }: Access,
  width: Width,
  read: (offset: number) => number,
): readonly Access[] => {
  const accesses: Access[] = [];
  for (let at = offset - (offset % width); at < Math.min(offset + size, SPACE); at += width) {
    let merged = read(at);
    for (let i = 0; i < width; i++) {
      const from = at + i - offset;
      if (from < 0 || from >= size) continue;
      merged = or(andNot(merged, shl(0xff, 8 * i)), shl(and(shr(value, 8 * from), 0xff), 8 * i));
    }
    accesses.push({ offset: at, size: width, value: and(merged, widthMask(width)) });
  }
  return accesses;
};

const WIDE_FIRST: readonly Width[] = [4, 2, 1];

/** The fewest aligned accesses that cover the write's bytes and no others. */
export const largestPieces = ({ offset, size, value }: Access): readonly Access[] => {
  const pieces: Access[] = [];
  const end = Math.min(offset + size, SPACE);
  for (let at = offset; at < end;) {
    const width = WIDE_FIRST.find((w) => at % w === 0 && at + w <= end) ?? 1;
    pieces.push({ offset: at, size: width, value: and(shr(value, 8 * (at - offset)), widthMask(width)) });
    at += width;
  }
  return pieces;
};
