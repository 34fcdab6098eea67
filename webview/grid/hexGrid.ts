import type { Image } from '../../src/protocol/model';
import { element, setAttribute, setText, span } from '../ui/element';
import type { View } from '../view';
import { CellEditor } from './cellEditor';
import { ROW, asciiText, cellText, offsetText, spokenCell } from './cellText';
import { isHexDigit, moved } from './movement';

/** What the grid tells the page. */
export interface GridEvents {
  readonly select: (offset: number) => void;
  readonly write: (offset: number, value: number) => void;
  readonly read: (offset: number) => void;
  /** A value is being typed over a cell; undefined while it is no number. */
  readonly typing: (offset: number, value: number | undefined) => void;
  /** An edit was given up; the text says so. */
  readonly cancelled: (text: string) => void;
  readonly scrolled: () => void;
}

interface Row {
  readonly row: HTMLElement;
  readonly ascii: HTMLElement;
}
interface Cell {
  /**
   * One element for each cell: there are thousands. The hardware's value, where both are shown, is its `data-hw`,
   * which the style sheet draws as a second line.
   */
  readonly cell: HTMLElement;
  /** The view's own value. */
  readonly shown: Text;
}

/** Structures take turns in this many tints; the first is the header's. */
const TINTS = 6;
const tintOf = (structure: number): string =>
  `tint-${structure === 0 ? 0 : ((structure - 1) % (TINTS - 1)) + 1}`;

/** The hex grid: rows built once per layout, cells patched where bytes changed. */
export class HexGrid {
  readonly root = element('div', { class: 'grid-scroll' });
  private readonly table = element('div', {
    class: 'grid',
    attributes: { role: 'grid', 'aria-label': 'Configuration space' },
  });
  private rows: Row[] = [];
  private cells: Cell[] = [];
  private active = -1;
  private marked: Cell[] = [];
  private fresh: Cell[] = [];
  private readonly editor = new CellEditor(
    (offset, end) => {
      if (end.refocus) this.focusCell();
      if (end.value !== undefined) this.events.write(offset, end.value);
      else if (end.why !== undefined) this.events.cancelled(end.why);
    },
    (offset, value) => this.events.typing(offset, value),
  );

  constructor(
    private readonly view: View,
    private readonly events: GridEvents,
  ) {
    this.root.append(this.table);
    this.table.addEventListener('keydown', (event) => this.onKey(event));
    this.table.addEventListener('mousedown', (event) => {
      const offset = this.offsetOf(event.target);
      if (offset === undefined || event.button !== 0) return;
      event.preventDefault();
      this.events.select(offset);
      this.focusCell();
    });
    this.table.addEventListener('dblclick', (event) => {
      const offset = this.offsetOf(event.target);
      if (offset !== undefined) this.beginEdit('');
    });
    this.table.addEventListener('focusin', (event) => {
      const offset = this.offsetOf(event.target);
      if (offset !== undefined && offset !== this.view.selection && !this.editor.active)
        this.events.select(offset);
    });
    this.root.addEventListener('scroll', () => this.events.scrolled(), { passive: true });
  }

  /** Builds every row: another device, layout or width. */
  build(): void {
    this.editor.end();
    const { size, width } = this.view;
    const columns = ROW / width;
    this.table.dataset['width'] = String(width);
    this.table.dataset['digits'] = String(offsetText(0, size).length);
    setAttribute(this.table, 'aria-rowcount', String(size / ROW + 1));
    setAttribute(this.table, 'aria-colcount', String(columns + 3));
    this.rows = [];
    this.cells = [];
    this.marked = [];
    this.fresh = [];
    this.active = -1;
    const all = [this.headings()];
    for (let at = 0; at < size; at += ROW) all.push(this.buildRow(at));
    this.table.replaceChildren(...all);
    this.patchAll();
    this.showSelection(false);
  }

  private headings(): HTMLElement {
    const { size, width } = this.view;
    const row = element('div', { class: 'row heads', attributes: { role: 'row', 'aria-rowindex': '1' } });
    const head = (name: string, text: string) =>
      element('span', { class: name, text, attributes: { role: 'columnheader' } });
    row.append(element('span', { class: 'offset', text: 'offset', attributes: { role: 'columnheader' } }));
    for (let at = 0; at < ROW; at += width) row.append(head('col', offsetText(at, size).slice(-2)));
    row.append(head('ascii', 'ASCII'), head('names', 'structure'));
    return row;
  }

  private buildRow(at: number): HTMLElement {
    const { size, width, places } = this.view;
    const row = element('div', {
      class: 'row',
      attributes: { role: 'row', 'aria-rowindex': String(at / ROW + 2) },
    });
    row.append(
      element('span', { class: 'offset', text: offsetText(at, size), attributes: { role: 'rowheader' } }),
    );
    for (let offset = at; offset < at + ROW; offset += width) {
      const shown = document.createTextNode('');
      const cell = element('span', { class: 'cell', attributes: { role: 'gridcell', tabindex: '-1' } });
      cell.append(shown);
      const place = places.find(offset);
      if (place) {
        cell.classList.add(tintOf(place.index));
        if (place.structure.offset >= offset && place.structure.offset < offset + width)
          cell.classList.add('start');
      }
      cell.dataset['offset'] = String(offset);
      this.cells.push({ cell, shown });
      row.append(cell);
    }
    const ascii = element('span', { class: 'ascii', attributes: { role: 'gridcell' } });
    const names = element('span', { class: 'names', attributes: { role: 'gridcell' } });
    this.view.structures.forEach((structure, index) => {
      if (structure.offset < at || structure.offset >= at + ROW) return;
      const name = span(`name ${tintOf(index)}`, structure.name);
      name.title = structure.title;
      names.append(name);
    });
    row.append(ascii, names);
    this.rows.push({ row, ascii });
    return row;
  }

