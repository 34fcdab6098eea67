import type { BitField, Register } from '../../src/protocol/model';
import { element, span } from '../ui/element';
import { fieldText, fieldValue, isReserved } from './registerValue';

/** A register drawn bit by bit, most significant first: its fields as boxes with name, value and access. */

interface Span {
  readonly field: BitField | undefined;
  readonly high: number;
  readonly low: number;
}

/** Rows of sixteen bits; a field that crosses rows is drawn in each. */
const ROW_BITS = 16;

const spansIn = (register: Register, high: number, low: number): readonly Span[] => {
  const spans: Span[] = [];
  for (let bit = high; bit >= low;) {
    const field = register.fields.find((f) => f.lsb <= bit && bit < f.lsb + f.width);
    let end = bit;
    if (field) end = Math.max(low, field.lsb);
    else
      while (end > low && !register.fields.some((f) => f.lsb <= end - 1 && end - 1 < f.lsb + f.width)) end--;
    spans.push({ field, high: bit, low: end });
    bit = end - 1;
  }
  return spans;
};

const bitsText = ({ high, low }: Span): string => (high === low ? String(high) : `${high}:${low}`);

const box = (spanned: Span, value: number | undefined, chosen: BitField | undefined): HTMLElement => {
  const { field } = spanned;
  const reserved = !field || isReserved(field);
  const made = element('div', {
    class: `bits-box${reserved ? ' reserved' : ''}${field !== undefined && field === chosen ? ' chosen' : ''}`,
  });
  made.style.gridColumn = `span ${spanned.high - spanned.low + 1}`;
  made.append(
    span('bits-number', bitsText(spanned)),
    span('bits-name', field && !reserved ? field.name : 'Rsvd'),
    span(
      'bits-value',
      field && !reserved && value !== undefined ? fieldText(field, fieldValue(value, field)) : '',
    ),
    span('bits-access', field ? field.access : ''),
  );
  made.title = field ? `${field.title}, ${field.access}` : 'Reserved';
  return made;
};

/** value: the register's, for the fields' meanings; undefined when it is not known. */
export const bitDiagram = (
  register: Register,
  value: number | undefined,
  chosen: BitField | undefined,
): HTMLElement => {
  const diagram = element('div', { class: 'bits', attributes: { 'aria-hidden': 'true' } });
  for (let high = 8 * register.width - 1; high >= 0; high -= ROW_BITS) {
    const low = Math.max(0, high - ROW_BITS + 1);
    const row = element('div', { class: 'bits-row' });
    row.style.gridTemplateColumns = `repeat(${high - low + 1}, minmax(0, 1fr))`;
    for (const spanned of spansIn(register, high, low)) row.append(box(spanned, value, chosen));
    diagram.append(row);
  }
  return diagram;
};
