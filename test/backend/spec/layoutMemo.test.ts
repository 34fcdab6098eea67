import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBdf } from '../../../src/backend/spec/bdf';
import { layoutOf } from '../../../src/backend/spec/layout';
import { LayoutMemo } from '../../../src/backend/spec/layoutMemo';
import { sampleFunction, sampleFunctions } from './sampleImage';

/** Bytes that come and go in one image: mostly in the header and the heads of structures, where they matter. */
const edits = (size: number, heads: readonly number[]) =>
  fc.array(
    fc.record({
      offset: fc.oneof(
        fc.nat({ max: 0x3f }),
        fc
          .tuple(fc.constantFrom(...heads), fc.nat({ max: 7 }))
          .map(([head, i]) => Math.min(size - 1, head + i)),
        fc.nat({ max: size - 1 }),
      ),
      value: fc.nat({ max: 0xff }),
      known: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  );

describe('a layout that is kept', () => {
  it.each(sampleFunctions().map((fn) => ({ ...fn, address: formatBdf(fn.bdf) })))(
    'is what a new one would be, whatever bytes change: $address',
    ({ config, known }) => {
      const heads = layoutOf(config, known).map(({ offset }) => offset);
      fc.assert(
        fc.property(edits(config.length, heads), (changes) => {
          const now = { config: config.slice(), known: known.slice() };
          const memo = new LayoutMemo();
          for (const change of [undefined, ...changes]) {
            if (change) {
              now.config[change.offset] = change.value;
              now.known[change.offset] = change.known ? 1 : 0;
            }
            expect(memo.layoutOf(now.config, now.known)).toEqual(layoutOf(now.config, now.known));
          }
        }),
        { numRuns: 6 },
      );
    },
  );

  it('is the same object while nothing changes that it comes from, and anew only where something does', () => {
    const { known, ...found } = sampleFunction('0000:02:00.0');
    const config = found.config.slice();
    const memo = new LayoutMemo();
    const before = memo.layoutOf(config, known);
    const CACHE_LINE_SIZE = 0x0c;
    config[CACHE_LINE_SIZE] = (config[CACHE_LINE_SIZE] ?? 0) ^ 0xff;
    expect(memo.layoutOf(config, known)).toBe(before);

    const last = before.at(-1);
    const pm = before.find(({ name }) => name === 'PM');
    if (!last || !pm) throw new Error('no PM capability');
    // PME from any state: PM's enable bit and status bit become writable.
    config[pm.offset + 3] = (config[pm.offset + 3] ?? 0) ^ 0xf8;
    const after = memo.layoutOf(config, known);
    expect(after).not.toBe(before);
    expect(after.at(-1)).toBe(last);
  });
});
