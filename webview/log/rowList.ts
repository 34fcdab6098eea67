import { WINDOW_LIMIT, type AccessRow, type AccessWindow } from '../../src/protocol/accessLog';
import { element, setAttribute } from '../ui/element';
import { COLUMNS, ROW_HEIGHT, RowView } from './rowView';

interface Known {
  readonly row: AccessRow;
  readonly epoch: number;
}

interface Active {
  readonly ordinal: number;
  readonly seq: number | undefined;
  readonly chosen: boolean;
}

/** What the list tells the page. */
export interface RowEvents {
  /** Rows are missing: ask for this window, of the newest rows when `from` is undefined. */
  readonly want: (from: number | undefined, limit: number) => void;
  readonly chosen: (row: AccessRow | undefined) => void;
  readonly open: (row: AccessRow, focus: boolean) => void;
  readonly copy: () => void;
  readonly following: (follow: boolean) => void;
}

/** Rows that are fetched above and below those that are seen, and how near to their end more are asked for. */
const MARGIN = 90;
const AHEAD = 40;
/** At the newest rows, which come and come, only this many. */
const TAIL = 10;
/** Rows that stay around the ones that are seen, for scrolling back. */
const KEPT = 1000;

/**
 * A grid of up to a hundred thousand rows, of which only those on the screen have elements, and the one that has the
 * focus. Rows are known by ordinals: the pages's position stays when old rows fall out.
 */
export class RowList {
  readonly root = element('div', {
    class: 'access-grid',
    attributes: {
      role: 'grid',
      'aria-label': 'Accesses',
      'aria-colcount': String(COLUMNS.length),
      'aria-multiselectable': 'true',
    },
  });
  private readonly heads = element('div', {
    class: 'access heads',
    attributes: { role: 'row', 'aria-rowindex': '1' },
  });
  private readonly space = element('div', { class: 'access-space', attributes: { role: 'rowgroup' } });
  private readonly views = new Map<number, RowView>();
  private readonly spare: RowView[] = [];
  private readonly known = new Map<number, Known>();
  /** Counts news: rows that are known from before may be marked otherwise now. */
  private epoch = 0;
  private generation = -1;
  private start = 0;
  private end = 0;
  private follow = true;
  private lastTop = 0;
  /** Number of the row that was chosen when a filter showed no row any more. */
  private outOfSight: number | undefined;
  /** The row with the tab stop: the one that a person chose, else the newest. */
  private active: Active | undefined;
  /** Ordinal where the selection began; it goes to the active row. */
  private anchor = 0;
  private frame = 0;

  constructor(private readonly events: RowEvents) {
    this.heads.append(
      ...COLUMNS.map(({ name, heading }, i) =>
        element(
          'span',
          {
            class: `col-${name}`,
            attributes: { role: 'columnheader', 'aria-colindex': String(i + 1) },
          },
          element('span', { class: 'heading', text: heading }),
        ),
      ),
    );
    this.root.append(this.heads, this.space);
    this.root.addEventListener('scroll', () => this.onScroll(), { passive: true });
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    this.space.addEventListener('mousedown', (event) => {
      const view = this.viewAt(event.target);
      if (!view) return;
      event.preventDefault();
      // A menu is for all rows that are selected, when it is opened on one of them.
      if (event.button === 2 && this.isSelected(view.ordinal)) this.focus();
      else this.choose(view.ordinal, true, event.shiftKey);
    });
    // A screen reader moves the focus itself.
    this.space.addEventListener('focusin', (event) => {
      const view = this.viewAt(event.target);
      if (view && !this.isSelected(view.ordinal)) this.choose(view.ordinal, false);
    });
    this.space.addEventListener('click', (event) => {
      const row = this.viewAt(event.target)?.row;
      if (row && !event.shiftKey) this.events.open(row, false);
    });
    this.space.addEventListener('dblclick', (event) => {
      const row = this.viewAt(event.target)?.row;
      if (row) this.events.open(row, true);
    });
    new ResizeObserver(() => {
      if (this.follow) this.toEnd();
      this.schedule();
    }).observe(this.root);
  }

  get count(): number {
    return this.end - this.start;
  }
  get isFollowing(): boolean {
    return this.follow;
  }
  get activeSeq(): number | undefined {
    return this.active?.seq;
  }
  /** Number of the row that a person chose, also while the filter shows none. */
  get chosenSeq(): number | undefined {
    return this.active?.chosen === true ? this.active.seq : this.outOfSight;
  }
  /** The row with the tab stop, when it is known here. */
  get activeRow(): AccessRow | undefined {
    return this.active && this.rowAt(this.active.ordinal);
  }

