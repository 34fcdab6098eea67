import type { ByteOrder, CopyFormat } from '../src/protocol/messages';
import type { Width } from '../src/protocol/model';
import { COPY_FORMATS } from './grid/copyAs';
import { element, setAttribute, setText } from './ui/element';
import { icon, type Icon } from './ui/icons';
import { MenuButton } from './ui/menu';
import { Segments } from './ui/segments';
import type { Mode, View } from './view';

export interface ToolbarEvents {
  readonly mode: (mode: Mode) => void;
  readonly width: (width: Width) => void;
  readonly byteOrder: (order: ByteOrder) => void;
  readonly access: (shown: boolean) => void;
  readonly read: () => void;
  readonly goTo: () => void;
  readonly find: () => void;
  readonly copy: (format: CopyFormat) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly difference: (direction: 1 | -1) => void;
  readonly keys: () => void;
}

const WIDTHS: Readonly<Record<'1' | '2' | '4', Width>> = { '1': 1, '2': 2, '4': 4 };

const tool = (run: () => void, hint: string, face: { text: string } | { icon: Icon }): HTMLButtonElement => {
  const made = element('button', { class: 'tool', title: hint, attributes: { type: 'button' } });
  made.addEventListener('click', run);
  if ('text' in face) made.textContent = face.text;
  else {
    made.classList.add('icon-only');
    made.setAttribute('aria-label', hint);
    made.append(icon(face.icon));
  }
  return made;
};

const group = (...items: readonly HTMLElement[]): HTMLElement =>
  element('span', { class: 'tools' }, ...items);

/**
 * What is shown and how, the ways through the bytes, and what can be done with them. One stop for Tab; Left and Right
 * move along it.
 */
