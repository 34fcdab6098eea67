import { element, setAttribute } from './element';

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Full words where the label is short; they begin with it. */
  readonly title?: string;
}

/**
 * A few choices in one piece, of which exactly one holds. The buttons are items of the toolbar around them, which
 * moves the focus; space, Enter and a click choose.
 */
export class Segments<Value extends string> {
  readonly root = element('span', { class: 'segments', attributes: { role: 'radiogroup' } });
  private readonly buttons = new Map<Value, HTMLButtonElement>();

  constructor(label: string, segments: readonly Segment<Value>[], onChoose: (value: Value) => void) {
    this.root.setAttribute('aria-label', label);
    for (const { value, label: text, title } of segments) {
      const button = element('button', {
        class: 'segment',
        text,
        attributes: { role: 'radio', type: 'button' },
      });
      if (title !== undefined) {
        button.title = title;
        button.setAttribute('aria-label', title);
      }
      button.addEventListener('click', () => {
        if (button.getAttribute('aria-checked') !== 'true') onChoose(value);
      });
      this.buttons.set(value, button);
      this.root.append(button);
    }
  }

  set(chosen: Value): void {
    for (const [value, button] of this.buttons)
      setAttribute(button, 'aria-checked', String(value === chosen));
  }

  allow(value: Value, allowed: boolean): void {
    const button = this.buttons.get(value);
    if (button) button.disabled = !allowed;
  }
}
