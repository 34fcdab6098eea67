import type { AccessRow } from '../../src/protocol/accessLog';
import { element, setAttribute, setText, span } from '../ui/element';
import { answerText, markOf, spokenRow, warningLabel, warningText } from './rowText';

/** The columns, in order: class and heading. */
export const COLUMNS = [
  { name: 'seq', heading: '#' },
  { name: 'guest', heading: 'Guest' },
  { name: 'device', heading: 'Device' },
  { name: 'op', heading: 'Operation' },
  { name: 'registers', heading: 'Register' },
  { name: 'place', heading: 'Offset' },
  { name: 'value', heading: 'Value' },
  { name: 'outcome', heading: 'Outcome' },
  { name: 'answer', heading: 'Answer' },
  { name: 'reason', heading: 'Reason' },
] as const;
type Column = (typeof COLUMNS)[number]['name'];

/** Height of a row in pixels, as of the rows of VS Code's own lists. The style sheet has the same. */
export const ROW_HEIGHT = 22;

/** One row of the grid. Elements are used again for other rows as the list scrolls. */
export class RowView {
  readonly root = element('div', { class: 'access', attributes: { role: 'row', tabindex: '-1' } });
  private readonly cells: Readonly<Record<Column, HTMLElement>>;
  private readonly sign = element('span', { class: 'sign', attributes: { 'aria-hidden': 'true' } });
  private readonly word = span('word', '');
  private readonly at = span('at', '');
  private readonly host = span('host', '');
  private readonly warning = span('warning', '');
  private readonly why = span('why', '');
  private shown: AccessRow | undefined;
  ordinal = -1;

  constructor() {
    this.cells = Object.fromEntries(
      COLUMNS.map(({ name }, i) => [
        name,
        element('span', {
          class: `col-${name}`,
          attributes: { role: 'gridcell', 'aria-colindex': String(i + 1) },
        }),
      ]),
    ) as Record<Column, HTMLElement>;
    this.cells.outcome.append(this.sign, this.word);
    this.cells.device.append(this.at, this.host);
    this.cells.reason.append(this.warning, this.why);
    this.root.append(...Object.values(this.cells));
  }

  get row(): AccessRow | undefined {
    return this.shown;
  }

  /** Where the row stands among those that the filter shows; `index` from 0. */
  place(ordinal: number, index: number): void {
    this.ordinal = ordinal;
    this.root.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    // The headings are the first row.
    setAttribute(this.root, 'aria-rowindex', String(index + 2));
  }

  /** Without a row: what stands there is on its way. */
  show(row: AccessRow | undefined): void {
    if (row === this.shown && row !== undefined) return;
    this.shown = row;
    const { root, cells } = this;
    root.classList.toggle('loading', row === undefined);
    if (row === undefined) {
      for (const part of [this.sign, this.word, this.at, this.host, this.warning, this.why])
        setText(part, '');
      for (const name of ['seq', 'guest', 'op', 'registers', 'place', 'value', 'answer'] as const)
        setText(cells[name], '');
      root.removeAttribute('data-seq');
      root.removeAttribute('data-vscode-context');
      setAttribute(root, 'aria-label', 'not loaded yet');
      return;
    }
    const mark = markOf(row);
    setText(cells.seq, String(row.seq));
    setText(cells.guest, row.guest);
    setText(this.at, row.at);
    setText(this.host, row.host ?? '');
    setText(cells.op, row.op);
    setText(cells.registers, row.registers);
    setText(cells.place, row.place);
    setText(cells.value, row.value);
    setText(this.sign, mark.sign);
    setText(this.word, mark.word);
    setText(cells.answer, answerText(row));
    setText(this.warning, warningLabel(row));
    this.warning.title = warningText(row);
    setText(this.why, row.reason);
    root.dataset['seq'] = String(row.seq);
    root.dataset['tone'] = mark.tone;
    root.classList.toggle('write', row.op === 'conf_write');
    root.classList.toggle('undone', row.undone);
    root.classList.toggle('failed', row.err !== undefined && row.err.code !== 0);
    setAttribute(root, 'data-warning', row.warning);
    root.dataset['vscodeContext'] = JSON.stringify({
      webviewSection: 'row',
      seq: row.seq,
      preventDefaultContextMenuItems: true,
    });
    setAttribute(root, 'aria-label', spokenRow(row));
  }
}
