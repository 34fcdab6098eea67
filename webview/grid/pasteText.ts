import type { Width } from '../../src/protocol/model';

/** Bytes from the clipboard that belong together, `at` counted from the place of the paste. */
export interface PastedRun {
  readonly at: number;
  readonly bytes: readonly number[];
}

export type Pasted =
  | { readonly ok: true; readonly runs: readonly PastedRun[] }
  | { readonly ok: false; readonly message: string };

const refused = (message: string): Pasted => ({ ok: false, message });

/** `10: 00 11`, `00000010: 0011 2233  ..."3`, `00000010  00 11 |..|`: the offset of a row, and what follows it. */
const ROW_COLON = /^\s*([0-9a-f]{1,8}):(?:\s+|$)(.*)$/i;
const ROW_HEXDUMP = /^([0-9a-f]{7,8}) {2}(.*)$/i;
/** With which hexdump -C ends. */
const END_HEXDUMP = /^[0-9a-f]{7,8}$/i;

/** What a printed row has after its bytes: xxd two blanks and the characters, hexdump -C the same between bars. */
const withoutCharacters = (row: string): string =>
  row.replace(/\s*\|.*$/, '').replace(/(\S)\s{2,}(?=\S).*$/, '$1');

/** hexdump -C has two blanks in the middle of a row as well. */
const hexdumpBytes = (row: string): string => row.replace(/\s*\|.*$/, '');

const littleEndian = (digits: string): number[] => {
  const bytes: number[] = [];
  for (let i = digits.length - 2; i >= 0; i -= 2) bytes.push(parseInt(digits.slice(i, i + 2), 16));
  return bytes;
};

/**
 * Bytes of one word: with 0x a value of 1, 2 or 4 bytes, little-endian as an operation carries it; without, bytes in
 * the order in which they are written. undefined when it is neither.
 */
const wordBytes = (word: string): readonly number[] | undefined => {
  const value = /^0x([0-9a-f]+)u?l?$/i.exec(word)?.[1];
  if (value !== undefined) {
    const length = Math.max(2, value.length + (value.length % 2));
    return [2, 4, 8].includes(length) ? littleEndian(value.padStart(length, '0')) : undefined;
  }
  if (!/^(?:[0-9a-f]{2})+$/i.test(word)) return undefined;
  return littleEndian(word).reverse();
};

const bytesOf = (text: string): readonly number[] | string => {
  const bytes: number[] = [];
  for (const word of text.split(/[\s,;]+/).filter((part) => part !== '')) {
    const own = wordBytes(word);
    if (!own) return word;
    bytes.push(...own);
  }
  return bytes;
};

interface Line {
  readonly offset: number | undefined;
  readonly text: string;
}

const lineOf = (line: string): Line => {
  const colon = ROW_COLON.exec(line);
  if (colon) return { offset: parseInt(colon[1] ?? '', 16), text: withoutCharacters(colon[2] ?? '') };
  const hexdump = ROW_HEXDUMP.exec(line.trimEnd());
  if (hexdump) return { offset: parseInt(hexdump[1] ?? '', 16), text: hexdumpBytes(hexdump[2] ?? '') };
  return { offset: undefined, text: line };
};

/** A slot line of lspci says whose bytes follow, not which. */
const SLOT = /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]( |$)/i;

/**
 * Reads hexadecimal bytes: `de ad be ef`, `deadbeef`, with 0x or commas, the values of a C array, rows of xxd,
 * hexdump -C or lspci -xxx. Rows keep their distance from the first one: `at` is 0 for the first byte of the text.
 */
export const pastedRuns = (text: string): Pasted => {
  const array = /\{([^{}]*)\}/.exec(text);
  const rows = (array?.[1] ?? text).split(/\r?\n/).filter((line) => line.trim() !== '' && !SLOT.test(line));
  if (rows.some((row) => ROW_HEXDUMP.test(row)) && END_HEXDUMP.test(rows.at(-1) ?? '')) rows.pop();
  const lines = rows.map((line) => (array ? { offset: undefined, text: line } : lineOf(line)));
  const runs: { at: number; bytes: number[] }[] = [];
  const base = lines[0]?.offset ?? 0;
  let next = 0;
  for (const line of lines) {
    const bytes = bytesOf(line.text);
    if (typeof bytes === 'string') return refused(`“${bytes.slice(0, 24)}” is not hexadecimal bytes.`);
    const at = line.offset === undefined ? next : line.offset - base;
    if (at < next) return refused('The rows are not in the order of their offsets.');
    const last = runs.at(-1);
    if (last && last.at + last.bytes.length === at) last.bytes.push(...bytes);
    else if (bytes.length > 0) runs.push({ at, bytes: [...bytes] });
    next = at + bytes.length;
  }
  if (runs.length === 0) return refused('The clipboard holds no hexadecimal bytes.');
  return { ok: true, runs };
};

/** One operation: a little-endian value at an offset that its size divides. */
export interface PasteWrite {
  readonly offset: number;
  readonly size: Width;
  readonly value: number;
}

const aligned = (offset: number, left: number, width: Width): Width => {
  for (const size of [4, 2, 1] as const)
    if (size <= width && size <= left && offset % size === 0) return size;
  return 1;
};

/**
 * The writes that put the runs at `start`: of the chosen width, and of less where a run begins or ends between.
 * Refused when they do not fit in a space of `size` bytes.
 */
export const pasteWrites = (
  runs: readonly PastedRun[],
  start: number,
  width: Width,
  size: number,
):
  | { readonly ok: true; readonly writes: readonly PasteWrite[] }
  | { readonly ok: false; readonly message: string } => {
  const end = Math.max(...runs.map((run) => start + run.at + run.bytes.length));
  if (end > size)
    return {
      ok: false,
      message: `The bytes would end at ${(end - 1).toString(16)}; the space ends at ${(size - 1).toString(16)}.`,
    };
  const writes: PasteWrite[] = [];
  for (const { at, bytes } of runs) {
    for (let i = 0; i < bytes.length;) {
      const offset = start + at + i;
      const op = aligned(offset, bytes.length - i, width);
      let value = 0;
      for (let k = op - 1; k >= 0; k--) value = ((value << 8) | (bytes[i + k] ?? 0)) >>> 0;
      writes.push({ offset, size: op, value });
      i += op;
    }
  }
  return { ok: true, writes };
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `4 writes of 4 bytes`, `2 writes of 4 bytes, 1 of 1 byte`. */
export const writesText = (writes: readonly PasteWrite[]): string =>
  ([4, 2, 1] as const)
    .map((size) => ({ size, count: writes.filter((write) => write.size === size).length }))
    .filter(({ count }) => count > 0)
    .map(({ size, count }, i) => `${i === 0 ? counted(count, 'write') : count} of ${counted(size, 'byte')}`)
    .join(', ');
