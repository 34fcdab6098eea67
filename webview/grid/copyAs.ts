import type { CopyFormat } from '../../src/protocol/messages';
import type { Image, Register, Structure, Width } from '../../src/protocol/model';
import { fieldValue, hexOf, registerValue, shownFields, valueAt } from '../fields/registerValue';
import { hexByte, offsetText, ROW } from './cellText';
import type { Range } from './selection';

/** What is copied, and what the text has to say of it. */
export interface Copied {
  readonly image: Image;
  readonly range: Range;
  /** Groups in which values are written, as the grid shows them. */
  readonly width: Width;
  /** As the one who would read these bytes addresses the function: the guest or the host. */
  readonly address: string;
  readonly side: 'guest' | 'hardware';
  readonly structures: readonly Structure[];
}

/** A text for the clipboard, or why there is none. */
export type CopyResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

const WIDTH_LETTER: Readonly<Record<Width, string>> = { 1: 'b', 2: 'w', 4: 'l' };
const C_TYPE: Readonly<Record<Width, string>> = { 1: 'u8', 2: 'u16', 4: 'u32' };
const VALUES_PER_LINE: Readonly<Record<Width, number>> = { 1: 16, 2: 8, 4: 4 };

const hex = (value: number, width: Width): string => value.toString(16).padStart(2 * width, '0');

const isKnown = ({ image, range }: Copied): boolean => {
  for (let i = range.start; i < range.end; i++) if (image.known[i] !== 1) return false;
  return true;
};

/** Bytes as they stand; what is not known is `??`, which Find takes as any byte. */
const bytesText = (image: Image, start: number, end: number): string =>
  Array.from({ length: end - start }, (_, i) =>
    image.known[start + i] === 1 ? hexByte(image.bytes[start + i] ?? 0) : '??',
  ).join(' ');

const hexText = ({ image, range }: Copied): string => {
  const lines: string[] = [];
  for (let at = range.start; at < range.end; at += ROW)
    lines.push(bytesText(image, at, Math.min(at + ROW, range.end)));
  return lines.join('\n');
};

/** Rows as `lspci -xxx` prints them. It reads them back (`-F`) only with every byte a number: unknown bytes end a row. */
const lspciText = ({ image, range, address }: Copied): string => {
  const lines = [`${address.replace(/^0000:/, '')} `];
  for (let row = range.start - (range.start % ROW); row < range.end; row += ROW) {
    let line = '';
    for (let i = Math.max(row, range.start); i < Math.min(row + ROW, range.end); i++) {
      if (image.known[i] === 1)
        line += `${line === '' ? `${offsetText(i, i + 1)}:` : ''} ${hexByte(image.bytes[i] ?? 0)}`;
      else if (line !== '') {
        lines.push(line);
        line = '';
      }
    }
    if (line !== '') lines.push(line);
  }
  return `${lines.join('\n')}\n`;
};

const cText = (copied: Copied): string => {
  const { image, range, width } = copied;
  const values: string[] = [];
  for (let at = range.start; at < range.end; at += width)
    values.push(`0x${hex(valueAt(image, at, width) ?? 0, width)}`);
  const lines: string[] = [];
  for (let i = 0; i < values.length; i += VALUES_PER_LINE[width])
    lines.push(`\t${values.slice(i, i + VALUES_PER_LINE[width]).join(', ')},`);
  const name = `config_${offsetText(range.start, range.end)}`;
  return [`static const ${C_TYPE[width]} ${name}[${values.length}] = {`, ...lines, '};', ''].join('\n');
};

/** One command that writes these values in accesses of the grid's width. What is not known is left out. */
const setpciText = ({ image, range, width, address }: Copied): CopyResult => {
  const parts: string[] = [];
  let open = false;
  for (let at = range.start; at < range.end; at += width) {
    const value = valueAt(image, at, width);
    if (value === undefined) open = false;
    else if (open) parts.push(`${parts.pop() ?? ''},${hex(value, width)}`);
    else {
      parts.push(`${offsetText(at, range.end)}.${WIDTH_LETTER[width]}=${hex(value, width)}`);
      open = true;
    }
  }
  if (parts.length === 0) return { ok: false, message: 'No value in the selection is known.' };
  return { ok: true, text: `setpci -s ${address} ${parts.join(' ')}` };
};

const registersWithin = ({ structures, range }: Copied) =>
  structures.flatMap((structure) =>
    structure.registers
      .filter(({ offset, width }) => offset >= range.start && offset + width <= range.end)
      .map((register) => ({ structure, register })),
  );

const fieldsOf = (register: Register, value: number | undefined): Record<string, number> =>
  value === undefined
    ? {}
    : Object.fromEntries(shownFields(register).map((field) => [field.name, fieldValue(value, field)]));

/** The bytes, and each register that lies whole within them, with its fields. The value of an unknown one is null. */
const jsonText = (copied: Copied): string => {
  const { image, range, address, side } = copied;
  return JSON.stringify(
    {
      address,
      side,
      offset: hexOf(range.start, 8),
      length: range.end - range.start,
      bytes: bytesText(image, range.start, range.end),
      registers: registersWithin(copied).map(({ structure, register }) => {
        const value = registerValue(image, register);
        const fields = fieldsOf(register, value);
        return {
          structure: structure.name,
          name: register.name,
          offset: hexOf(register.offset, 8),
          width: register.width,
          value: value === undefined ? null : hexOf(value, 8 * register.width),
          ...(Object.keys(fields).length > 0 ? { fields } : {}),
        };
      }),
    },
    undefined,
    2,
  );
};

const made = (text: string): CopyResult => ({ ok: true, text });

interface Format {
  readonly format: CopyFormat;
  /** In menus. */
  readonly title: string;
  /** In sentences: "copied 16 bytes as …". */
  readonly name: string;
  readonly write: (copied: Copied) => CopyResult;
}

export const COPY_FORMATS: readonly Format[] = [
  { format: 'hex', title: 'Hex Bytes', name: 'hex bytes', write: (copied) => made(hexText(copied)) },
  { format: 'lspci', title: 'lspci Rows', name: 'lspci rows', write: (copied) => made(lspciText(copied)) },
  {
    format: 'c',
    title: 'C Array',
    name: 'a C array',
    write: (copied) =>
      isKnown(copied)
        ? made(cText(copied))
        : { ok: false, message: 'The selection holds unknown bytes, which an array cannot say.' },
  },
  { format: 'setpci', title: 'setpci Command', name: 'a setpci command', write: setpciText },
  { format: 'json', title: 'JSON', name: 'JSON', write: (copied) => made(jsonText(copied)) },
];

/** The text of the selection in the format. */
export const copyText = (copied: Copied, format: CopyFormat): CopyResult => {
  const found = COPY_FORMATS.find((candidate) => candidate.format === format);
  if (!found) throw new Error(`no copy format ${format}`);
  return found.write(copied);
};
