import { element, span } from '../ui/element';
import { tintOf } from '../ui/tint';
import type { View } from '../view';
import { ROW, offsetText, spokenPlace } from './cellText';

export interface Row {
  readonly row: HTMLElement;
  readonly ascii: HTMLElement;
}

export interface Cell {
  /**
   * One element for each cell: there are thousands. The hardware's value, where both are shown, is its `data-hw`,
   * which the style sheet draws as a second line.
   */
  readonly cell: HTMLElement;
  /** The view's own value. */
  readonly shown: Text;
  /** What owns the cell, as it is spoken. */
  readonly place: string;
}

/** Where extended configuration space begins. */
export const EXTENDED = 256;

export const headings = ({ size, width }: View): HTMLElement => {
  const row = element('div', { class: 'row heads', attributes: { role: 'row', 'aria-rowindex': '1' } });
  const head = (name: string, text: string) =>
    element('span', { class: name, text, attributes: { role: 'columnheader' } });
  row.append(head('offset', 'offset'));
  for (let at = 0; at < ROW; at += width) row.append(head('col', offsetText(at, size).slice(-2)));
  row.append(head('ascii', 'ASCII'), head('names', 'structure'));
  return row;
};

const buildCell = (view: View, offset: number): Cell => {
  const { width, places } = view;
  const shown = document.createTextNode('');
  const cell = element('span', { class: 'cell', attributes: { role: 'gridcell', tabindex: '-1' } });
  cell.append(shown);
  const place = places.find(offset);
  if (place) {
    const { offset: start } = place.structure;
    cell.classList.add('owned', tintOf(place.index));
    if (start >= offset && start < offset + width) cell.classList.add('start');
  }
  cell.dataset['offset'] = String(offset);
  return { cell, shown, place: spokenPlace(places, offset, width) };
};

/** A row and its cells, without values. */
export const buildRow = (view: View, at: number): { readonly row: Row; readonly cells: readonly Cell[] } => {
  const { size, width } = view;
  const row = element('div', {
    class: 'row',
    attributes: { role: 'row', 'aria-rowindex': String(at / ROW + 2) },
  });
  const cells: Cell[] = [];
  for (let offset = at; offset < at + ROW; offset += width) cells.push(buildCell(view, offset));
  const ascii = element('span', { class: 'ascii', attributes: { role: 'gridcell' } });
  const names = element('span', { class: 'names', attributes: { role: 'gridcell' } });
  view.structures.forEach((structure, index) => {
    if (structure.offset < at || structure.offset >= at + ROW) return;
    const name = span(`name ${tintOf(index)}`, structure.name);
    name.title = structure.title;
    names.append(name);
  });
  row.append(
    element('span', { class: 'offset', text: offsetText(at, size), attributes: { role: 'rowheader' } }),
    ...cells.map(({ cell }) => cell),
    ascii,
    names,
  );
  return { row: { row, ascii }, cells };
};

/** Conventional and extended space, each a group of its own: the second is named where it begins. */
export const buildGroup = (rows: readonly HTMLElement[], extended: boolean): HTMLElement =>
  element(
    'div',
    {
      class: extended ? 'space extended' : 'space',
      attributes: {
        role: 'rowgroup',
        'aria-label': extended ? 'Extended configuration space' : 'Conventional configuration space',
      },
    },
    ...rows,
  );

/** Stands for rows that the mode leaves out, from one offset up to another, which is not among them. */
export const gapRow = (from: number, to: number, size: number, columns: number): HTMLElement =>
  element(
    'div',
    { class: 'gap', attributes: { role: 'row', 'aria-rowindex': String(from / ROW + 2) } },
    element('span', {
      class: 'gap-text',
      text: `${offsetText(from, size)} to ${offsetText(to - 1, size)} the same`,
      attributes: { role: 'gridcell', 'aria-colspan': String(columns) },
    }),
  );
