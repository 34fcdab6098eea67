import type { AccessWindow } from '../../src/protocol/accessLog';
import { element } from '../ui/element';

export interface EmptyEvents {
  readonly command: (command: 'assign') => void;
  readonly clearFilter: () => void;
}

/** What stands in place of the rows when there are none: why, and what to do. */
export class EmptyNote {
  readonly root = element('div', { class: 'empty', attributes: { role: 'note' } });
  private readonly why = element('p');
  private readonly what = element('button', { class: 'link', attributes: { type: 'button' } });
  private run: () => void = () => undefined;

  constructor(private readonly events: EmptyEvents) {
    this.root.append(this.why, this.what);
    this.what.addEventListener('click', () => this.run());
  }

  show(window: AccessWindow, filtered: boolean): void {
    this.root.hidden = window.end > window.start;
    if (this.root.hidden) return;
    if (window.total > 0 && filtered)
      this.say('No access fits the filter.', 'Clear the filter', this.events.clearFilter);
    else if (window.assigned)
      this.say(
        'No guest has accessed configuration space yet. Type over a byte in the inspector’s Guest view.',
      );
    else
      this.say('No guest has a device yet.', 'Assign a device to a guest', () =>
        this.events.command('assign'),
      );
  }

  private say(why: string, what = '', run: () => void = () => undefined): void {
    this.why.textContent = why;
    this.what.textContent = what;
    this.what.hidden = what === '';
    this.run = run;
  }
}
