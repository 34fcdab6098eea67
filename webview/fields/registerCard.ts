import type { BitField, Image, Register } from '../../src/protocol/model';
import { element, span } from '../ui/element';
import type { View } from '../view';
import { bitDiagram } from './bitDiagram';
import { binaryOf, fieldHex, fieldValueAt, hexOf, meaningOf, registerValue } from './registerValue';

/** Everything about one register or field: full name, place, all values in all radixes, its bits, the specification. */

const octal = (value: number): string => `0o${(value >>> 0).toString(8)}`;

const valueRow = (
  name: string,
  image: Image | undefined,
  register: Register,
  field: BitField | undefined,
): HTMLElement | undefined => {
  if (!image || image.bytes.length === 0) return undefined;
  const bits = field ? field.width : 8 * register.width;
  const value = field ? fieldValueAt(image, register, field) : registerValue(image, register);
  const row = element('tr', {}, element('th', { text: name, attributes: { scope: 'row' } }));
  if (value === undefined) {
    row.append(element('td', { text: 'unknown', attributes: { colspan: '5' } }));
    return row;
  }
  const meaning = field && meaningOf(field, value);
  row.append(
    element('td', { class: 'code', text: field ? fieldHex(field, value) : hexOf(value, bits) }),
    element('td', { class: 'code', text: String(value) }),
    element('td', { class: 'code', text: octal(value) }),
    element('td', { class: 'code binary', text: binaryOf(value, bits) }),
    element('td', { text: meaning ?? '' }),
  );
  return row;
};

const placeText = (register: Register, field: BitField | undefined): string => {
  const at = `offset ${hexOf(register.offset, 8)}`;
  if (!field) return `${at}, ${register.width} ${register.width === 1 ? 'byte' : 'bytes'}`;
  const bits = field.width === 1 ? `bit ${field.lsb}` : `bits ${field.lsb + field.width - 1}:${field.lsb}`;
  return `${register.name} at ${at.slice(7)}, ${bits}, ${field.access}`;
};

/** The card's content. `lines` are what lspci -vvv says of the register. */
export const registerCard = (
  view: View,
  register: Register,
  field: BitField | undefined,
  lines: readonly string[],
): readonly HTMLElement[] => {
  const table = element(
    'table',
    { class: 'card-values' },
    element(
      'tr',
      {},
      element('td'),
      ...['hex', 'dec', 'oct', 'bin'].map((text) => element('th', { text, attributes: { scope: 'col' } })),
      element('td'),
    ),
  );
  for (const row of [
    valueRow('Guest', view.guest, register, field),
    valueRow('Hardware', view.hardware, register, field),
    valueRow('Reset', view.reset, register, field),
  ])
    if (row) table.append(row);
  const head = element(
    'div',
    { class: 'card-head' },
    span('detail-title', field ? field.title : register.title),
    span('detail-place', `${placeText(register, field)} · ${register.source}`),
  );
  const said = lines.map((text) => element('div', { class: 'card-line code', text }));
  const diagram =
    register.fields.length > 0 && bitDiagram(register, registerValue(view.targetImage, register), field);
  return [head, table, ...said, ...(diagram === false ? [] : [diagram])];
};
