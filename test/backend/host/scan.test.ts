import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scan, scannedAll } from '../../../src/backend/host/scan';

/** The kernel's rules one character at a time, written apart from the implementation. */
const isSpace = (c: string | undefined): boolean => c !== undefined && ' \t\n\r\v\f'.includes(c);
const digit = (c: string | undefined): number => {
  const at = c === undefined ? -1 : '0123456789abcdef'.indexOf(c.toLowerCase());
  return at;
};

const reference = (text: string, format: string): { values: number[]; parsed: number } => {
  const values: number[] = [];
  let parsed = 0;
  let at = 0;
  for (let f = 0; f < format.length; f++) {
    if (isSpace(format[f])) {
      while (isSpace(text[at])) at++;
      continue;
    }
    if (format[f] !== '%') {
      if (text[at] !== format[f]) break;
      at++;
      continue;
    }
    f++;
    if (format[f] === 'n') {
      parsed = at;
      continue;
    }
    while (isSpace(text[at])) at++;
    if (digit(text[at]) < 0) break;
    if (text[at] === '0' && text[at + 1]?.toLowerCase() === 'x') at += 2;
    let value = 0n;
    for (; digit(text[at]) >= 0; at++) value = value * 16n + BigInt(digit(text[at]));
    values.push(Number(value & 0xffffffffn));
  }
  return { values, parsed };
};

const FORMATS = [' %x:%x:%x.%x %n', ' %x:%x:%x.* %n', ' %x:*.* %n', ' (%x:%x.%x) %n', '%x-%x'];

describe('scan', () => {
  it('converts as the kernel does, character by character', () => {
    const text = fc
      .array(
        fc.constantFrom(
          '0',
          '1',
          'f',
          'A',
          '3',
          ':',
          ':',
          '.',
          '*',
          ' ',
          '\n',
          '(',
          ')',
          '-',
          '0x',
          'x',
          'g',
        ),
        {
          maxLength: 16,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(...FORMATS), (t, format) => {
        const { count, values, parsed } = scan(t, format);
        expect({ count, values, parsed }).toEqual({
          count: reference(t, format).values.length,
          ...reference(t, format),
        });
      }),
      { seed: 3, numRuns: 3000 },
    );
  });

  it('keeps the low 32 bits of a longer number', () => {
    expect(scan('123456789abcdef0', '%x').values).toEqual([0x9abcdef0]);
  });

  it('has no sign', () => {
    expect(scan('-1', '%x').count).toBe(0);
    expect(scan('+1', '%x').count).toBe(0);
  });

  it('has scanned all only when the position was stored at the end', () => {
    expect(scannedAll('1:2', scan('1:2', '%x:%x %n'))).toBe(true);
    expect(scannedAll('1:2x', scan('1:2x', '%x:%x %n'))).toBe(false);
    expect(scannedAll('1', scan('1', '%x:%x %n'))).toBe(false);
    expect(scannedAll('', scan('', ' %n'))).toBe(false);
  });
});
