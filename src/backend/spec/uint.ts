/**
 * Unsigned 32-bit arithmetic. JavaScript's bit operators work on signed 32-bit numbers; every place that
 * builds, masks or merges register values goes through these, so bit 31 behaves like any other bit.
 */

/** Access widths in bytes that configuration space knows. */
export type Width = 1 | 2 | 4;

/** The value as an unsigned 32-bit number. */
export const u32 = (value: number): number => value >>> 0;

/** The value as a signed 32-bit number, as a C `int` would hold it. */
export const s32 = (value: number): number => value | 0;

/** All ones in `width` bytes. */
export const widthMask = (width: Width): number => (width === 4 ? 0xffffffff : width === 2 ? 0xffff : 0xff);

/** a & b, unsigned. */
export const and = (a: number, b: number): number => (a & b) >>> 0;
/** a | b, unsigned. */
export const or = (a: number, b: number): number => (a | b) >>> 0;
/** a ^ b, unsigned. */
export const xor = (a: number, b: number): number => (a ^ b) >>> 0;
/** a & ~b, unsigned. */
export const andNot = (a: number, b: number): number => (a & ~b) >>> 0;

/** Shift left by 0..31 bits, unsigned; 32 or more gives 0 (C leaves it undefined, hardware gives 0). */
export const shl = (value: number, bits: number): number => (bits >= 32 ? 0 : (value << bits) >>> 0);
/** Logical shift right by 0..31 bits, unsigned; 32 or more gives 0. */
export const shr = (value: number, bits: number): number => (bits >= 32 ? 0 : value >>> bits);

/** `width` bits starting at `lsb`. width 1..32. */
export const bits = (value: number, lsb: number, width: number): number =>
  width >= 32 ? shr(value, lsb) : and(shr(value, lsb), u32(2 ** width - 1));

/** `value` with `width` bits at `lsb` replaced by `field`. */
export const withBits = (value: number, lsb: number, width: number, field: number): number => {
  const mask = shl(width >= 32 ? 0xffffffff : 2 ** width - 1, lsb);
  return or(andNot(value, mask), and(shl(field, lsb), mask));
};

/** Little-endian read of `width` bytes. Bytes beyond the end count as 0. */
export const readLe = (bytes: Uint8Array, offset: number, width: Width): number => {
  const b0 = bytes[offset] ?? 0;
  if (width === 1) return b0;
  const b1 = bytes[offset + 1] ?? 0;
  if (width === 2) return b0 | (b1 << 8);
  return (b0 | (b1 << 8) | ((bytes[offset + 2] ?? 0) << 16) | ((bytes[offset + 3] ?? 0) << 24)) >>> 0;
};

/** Little-endian write of `width` bytes. Bytes beyond the end are dropped. */
export const writeLe = (bytes: Uint8Array, offset: number, width: Width, value: number): void => {
  for (let i = 0; i < width; i++)
    if (offset + i < bytes.length) bytes[offset + i] = (value >>> (8 * i)) & 0xff;
};

/** Lower-case hexadecimal of an unsigned value, zero padded to `digits`. */
export const hex = (value: number, digits: number): string => u32(value).toString(16).padStart(digits, '0');
