import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CopyFormat } from '../../src/protocol/messages';
import type { Image, Width } from '../../src/protocol/model';
import { copyText, type Copied } from '../../webview/grid/copyAs';
import { pastedRuns, pasteWrites, writesText } from '../../webview/grid/pasteText';
import { nicSnapshot } from './sample';

const image = (bytes: readonly number[], unknown: readonly number[] = []): Image => ({
  bytes: Uint8Array.from(bytes),
  known: Uint8Array.from(bytes, (_, i) => (unknown.includes(i) ? 0 : 1)),
});
const copied = (of: Partial<Copied>): Copied => ({
  image: image([]),
  range: { start: 0, end: 0 },
  width: 1,
  address: '0000:02:00.0',
  side: 'hardware',
  structures: [],
  ...of,
});
const text = (format: CopyFormat, of: Partial<Copied>): string => {
  const result = copyText(copied(of), format);
  if (!result.ok) throw new Error(result.message);
  return result.text;
};
const bytesOf = (pasted: string): number[] => {
  const result = pastedRuns(pasted);
  if (!result.ok) throw new Error(result.message);
  expect(result.runs).toHaveLength(1);
  return [...(result.runs[0]?.bytes ?? [])];
};

/** A space with a run of bytes somewhere in it, on the bounds of a width. */
const selection = fc
  .record({
    bytes: fc.uint8Array({ minLength: 256, maxLength: 256 }),
    width: fc.constantFrom<Width>(1, 2, 4),
    from: fc.integer({ min: 0, max: 62 }),
    cells: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ bytes, width, from, cells }) => {
    const start = 4 * from;
    return {
      image: image([...bytes]),
      width,
      range: { start, end: Math.min(256, start + cells * width) },
      own: [...bytes.slice(start, Math.min(256, start + cells * width))],
    };
  });

describe('bytes that are copied', () => {
  it('as hex, lspci rows or a C array are the same bytes when they are pasted', () => {
    fc.assert(
      fc.property(selection, fc.constantFrom<CopyFormat>('hex', 'lspci', 'c'), ({ own, ...of }, format) => {
        expect(bytesOf(text(format, of))).toEqual(own);
      }),
    );
  });
  it('as hex stand as in the space, whatever the width, and unknown ones as ??', () => {
    const of = { image: image([0x86, 0x80, 0, 0], [2]), range: { start: 0, end: 4 }, width: 2 as const };
    expect(text('hex', of)).toBe('86 80 ?? 00');
  });
  it('as lspci rows begin with a slot line and leave unknown bytes out', () => {
    const bytes = Array.from({ length: 48 }, (_, i) => i);
    const of = { image: image(bytes, [18, 19]), range: { start: 4, end: 34 } };
    expect(text('lspci', of)).toBe(
      [
        '02:00.0 ',
        '04: 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f',
        '10: 10 11',
        '14: 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f',
        '20: 20 21',
        '',
      ].join('\n'),
    );
  });
  it('as a C array are little-endian values of the width, and refused where one is unknown', () => {
    const of = { image: image([0x86, 0x80, 0xc9, 0x10]), range: { start: 0, end: 4 }, width: 2 as const };
    expect(text('c', of)).toBe('static const u16 config_00[2] = {\n\t0x8086, 0x10c9,\n};\n');
    expect(copyText(copied({ ...of, image: image([0x86, 0x80, 0, 0], [3]) }), 'c').ok).toBe(false);
  });
  it('as a setpci command are writes of the width, apart where a value is unknown', () => {
    const of = {
      image: image([0, 0, 0, 0, 0x47, 0x01, 0x10, 0x00, 0xaa, 0xbb, 0x01, 0x02], [9]),
      range: { start: 4, end: 12 },
      width: 2 as const,
    };
    expect(text('setpci', of)).toBe('setpci -s 0000:02:00.0 04.w=0147,0010 0a.w=0201');
    const unknown = copyText(copied({ image: image([0], [0]), range: { start: 0, end: 1 } }), 'setpci');
    expect(unknown).toEqual({ ok: false, message: 'No value in the selection is known.' });
  });
  it('as JSON name the registers that lie whole in the selection, with their fields', () => {
    const { hardware, structures } = nicSnapshot();
    const json: unknown = JSON.parse(
      text('json', { image: hardware, structures, range: { start: 3, end: 7 } }),
    );
    const value = (hardware.bytes[4] ?? 0) | ((hardware.bytes[5] ?? 0) << 8);
    expect(json).toMatchObject({
      address: '0000:02:00.0',
      side: 'hardware',
      offset: '0x03',
      length: 4,
      bytes: expect.stringMatching(/^10( [0-9a-f]{2}){3}$/) as string,
      registers: [
        {
          structure: 'HEADER',
          name: 'COMMAND',
          offset: '0x04',
          width: 2,
          value: `0x${value.toString(16).padStart(4, '0')}`,
          fields: { BusMaster: (value >> 2) & 1, DisINTx: (value >> 10) & 1 },
        },
      ],
    });
    expect((json as { registers: unknown[] }).registers).toHaveLength(1);
  });
});

