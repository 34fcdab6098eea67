import type { ByteOrder } from '../../src/protocol/messages';
import type { Image, Structure, Width } from '../../src/protocol/model';
import { shownFields, shownRegisters, typedNumber } from '../fields/registerValue';
import { inOrder } from './byteOrder';
import type { Range } from './selection';

/** What Find looks for. */
export type FindKind = 'bytes' | 'value' | 'name';

export interface Haystack {
  readonly image: Image;
  readonly structures: readonly Structure[];
  /** Of the cells in which a value is looked for. */
  readonly width: Width;
  readonly order: ByteOrder;
}

export type Found =
  | { readonly ok: true; readonly matches: readonly Range[] }
  | { readonly ok: false; readonly message: string };

/** One byte of a pattern: bits that are compared, and what they must be. */
interface PatternByte {
  readonly mask: number;
  readonly value: number;
}

const nibble = (digit: string): PatternByte =>
  digit === '?' ? { mask: 0, value: 0 } : { mask: 0xf, value: parseInt(digit, 16) };

/** `de ad ?? ef`, `dead??ef`, `d? 0x1f`: two digits to a byte, ? for any digit. undefined when it is not that. */
export const bytePattern = (text: string): readonly PatternByte[] | undefined => {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const pattern: PatternByte[] = [];
  for (const word of words) {
    const digits = word.replace(/^0x/i, '');
    if (!/^(?:[0-9a-f?]{2})+$/i.test(digits)) return undefined;
    for (let i = 0; i < digits.length; i += 2) {
      const [high, low] = [nibble(digits[i] ?? '?'), nibble(digits[i + 1] ?? '?')];
      pattern.push({ mask: (high.mask << 4) | low.mask, value: (high.value << 4) | low.value });
    }
  }
  return pattern.length > 0 ? pattern : undefined;
};

/** A byte that nobody knows equals nothing, but stands where any byte may. */
const fits = (image: Image, at: number, pattern: readonly PatternByte[]): boolean =>
  pattern.every(({ mask, value }, i) => {
    const byte = image.bytes[at + i];
    if (byte === undefined) return false;
    return mask === 0 || (image.known[at + i] === 1 && (byte & mask) === value);
  });

const findPattern = (image: Image, pattern: readonly PatternByte[], step: number): Range[] => {
  const matches: Range[] = [];
  for (let at = 0; at + pattern.length <= image.bytes.length; at += step)
    if (fits(image, at, pattern)) matches.push({ start: at, end: at + pattern.length });
  return matches;
};

const findBytes = (text: string, { image }: Haystack): Found => {
  const pattern = bytePattern(text);
  if (!pattern) return { ok: false, message: 'Type bytes of two hex digits, ?? for any: de ad ?? ef' };
  return { ok: true, matches: findPattern(image, pattern, 1) };
};

/** In cells of the chosen width, as they are shown. */
const findValue = (text: string, { image, width, order }: Haystack): Found => {
  const typed = typedNumber(text, 8 * width);
  if (!typed.ok) return { ok: false, message: typed.message };
  let value = inOrder(typed.value, width, order);
  const pattern: PatternByte[] = [];
  for (let i = 0; i < width; i++, value >>>= 8) pattern.push({ mask: 0xff, value: value & 0xff });
  return { ok: true, matches: findPattern(image, pattern, width) };
};

/** Structures, registers and fields with the text in their name or full name; each place once. */
const findName = (text: string, { structures }: Haystack): Found => {
  const wanted = text.trim().toLowerCase();
  const hit = (part: { readonly name: string; readonly title: string }): boolean =>
    part.name.toLowerCase().includes(wanted) || part.title.toLowerCase().includes(wanted);
  const matches = new Map<string, Range>();
  const add = (start: number, length: number): void => {
    matches.set(`${start}+${length}`, { start, end: start + length });
  };
  for (const structure of structures) {
    if (hit(structure)) add(structure.offset, structure.length);
    for (const register of shownRegisters(structure))
      if (hit(register) || shownFields(register).some(hit)) add(register.offset, register.width);
  }
  return { ok: true, matches: [...matches.values()].sort((a, b) => a.start - b.start || a.end - b.end) };
};

const FINDERS: Readonly<Record<FindKind, (text: string, haystack: Haystack) => Found>> = {
  bytes: findBytes,
  value: findValue,
  name: findName,
};

/** All places of what was typed, in order of offset; matches of bytes may overlap. Nothing typed has none. */
export const find = (text: string, kind: FindKind, haystack: Haystack): Found =>
  text.trim() === '' ? { ok: true, matches: [] } : FINDERS[kind](text, haystack);

/**
 * The number of the match to go to from the active cell: the first at or after it (or before it, backwards), around
 * the ends. `current` is the match that was gone to last, if the active cell is still on it. -1 without matches.
 */
export const nextMatch = (
  matches: readonly Range[],
  from: number,
  direction: 1 | -1,
  current: number | undefined,
): number => {
  if (matches.length === 0) return -1;
  if (current !== undefined) return (current + direction + matches.length) % matches.length;
  if (direction === 1) {
    const at = matches.findIndex((match) => match.start >= from);
    return at < 0 ? 0 : at;
  }
  for (let i = matches.length - 1; i >= 0; i--) if ((matches[i]?.start ?? 0) < from) return i;
  return matches.length - 1;
};
