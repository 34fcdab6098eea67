import type { Cell, Place, Table } from '../../src/protocol/whatIf';
import { element, setAttribute, span } from '../ui/element';
import { kernelsOf, nowOf, samePlace, shownFor, type Kernels, type Row } from './rows';
import { outcomeParts } from './outcomeParts';
import {
  besideText,
  cellText,
  CHANGES,
  policyNote,
  policyText,
  rowText,
  spokenPlace,
  spokenSigns,
} from './words';

export interface TableEvents {
  /** A cell is looked at. */
  readonly look: (place: Place) => void;
  /** On to what stands behind it. */
  readonly open: () => void;
}

const PAGE = 8;

/** The widths of a row, each in one piece; lines break between them. */
const widthParts = (row: Row): readonly (HTMLElement | string)[] =>
  rowText(row)
    .split(', ')
    .flatMap((text, i, all) => [span('', i < all.length - 1 ? `${text},` : text), ' ']);

/** The table as a grid with one stop for Tab: arrows go from cell to cell, Enter goes on to the details. */
export class TableView {
  readonly root = element('div', { class: 'table-scroll' });
  private table: Table | undefined;
  private kernels: readonly Kernels[] = [];
  private cells: HTMLElement[][] = [];
  private places: Cell[][] = [];
  /** Row and column of the cell that is looked at. */
  private at: readonly [number, number] = [0, 0];
  private wanted: Place | undefined;

  constructor(private readonly events: TableEvents) {
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    this.root.addEventListener('click', (event) => {
      const cell = event.target instanceof Element ? event.target.closest('td') : null;
      if (cell instanceof HTMLElement) this.goTo(this.positionOf(cell), true);
    });
    this.root.addEventListener('dblclick', () => this.events.open());
  }

  /** The cell to look at when the table comes; without one what happens now. */
  want(place: Place | undefined): void {
    this.wanted = place;
  }

  get place(): Place | undefined {
    const cell = this.places[this.at[0]]?.[this.at[1]];
    return cell && { profile: cell.profile, policy: cell.policy, width: cell.width };
  }

  show(table: Table, fold: boolean): void {
    const had = this.root.contains(document.activeElement);
    const place = this.wanted ?? this.place ?? nowOf(table);
    this.wanted = undefined;
    this.table = table;
    this.kernels = kernelsOf(table, fold);
    this.build(table);
    const shown = shownFor(this.kernels, place) ?? shownFor(this.kernels, nowOf(table));
    const row = this.places.findIndex((cells) => shown !== undefined && cells.includes(shown));
    this.at = row < 0 || !shown ? [0, 0] : [row, this.places[row]?.indexOf(shown) ?? 0];
    this.mark();
    if (had) this.active?.focus();
    if (this.place) this.events.look(this.place);
  }

  clear(): void {
    this.table = undefined;
    this.cells = this.places = [];
    this.root.replaceChildren();
  }

  focus(): void {
    this.active?.focus();
  }

  private get active(): HTMLElement | undefined {
    return this.cells[this.at[0]]?.[this.at[1]];
  }

  private build(table: Table): void {
    const rowCount = this.kernels.reduce((sum, { rows }) => sum + rows.length, 0);
    const made = element('table', {
      class: 'what-if',
      attributes: {
        role: 'grid',
        'aria-label': 'What comes of it, by kernel, width and policy',
        'aria-rowcount': String(rowCount + 1),
        'aria-colcount': String(table.policies.length + 2),
      },
    });
    made.append(element('thead', {}, this.head(table)));
    this.cells = [];
    this.places = [];
    let number = 2;
    for (const kernels of this.kernels) {
      const body = element('tbody', { class: kernels.loaded ? 'loaded' : '' });
      kernels.rows.forEach((row, i) => {
        body.append(this.row(table, kernels, row, i === 0, number++));
      });
      made.append(body);
    }
    this.root.replaceChildren(made);
  }

