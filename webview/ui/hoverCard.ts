import { element } from './element';

/** How long the pointer rests before the card comes, and how long it stays when the pointer leaves. */
const SHOW_MS = 450;
const HIDE_MS = 150;
const GAP = 6;

/** Where the card stands, and what it says. */
export interface Hovered {
  readonly anchor: HTMLElement;
  readonly key: string;
  readonly content: () => readonly HTMLElement[];
}

/**
 * A card beside what the pointer rests on. It can be entered, Escape (or any key) takes it away, and it never takes the focus:
 * everything on it is also to be had by keyboard elsewhere. WCAG 1.4.13.
 */
export class HoverCard {
  readonly root = element('div', { class: 'hover-card', attributes: { role: 'tooltip' } });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private key = '';
  private typing = false;

  constructor() {
    this.root.hidden = true;
    this.root.addEventListener('mouseenter', () => clearTimeout(this.timer));
    this.root.addEventListener('mouseleave', () => this.later(() => this.hide(), HIDE_MS));
    // Who types does not look for a card, even where the pointer happens to rest.
    document.addEventListener('keydown', () => {
      this.hide();
      this.typing = true;
    });
    document.addEventListener('mousemove', () => (this.typing = false), { passive: true });
    document.addEventListener('scroll', () => this.hide(), { capture: true, passive: true });
    document.addEventListener('mousedown', (event) => {
      if (!(event.target instanceof Node && this.root.contains(event.target))) this.hide();
    });
  }

  /** Cards for what lies in `over`; `find` says what is under the pointer, undefined where nothing is to be said. */
  attach(over: HTMLElement, find: (target: Element) => Hovered | undefined): void {
    over.addEventListener('mouseover', (event) => {
      const found = event.target instanceof Element && !this.typing ? find(event.target) : undefined;
      if (!found) {
        this.later(() => this.hide(), HIDE_MS);
        return;
      }
      if (found.key === this.key) {
        clearTimeout(this.timer);
        return;
      }
      this.later(() => this.show(found), this.root.hidden ? SHOW_MS : HIDE_MS);
    });
    over.addEventListener('mouseleave', () => this.later(() => this.hide(), HIDE_MS));
  }

  hide(): void {
    clearTimeout(this.timer);
    this.root.hidden = true;
    this.key = '';
  }

  private later(then: () => void, milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, milliseconds);
  }

  private show({ anchor, key, content }: Hovered): void {
    if (!anchor.isConnected) return;
    this.key = key;
    this.root.replaceChildren(...content());
    this.root.hidden = false;
    const at = anchor.getBoundingClientRect();
    const { width, height } = this.root.getBoundingClientRect();
    const below = at.bottom + GAP + height <= window.innerHeight;
    const top = below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height);
    const left = Math.max(GAP, Math.min(at.left, window.innerWidth - width - GAP));
    this.root.style.top = `${top}px`;
    this.root.style.left = `${left}px`;
  }
}
