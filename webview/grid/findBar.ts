import { element, setAttribute, setText, span } from '../ui/element';
import { icon } from '../ui/icons';
import type { View } from '../view';
import { barInput, closeButton, type Bar } from './bar';
import { find, nextMatch, type FindKind } from './find';
import type { Range } from './selection';

export interface FindEvents {
  /** Go to the match, without taking the focus from the input. */
  readonly reveal: (match: Range) => void;
  readonly marks: (matches: readonly Range[], current: Range | undefined) => void;
  readonly closed: () => void;
}

const KINDS: readonly { readonly kind: FindKind; readonly label: string; readonly hint: string }[] = [
  { kind: 'bytes', label: 'Bytes', hint: 'de ad ?? ef' },
  { kind: 'value', label: 'Value', hint: '0x8086' },
  { kind: 'name', label: 'Name', hint: 'Register, structure or field' },
];

const stepButton = (name: 'up' | 'down', hint: string, run: () => void): HTMLButtonElement => {
  const button = element('button', {
    class: 'tool icon-only',
    title: hint,
    attributes: { type: 'button', 'aria-label': hint },
  });
  button.append(icon(name));
  button.addEventListener('click', run);
  return button;
};

/** Finds bytes, values and names among what the grid shows; matches stay marked while the bar is open. */
export class FindBar implements Bar {
  readonly root = element('div', { class: 'bar', attributes: { role: 'search', 'aria-label': 'Find' } });
  private readonly input = barInput('Find', '');
  private readonly kind = element('select', {
    class: 'bar-select',
    attributes: { 'aria-label': 'Find what' },
  });
  private readonly said = element('span', { class: 'bar-message', attributes: { role: 'status' } });
  private matches: readonly Range[] = [];
  /** The match that was gone to last. */
  private current: Range | undefined;
  /** Where the active cell was when typing began: a longer text is looked for from there again. */
  private origin = 0;

  constructor(
    private readonly view: View,
    private readonly events: FindEvents,
  ) {
    for (const { kind, label } of KINDS)
      this.kind.append(element('option', { text: label, attributes: { value: kind } }));
    this.root.append(
      span('bar-name', 'Find'),
      this.kind,
      element('span', { class: 'bar-field' }, this.input),
      stepButton('up', 'Previous match (Shift+F3)', () => this.step(-1)),
      stepButton('down', 'Next match (F3)', () => this.step(1)),
      this.said,
      closeButton(() => this.close()),
    );
    this.root.hidden = true;
    this.kind.addEventListener('change', () => this.typed());
    this.input.addEventListener('input', () => this.typed());
    this.root.addEventListener('keydown', (event) => this.onKey(event));
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  open(): void {
    this.origin = this.view.selection;
    this.root.hidden = false;
    this.input.focus();
    this.input.select();
    this.refresh();
  }

  hide(): void {
    this.root.hidden = true;
    this.matches = [];
    this.current = undefined;
    this.events.marks([], undefined);
  }

  /** F3 opens the bar when it is closed or empty, else goes on. */
  stepOrOpen(direction: 1 | -1): void {
    if (this.isOpen && this.input.value.trim() !== '') this.step(direction);
    else if (this.input.value.trim() === '') this.open();
    else {
      this.root.hidden = false;
      this.refresh();
      this.step(direction);
    }
  }

  /** Bytes, mode, width or layout changed: what matches may be others, where one is stays. */
  refresh(): void {
    if (!this.isOpen) return;
    this.search();
    this.current = this.matches.find(
      ({ start, end }) => start === this.current?.start && end === this.current.end,
    );
    this.show();
  }

  private get chosen(): FindKind {
    return KINDS.find(({ kind }) => kind === this.kind.value)?.kind ?? 'bytes';
  }

  private close(): void {
    this.hide();
    this.events.closed();
  }

  private typed(): void {
    this.search();
    const first = this.matches[nextMatch(this.matches, this.origin, 1, undefined)];
    this.current = first;
    if (first) this.events.reveal(first);
    this.show();
  }

  private search(): void {
    const { view } = this;
    const found = find(this.input.value, this.chosen, {
      image: view.targetImage,
      structures: view.structures,
      width: view.width,
      order: view.byteOrder,
    });
    this.matches = found.ok ? found.matches : [];
    setAttribute(this.input, 'aria-invalid', found.ok ? undefined : 'true');
    this.said.classList.toggle('problem', !found.ok);
    if (!found.ok) setText(this.said, found.message);
  }

  private step(direction: 1 | -1): void {
    const { current } = this;
    // Who has moved on since goes on from there.
    const stays = current !== undefined && this.view.selection === this.view.cellOf(current.start);
    const at = nextMatch(
      this.matches,
      this.view.selection,
      direction,
      stays ? this.matches.indexOf(current) : undefined,
    );
    const match = this.matches[at];
    if (!match) return;
    this.current = match;
    this.origin = match.start;
    this.events.reveal(match);
    this.show();
  }

  private show(): void {
    const { matches, current, input, view } = this;
    const kind = KINDS.find((entry) => entry.kind === this.chosen);
    const group = view.width === 1 ? '1 byte' : `${view.width} bytes, ${view.byteOrder}-endian`;
    setAttribute(input, 'placeholder', this.chosen === 'value' ? `${kind?.hint}, ${group}` : kind?.hint);
    this.events.marks(matches, current);
    if (input.getAttribute('aria-invalid') === 'true') return;
    const side = view.target === 'guest' ? 'guest' : 'hardware';
    const where =
      this.chosen === 'name' ? '' : ` in what the ${side} ${side === 'guest' ? 'reads' : 'holds'}`;
    setText(
      this.said,
      input.value.trim() === ''
        ? `Finds${where === '' ? ' names' : where}`
        : matches.length === 0
          ? `No match${where}`
          : current
            ? `${matches.indexOf(current) + 1} of ${matches.length}`
            : `${matches.length} ${matches.length === 1 ? 'match' : 'matches'}`,
    );
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter' && event.target === this.input) this.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