  /** Ordinals of the rows that are selected, both included; undefined when there are no rows. */
  get selection(): { readonly from: number; readonly to: number } | undefined {
    if (!this.active) return undefined;
    const { ordinal } = this.active;
    return { from: Math.min(this.anchor, ordinal), to: Math.max(this.anchor, ordinal) };
  }

  setFollow(follow: boolean): void {
    if (this.follow === follow) return;
    this.follow = follow;
    this.events.following(follow);
    if (follow) this.toEnd();
    this.schedule();
  }

  /** The window that shows what is on the screen now, with a margin for scrolling. */
  get wanted(): { readonly from: number | undefined; readonly limit: number } {
    const page = this.pageRows;
    if (this.follow) return { from: undefined, limit: Math.min(WINDOW_LIMIT, page + TAIL) };
    const from = Math.max(this.start, this.firstSeen - MARGIN);
    return { from, limit: Math.min(WINDOW_LIMIT, page + 2 * MARGIN) };
  }

  /** Takes a window. Fresh: what was known before may be out of date. */
  take(window: AccessWindow, fresh: boolean): void {
    const hadFocus = this.space.contains(document.activeElement);
    const other = window.generation !== this.generation;
    const shift = other ? 0 : window.start - this.start;
    if (other) {
      this.generation = window.generation;
      this.recycleAll();
    }
    if (other) this.known.clear();
    if (fresh) this.epoch++;
    for (const row of window.rows) this.known.set(row.ordinal, { row, epoch: this.epoch });
    this.start = window.start;
    this.end = window.end;
    this.space.style.height = `${this.count * ROW_HEIGHT}px`;
    setAttribute(this.root, 'aria-rowcount', String(this.count + 1));
    this.settleActive(other, window.found);
    if (other) this.setFollow(this.active?.chosen !== true || this.active.ordinal === this.end - 1);
    if (this.follow) this.toEnd();
    else if (other || window.found !== undefined) this.reveal(this.active?.ordinal ?? this.start);
    else if (shift > 0) this.root.scrollTop = Math.max(0, this.root.scrollTop - shift * ROW_HEIGHT);
    this.lastTop = this.root.scrollTop;
    this.render();
    if (hadFocus) this.focus();
  }

  /**
   * Chooses a row by its ordinal, brings it to sight and, with `focus`, gives it the focus. `extend`: the rows up to
   * it are selected with it.
   */
  choose(ordinal: number, focus: boolean, extend = false): void {
    if (this.count === 0) return;
    const to = Math.min(this.end - 1, Math.max(this.start, ordinal));
    if (!extend) this.anchor = to;
    this.active = { ordinal: to, seq: this.rowAt(to)?.seq, chosen: true };
    // What a person looks at must not run away.
    this.setFollow(to === this.end - 1);
    this.reveal(to);
    this.render();
    if (focus) this.views.get(to)?.root.focus({ preventScroll: true });
    this.events.chosen(this.rowAt(to));
  }

  focus(): void {
    if (this.active) this.views.get(this.active.ordinal)?.root.focus({ preventScroll: true });
  }

  private isSelected(ordinal: number): boolean {
    const { selection } = this;
    return selection !== undefined && ordinal >= selection.from && ordinal <= selection.to;
  }
  private rowAt(ordinal: number): AccessRow | undefined {
    return this.known.get(ordinal)?.row;
  }
  private get pageRows(): number {
    const seen = this.root.clientHeight - this.heads.offsetHeight;
    return Math.max(1, Math.floor(seen / ROW_HEIGHT));
  }
  private get firstSeen(): number {
    return this.start + Math.floor(this.root.scrollTop / ROW_HEIGHT);
  }

  private toEnd(): void {
    this.root.scrollTop = this.root.scrollHeight;
    this.lastTop = this.root.scrollTop;
  }

  private reveal(ordinal: number): void {
    const top = (ordinal - this.start) * ROW_HEIGHT;
    const seen = this.root.clientHeight - this.heads.offsetHeight;
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (top + ROW_HEIGHT > this.root.scrollTop + seen) this.root.scrollTop = top + ROW_HEIGHT - seen;
  }

  /** The row with the tab stop after rows came and went: the same where it is still shown, else the next one. */
  private settleActive(other: boolean, found: number | undefined): void {
    const last = this.end - 1;
    if (this.count === 0) {
      this.outOfSight = other ? this.chosenSeq : undefined;
      this.active = undefined;
      this.events.chosen(undefined);
      return;
    }
    const before = this.active;
    const kept = other ? undefined : before?.chosen === true ? before.ordinal : undefined;
    const chosen = (found ?? kept) !== undefined;
    const wanted = found ?? kept ?? last;
    const ordinal = Math.min(last, Math.max(this.start, wanted));
    this.outOfSight = undefined;
    const row = this.rowAt(ordinal);
    const seq = row?.seq ?? (before?.ordinal === ordinal && !other ? before.seq : undefined);
    this.anchor =
      other || found !== undefined || !chosen ? ordinal : Math.min(last, Math.max(this.start, this.anchor));
    this.active = { ordinal, seq, chosen };
    if (chosen) this.events.chosen(row);
  }

