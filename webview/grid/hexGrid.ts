import { element, setAttribute, setText, span } from '../ui/element';
import type { View } from '../view';
import { ageLevel, ageText } from './ages';
import { behavioursAt, behaviourText } from './bitBehaviour';
import { byteMarks } from './bitMarks';
import { inOrder } from './byteOrder';
import { CellEditor } from './cellEditor';
import { ROW, asciiText, cellText, offsetText, shownBytes, spokenCell } from './cellText';
import { selectByMouse } from './mouse';
import { isHexDigit, moved } from './movement';
import { buildGroup, buildRow, EXTENDED, gapRow, headings, type Cell, type Row } from './rows';
import type { Range } from './selection';

/** What the grid tells the page. */
export interface GridEvents {
  /** extend: the selection goes on from where it began. */
  readonly select: (offset: number, extend: boolean) => void;
  readonly selectAll: () => void;
  readonly write: (offset: number, value: number) => void;
  readonly read: (offset: number) => void;
  readonly clearMarks: () => void;
  /** A value, as an operation would carry it, is being typed over a cell; undefined while it is no number. */
  readonly typing: (offset: number, value: number | undefined) => void;
  /** An edit was given up; the text says so. */
  readonly cancelled: (text: string) => void;
  readonly scrolled: () => void;
}

/** Row height in pixels before anything can be measured. */
const ROW_HEIGHT = 20;

/** The hex grid: rows built once per layout, cells patched where bytes changed. */
export class HexGrid {
  readonly root = element('div', { class: 'grid-scroll' });
  private readonly table = element('div', {
    class: 'grid',
    attributes: { role: 'grid', 'aria-label': 'Configuration space', 'aria-multiselectable': 'true' },
  });
  private readonly empty = element('p', {
    class: 'grid-empty',
    text: 'No differences: the guest reads what the hardware holds.',
  });
  private rows: Row[] = [];
  private cells: Cell[] = [];
  private groups: HTMLElement[] = [];
  private gaps: { readonly signature: string; readonly rows: readonly HTMLElement[] } = {
    signature: '',
    rows: [],
  };
  /** Index of the cell that has the grid's tab stop. */
  private active = -1;
  private selected: { readonly first: number; readonly last: number } | undefined;
  private framed: readonly Cell[] = [];
  private matched: ReadonlySet<Cell> = new Set();
  private current: readonly Cell[] = [];
  /** Cells whose text the last patch changed; the style sheet lets them light up for a moment. */
  private arrived: Cell[] = [];
  private readonly editor = new CellEditor(
    (offset, end) => {
      if (end.refocus) this.focusCell();
      if (end.value !== undefined) this.events.write(offset, this.asSent(end.value));
      else if (end.why !== undefined) this.events.cancelled(end.why);
    },
    (offset, value) => this.events.typing(offset, value === undefined ? undefined : this.asSent(value)),
  );

  constructor(
    private readonly view: View,
    private readonly events: GridEvents,
  ) {
    this.empty.hidden = true;
    this.root.append(this.empty, this.table);
    this.table.addEventListener('keydown', (event) => this.onKey(event));
    selectByMouse({
      table: this.table,
      scroller: this.root,
      offsetOf: (target) => this.offsetOf(target),
      isSelected: (offset) => offset >= view.range.start && offset < view.range.end,
      select: (offset, extend) => {
        this.events.select(offset, extend);
        this.focusCell();
      },
      focus: () => this.focusCell(),
      edit: () => this.beginEdit(''),
    });
    this.table.addEventListener('focusin', (event) => {
      const offset = this.offsetOf(event.target);
      if (offset !== undefined && offset !== this.view.selection && !this.editor.active)
        this.events.select(offset, false);
    });
    this.root.addEventListener('scroll', () => this.events.scrolled(), { passive: true });
  }

  /** The focus is on a cell, and not in an edit: keys and the clipboard are the grid's. */
  get focused(): boolean {
    return this.table.contains(document.activeElement) && !this.editor.active;
  }

  /** Builds every row: another device, layout or width. */
  build(): void {
    const focused = this.table.contains(document.activeElement);
    this.editor.end();
    const { size, width } = this.view;
    this.table.dataset['width'] = String(width);
    this.table.dataset['digits'] = String(offsetText(0, size).length);
    setAttribute(this.table, 'aria-rowcount', String(size / ROW + 1));
    setAttribute(this.table, 'aria-colcount', String(ROW / width + 3));
    this.rows = [];
    this.cells = [];
    this.framed = [];
    this.matched = new Set();
    this.current = [];
    this.arrived = [];
    this.gaps = { signature: '', rows: [] };
    this.active = -1;
    this.selected = undefined;
    for (let at = 0; at < size; at += ROW) {
      const built = buildRow(this.view, at);
      this.rows.push(built.row);
      this.cells.push(...built.cells);
    }
    const elements = this.rows.map(({ row }) => row);
    this.groups = [buildGroup(elements.slice(0, EXTENDED / ROW), false)];
    if (size > EXTENDED) this.groups.push(buildGroup(elements.slice(EXTENDED / ROW), true));
    this.patchAll();
    this.table.replaceChildren(headings(this.view), ...this.groups);
    this.showSelection(false);
    if (focused) this.focusCell();
  }

