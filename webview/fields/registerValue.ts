import type { NumberFormat } from '../../src/protocol/messages';
import type { BitField, Image, Register, Structure, Width } from '../../src/protocol/model';

/**
 * Values of registers and bit fields: taking them out of bytes, and merging an edited field into the value that
 * will be written. Results are unsigned; JavaScript's bit operators are signed, hence `>>> 0` at every step.
 */

/** What a value looks like that nobody knows. Never a number. */
export const UNKNOWN = '··';

/** All ones in 1..32 bits, unsigned. */
export const ones = (bits: number): number => (bits >= 32 ? 0xffffffff : 2 ** bits - 1);

/** Bits of the register that the field covers. */
export const fieldMask = (field: BitField): number => (ones(field.width) << field.lsb) >>> 0;

/** Little-endian value of `width` bytes; undefined when one of them is unknown or beyond the end. */
export const valueAt = (image: Image, offset: number, width: Width): number | undefined => {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) {
    const byte = image.bytes[offset + i];
    if (byte === undefined || image.known[offset + i] !== 1) return undefined;
    value = ((value << 8) | byte) >>> 0;
  }
  return value;
};

export const registerValue = (image: Image, register: Register): number | undefined =>
  valueAt(image, register.offset, register.width);

/** The field's value in its register's value. */
export const fieldValue = (register: number, field: BitField): number =>
  ((register >>> field.lsb) & ones(field.width)) >>> 0;

/** Field value as far as its own bytes are known, even when others of the register are not. */
export const fieldValueAt = (image: Image, register: Register, field: BitField): number | undefined => {
  let value = 0;
  const first = field.lsb >> 3;
  const last = (field.lsb + field.width - 1) >> 3;
  for (let i = last; i >= first; i--) {
    const byte = valueAt(image, register.offset + i, 1);
    if (byte === undefined) return undefined;
    value = (value | (byte << (8 * i))) >>> 0;
  }
  return fieldValue(value, field);
};

const clearedByOne = (field: BitField): boolean => field.access === 'RW1C' || field.access === 'RW1CS';

/** Writing 1 to such a field clears it: an edit of it is not a new value but a clearing. */
export const isWriteOneToClear = clearedByOne;

/**
 * The register value to write so that `field` becomes `value` and nothing else changes: the other fields as they
 * are, but write-1-to-clear bits as 0, since writing back a 1 that was read would clear them.
 */
export const mergedValue = (
  current: number,
  register: Register,
  field: BitField,
  value: number,
): { readonly value: number; readonly spared: readonly BitField[] } => {
  const mask = fieldMask(field);
  const spared = register.fields.filter(
    (other) => other !== field && clearedByOne(other) && fieldValue(current, other) !== 0,
  );
  const keep = spared.reduce((kept, other) => (kept & ~fieldMask(other)) >>> 0, current);
  const merged = ((keep & ~mask) | ((value << field.lsb) & mask)) >>> 0;
  return { value: (merged & ones(8 * register.width)) >>> 0, spared };
};

export type Typed =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string };

/**
 * A number that a person typed for `bits` bits: hexadecimal with or without 0x, decimal with a leading `#`,
 * binary with 0b. Hexadecimal is what lspci and setpci speak, so it is the default.
 */
export const typedNumber = (text: string, bits: number): Typed => {
  const t = text.trim().toLowerCase().replaceAll('_', '');
  const digits = /^#(\d+)$/.exec(t)?.[1] ?? /^0b([01]+)$/.exec(t)?.[1] ?? /^(?:0x)?([0-9a-f]+)$/.exec(t)?.[1];
  if (digits === undefined)
    return { ok: false, message: 'Type a hexadecimal number, #decimal or 0b binary.' };
  const value = parseInt(digits, t.startsWith('#') ? 10 : t.startsWith('0b') ? 2 : 16);
  const limit = ones(bits);
  if (value > limit)
    return {
      ok: false,
      message: `Too big: ${bits} ${bits === 1 ? 'bit holds' : 'bits hold'} up to ${hexOf(limit, bits)}.`,
    };
  return { ok: true, value };
};

/** Lower-case hexadecimal with 0x, padded to the digits that `bits` bits take. */
export const hexOf = (value: number, bits: number): string =>
  `0x${(value >>> 0).toString(16).padStart(Math.ceil(bits / 4), '0')}`;

const FORMATS: Readonly<Record<NumberFormat, (value: number, bits: number) => string>> = {
  hex: (value, bits) => hexOf(value, bits),
  decimal: (value) => String(value >>> 0),
  binary: (value, bits) => binaryOf(value, bits),
};
/** The value as the person wants to read numbers. */
export const formatted = (value: number, bits: number, format: NumberFormat): string =>
  FORMATS[format](value, bits);

/** Bits that the field's quantity takes as people read it: with the low bits that the register leaves out. */
const readBits = (field: BitField): number => field.width + field.shift;

/** The field's value as people read it: an address whole, any other number as it stands. */
export const fieldHex = (field: BitField, value: number): string =>
  hexOf((value << field.shift) >>> 0, readBits(field));

/** What a person typed for the field, as the register holds it. */
export const typedField = (text: string, field: BitField): Typed => {
  const typed = typedNumber(text, readBits(field));
  if (!typed.ok || field.shift === 0) return typed;
  if ((typed.value & ones(field.shift)) !== 0)
    return { ok: false, message: `The low ${field.shift} bits must be zero.` };
  return { ok: true, value: typed.value >>> field.shift };
};

/** Binary in groups of four from the right. */
export const binaryOf = (value: number, bits: number): string =>
  (value >>> 0)
    .toString(2)
    .padStart(bits, '0')
    .replace(/(?=(?:.{4})+$)(?!^)/g, '_');

/** The meaning of the field's value where the specification enumerates it. */
export const meaningOf = (field: BitField, value: number): string | undefined =>
  field.values.find(([v]) => v === value)?.[1];

/** A field's value in lspci's manner: `BusMaster+`, or the meaning, or the number. */
export const fieldText = (field: BitField, value: number): string => {
  const meaning = meaningOf(field, value);
  if (meaning !== undefined) return meaning;
  if (field.width === 1) return value === 1 ? '+' : '-';
  return fieldHex(field, value);
};

const RESERVED = new Set(['RsvdP', 'RsvdZ']);
export const isReserved = (part: Register | BitField): boolean => RESERVED.has(part.access);

/** A register that is shown: reserved ones are not, unless a field of theirs is defined. */
export const shownFields = (register: Register): readonly BitField[] =>
  register.fields.filter((field) => !isReserved(field));
export const shownRegisters = (structure: Structure): readonly Register[] =>
  structure.registers.filter((r) => !isReserved(r) || shownFields(r).length > 0);

/** Access types of the register's parts: one name when all agree, else the distinct ones in order. */
export const accessText = (register: Register): string => {
  const fields = shownFields(register);
  if (fields.length === 0) return register.access;
  return [...new Set(fields.map((field) => field.access))].join(' ');
};
