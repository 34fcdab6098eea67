import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuirk, parseSlot } from '../../../src/backend/pciback/slotText';
import { Xenstore } from '../../../src/backend/xen/xenstore';
import { newHost, store } from './fixtures';

const hexDigits = fc
  .nat(0xffff)
  .chain((n) =>
    fc
      .constantFrom(
        n.toString(16),
        n.toString(16).toUpperCase(),
        `0x${n.toString(16)}`,
        `000${n.toString(16)}`,
      )
      .map((text) => ({ n, text })),
  );
const space = fc.constantFrom('', '', ' ', '\t', '\n ', '  ');
const RUNS = { seed: 8, numRuns: 300 };

describe('addresses in the attributes', () => {
  it('white space before numbers and around the address, prefixes and case make no difference', () => {
    fc.assert(
      fc.property(
        fc.tuple(hexDigits, hexDigits, hexDigits, hexDigits),
        fc.array(space, { minLength: 6, maxLength: 6 }),
        ([d, b, s, f], gap) => {
          const long = `${gap[0]}${d.text}:${gap[1]}${b.text}:${gap[2]}${s.text}.${gap[3]}${f.text}${gap[4]}`;
          expect(parseSlot(long, true)).toEqual({ domain: d.n, bus: b.n, slot: s.n, func: f.n });
          const short = `${gap[0]}${b.text}:${gap[2]}${s.text}.${gap[3]}${f.text}${gap[4]}`;
          expect(parseSlot(short, true)).toEqual({ domain: 0, bus: b.n, slot: s.n, func: f.n });
        },
      ),
      RUNS,
    );
  });

  it('wildcards stand for the function, or for slot and function', () => {
    fc.assert(
      fc.property(hexDigits, hexDigits, hexDigits, (d, b, s) => {
        expect(parseSlot(`${d.text}:${b.text}:${s.text}.*`, true)).toEqual({
          domain: d.n,
          bus: b.n,
          slot: s.n,
          func: -1,
        });
        expect(parseSlot(`${d.text}:${b.text}:*.*`, true)).toEqual({
          domain: d.n,
          bus: b.n,
          slot: -1,
          func: -1,
        });
        expect(parseSlot(`${b.text}:${s.text}.*`, true)).toEqual({
          domain: 0,
          bus: b.n,
          slot: s.n,
          func: -1,
        });
        expect(parseSlot(`${b.text}:*.*`, true)).toEqual({ domain: 0, bus: b.n, slot: -1, func: -1 });
      }),
      RUNS,
    );
  });

  it('what follows an address is refused unless it is white space', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 4 }), (rest) => {
        fc.pre(!/^[0-9a-fx\s]/i.test(rest));
        expect(parseSlot(`0000:03:00.0${rest}`, true)).toBeUndefined();
      }),
      RUNS,
    );
  });

  it('any text at all is parsed or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:.*x() -]{0,24}$/)), (text) => {
        parseSlot(text, true);
        parseSlot(text, false);
        parseQuirk(text);
      }),
      RUNS,
    );
  });

  it('a quirk is the address, a register, a size and a mask in hexadecimal', () => {
    fc.assert(
      fc.property(hexDigits, hexDigits, hexDigits, hexDigits, (s, r, z, m) => {
        const numbers = { slot: s.n, reg: r.n, size: z.n, mask: m.n };
        expect(parseQuirk(`3:${s.text}.1-${r.text}:${z.text}:${m.text}\n`)).toEqual({
          domain: 0,
          bus: 3,
          func: 1,
          ...numbers,
        });
        expect(parseQuirk(`7:3:${s.text}.1-${r.text}:${z.text}:${m.text}`)).toEqual({
          domain: 7,
          bus: 3,
          func: 1,
          ...numbers,
        });
      }),
      RUNS,
    );
  });

  // Results of write(2) as a real host (Linux 6.1 under Xen) gave them.
  it.each([
    ['0000:01:00.0\n', 13],
    ['01:00.0\n', 8],
    ['1:0.0\n', 6],
    ['0:1:0.0\n', 8],
    ['0000:05:00.*\n', 13],
    ['05:*.*\n', 7],
    ['00:1f.*\n', 8],
    [' 0000:01:00.0\n', 14],
    ['0000:01:00.0 \n', 14],
    ['0x0:0x1:0x0.0\n', 14],
    ['FFFF:FF:1F.7\n', 13],
    ['0000:03:00.0', 12],
    ['0000:*:00.0\n', -22],
    ['*:00.0\n', -22],
    ['0000:05:*.0\n', -22],
    ['\n', -22],
    [' \n', -22],
    ['x\n', -22],
    ['0000:01:00\n', -22],
    ['01:00\n', -22],
    ['0000:01:00.8\n', -22],
    ['01:20.0\n', -22],
    ['(0000:01:00.0)\n', -22],
    ['0000.01.00.0\n', -22],
    ['10000:01:00.0\n', -22],
    ['0000:100:00.0\n', -22],
    ['0000:01:00.-1\n', -22],
    ['-1:00.0\n', -22],
    ['0000:01:00.0,0000:02:00.0\n', -22],
    ['0000:01:00.0 0000:02:00.0\n', -22],
  ])('new_slot of %j returns %i', (text, returned) => {
    expect(store(newHost(), 'new_slot', text)).toBe(returned);
  });
});