  /** The mode changed: every cell shows another value. */
  patchAll(): void {
    this.table.dataset['mode'] = this.view.mode;
    for (let i = 0; i < this.cells.length; i++) this.patchCell(i);
    for (let i = 0; i < this.rows.length; i++) this.patchRow(i);
  }

  /** Bytes changed. They stay marked as changed until the next change. */
  patch(bytes: readonly number[]): void {
    for (const cell of this.fresh) cell.cell.classList.remove('fresh');
    this.fresh = [];
    const { width } = this.view;
    const rows = new Set<number>();
    for (const index of new Set(bytes.map((offset) => Math.floor(offset / width)))) {
      const cell = this.cells[index];
      if (!cell) continue;
      if (this.patchCell(index)) {
        cell.cell.classList.add('fresh');
        this.fresh.push(cell);
      }
      rows.add(Math.floor((index * width) / ROW));
    }
    for (const row of rows) this.patchRow(row);
  }

  private get upperImage(): Image {
    return this.view.mode === 'hardware' ? this.view.hardware : (this.view.guest ?? this.view.hardware);
  }

  /** True when the text that is shown changed. */
  private patchCell(index: number): boolean {
    const entry = this.cells[index];
    if (!entry) return false;
    const { view } = this;
    const { width } = view;
    const offset = index * width;
    const shown = cellText(this.upperImage, offset, width);
    const differs = view.differs(offset, width);
    const hardware = view.mode === 'both' ? cellText(view.hardware, offset, width) : '';
    const changed = entry.shown.data !== shown || (entry.cell.dataset['hw'] ?? '') !== hardware;
    if (entry.shown.data !== shown) entry.shown.data = shown;
    setAttribute(entry.cell, 'data-hw', hardware === '' ? undefined : hardware);
    const classes = entry.cell.classList;
    classes.toggle('differs', differs);
    classes.toggle('unknown', shown.includes('·'));
    const place = view.places.find(offset);
    const other = !differs
      ? undefined
      : view.mode === 'hardware'
        ? { name: 'guest', text: cellText(view.guest ?? view.hardware, offset, width) }
        : { name: 'hardware', text: cellText(view.hardware, offset, width) };
    const registers = view.places
      .registersIn(offset, width)
      .map((register) => register.name)
      .join(' ');
    setAttribute(
      entry.cell,
      'aria-label',
      spokenCell(offsetText(offset, view.size), shown, other, place, registers),
    );
    return changed;
  }

  private patchRow(index: number): void {
    const entry = this.rows[index];
    if (!entry) return;
    const at = index * ROW;
    const { view } = this;
    setText(entry.ascii, asciiText(this.upperImage, at));
    setAttribute(entry.ascii, 'data-hw', view.mode === 'both' ? asciiText(view.hardware, at) : undefined);
    entry.row.classList.toggle('has-difference', view.differs(at, ROW));
  }

  /** Moves the active cell to the view's selection and frames its register. */
  showSelection(
    scroll: boolean,
    frame: { readonly offset: number; readonly width: number } | undefined = undefined,
  ): void {
    const { width, selection } = this.view;
    const index = selection / width;
    if (this.active !== index) {
      const old = this.cells[this.active]?.cell;
      if (old) {
        old.tabIndex = -1;
        old.classList.remove('active');
        old.removeAttribute('aria-selected');
      }
      const now = this.cells[index]?.cell;
      if (now) {
        now.tabIndex = 0;
        now.classList.add('active');
        now.setAttribute('aria-selected', 'true');
      }
      this.active = index;
    }
    for (const cell of this.marked) cell.cell.classList.remove('in-register');
    this.marked = [];
    if (frame) {
      const last = Math.floor((frame.offset + frame.width - 1) / width);
      for (let i = Math.floor(frame.offset / width); i <= last; i++) {
        const cell = this.cells[i];
        if (!cell) continue;
        cell.cell.classList.add('in-register');
        this.marked.push(cell);
      }
    }
    if (scroll) this.cells[index]?.cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  focusCell(): void {
    this.cells[this.active]?.cell.focus({ preventScroll: false });
  }

  /** Opens the active cell for typing. first: the digit that was typed, or ''. */
  beginEdit(first: string): void {
    const { view } = this;
    const entry = this.cells[this.active];
    if (!entry) return;
    const where = offsetText(view.selection, view.size);
    const own = cellText(view.targetImage, view.selection, view.width);
    this.editor.begin(entry.cell, view.selection, view.width, own, first, where);
  }

  private onKey(event: KeyboardEvent): void {
    const { view } = this;
    const page = Math.max(1, Math.floor(this.root.clientHeight / (this.rows[0]?.row.offsetHeight || 20)) - 2);
    const to = moved(view.selection, event, view.width, view.size, page);
    if (to !== undefined) {
      this.events.select(to);
      this.focusCell();
    } else if (isHexDigit(event)) this.beginEdit(event.key);
    else if (event.key === 'F2' || (event.key === 'Enter' && !event.ctrlKey && !event.metaKey))
      this.beginEdit('');
    else if (event.key === 'Enter' || event.key === 'r' || event.key === 'R') {
      if (event.key !== 'Enter' && (event.ctrlKey || event.metaKey || event.altKey)) return;
      this.events.read(view.selection);
    } else return;
    event.preventDefault();
  }

  private offsetOf(target: EventTarget | null): number | undefined {
    const cell = target instanceof Element ? target.closest<HTMLElement>('.cell') : null;
    const offset = cell?.dataset['offset'];
    return offset === undefined ? undefined : Number(offset);
  }
}