  private head(table: Table): HTMLElement {
    return element(
      'tr',
      { attributes: { 'aria-rowindex': '1' } },
      element('th', { text: 'Linux', attributes: { scope: 'col' } }),
      element('th', { text: 'Width', attributes: { scope: 'col' } }),
      ...table.policies.map((policy) =>
        element(
          'th',
          { class: `policy policy-${policy}`, attributes: { scope: 'col' } },
          span('policy-name', policyText(table, policy)),
          element('span', {
            class: 'policy-note',
            text: policyNote(table, policy),
            title: policyNote(table, policy),
          }),
        ),
      ),
    );
  }

  private row(table: Table, kernels: Kernels, row: Row, first: boolean, number: number): HTMLElement {
    const made = element('tr', { attributes: { 'aria-rowindex': String(number) } });
    if (first)
      made.append(
        element(
          'th',
          { class: 'kernel', attributes: { scope: 'rowgroup', rowspan: String(kernels.rows.length) } },
          span('kernel-name', kernels.label),
          kernels.loaded &&
            span('loaded-mark', kernels.profiles.length > 1 ? `${table.loaded} loaded` : 'loaded'),
        ),
      );
    made.append(element('th', { class: 'width', attributes: { scope: 'row' } }, ...widthParts(row)));
    const cells = row.cells.map((cell) => this.cell(table, kernels, row, cell));
    this.cells.push(cells);
    this.places.push([...row.cells]);
    made.append(...cells);
    return made;
  }

  private cell(table: Table, kernels: Kernels, row: Row, cell: Cell): HTMLElement {
    const now = samePlace(cell, nowOf(table));
    const text = cellText(cell);
    const { sign } = CHANGES[cell.change];
    const seen = (name: string, words: string): HTMLElement =>
      element('span', { class: name, text: words, attributes: { 'aria-hidden': 'true' } });
    return element(
      'td',
      {
        class: ['cell', `tone-${text.tone}`, `change-${cell.change}`, now ? 'now' : ''].join(' ').trim(),
        attributes: {
          role: 'gridcell',
          tabindex: '-1',
          'data-place': `${cell.profile} ${cell.width} ${cell.policy}`,
        },
      },
      span('spoken', `${spokenPlace(table, kernels, row, cell)} `),
      element(
        'span',
        { class: 'cell-text' },
        ...outcomeParts(text),
        cell.beside > 0 && seen('cell-beside', `+ ${besideText(cell.beside)}`),
        now && seen('cell-now', 'now'),
        sign !== '' && seen('cell-change', sign),
      ),
      span('spoken', spokenSigns(cell, now)),
    );
  }

  private positionOf(cell: HTMLElement): readonly [number, number] {
    const row = this.cells.findIndex((cells) => cells.includes(cell));
    return [row, this.cells[row]?.indexOf(cell) ?? 0];
  }

  /** Moves on; `tell`s who shows the details. */
  private goTo([row, column]: readonly [number, number], focus: boolean): void {
    if (!this.cells[row]?.[column]) return;
    this.at = [row, column];
    this.mark();
    if (focus) this.active?.focus();
    if (this.place) this.events.look(this.place);
  }

  private mark(): void {
    for (const cell of this.cells.flat()) {
      const active = cell === this.active;
      cell.tabIndex = active ? 0 : -1;
      setAttribute(cell, 'aria-selected', String(active));
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.shiftKey || !this.table) return;
    const [row, column] = this.at;
    const [lastRow, lastColumn] = [this.cells.length - 1, (this.cells[row]?.length ?? 1) - 1];
    const far = event.ctrlKey;
    const to: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [far ? lastRow : Math.min(lastRow, row + 1), column],
      ArrowUp: [far ? 0 : Math.max(0, row - 1), column],
      ArrowRight: [row, far ? lastColumn : Math.min(lastColumn, column + 1)],
      ArrowLeft: [row, far ? 0 : Math.max(0, column - 1)],
      Home: [far ? 0 : row, 0],
      End: [far ? lastRow : row, lastColumn],
      PageDown: [Math.min(lastRow, row + PAGE), column],
      PageUp: [Math.max(0, row - PAGE), column],
    };
    const next = to[event.key];
    if (next) this.goTo(next, true);
    else if (event.key === 'Enter' || event.key === ' ') this.events.open();
    else return;
    event.preventDefault();
  }
}