  private onScroll(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.root;
    const atEnd = scrollTop + clientHeight >= scrollHeight - ROW_HEIGHT / 2;
    if (!atEnd && scrollTop < this.lastTop) this.setFollow(false);
    else if (atEnd && scrollTop > this.lastTop) this.setFollow(true);
    this.lastTop = scrollTop;
    this.schedule();
  }

  private schedule(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  /** Puts elements under the rows that are seen, and asks for rows that are missing. */
  private render(): void {
    const first = Math.max(this.start, this.firstSeen - 2);
    const last = Math.min(this.end, this.firstSeen + this.pageRows + 3);
    const needed = (ordinal: number): boolean =>
      (ordinal >= first && ordinal < last) || ordinal === this.active?.ordinal;
    for (const [ordinal, view] of this.views) {
      if (needed(ordinal) && ordinal < this.end && ordinal >= this.start) continue;
      this.views.delete(ordinal);
      this.spare.push(view);
    }
    let missing = !this.isNear(first - AHEAD) || !this.isNear(last + AHEAD);
    for (let ordinal = first; ordinal < last; ordinal++) missing = !this.put(ordinal) || missing;
    if (this.active) this.put(this.active.ordinal);
    for (const view of this.spare) view.root.hidden = true;
    this.forget();
    if (missing) {
      const { from, limit } = this.wanted;
      this.events.want(from, limit);
    }
  }

  /** The row is known, or there is none so far. At the newest rows nobody scrolls ahead. */
  private isNear(ordinal: number): boolean {
    if (this.follow || this.count === 0) return true;
    return this.known.has(Math.min(this.end - 1, Math.max(this.start, ordinal)));
  }

  /** True when the row is known as it is now. */
  private put(ordinal: number): boolean {
    let view = this.views.get(ordinal);
    if (!view) {
      view = this.spare.pop() ?? this.makeView();
      view.root.hidden = false;
      this.views.set(ordinal, view);
    }
    const known = this.known.get(ordinal);
    const row = known?.row;
    view.place(ordinal, ordinal - this.start);
    // What is there stays until the new is here.
    if (row !== undefined || view.row?.ordinal !== ordinal) view.show(row);
    const active = ordinal === this.active?.ordinal;
    view.root.tabIndex = active ? 0 : -1;
    view.root.classList.toggle('active', active);
    const selected = this.isSelected(ordinal);
    view.root.classList.toggle('selected', selected);
    setAttribute(view.root, 'aria-selected', selected ? 'true' : 'false');
    return known?.epoch === this.epoch;
  }

  private makeView(): RowView {
    const view = new RowView();
    this.space.append(view.root);
    return view;
  }

  private recycleAll(): void {
    for (const view of this.views.values()) {
      view.show(undefined);
      this.spare.push(view);
    }
    this.views.clear();
  }

  /** Lets go of rows far from what is seen. */
  private forget(): void {
    if (this.known.size <= 2 * KEPT) return;
    const middle = this.firstSeen;
    for (const ordinal of this.known.keys())
      if (Math.abs(ordinal - middle) > KEPT && ordinal !== this.active?.ordinal) this.known.delete(ordinal);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || !this.active) return;
    const { ordinal } = this.active;
    const page = Math.max(1, this.pageRows - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: ordinal - 1,
      ArrowDown: ordinal + 1,
      PageUp: ordinal - page,
      PageDown: ordinal + page,
      Home: this.start,
      End: this.end - 1,
    };
    const to = moves[event.key];
    const command = event.ctrlKey || event.metaKey;
    if (to !== undefined && (!command || event.key === 'Home' || event.key === 'End')) {
      this.choose(to, true, event.shiftKey);
    } else if (event.key === 'Enter' && this.activeRow) this.events.open(this.activeRow, true);
    else if (command && event.key.toLowerCase() === 'c' && this.activeRow) this.events.copy();
    else return;
    event.preventDefault();
  }

  private viewAt(target: EventTarget | null): RowView | undefined {
    const row = target instanceof Element ? target.closest('.access') : null;
    return row ? [...this.views.values()].find((view) => view.root === row) : undefined;
  }
}
