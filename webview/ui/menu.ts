import { element, setAttribute } from './element';

export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
}

let made = 0;

/**
 * A button that opens a short menu below itself. Arrows move, Enter chooses, Esc, Tab and looking elsewhere close; the
 * focus goes back to the button.
 */
export class MenuButton {
  readonly root = element('span', { class: 'menu-anchor' });
  readonly button: HTMLButtonElement;
  private readonly menu: HTMLElement;
  private readonly entries: readonly HTMLElement[];

  constructor(label: string, hint: string, items: readonly MenuItem[]) {
    const id = `menu-${made++}`;
    this.button = element('button', {
      class: 'tool has-menu',
      text: label,
      title: hint,
      attributes: { type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-controls': id },
    });
    this.menu = element('div', { class: 'menu', attributes: { role: 'menu', id, 'aria-label': label } });
    this.entries = items.map((item) => {
      const entry = element('div', {
        class: 'menu-item',
        text: item.label,
        attributes: { role: 'menuitem', tabindex: '-1' },
      });
      entry.addEventListener('click', () => {
        this.close(true);
        item.run();
      });
      entry.addEventListener('mousemove', () => entry.focus());
      return entry;
    });
    this.menu.append(...this.entries);
    this.menu.hidden = true;
    this.root.append(this.button, this.menu);
    this.button.addEventListener('click', () => (this.menu.hidden ? this.open(0) : this.close(true)));
    this.button.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      this.open(event.key === 'ArrowDown' ? 0 : this.entries.length - 1);
      event.preventDefault();
      event.stopPropagation();
    });
    this.menu.addEventListener('keydown', (event) => this.onKey(event));
    this.root.addEventListener('focusout', (event) => {
      if (!(event.relatedTarget instanceof Node && this.root.contains(event.relatedTarget)))
        this.close(false);
    });
  }

  private open(at: number): void {
    this.menu.hidden = false;
    this.menu.classList.remove('to-left');
    const { right } = this.menu.getBoundingClientRect();
    this.menu.classList.toggle('to-left', right > document.documentElement.clientWidth);
    setAttribute(this.button, 'aria-expanded', 'true');
    this.entries[at]?.focus();
  }

  private close(refocus: boolean): void {
    if (this.menu.hidden) return;
    this.menu.hidden = true;
    setAttribute(this.button, 'aria-expanded', 'false');
    if (refocus) this.button.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.entries.length - 1;
    const at = this.entries.findIndex((entry) => entry === document.activeElement);
    const to: Readonly<Record<string, number>> = {
      ArrowDown: at === last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next !== undefined) this.entries[next]?.focus();
    else if (event.key === 'Enter' || event.key === ' ') this.entries[at]?.click();
    else if (event.key === 'Escape') this.close(true);
    else return;
    event.preventDefault();
    // Home and End are the toolbar's as well.
    event.stopPropagation();
  }
}
