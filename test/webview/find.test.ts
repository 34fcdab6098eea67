import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../src/protocol/model';
import { bytePattern, find, nextMatch, type FindKind, type Haystack } from '../../webview/grid/find';
import { nicSnapshot } from './sample';

const image = (...bytes: readonly (number | undefined)[]): Image => ({
  bytes: Uint8Array.from(bytes, (byte) => byte ?? 0xff),
  known: Uint8Array.from(bytes, (byte) => (byte === undefined ? 0 : 1)),
});
const starts = (text: string, kind: FindKind, haystack: Partial<Haystack>): number[] => {
  const found = find(text, kind, { image: image(), structures: [], width: 1, order: 'little', ...haystack });
  if (!found.ok) throw new Error(found.message);
  return found.matches.map(({ start }) => start);
};

describe('Find for bytes', () => {
  const hay = { image: image(0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbf, 0xef) };
  it('takes them with and without blanks, and ? for any digit', () => {
    expect(starts('de ad', 'bytes', hay)).toEqual([0, 4]);
    expect(starts('DEAD', 'bytes', hay)).toEqual([0, 4]);
    expect(starts('0xde, 0xad', 'bytes', hay)).toEqual([0, 4]);
    expect(starts('de ad ?? ef', 'bytes', hay)).toEqual([0, 4]);
    expect(starts('be ef', 'bytes', hay)).toEqual([2]);
    expect(starts('b? ef', 'bytes', hay)).toEqual([2, 6]);
    expect(starts('?e', 'bytes', hay)).toEqual([0, 2, 4]);
  });
  it('finds every place of bytes that stand there, also where places overlap', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 4 }), (all, from, length) => {
        const start = from % all.length;
        const needle = all.slice(start, start + length);
        const text = needle.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
        const expected = all.flatMap((_, i) => (needle.every((byte, k) => all[i + k] === byte) ? [i] : []));
        expect(expected).toContain(start);
        expect(starts(text, 'bytes', { image: image(...all) })).toEqual(expected);
      }),
    );
  });
  it('does not take a byte that nobody knows for one that it looks like, but lets ?? stand for it', () => {
    const unknown = { image: image(0x10, undefined, 0x10) };
    expect(starts('ff', 'bytes', unknown)).toEqual([]);
    expect(starts('10 ?? 10', 'bytes', unknown)).toEqual([0]);
  });
  it('says how to type them otherwise', () => {
    for (const text of ['d', 'de a', 'xyz', '0x123']) expect(bytePattern(text)).toBeUndefined();
    expect(find('de a', 'bytes', { image: image(), structures: [], width: 1, order: 'little' }).ok).toBe(
      false,
    );
  });
});

describe('Find for a value', () => {
  const hay = image(0x86, 0x80, 0x80, 0x86, 0x00, 0x86, 0x80, 0x00);
  it('looks in cells of the chosen width, in the chosen byte order', () => {
    expect(starts('8086', 'value', { image: hay, width: 2 })).toEqual([0]);
    expect(starts('8086', 'value', { image: hay, width: 2, order: 'big' })).toEqual([2]);
    expect(starts('0x00868000', 'value', { image: hay, width: 4, order: 'big' })).toEqual([4]);
    expect(starts('#134', 'value', { image: hay, width: 1 })).toEqual([0, 3, 5]);
  });
  it('refuses what the width cannot hold', () => {
    const found = find('100', 'value', { image: hay, structures: [], width: 1, order: 'little' });
    expect(found).toEqual({ ok: false, message: 'Too big: 8 bits hold up to 0xff.' });
  });
});

describe('Find for a name', () => {
  const { structures, hardware } = nicSnapshot();
  it('finds registers by their own and their fields’ names, once each and in order', () => {
    expect(starts('BusMaster', 'name', { image: hardware, structures })).toEqual([4]);
    const found = starts('dev', 'name', { image: hardware, structures });
    expect(found).toContain(0x02);
    expect(found).toContain(0xa8);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });
  it('finds a structure as the whole of its bytes', () => {
    const found = find('MSIX', 'name', { image: hardware, structures, width: 1, order: 'little' });
    expect(found.ok && found.matches[0]).toEqual({ start: 0x70, end: 0x7c });
  });
});

describe('the next match', () => {
  const matches = [10, 20, 30].map((start) => ({ start, end: start + 1 }));
  it('is the nearest from the active cell, around the ends', () => {
    expect(nextMatch(matches, 15, 1, undefined)).toBe(1);
    expect(nextMatch(matches, 20, 1, undefined)).toBe(1);
    expect(nextMatch(matches, 31, 1, undefined)).toBe(0);
    expect(nextMatch(matches, 20, -1, undefined)).toBe(0);
    expect(nextMatch(matches, 5, -1, undefined)).toBe(2);
  });
  it('is the one after the match that was gone to last', () => {
    expect(nextMatch(matches, 20, 1, 1)).toBe(2);
    expect(nextMatch(matches, 30, 1, 2)).toBe(0);
    expect(nextMatch(matches, 10, -1, 0)).toBe(2);
  });
  it('is none without matches', () => {
    expect(nextMatch([], 0, 1, undefined)).toBe(-1);
  });
});
