import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BitField, Image, Register } from '../../src/protocol/model';
import {
  binaryOf,
  fieldHex,
  fieldMask,
  fieldText,
  fieldValue,
  fieldValueAt,
  hexOf,
  mergedValue,
  registerValue,
  typedField,
  typedNumber,
  valueAt,
} from '../../webview/fields/registerValue';

const field = (lsb: number, width: number, access: BitField['access'] = 'RW'): BitField => ({
  name: `f${lsb}`,
  title: '',
  lsb,
  width,
  access,
  values: [],
  shift: 0,
});
const register = (width: 1 | 2 | 4, fields: BitField[], offset = 4): Register => ({
  name: 'R',
  title: '',
  offset,
  width,
  access: 'RW',
  fields,
  source: '',
});
const imageOf = (bytes: number[], unknown: number[] = []): Image => ({
  bytes: Uint8Array.from(bytes),
  known: Uint8Array.from(bytes, (_, i) => (unknown.includes(i) ? 0 : 1)),
});

const anyField = fc
  .tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 1, max: 32 }))
  .filter(([lsb, width]) => lsb + width <= 32)
  .map(([lsb, width]) => field(lsb, width));
const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe('values taken from bytes', () => {
  it('are little-endian and unsigned at bit 31', () => {
    const image = imageOf([0, 0, 0, 0, 0x07, 0x05, 0x10, 0x80]);
    expect(valueAt(image, 4, 4)).toBe(0x80100507);
    expect(valueAt(image, 4, 2)).toBe(0x0507);
    expect(registerValue(image, register(4, []))).toBe(0x80100507);
  });
  it('are unknown, not zero, when one byte is unknown or missing', () => {
    expect(valueAt(imageOf([1, 2, 3, 4], [2]), 0, 4)).toBeUndefined();
    expect(valueAt(imageOf([1, 2, 3]), 0, 4)).toBeUndefined();
    expect(valueAt(imageOf([1, 2, 3, 4], [2]), 0, 2)).toBe(0x0201);
  });
  it('give a field whose own bytes are known though others of its register are not', () => {
    const r = register(4, [], 0);
    expect(fieldValueAt(imageOf([0xff, 2, 3, 0x84], [0]), r, field(31, 1))).toBe(1);
    expect(fieldValueAt(imageOf([0xff, 2, 3, 0x84], [3]), r, field(23, 2))).toBeUndefined();
  });
});

describe('fields', () => {
  it('at bit 31 and over the full width are extracted and masked unsigned', () => {
    expect(fieldValue(0x80000000, field(31, 1))).toBe(1);
    expect(fieldMask(field(31, 1))).toBe(0x80000000);
    expect(fieldValue(0xffffffff, field(0, 32))).toBe(0xffffffff);
    expect(fieldMask(field(0, 32))).toBe(0xffffffff);
    expect(fieldValue(0xfedcba98, field(20, 12))).toBe(0xfed);
  });
  it('agree with exact arithmetic for every place and value', () => {
    fc.assert(
      fc.property(anyField, u32, (f, value) => {
        const exact = Number((BigInt(value) >> BigInt(f.lsb)) & ((1n << BigInt(f.width)) - 1n));
        expect(fieldValue(value, f)).toBe(exact);
      }),
    );
  });
});

describe('merging an edited field', () => {
  it('gives the value that was asked for and keeps every other bit', () => {
    fc.assert(
      fc.property(anyField, u32, u32, (f, current, wanted) => {
        const merged = mergedValue(current, register(4, [f]), f, wanted).value;
        expect(merged).toBeGreaterThanOrEqual(0);
        expect(fieldValue(merged, f)).toBe(fieldValue(wanted << f.lsb, f));
        expect((merged & ~fieldMask(f)) >>> 0).toBe((current & ~fieldMask(f)) >>> 0);
      }),
    );
  });
  it('writes the other write-1-to-clear bits as 0, so that they survive', () => {
    const powerState = field(0, 2);
    const pme = field(15, 1, 'RW1CS');
    const result = mergedValue(0x8103, register(2, [powerState, pme]), powerState, 0);
    expect(result.value).toBe(0x0100);
    expect(result.spared).toEqual([pme]);
  });
  it('writes a write-1-to-clear field itself as given', () => {
    const pme = field(15, 1, 'RW1CS');
    const other = field(14, 1, 'RW1C');
    expect(mergedValue(0xc001, register(2, [other, pme]), pme, 1).value).toBe(0x8001);
  });
  it('never goes past the register', () => {
    const f = field(7, 1);
    expect(mergedValue(0, register(1, [f]), f, 0xff).value).toBe(0x80);
  });
});

describe('typed numbers', () => {
  it('are hexadecimal by default, decimal with #, binary with 0b', () => {
    expect(typedNumber(' 0x10 ', 16)).toEqual({ ok: true, value: 16 });
    expect(typedNumber('10', 16)).toEqual({ ok: true, value: 16 });
    expect(typedNumber('#10', 16)).toEqual({ ok: true, value: 10 });
    expect(typedNumber('FFFF_FFFF', 32)).toEqual({ ok: true, value: 0xffffffff });
    expect(typedNumber('0b101', 16)).toEqual({ ok: true, value: 5 });
  });
  it('are refused when they do not fit: 2^width is one too many', () => {
    expect(typedNumber('100', 8)).toEqual({ ok: false, message: 'Too big: 8 bits hold up to 0xff.' });
    expect(typedNumber('ff', 8)).toEqual({ ok: true, value: 255 });
    expect(typedNumber('100000000', 32).ok).toBe(false);
    expect(typedNumber('2', 1)).toEqual({ ok: false, message: 'Too big: 1 bit holds up to 0x1.' });
    for (const text of ['', '0x', 'xyz', '-1', '#1f', '1.5']) expect(typedNumber(text, 8).ok).toBe(false);
  });
});

describe('texts', () => {
  it('show flags as lspci does, meanings where the specification has them, else the number', () => {
    expect(fieldText(field(2, 1), 1)).toBe('+');
    expect(fieldText({ ...field(0, 2), values: [[3, 'D3hot']] }, 3)).toBe('D3hot');
    expect(fieldText({ ...field(0, 2), values: [[3, 'D3hot']] }, 1)).toBe('0x1');
    expect(hexOf(0x80000000, 32)).toBe('0x80000000');
    expect(binaryOf(0x8001, 16)).toBe('1000_0000_0000_0001');
    expect(binaryOf(5, 3)).toBe('101');
  });
});

describe('fields that leave out low bits', () => {
  const address = { ...field(4, 28), shift: 4 };
  const window = { ...field(4, 12), shift: 20 };

  it('are read with them: a BAR shows its address, a bridge window its megabytes', () => {
    expect(fieldHex(address, fieldValue(0xfe640004, address))).toBe('0xfe640000');
    expect(fieldHex(window, fieldValue(0xfea0, window))).toBe('0xfea00000');
  });
  it('take a whole address and refuse one that they cannot hold', () => {
    expect(typedField('fe640000', address)).toEqual({ ok: true, value: 0xfe64000 });
    expect(typedField('fe640004', address)).toEqual({ ok: false, message: 'The low 4 bits must be zero.' });
    expect(typedField('1fe640000', address).ok).toBe(false);
  });
  it('come back as typed, whatever the value', () => {
    fc.assert(
      fc.property(u32, (value) => {
        const held = fieldValue(value, address);
        expect(typedField(fieldHex(address, held), address)).toEqual({ ok: true, value: held });
      }),
    );
  });
});
