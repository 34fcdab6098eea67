import type { AccessRow } from '../../src/protocol/accessLog';
import { OUTCOMES } from '../verdict/verdictText';

/** A row in words and signs. No DOM. */

export interface Mark {
  readonly sign: string;
  /** Empty where there is nothing to add to the sign and the answer. */
  readonly word: string;
  readonly tone: 'done' | 'plain' | 'dropped' | 'failed';
}

/** What came of the row: the verdict where there is one, else whether it was answered with an error. */
export const markOf = ({ outcome, err }: AccessRow): Mark => {
  if (outcome === undefined)
    return err !== undefined && err.code !== 0
      ? { sign: OUTCOMES.refused.mark, word: 'refused', tone: 'failed' }
      : { sign: OUTCOMES.all.mark, word: 'done', tone: 'plain' };
  const { mark, tone } = OUTCOMES[outcome];
  return { sign: mark, word: outcome, tone: outcome === 'read' ? 'plain' : tone };
};

/** The answer without the prefix that all of the interface's own share. */
export const answerText = ({ err }: AccessRow): string => err?.name.replace(/^XEN_PCI_ERR_/, '') ?? '';

const hiddenWrites = (hides: number): string =>
  hides === 0
    ? 'hides no later write yet'
    : hides === 1
      ? 'hides 1 later write'
      : `hides ${hides} later writes`;

/** What the driver's one warning has to do with the row; empty when nothing. */
export const warningText = ({ warning, hides = 0 }: AccessRow): string => {
  if (warning === 'printed') return `kernel warned, ${hiddenWrites(hides)}`;
  return warning === 'hidden' ? 'not in the kernel log' : '';
};

/** The same in the little room of a row. */
export const warningLabel = ({ warning, hides = 0 }: AccessRow): string => {
  if (warning === 'printed') return hides === 0 ? 'warned' : `warned, hides ${hides}`;
  return warning === 'hidden' ? 'hidden' : '';
};

/** What a screen reader says of the row. */
export const spokenRow = (row: AccessRow): string =>
  [
    `#${row.seq}`,
    row.guest,
    row.at,
    row.host === undefined ? '' : `host ${row.host}`,
    row.op,
    row.registers,
    row.place,
    row.value,
    markOf(row).word,
    row.err?.name ?? '',
    row.undone ? 'undone' : '',
    warningText(row),
    row.reason,
  ]
    .filter((part) => part !== '')
    .join(', ');