describe('text that is pasted', () => {
  it('is read in the ways in which tools print bytes', () => {
    const expected = [0xde, 0xad, 0xbe, 0xef];
    for (const pasted of [
      'de ad be ef',
      'deadbeef',
      'DE,AD,BE,EF',
      '0xde, 0xad, 0xbe, 0xef',
      'dead beef',
      'de ad\nbe ef\n',
      '40: de ad be ef',
      '100: de ad be ef\r\n',
      '00000040: dead beef                                ....',
      '00000040  de ad be ef                                       |....|\n00000044\n',
      '0000:02:00.0 Ethernet controller: Intel\n40: de ad\n42: be ef\n',
      '{ 0xde, 0xad, 0xbe, 0xef }',
    ])
      expect(bytesOf(pasted), pasted).toEqual(expected);
  });
  it('has values behind 0x, which are little-endian', () => {
    expect(bytesOf('0x8086')).toEqual([0x86, 0x80]);
    expect(bytesOf('0x10c98086')).toEqual([0x86, 0x80, 0xc9, 0x10]);
    expect(bytesOf('8086')).toEqual([0x80, 0x86]);
  });
  it('keeps the distance between its rows', () => {
    const pasted = pastedRuns('10: 00 11\n20: 22\n');
    expect(pasted).toEqual({
      ok: true,
      runs: [
        { at: 0, bytes: [0x00, 0x11] },
        { at: 0x10, bytes: [0x22] },
      ],
    });
  });
  it('that is something else is refused with the word that does not fit', () => {
    expect(pastedRuns('hello')).toEqual({ ok: false, message: '“hello” is not hexadecimal bytes.' });
    expect(pastedRuns('de a').ok).toBe(false);
    expect(pastedRuns('').ok).toBe(false);
    expect(pastedRuns('20: 00\n10: 00')).toEqual({
      ok: false,
      message: 'The rows are not in the order of their offsets.',
    });
  });
  it('never makes a byte out of nothing, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (garbage) => {
        const pasted = pastedRuns(garbage);
        if (!pasted.ok) return;
        const count = pasted.runs.reduce((sum, { bytes }) => sum + bytes.length, 0);
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(garbage.length);
      }),
    );
  });
});

describe('the writes of a paste', () => {
  it('put every byte in its place, none twice, aligned, and none wider than chosen', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.nat(200),
        fc.constantFrom<Width>(1, 2, 4),
        (bytes, start, width) => {
          const planned = pasteWrites([{ at: 0, bytes: [...bytes] }], start, width, 256);
          if (!planned.ok) throw new Error(planned.message);
          const space = new Map<number, number>();
          for (const { offset, size, value } of planned.writes) {
            expect(size).toBeLessThanOrEqual(width);
            expect(offset % size).toBe(0);
            for (let i = 0; i < size; i++) {
              expect(space.has(offset + i)).toBe(false);
              space.set(offset + i, (value >>> (8 * i)) & 0xff);
            }
          }
          expect([...space]).toEqual([...bytes].map((byte, i) => [start + i, byte]));
        },
      ),
    );
  });
  it('are of the chosen width where the bytes allow it', () => {
    const writes = (count: number, start: number, width: Width) => {
      const bytes = Array.from({ length: count }, () => 0);
      const planned = pasteWrites([{ at: 0, bytes }], start, width, 256);
      return planned.ok ? writesText(planned.writes) : planned.message;
    };
    expect(writes(16, 0x40, 4)).toBe('4 writes of 4 bytes');
    expect(writes(7, 0x40, 4)).toBe('1 write of 4 bytes, 1 of 2 bytes, 1 of 1 byte');
    expect(writes(1, 0x40, 1)).toBe('1 write of 1 byte');
    expect(writes(16, 0xf8, 4)).toBe('The bytes would end at 107; the space ends at ff.');
  });
});
