import { element, setAttribute, span } from './element';

export interface Suggestion {
  /** What it puts into the input. */
  readonly text: string;
  readonly detail: string;
  readonly note: string;
}

let made = 0;

/**
 * A list of names below an input, as a combobox has it: Down and Up choose, Enter, Tab and a click take, Esc closes.
 * The input stays free text.
 */
export class Suggestions {
  readonly list: HTMLElement;
  private readonly id = `suggestions-${made++}`;
  private shown: readonly Suggestion[] = [];
  /** The line that the arrows chose; -1 is the input itself. */
  private line = -1;

  /** find: what fits the text. taken: a suggestion stands in the input now. */
  constructor(
    private readonly input: HTMLInputElement,
    label: string,
    private readonly find: (text: string) => readonly Suggestion[],
    private readonly taken: () => void,
  ) {
    this.list = element('ul', {
      class: 'completions',
      attributes: { role: 'listbox', id: this.id, 'aria-label': label },
    });
    this.list.hidden = true;
    for (const [name, value] of Object.entries({
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-controls': this.id,
      'aria-expanded': 'false',
    }))
      input.setAttribute(name, value);
    input.addEventListener('input', () => this.show(this.find(input.value)));
    input.addEventListener('keydown', (event) => this.onKey(event));
    input.addEventListener('blur', () => this.show([]));
    // A press on a line must not take the focus from the input, which would close the list under it.
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', (event) => {
      const item = event.target instanceof Element ? event.target.closest('li') : null;
      this.take(item ? [...this.list.children].indexOf(item) : -1);
    });
  }

  private show(suggestions: readonly Suggestion[]): void {
    this.shown = suggestions;
    this.line = -1;
    this.list.replaceChildren(
      ...suggestions.map(({ text, detail, note }, i) =>
        element(
          'li',
          { attributes: { role: 'option', id: `${this.id}-${i}`, 'aria-selected': 'false' } },
          span('completion-text', text),
          span('completion-detail', detail),
          span('completion-offset', note),
        ),
      ),
    );
    this.list.hidden = suggestions.length === 0;
    setAttribute(this.input, 'aria-expanded', String(suggestions.length > 0));
    setAttribute(this.input, 'aria-activedescendant', undefined);
  }

  private choose(line: number): void {
    [...this.list.children].forEach((item, i) => setAttribute(item, 'aria-selected', String(i === line)));
    this.line = line;
    setAttribute(this.input, 'aria-activedescendant', line < 0 ? undefined : `${this.id}-${line}`);
  }

  private take(line: number): void {
    const suggestion = this.shown[line];
    if (!suggestion) return;
    this.input.value = suggestion.text;
    this.show([]);
    this.taken();
  }

  private onKey(event: KeyboardEvent): void {
    const count = this.shown.length;
    if (count === 0) return;
    if (event.key === 'ArrowDown') this.choose(this.line + 1 === count ? -1 : this.line + 1);
    else if (event.key === 'ArrowUp') this.choose(this.line < 0 ? count - 1 : this.line - 1);
    else if (event.key === 'Enter' && this.line >= 0) this.take(this.line);
    else if (event.key === 'Escape') this.show([]);
    else {
      if (event.key === 'Tab' && !event.shiftKey && this.line >= 0) this.take(this.line);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
