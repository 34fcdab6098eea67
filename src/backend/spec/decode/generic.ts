import type { PlacedRegister, PlacedStructure } from '../layout';
import type { BitFieldSpec } from '../register';
import { line, type LineSpec } from './decodedLine';

/**
 * Lines for a structure that lspci does not decode, in its notation: one line per register with its fields in order;
 * one-bit fields as flags, enumerations by meaning, the rest as numbers.
 */

/** What the line that names the structure says already. */
const HEAD = new Set(['CAP_ID', 'NEXT_POINTER', 'HEADER']);

const hexDigits = (width: number): number => Math.ceil(width / 4);

const fieldText = ({ name, width, values, shift }: BitFieldSpec): string => {
  if (values) return `${name}={${name}}`;
  if (width === 1) return `${name}±`;
  return shift !== undefined || width > 8 ? `${name}={${name}:${hexDigits(width)}}` : `${name}={${name}}`;
};

/** One register with all its fields, as a template. */
export const genericText = (register: PlacedRegister): string =>
  register.fields.length === 0
    ? `{:${2 * register.width}}`
    : register.fields
        .filter(({ access }) => access !== 'RsvdP' && access !== 'RsvdZ')
        .map(fieldText)
        .join(' ');

export const genericLines = (structure: PlacedStructure): readonly LineSpec[] =>
  structure.registers
    .filter(({ name }) => !HEAD.has(name))
    .map((register) => line(register.name, register.name, genericText(register)));
