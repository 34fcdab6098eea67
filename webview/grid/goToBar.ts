import { element, setAttribute, setText, span } from '../ui/element';
import type { View } from '../view';
import { barInput, closeButton, type Bar } from './bar';
import { offsetText } from './cellText';
import { completionsOf, matching, placeOf, type Completion, type Place, type Target } from './goTo';

export interface GoToEvents {
  readonly go: (target: Target) => void;
  readonly closed: () => void;
}

/** Lines of the list at once: a longer one would hide the bytes that one goes to. */
const LINES = 10;

/** The input of "Go to", with the names of the function's registers below it. */
export class GoToBar implements Bar {
  readonly root = element('div', { class: 'bar', attributes: { role: 'group', 'aria-label': 'Go to' } });
  private readonly input = barInput(
    'Go to',
    'Hex offset, name or setpci expression: 44, COMMAND, CAP_EXP+8.w',
  );
  private readonly said = element('span', {
    class: 'bar-message',
    attributes: { id: 'go-to-said', role: 'status' },
  });
  private readonly list = element('ul', {
    class: 'completions',
    attributes: { role: 'listbox', id: 'go-to-list', 'aria-label': 'Names' },
  });
  private shown: readonly Completion[] = [];
  /** The line that the arrows chose; -1 is the input itself. */
  private line = -1;
  private all: readonly Completion[] | undefined;

  constructor(
    private readonly view: View,
    private readonly events: GoToEvents,
  ) {
    for (const [name, value] of Object.entries({
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-controls': this.list.id,
      'aria-expanded': 'false',
      'aria-describedby': this.said.id,
    }))
      this.input.setAttribute(name, value);
    this.root.append(
      span('bar-name', 'Go to'),
      element('span', { class: 'bar-field' }, this.input, this.list),
      this.said,
      closeButton(() => this.close()),
    );
    this.root.hidden = this.list.hidden = true;
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    this.input.addEventListener('blur', () => this.showList([]));
    // A press on a line must not take the focus from the input, which would close the list under it.
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', (event) => {
      const item = event.target instanceof Element ? event.target.closest('li') : null;
      const at = item ? [...this.list.children].indexOf(item) : -1;
      const completion = this.shown[at];
      if (completion) this.go(completion.text);
    });
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  open(): void {
    this.root.hidden = false;
    this.input.focus();
    this.input.select();
    this.typed();
  }

  hide(): void {
    this.root.hidden = true;
    this.showList([]);
  }

  /** Other structures have other names. */
  forget(): void {
    this.all = undefined;
  }

  private close(): void {
    this.hide();
    this.events.closed();
  }

  private read(text: string): Place {
    return placeOf(text, this.view.structures, this.view.size);
  }

  private typed(): void {
    const text = this.input.value;
    this.all ??= completionsOf(this.view.structures);
    this.showList(matching(this.all, text, LINES));
    const place = this.read(text);
    setAttribute(this.input, 'aria-invalid', undefined);
    this.said.classList.remove('problem');
    setText(
      this.said,
      text.trim() === ''
        ? 'Numbers are hexadecimal, as for setpci; #68 is decimal.'
        : !place.ok && this.shown.length > 0
          ? 'Enter takes the first name, the arrows choose.'
          : this.told(place),
    );
  }

  private told(place: Place): string {
    if (!place.ok) return place.message;
    const { offset, name, width } = place.target;
    const where = offsetText(offset, this.view.size);
    const size = width === undefined ? '' : `, ${width} ${width === 1 ? 'byte' : 'bytes'}`;
    return `${where}${name === '' ? '' : ` ${name}`}${size}`;
  }

  private go(text: string): void {
    const place = this.read(text);
    if (place.ok) {
      this.input.value = text;
      this.hide();
      this.events.go(place.target);
      return;
    }
    this.showList([]);
    setAttribute(this.input, 'aria-invalid', 'true');
    this.said.classList.add('problem');
    setText(this.said, place.message);
  }

  /** A text that leads nowhere by itself stands for the first name that it fits. */
  private typedOrFirst(): string {
    const text = this.input.value;
    return this.read(text).ok ? text : (this.shown[0]?.text ?? text);
  }

  private showList(completions: readonly Completion[]): void {
    this.shown = completions;
    this.line = -1;
    this.list.replaceChildren(
      ...completions.map(({ text, detail, offset }, i) =>
        element(
          'li',
          { attributes: { role: 'option', id: `go-to-${i}`, 'aria-selected': 'false' } },
          span('completion-text', text),
          span('completion-detail', detail),
          span('completion-offset', offsetText(offset, this.view.size)),
        ),
      ),
    );
    this.list.hidden = completions.length === 0;
    setAttribute(this.input, 'aria-expanded', String(completions.length > 0));
    setAttribute(this.input, 'aria-activedescendant', undefined);
  }

  private choose(line: number): void {
    [...this.list.children].forEach((item, i) => setAttribute(item, 'aria-selected', String(i === line)));
    this.line = line;
    setAttribute(this.input, 'aria-activedescendant', line < 0 ? undefined : `go-to-${line}`);
    const completion = this.shown[line];
    if (completion) setText(this.said, this.told(this.read(completion.text)));
  }

  private onKey(event: KeyboardEvent): void {
    const count = this.shown.length;
    const completion = this.shown[this.line];
    if (event.key === 'Enter') this.go(completion?.text ?? this.typedOrFirst());
    else if (event.key === 'Escape') this.close();
    else if (event.key === 'ArrowDown' && count > 0)
      this.choose(this.line + 1 === count ? -1 : this.line + 1);
    else if (event.key === 'ArrowUp' && count > 0) this.choose(this.line < 0 ? count - 1 : this.line - 1);
    else if (event.key === 'Tab' && !event.shiftKey && (completion ?? this.shown[0])) {
      this.input.value = (completion ?? this.shown[0])?.text ?? '';
      this.typed();
      this.showList([]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