export class Toolbar {
  readonly root = element('div', { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'View' } });
  private readonly modes;
  private readonly widths;
  private readonly orders;
  private readonly access;
  private readonly undo;
  private readonly redo;
  private readonly count = element('span', { class: 'count' });
  private readonly edits = element('span', { class: 'edits' });
  /** How much is selected; empty while it is one cell. */
  readonly selected = element('span', { class: 'selected-text', attributes: { role: 'status' } });
  private readonly steps: readonly HTMLElement[];

  constructor(
    private readonly view: View,
    events: ToolbarEvents,
  ) {
    this.modes = new Segments<Mode>(
      'View',
      [
        { value: 'guest', label: 'Guest' },
        { value: 'hardware', label: 'Hardware' },
        { value: 'both', label: 'Both' },
        { value: 'differences', label: 'Differences' },
      ],
      events.mode,
    );
    this.widths = new Segments<keyof typeof WIDTHS>(
      'Width in bytes',
      [
        { value: '1', label: '1' },
        { value: '2', label: '2' },
        { value: '4', label: '4' },
      ],
      (value) => events.width(WIDTHS[value]),
    );
    this.orders = new Segments<ByteOrder>(
      'Byte order of groups',
      [
        { value: 'little', label: 'LE', title: 'LE, little-endian: the value that an operation carries' },
        { value: 'big', label: 'BE', title: 'BE, big-endian: the bytes as they stand, first to last' },
      ],
      events.byteOrder,
    );
    this.access = tool(
      () => events.access(!this.view.showAccess),
      'Show how each bit takes a write, as the guest meets it',
      { text: 'Access' },
    );
    this.undo = tool(() => this.view.head?.undo !== undefined && events.undo(), '', { icon: 'undo' });
    this.redo = tool(() => this.view.head?.redo !== undefined && events.redo(), '', { icon: 'redo' });
    const previous = tool(() => events.difference(-1), 'Previous difference (Shift+F7)', { icon: 'up' });
    const next = tool(() => events.difference(1), 'Next difference (F7)', { icon: 'down' });
    this.steps = [previous, next];
    const copy = new MenuButton(
      'Copy as',
      'Copy the selected bytes as ...',
      COPY_FORMATS.map(({ format, title }) => ({ label: title, run: () => events.copy(format) })),
    );
    this.root.append(
      this.modes.root,
      element(
        'span',
        { class: 'tools' },
        element('span', { class: 'group-label', text: 'Width', attributes: { 'aria-hidden': 'true' } }),
        this.widths.root,
        this.orders.root,
      ),
      group(this.access),
      group(
        tool(events.read, 'Read the active cell (R)', { text: 'Read' }),
        tool(events.goTo, 'Go to offset, register or setpci expression (Ctrl+G)', { icon: 'goTo' }),
        tool(events.find, 'Find bytes, values or names (Ctrl+F)', { icon: 'find' }),
        copy.root,
        tool(events.keys, 'Keyboard (?)', { icon: 'keys' }),
      ),
      group(this.undo, this.redo),
      element('span', { class: 'tools differences' }, this.count, previous, next),
      this.selected,
      this.edits,
    );
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    this.root.addEventListener('focusin', (event) => this.stopAt(event.target));
  }

  update(): void {
    const { view } = this;
    this.modes.set(view.mode);
    for (const mode of ['guest', 'both', 'differences'] as const)
      this.modes.allow(mode, view.guest !== undefined);
    this.widths.set(String(view.width) as keyof typeof WIDTHS);
    this.orders.set(view.byteOrder);
    for (const order of ['little', 'big'] as const) this.orders.allow(order, view.width > 1);
    this.access.disabled = view.access === undefined;
    setAttribute(this.access, 'aria-pressed', String(view.showAccess && view.access !== undefined));
    this.offer(this.undo, 'Undo', 'Ctrl+Z', view.head?.undo);
    this.offer(this.redo, 'Redo', 'Ctrl+Y', view.head?.redo);
    this.showDifferences();
    this.showEdits();
    this.stopAt(this.items().find((item) => item.tabIndex === 0) ?? this.items()[0]);
  }

  /** Not `disabled`: who has just undone the last action keeps the focus. */
  private offer(button: HTMLButtonElement, verb: string, key: string, what: string | undefined): void {
    setAttribute(button, 'aria-disabled', what === undefined ? 'true' : undefined);
    const hint = what === undefined ? `Nothing to ${verb.toLowerCase()}` : `${verb} ${what} (${key})`;
    setAttribute(button, 'title', hint);
    setAttribute(button, 'aria-label', hint);
  }

  private showDifferences(): void {
    const { view } = this;
    const differences = view.differences();
    setText(
      this.count,
      !view.guest
        ? ''
        : differences === 0
          ? 'No differences'
          : differences === 1
            ? '1 byte differs'
            : `${differences} bytes differ`,
    );
    for (const step of this.steps) step.hidden = differences === 0;
  }

  private showEdits(): void {
    const { view } = this;
    const how = view.byteOrder === 'big' && view.width > 1 ? ', typed big-endian, sent little-endian' : '';
    setText(
      this.edits,
      (view.target === 'guest' ? 'Edits: conf_write by the guest' : 'Edits: hardware') + how,
    );
    this.edits.classList.toggle('to-hardware', view.target === 'hardware');
  }

  /** Left to right what can have the focus. */
  private items(): HTMLButtonElement[] {
    return [...this.root.querySelectorAll('button')].filter((button) => !button.disabled && !button.hidden);
  }

  /** The item at which Tab enters the toolbar. */
  private stopAt(target: EventTarget | null | undefined): void {
    if (!(target instanceof HTMLButtonElement)) return;
    for (const item of this.root.querySelectorAll('button')) item.tabIndex = item === target ? 0 : -1;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const items = this.items();
    const at = items.findIndex((item) => item === document.activeElement);
    if (at < 0) return;
    const to: Readonly<Record<string, number>> = {
      ArrowRight: at === items.length - 1 ? 0 : at + 1,
      ArrowLeft: at === 0 ? items.length - 1 : at - 1,
      Home: 0,
      End: items.length - 1,
    };
    const next = items[to[event.key] ?? -1];
    if (!next) return;
    next.focus();
    event.preventDefault();
  }
}
