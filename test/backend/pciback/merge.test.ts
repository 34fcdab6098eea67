import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dispatch } from '../../../src/backend/pciback/dispatch';
import { FieldEntry, shown } from '../../../src/backend/pciback/field';
import type { Width } from '../../../src/backend/spec/uint';
import { addShape, connect, newHost, seizeAll, seizedOf, store } from './fixtures';

const widths = fc.constantFrom<Width>(1, 2, 4);
const SEED = { seed: 20250612, numRuns: 60 };

/** Bytes that a fixture of no capability leaves to fields added through sysfs. */
const FREE = 0x40;
const FREE_LENGTH = 0x20;

interface RawField {
  readonly at: number;
  readonly size: Width;
}
const rawFields = fc.uniqueArray(
  fc.record({ slot: fc.nat(7), size: widths, inner: fc.nat(3) }).map(({ slot, size, inner }) => ({
    at: FREE + 4 * slot + (inner - (inner % size)),
    size,
  })),
  { selector: (f) => f.at, maxLength: 10 },
);
const accesses = fc.record({ size: widths, slot: fc.nat(FREE_LENGTH - 1), value: fc.nat(0xffffffff) });

const bytesOf = (value: number): number[] => [0, 8, 16, 24].map((s) => (value >>> s) & 0xff);
const wordOf = (bytes: readonly number[]): number =>
  bytes.reduce((word, byte, i) => (i < 4 ? (word | (byte << (8 * i))) >>> 0 : word), 0);

/** A device that has nothing but these raw fields, with every free byte writable. */
const setUp = (fields: readonly RawField[], bytes: Uint8Array) => {
  const host = newHost();
  const dev = addShape(host, '0000:03:00.0', {
    registers: Array.from(bytes, (byte, i) => [FREE + i, 1, byte, 0xff] as const),
  });
  seizeAll(host, [dev]);
  for (const { at, size } of fields) store(host, 'quirks', `03:00.0-${at.toString(16)}:${size}:0`);
  return { host, dev, guest: connect(host, [dev]) };
};
const images = fc.uint8Array({ minLength: FREE_LENGTH, maxLength: FREE_LENGTH });
const overlaps = (f: RawField, offset: number, size: number): boolean =>
  f.at < offset + size && f.at + f.size > offset;

describe('putting fields together', () => {
  it('a read gives, byte by byte, the last field over it or the real byte, and field bytes beyond its size', () => {
    fc.assert(
      fc.property(rawFields, images, accesses, (fields, image, { size, slot }) => {
        const { guest, dev } = setUp(fields, image);
        const offset = FREE + slot - (slot % size);
        const expected = [0, 1, 2, 3].map((i) => {
          const at = offset + i;
          const over = fields.some((f) => overlaps(f, offset, size) && at >= f.at && at < f.at + f.size);
          return i < size || over ? (image[at - FREE] ?? 0) : 0;
        });
        expect(guest.read(dev, offset, size)).toMatchObject({ err: 0, value: wordOf(expected) });
      }),
      SEED,
    );
  });

  it('a write hands every field its own bytes with those of the request in place, in list order', () => {
    fc.assert(
      fc.property(rawFields, images, accesses, (fields, image, { size, slot, value }) => {
        const { guest, dev } = setUp(fields, image);
        const offset = FREE + slot - (slot % size);
        const model = image.slice();
        const expected: [number, number, number][] = [];
        for (const f of fields.filter((x) => overlaps(x, offset, size))) {
          for (let i = 0; i < f.size; i++) {
            const from = f.at + i - offset;
            if (from >= 0 && from < size) model[f.at + i - FREE] = bytesOf(value)[from]!;
          }
          const own = Array.from(model.subarray(f.at - FREE, f.at - FREE + f.size));
          expected.push([f.at, f.size, wordOf(own)]);
        }
        expect(guest.write(dev, offset, size, value).writes).toEqual(expected);
        expect(Array.from(dev.fn.config.subarray(FREE, FREE + FREE_LENGTH))).toEqual(Array.from(model));
      }),
      SEED,
    );
  });

  it('a field that starts at a taken byte is never added', () => {
    fc.assert(
      fc.property(rawFields, (fields) => {
        const { host, dev } = setUp([...fields, ...fields], new Uint8Array(FREE_LENGTH));
        const starts = seizedOf(host, dev).configSpace.entries.map((e) => e.start);
        expect(new Set(starts).size).toBe(starts.length);
        expect(starts.filter((s) => s >= FREE)).toEqual(fields.map((f) => f.at));
      }),
      SEED,
    );
  });
});

describe('looking fields up', () => {
  const entries = fc
    .array(fc.record({ at: fc.oneof(fc.nat(0x110), fc.integer({ min: 0xff0, max: 0xfff })), size: widths }), {
      maxLength: 14,
    })
    .map((list) => list.map(({ at, size }) => new FieldEntry(shown(0, size), at)));

  it.each([
    ['intersection', (e: FieldEntry, from: number, to: number) => e.start < to && e.end > from],
    [
      'endpoint',
      (e: FieldEntry, from: number, to: number) =>
        (from >= e.start && from < e.end) || (to > e.start && to <= e.end),
    ],
  ] as const)('finds what a linear search finds, for every aligned access (%s)', (overlap, touches) => {
    fc.assert(
      fc.property(entries, (list) => {
        const dispatch = new Dispatch(list, overlap);
        for (const size of [1, 2, 4])
          for (const offset of offsetsOf(size)) {
            const found = dispatch.overlapping(offset, size);
            const expected = list.filter((e) => touches(e, offset, offset + size));
            if (found.length !== expected.length || found.some((e, i) => e !== expected[i]))
              expect({ offset, size, found }).toEqual({ offset, size, found: expected });
          }
      }),
      { seed: 7, numRuns: 25 },
    );
  });

  /** Every aligned offset of the space, and some outside it. */
  const offsetsOf = (size: number): number[] => [
    ...Array.from({ length: 4096 / size }, (_, i) => i * size),
    -4,
    4096,
    4100,
    0x7ffffffc,
    -0x80000000,
  ];
});
