import type { Width } from '../src/protocol/model';
import { element, setText } from './ui/element';
import { button, RadioChoice } from './ui/toolkit';
import type { Mode, View } from './view';

export interface ToolbarEvents {
  readonly mode: (mode: Mode) => void;
  readonly width: (width: Width) => void;
  readonly read: () => void;
  readonly difference: (direction: 1 | -1) => void;
}

const MODES: Readonly<Record<string, Mode>> = { guest: 'guest', hardware: 'hardware', both: 'both' };
const WIDTHS: Readonly<Record<string, Width>> = { '1': 1, '2': 2, '4': 4 };

/** Choice of view and width, read, and the way through the differences. */
export class Toolbar {
  readonly root = element('div', { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'View' } });
  private readonly modes;
  private readonly widths;
  private readonly count = element('span', { class: 'count' });
  private readonly edits = element('span', { class: 'edits' });
  private readonly read;
  private readonly steps: readonly HTMLElement[];

  constructor(
    private readonly view: View,
    events: ToolbarEvents,
  ) {
    this.modes = new RadioChoice(
      'View',
      [
        { value: 'guest', label: 'Guest' },
        { value: 'hardware', label: 'Hardware' },
        { value: 'both', label: 'Both' },
      ],
      view.mode,
      (value) => {
        const mode = MODES[value];
        if (mode && mode !== this.view.mode) events.mode(mode);
      },
    );
    this.widths = new RadioChoice(
      'Width',
      [
        { value: '1', label: '1' },
        { value: '2', label: '2' },
        { value: '4', label: '4 bytes' },
      ],
      String(view.width),
      (value) => {
        const width = WIDTHS[value];
        if (width && width !== this.view.width) events.width(width);
      },
    );
    this.read = button('Read', events.read, 'secondary', 'Read the active cell (R)');
    const previous = button('↑', () => events.difference(-1), 'icon', 'Previous difference (Shift+F7)');
    const next = button('↓', () => events.difference(1), 'icon', 'Next difference (F7)');
    this.steps = [previous, next];
    this.root.append(
      this.modes.root,
      this.widths.root,
      this.read,
      element('span', { class: 'differences' }, this.count, previous, next),
      this.edits,
    );
  }

  update(): void {
    const { view } = this;
    this.modes.set(view.mode);
    for (const mode of ['guest', 'both']) this.modes.allow(mode, view.guest !== undefined);
    this.widths.set(String(view.width));
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
    setText(this.edits, view.target === 'guest' ? 'Edits: conf_write by the guest' : 'Edits: hardware');
    this.edits.classList.toggle('to-hardware', view.target === 'hardware');
  }
}
