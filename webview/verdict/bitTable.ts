import type { Fate, Verdict } from '../../src/protocol/verdict';
import { element, span } from '../ui/element';
import { bitRanges, FATES } from './verdictText';

/**
 * The bits of an access, most significant first: what was asked, what the guest reads and what the device holds
 * afterwards, and each bit's fate as a letter. Bits that the guest wanted to change are framed.
 */

const bitOf = (value: number | undefined, bit: number): string =>
  value === undefined ? '·' : String((value >>> bit) & 1);

const fateAt = ({ parts }: Verdict, bit: number): Fate | undefined =>
  parts.find((part) => ((part.mask >>> bit) & 1) === 1)?.fate;

interface Line {
  readonly name: string;
  readonly value: number | undefined;
  /** Bits of the line that differ from what was asked. */
  readonly off?: number;
}

const differs = (value: number | undefined, sent: number | undefined): number =>
  value === undefined || sent === undefined ? 0 : (value ^ sent) >>> 0;

const linesOf = (verdict: Verdict, sent: number | undefined): readonly Line[] => [
  ...(sent === undefined ? [] : [{ name: 'asked', value: sent }]),
  { name: 'guest reads', value: verdict.after.guest, off: differs(verdict.after.guest, sent) },
  { name: 'device', value: verdict.after.device, off: differs(verdict.after.device, sent) },
];

/** size: bytes of the access, 1, 2 or 4. The table says the same in words for those who do not see it. */
export const bitTable = (verdict: Verdict, size: number, sent: number | undefined): HTMLElement => {
  const bits = 8 * size;
  const table = element('table', {
    class: 'bit-table',
    attributes: {
      'aria-label': verdict.parts
        .map((part) => `bits ${bitRanges(part.mask)} ${FATES[part.fate].word}`)
        .join('; '),
    },
  });
  const row = (name: string, className: string, cellOf: (bit: number) => HTMLElement): void => {
    const made = element('tr', { class: className });
    made.append(element('th', { text: name, attributes: { scope: 'row' } }));
    for (let bit = bits - 1; bit >= 0; bit--) {
      const cell = cellOf(bit);
      if (bit % 8 === 7 && bit !== bits - 1) cell.classList.add('byte');
      else if (bit % 4 === 3) cell.classList.add('nibble');
      if (((verdict.wanted >>> bit) & 1) === 1) cell.classList.add('wanted');
      made.append(cell);
    }
    table.append(made);
  };
  row('bit', 'numbers', (bit) =>
    element(
      'th',
      { attributes: { scope: 'col' } },
      span(bit % 4 === 3 || bit % 4 === 0 ? '' : 'spoken', String(bit)),
    ),
  );
  for (const { name, value, off = 0 } of linesOf(verdict, sent))
    row(name, 'values', (bit) =>
      element('td', { class: ((off >>> bit) & 1) === 1 ? 'off' : '', text: bitOf(value, bit) }),
    );
  row('fate', 'fates', (bit) => {
    const fate = fateAt(verdict, bit);
    return element('td', {
      class: fate === undefined ? '' : `fate-${fate}`,
      text: fate === undefined ? '' : FATES[fate].letter,
      ...(fate === undefined ? {} : { title: `bit ${bit}: ${FATES[fate].word}` }),
    });
  });
  return element('div', { class: 'bit-table-scroll' }, table);
};
