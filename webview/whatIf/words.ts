import type { Cell, Policy, QuirkPlan, Table, WidthChoice, WriteResult } from '../../src/protocol/whatIf';
import { countBits, OUTCOMES } from '../verdict/verdictText';
import type { Kernels, Row } from './rows';

/** The table in words: what stands in a cell, and what is spoken of it. No DOM. */

export type Tone = 'done' | 'dropped' | 'failed' | 'plain' | 'none';

export interface CellText {
  readonly mark: string;
  readonly tone: Tone;
  readonly word: string;
  /** Bits, or what the guest was told. */
  readonly note: string;
  /** Bits that the guest reads back though the device does not have them, where there are others too. */
  readonly believed: number;
}

const bits = (count: number): string => (count === 1 ? '1 bit' : `${count} bits`);

/** `XEN_PCI_ERR_access_denied` without what all of them begin with. */
export const shortError = (name: string): string => name.replace(/^XEN_PCI_ERR_/, '');

const WORDS: Readonly<Record<WriteResult['outcome'], string>> = {
  all: 'all',
  partly: 'partly',
  believed: 'only read back',
  nothing: 'nothing',
  refused: 'refused',
  same: 'no change',
  read: 'read',
};

type Counted = Pick<Cell, 'outcome' | 'done' | 'wanted' | 'errors'>;

const noteOf = ({ outcome, done, wanted, errors }: Counted): string => {
  switch (outcome) {
    case 'all':
    case 'believed':
      return bits(wanted);
    case 'partly':
      return `${done} of ${bits(wanted)}`;
    case 'nothing':
      return `0 of ${bits(wanted)}`;
    case 'refused':
      return errors.map(shortError).join(', ');
    case 'same':
    case 'read':
    case 'impossible':
      return '';
  }
};

const MISSING: Readonly<Record<NonNullable<Cell['missing']>, string>> = {
  quirk: 'nothing to open',
  policy: 'not in this driver',
};

export const cellText = (cell: Cell): CellText => {
  if (cell.outcome === 'impossible')
    return {
      mark: '–',
      tone: 'none',
      word: cell.missing === undefined ? 'not possible' : MISSING[cell.missing],
      note: '',
      believed: 0,
    };
  const { outcome, believed } = cell;
  return {
    ...OUTCOMES[outcome],
    word: WORDS[outcome],
    note: noteOf(cell),
    believed: outcome === 'partly' ? believed : 0,
  };
};

/** A single write's result, as a cell of its own. */
export const resultText = ({ outcome, wanted, done, believed }: WriteResult): CellText => {
  const note = noteOf({
    outcome,
    wanted: countBits(wanted),
    done: countBits(done),
    errors: [],
  });
  const kept = outcome === 'partly' ? countBits(believed) : 0;
  return { ...OUTCOMES[outcome], word: WORDS[outcome], note, believed: kept };
};

/** How a cell differs from what happens now: a sign, and the word for it. */
export const CHANGES: Readonly<Record<Cell['change'], { readonly sign: string; readonly word: string }>> = {
  same: { sign: '', word: '' },
  impossible: { sign: '', word: '' },
  more: { sign: '▲', word: 'more than as it is' },
  less: { sign: '▼', word: 'less than as it is' },
  other: { sign: '≠', word: 'other than as it is' },
};

const POLICIES: Readonly<Record<Exclude<Policy, 'quirk'>, string>> = {
  asIs: 'As it is',
  normal: 'Normal rules',
  interruptControl: 'Interrupt control',
  permissive: 'Permissive',
};

export const policyText = (table: Table, policy: Policy): string =>
  policy === 'quirk' ? (table.quirks.length > 1 ? 'Quirks' : 'Quirk') : POLICIES[policy];

/** What the policy means for this device, below its name. */
export const policyNote = (table: Table, policy: Policy): string => {
  switch (policy) {
    case 'asIs':
      return table.given.length === 0 ? 'normal rules' : table.given.join(', ');
    case 'normal':
      return 'nothing given to the device';
    case 'interruptControl':
      return 'allow_interrupt_control';
    case 'quirk':
      return table.quirks.map((line) => line.replace(/^.*?-/, '')).join(' ');
    case 'permissive':
      return 'device or module';
  }
};

const WIDTHS: Readonly<Record<WidthChoice, string>> = {
  asked: 'as asked',
  pieces: 'aligned pieces',
  1: 'bytes',
  2: 'words',
  4: 'dwords',
};

export const widthText = (width: WidthChoice): string => WIDTHS[width];

export const rowText = ({ widths, everyWidth }: Row): string =>
  everyWidth ? 'any width' : widths.map(widthText).join(', ');

export const besideText = (count: number): string =>
  count === 0 ? '' : `${count === 1 ? '1 byte' : `${count} bytes`} beside`;

/** What is spoken before a cell's own words: where in the table it stands. */
export const spokenPlace = (table: Table, kernels: Kernels, row: Row, cell: Cell): string =>
  `Linux ${kernels.label}${kernels.loaded ? ', loaded' : ''}; ${rowText(row)}; ${policyText(table, cell.policy)}:`;

/** What is spoken in place of a cell's signs, after its words. */
export const spokenSigns = (cell: Cell, now: boolean): string =>
  [
    cellText(cell).believed > 0 ? `${cellText(cell).believed} more only read back` : '',
    cell.beside > 0 ? `${besideText(cell.beside)} changed` : '',
    now ? 'this is what happens now' : CHANGES[cell.change].word,
  ]
    .filter((part) => part !== '')
    .map((part) => `; ${part}`)
    .join('');

/** What a quirk plan does for one write. */
export const EFFECTS: Readonly<
  Record<
    QuirkPlan['writes'][number]['effect'],
    { readonly mark: string; readonly tone: Tone; readonly word: string }
  >
> = {
  opened: { mark: '✓', tone: 'done', word: 'opened' },
  more: { mark: '◑', tone: 'dropped', word: 'opened in part' },
  reaches: { mark: '→', tone: 'dropped', word: 'reaches the device, which keeps its bits' },
  closed: { mark: '✗', tone: 'failed', word: 'cannot be opened' },
  unneeded: { mark: '=', tone: 'plain', word: 'needs no quirk' },
};

const LETTERS: Readonly<Record<number, string>> = { 1: '.b', 2: '.w', 4: '.l' };

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** `a8.w = 000f`, as setpci has it; other sizes by number. */
export const writeText = ({ offset, size, value }: WriteResult['write']): string =>
  `${hex(offset, 2)}${LETTERS[size] ?? ` (${size} bytes)`} = ${hex(value, size === 1 || size === 2 || size === 3 ? 2 * size : 8)}`;