describe('numbers in xenstore', () => {
  const scanned = (value: string) => {
    const xenstore = new Xenstore();
    xenstore.write('/key', value);
    return {
      decimal: xenstore.scanDecimal('/key'),
      bdf: xenstore.scanHex('/key', '::.'),
      root: xenstore.scanHex('/key', ':'),
    };
  };

  it('a decimal number is read to its last digit, whatever follows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        space,
        fc.constantFrom('', ' ', 'x', '.5'),
        (n, before, after) => {
          expect(scanned(`${before}${n}${after}`).decimal).toEqual({ ok: true, value: n });
        },
      ),
      RUNS,
    );
  });

  it.each(['', 'x', '-', '- 1', '.1'])('%j is no number: ERANGE', (value) => {
    expect(scanned(value).decimal).toEqual({ ok: false, err: -34 });
  });

  it('a missing key is ENOENT', () => {
    const xenstore = new Xenstore();
    expect(xenstore.scanDecimal('/key')).toEqual({ ok: false, err: -2 });
    expect(xenstore.scanHex('/key', ':')).toEqual({ ok: false, err: -2 });
  });

  it('an address is four hexadecimal numbers with its separators', () => {
    fc.assert(
      fc.property(fc.tuple(hexDigits, hexDigits, hexDigits, hexDigits), space, ([d, b, s, f], before) => {
        const { bdf, root } = scanned(`${before}${d.text}:${b.text}:${before}${s.text}.${f.text}`);
        expect(bdf).toEqual({ ok: true, value: [d.n, b.n, s.n, f.n] });
        expect(root).toEqual({ ok: true, value: [d.n, b.n] });
      }),
      RUNS,
    );
  });

  it.each([
    ['0000', -22],
    ['0000:03', -22],
    ['0000:03:00', -22],
    ['0000:03:00.', -22],
    ['0000:03:00:0', -22],
    ['0000 :03:00.0', -22],
    ['', -34],
    ['pci', -34],
    [':03:00.0', -34],
  ])('%j is not an address: %i', (value, err) => {
    expect(scanned(value).bdf).toEqual({ ok: false, err });
  });

  it('watches are told after the write, once each, and not after they ended', () => {
    const xenstore = new Xenstore();
    const told: string[] = [];
    const end = xenstore.watch('/a', (path) => {
      told.push(path);
      if (path === '/a/b') xenstore.write('/a/c', '1');
    });
    xenstore.write('/a/b', '1');
    xenstore.write('/ab', '1');
    expect(told).toEqual([]);
    xenstore.drain();
    expect(told).toEqual(['/a/b', '/a/c']);
    xenstore.write('/a', '1');
    end();
    xenstore.drain();
    expect(told).toEqual(['/a/b', '/a/c']);
  });
});
