import { element, setAttribute, setText, span } from './element';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** What the tab shows. It keeps its place in the page while another tab is shown, but has no size then. */
  readonly content: HTMLElement;
  /** The content has a size again: what scrolls or measures catches up here. */
  readonly shown?: () => void;
}

interface Made<Id extends string> {
  readonly tab: Tab<Id>;
  readonly button: HTMLElement;
  readonly badge: HTMLElement;
  readonly panel: HTMLElement;
}

let made = 0;

/**
 * A row of tabs above the panel of the chosen one. Left and right choose, as in VS Code's own panel; Tab goes on into
 * the panel.
 */
export class Tabs<Id extends string> {
  readonly root = element('section', { class: 'tabs' });
  private readonly all: readonly Made<Id>[];
  private current: Id;

  /** onChoose: a person chose another tab. */
  constructor(
    label: string,
    tabs: readonly [Tab<Id>, ...Tab<Id>[]],
    private readonly onChoose: (id: Id) => void,
  ) {
    this.current = tabs[0].id;
    const group = `tabs-${made++}`;
    const list = element('div', { class: 'tab-list', attributes: { role: 'tablist', 'aria-label': label } });
    this.all = tabs.map((tab) => {
      const id = `${group}-${tab.id}`;
      const badge = span('tab-badge', '');
      const button = element(
        'button',
        { class: 'tab', attributes: { role: 'tab', id, 'aria-controls': `${id}-panel` } },
        span('tab-label', tab.label),
        ' ',
        badge,
      );
      badge.hidden = true;
      button.addEventListener('click', () => this.choose(tab.id));
      const panel = element(
        'div',
        { class: 'tab-panel', attributes: { role: 'tabpanel', id: `${id}-panel`, 'aria-labelledby': id } },
        tab.content,
      );
      return { tab, button, badge, panel };
    });
    list.append(...this.all.map(({ button }) => button));
    list.addEventListener('keydown', (event) => this.onKey(event));
    this.root.append(list, ...this.all.map(({ panel }) => panel));
    this.update();
  }

  get chosen(): Id {
    return this.current;
  }

  /** Shows a tab without saying so to `onChoose`; used for what was remembered. */
  show(id: Id): void {
    if (id === this.current) return;
    this.current = id;
    this.update();
    this.all.find(({ tab }) => tab.id === id)?.tab.shown?.();
  }

  /** A short mark beside the label, and the words that describe it; none when empty. */
  setBadge(id: Id, text: string, spoken: string): void {
    const found = this.all.find(({ tab }) => tab.id === id);
    if (!found) return;
    setText(found.badge, text);
    found.badge.hidden = text === '';
    setAttribute(found.button, 'title', text === '' ? undefined : spoken);
  }

  private choose(id: Id): void {
    if (id === this.current) return;
    this.show(id);
    this.onChoose(id);
  }

  private update(): void {
    for (const { tab, button, panel } of this.all) {
      const chosen = tab.id === this.current;
      setAttribute(button, 'aria-selected', String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const last = this.all.length - 1;
    const at = this.all.findIndex(({ tab }) => tab.id === this.current);
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const next = this.all[targets[event.key] ?? -1];
    if (!next) return;
    this.choose(next.tab.id);
    next.button.focus();
    event.preventDefault();
  }
}