  /** Another mode, byte order or overlay: every cell shows something else. */
  patchAll(): void {
    const { view } = this;
    this.table.dataset['mode'] = view.mode;
    this.table.classList.toggle('compare', view.compares);
    this.table.classList.toggle('with-access', this.showsAccess);
    for (let i = 0; i < this.cells.length; i++) this.patchCell(i);
    for (let i = 0; i < this.rows.length; i++) this.patchRow(i);
    this.showRows();
  }

  /** Bytes changed, or how long ago they did. */
  patch(bytes: readonly number[]): void {
    for (const { cell } of this.arrived) cell.classList.remove('arrived');
    this.arrived = [];
    const { width } = this.view;
    const rows = new Set<number>();
    for (const index of new Set(bytes.map((offset) => Math.floor(offset / width)))) {
      const cell = this.cells[index];
      const before = cell?.shown.data;
      this.patchCell(index);
      if (cell && cell.shown.data !== before) this.arrived.push(cell);
      rows.add(Math.floor((index * width) / ROW));
    }
    for (const { cell } of this.arrived) cell.classList.add('arrived');
    for (const row of rows) this.patchRow(row);
    if (this.view.mode === 'differences') this.showRows();
  }

  private get showsAccess(): boolean {
    return this.view.showAccess && this.view.access !== undefined;
  }

  private patchCell(index: number): void {
    const entry = this.cells[index];
    if (!entry) return;
    const { view } = this;
    const { width, byteOrder } = view;
    const offset = index * width;
    const { cell } = entry;
    const shown = cellText(view.targetImage, offset, width, byteOrder);
    const differs = view.differs(offset, width);
    if (entry.shown.data !== shown) entry.shown.data = shown;
    setAttribute(
      cell,
      'data-hw',
      view.compares ? cellText(view.hardware, offset, width, byteOrder) : undefined,
    );
    cell.classList.toggle('differs', differs);
    cell.classList.toggle('unknown', shown.includes('·'));
    const age = view.ages.age(offset, width, view.markedSides);
    setAttribute(cell, 'data-age', age === undefined ? undefined : String(ageLevel(age)));
    const more = age === undefined ? [] : [ageText(age)];
    const behaviours = this.showBits(entry, offset);
    if (behaviours !== undefined) more.push(behaviours);
    setAttribute(cell, 'title', behaviours);
    const other = view.mode === 'hardware' ? 'guest' : 'hardware';
    setAttribute(
      cell,
      'aria-label',
      spokenCell({
        offset: offsetText(offset, view.size),
        shown,
        other: differs
          ? { name: other, text: cellText(view[other] ?? view.hardware, offset, width, byteOrder) }
          : undefined,
        place: entry.place,
        more,
      }),
    );
  }

  /** Draws how the cell's bits take a write, or takes the drawing away; returns what is said of them. */
  private showBits({ cell }: Cell, offset: number): string | undefined {
    const { access, target, width, byteOrder } = this.view;
    const old = cell.querySelector('.bit-strip');
    if (!this.showsAccess || !access) {
      old?.remove();
      return undefined;
    }
    const behaviours = behavioursAt(access, offset, 8 * width, target);
    const strip = span('bit-strip', '');
    for (const byte of shownBytes(offset, width, byteOrder)) {
      const low = 8 * (byte - offset);
      strip.append(byteMarks(behaviours.slice(low, low + 8)));
    }
    if (old) old.replaceWith(strip);
    else cell.append(strip);
    return behaviourText(behaviours);
  }

  private patchRow(index: number): void {
    const entry = this.rows[index];
    if (!entry) return;
    const at = index * ROW;
    const { view } = this;
    setText(entry.ascii, asciiText(view.targetImage, at));
    setAttribute(entry.ascii, 'data-hw', view.compares ? asciiText(view.hardware, at) : undefined);
    entry.row.classList.toggle('has-difference', view.differs(at, ROW));
  }

  /** Leaves out the rows that the mode does not show, and says where. */
  private showRows(): void {
    const { view } = this;
    const shown = view.shownRows();
    const visible = new Set(shown);
    this.rows.forEach(({ row }, i) => {
      if (row.hidden === visible.has(i * ROW)) row.hidden = !row.hidden;
    });
    this.empty.hidden = view.mode !== 'differences' || view.differences() > 0;
    this.table.classList.toggle('without-rows', shown.length === 0);
    this.showGaps(shown);
  }

  private showGaps(shown: readonly number[]): void {
    const { size, width } = this.view;
    const signature = shown.length * ROW === size ? '' : shown.join();
    if (signature === this.gaps.signature) return;
    for (const row of this.gaps.rows) row.remove();
    const rows: HTMLElement[] = [];
    if (signature !== '') {
      // A gap ends where a row is shown and where the extended space begins.
      const visible = new Set(shown);
      for (let at = 0; at < size; at += ROW) {
        if (visible.has(at)) continue;
        let end = at + ROW;
        while (end < size && end !== EXTENDED && !visible.has(end)) end += ROW;
        const gap = gapRow(at, end, size, ROW / width + 3);
        this.rows[at / ROW]?.row.before(gap);
        rows.push(gap);
        at = end - ROW;
      }
    }
    this.gaps = { signature, rows };
  }

