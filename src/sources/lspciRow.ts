/**
 * One hex row of an lspci dump, `OFFSET: BYTE BYTE ...`, read character by character: a dump has hundreds of
 * thousands of bytes, and a row may be damaged anywhere.
 */

/** Offsets at and above this are outside configuration space. */
export const CONFIG_SPACE_END = 0x1000;

/** Value of a hexadecimal digit by its character code, -1 for any other character. */
export const hexDigit = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
};

export const SPACE = 32;
const TAB = 9;
const COLON = 58;
/** Stands in `bytes` for a byte that the row names but does not give (`xx`, `--`, `??`). */
export const NOT_GIVEN = -1;

export interface HexRow {
  offset: number;
  /** Bytes that were read, or NOT_GIVEN; `count` of them are valid. */
  readonly bytes: Int16Array;
  count: number;
  /** Index in the text where reading stopped because of something that is no byte; -1 when the row is whole. */
  junkAt: number;
  /** Index of the first `xx`, -1 when there is none. */
  notGivenAt: number;
  /** Index of a place where lspci expects one blank and finds more, -1 when there is none. */
  blanksAt: number;
}

/** One row is reused for every line of a file. */
export const newRow = (): HexRow => ({
  offset: 0,
  bytes: new Int16Array(256),
  count: 0,
  junkAt: -1,
  notGivenAt: -1,
  blanksAt: -1,
});

const isPlaceholder = (code: number): boolean => code === 120 || code === 88 || code === 45 || code === 63;

/**
 * Reads text[start, end) into `row`. False when the line is no hex row at all: it does not begin with
 * 2 to 8 hexadecimal digits, a colon and a blank.
 */
export const readRow = (text: string, start: number, end: number, row: HexRow): boolean => {
  let at = start;
  let offset = 0;
  for (; at < end && at - start < 9; at++) {
    const digit = hexDigit(text.charCodeAt(at));
    if (digit < 0) break;
    offset = offset * 16 + digit;
  }
  const digits = at - start;
  if (digits < 2 || digits > 8 || at + 1 >= end) return false;
  if (text.charCodeAt(at) !== COLON || text.charCodeAt(at + 1) !== SPACE) return false;
  row.offset = offset;
  row.count = 0;
  row.junkAt = row.notGivenAt = row.blanksAt = -1;
  at += 2;
  while (at < end) {
    const first = text.charCodeAt(at);
    if (first === SPACE || first === TAB) {
      // A second blank: between groups of bytes (hexdump's habit), before an ASCII column, or at the end of the line.
      const blanks = at;
      while (at < end && (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB)) at++;
      if (at >= end) break;
      if (row.count === 16) {
        row.junkAt = at;
        return true;
      }
      if (row.blanksAt < 0) row.blanksAt = blanks;
      continue;
    }
    const second = at + 1 < end ? text.charCodeAt(at + 1) : 0;
    const ends = at + 2 >= end || text.charCodeAt(at + 2) === SPACE;
    const high = hexDigit(first);
    const low = hexDigit(second);
    let value: number;
    if (ends && high >= 0 && low >= 0) value = high * 16 + low;
    else if (ends && first === second && isPlaceholder(first)) {
      value = NOT_GIVEN;
      if (row.notGivenAt < 0) row.notGivenAt = at;
    } else {
      row.junkAt = at;
      return true;
    }
    if (row.count >= row.bytes.length) {
      row.junkAt = at;
      return true;
    }
    row.bytes[row.count++] = value;
    at += 3;
  }
  return true;
};