  /** Moves the active cell and the selection to the view's, and frames a register. */
  showSelection(scroll: boolean, frame?: { readonly offset: number; readonly width: number }): void {
    const { width, selection, range } = this.view;
    if (this.view.mode === 'differences') this.showRows();
    this.showRange(range);
    const index = selection / width;
    if (this.active !== index) {
      const old = this.cells[this.active]?.cell;
      if (old) {
        old.tabIndex = -1;
        old.classList.remove('active');
      }
      const now = this.cells[index]?.cell;
      if (now) {
        now.tabIndex = 0;
        now.classList.add('active');
      }
      this.active = index;
    }
    for (const { cell } of this.framed) cell.classList.remove('in-register');
    this.framed = frame ? this.cellsOf({ start: frame.offset, end: frame.offset + frame.width }) : [];
    for (const { cell } of this.framed) cell.classList.add('in-register');
    if (scroll) this.cells[index]?.cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** Only the cells that come or go are touched: a drag passes here for every cell. */
  private showRange(range: Range): void {
    const { width } = this.view;
    const now = { first: range.start / width, last: range.end / width - 1 };
    const before = this.selected ?? { first: 0, last: -1 };
    const several = now.last > now.first;
    const touched = (i: number, within: boolean): void => {
      const cell = this.cells[i]?.cell;
      cell?.classList.toggle('selected', within && several);
      if (cell) setAttribute(cell, 'aria-selected', within ? 'true' : undefined);
    };
    for (let i = before.first; i <= before.last; i++) if (i < now.first || i > now.last) touched(i, false);
    for (let i = now.first; i <= now.last; i++)
      if (!several || i < before.first || i > before.last || before.first === before.last) touched(i, true);
    this.selected = now;
  }

  /** Marks what Find found; `current` is the one that was gone to. */
  showMatches(matches: readonly Range[], current: Range | undefined): void {
    const now = new Set(matches.flatMap((match) => this.cellsOf(match)));
    for (const entry of this.matched) if (!now.has(entry)) entry.cell.classList.remove('match');
    for (const entry of now) if (!this.matched.has(entry)) entry.cell.classList.add('match');
    this.matched = now;
    const there = current ? this.cellsOf(current) : [];
    for (const { cell } of this.current) cell.classList.remove('match-current');
    for (const { cell } of there) cell.classList.add('match-current');
    this.current = there;
  }

  private cellsOf({ start, end }: Range): readonly Cell[] {
    const { width } = this.view;
    return this.cells.slice(Math.floor(start / width), Math.floor((end - 1) / width) + 1);
  }

  focusCell(options: FocusOptions = {}): void {
    this.cells[this.active]?.cell.focus(options);
  }

  /** Opens the active cell for typing. first: the digit that was typed, or ''. */
  beginEdit(first: string): void {
    const { view } = this;
    const entry = this.cells[this.active];
    if (!entry) return;
    const where = offsetText(view.selection, view.size);
    const own = cellText(view.targetImage, view.selection, view.width, view.byteOrder);
    this.editor.begin(entry.cell, view.selection, view.width, own, first, where);
  }

  /** What was typed in the order in which the cell shows its bytes. */
  private asSent(typed: number): number {
    return inOrder(typed, this.view.width, this.view.byteOrder);
  }

  private onKey(event: KeyboardEvent): void {
    if (this.editor.active) return;
    const { view } = this;
    const height = this.rows.find(({ row }) => !row.hidden)?.row.offsetHeight ?? ROW_HEIGHT;
    const page = Math.max(1, Math.floor(this.root.clientHeight / height) - 2);
    const to = moved(view.selection, event, view.width, view.shownRows(), page);
    const command = event.ctrlKey || event.metaKey;
    if (to !== undefined) {
      this.events.select(to, event.shiftKey);
      this.focusCell();
    } else if (isHexDigit(event)) this.beginEdit(event.key);
    else if (event.key === 'F2' || (event.key === 'Enter' && !command)) this.beginEdit('');
    else if (event.key === 'Enter') this.events.read(view.selection);
    else if (command && !event.altKey && event.key.toLowerCase() === 'a') this.events.selectAll();
    else if (event.altKey || command) return;
    else if (event.key.toLowerCase() === 'r') this.events.read(view.selection);
    else if (event.key.toLowerCase() === 'm') this.events.clearMarks();
    else if (event.key === 'Escape' && view.range.end - view.range.start > view.width)
      this.events.select(view.selection, false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private offsetOf(target: EventTarget | null): number | undefined {
    const cell = target instanceof Element ? target.closest<HTMLElement>('.cell') : null;
    const offset = cell?.dataset['offset'];
    return offset === undefined ? undefined : Number(offset);
  }
}
