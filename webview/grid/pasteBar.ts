import { element, setText, span } from '../ui/element';
import { button } from '../ui/toolkit';
import type { View } from '../view';
import type { Bar } from './bar';
import { offsetText } from './cellText';
import { pastedRuns, pasteWrites, writesText, type PasteWrite } from './pasteText';

export interface PasteEvents {
  readonly write: (writes: readonly PasteWrite[]) => void;
  readonly say: (text: string, problem?: boolean) => void;
  readonly closed: () => void;
}

/** Says what a paste would write, before it does. */
export class PasteBar implements Bar {
  readonly root = element('div', { class: 'bar', attributes: { role: 'group', 'aria-label': 'Paste' } });
  private readonly question = element('span', {
    class: 'bar-question',
    attributes: { id: 'paste-question' },
  });
  private readonly yes = button('Write', () => this.write(), 'primary');
  private writes: readonly PasteWrite[] = [];

  constructor(
    private readonly view: View,
    private readonly events: PasteEvents,
  ) {
    this.root.setAttribute('aria-describedby', this.question.id);
    this.root.append(
      span('bar-name', 'Paste'),
      this.question,
      this.yes,
      button('Cancel', () => this.giveUp(), 'secondary'),
    );
    this.root.hidden = true;
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.giveUp();
      event.preventDefault();
      event.stopPropagation();
    });
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  /** Asks whether the text shall be written at the selection; what is no text of bytes is told and ends it. */
  open(text: string): void {
    const { view } = this;
    const pasted = pastedRuns(text);
    const planned = pasted.ok ? pasteWrites(pasted.runs, view.range.start, view.width, view.size) : pasted;
    if (!planned.ok) {
      this.events.say(`Nothing was pasted. ${planned.message}`, true);
      return;
    }
    this.writes = planned.writes;
    const count = this.writes.reduce((sum, { size }) => sum + size, 0);
    const where = offsetText(this.writes[0]?.offset ?? 0, view.size);
    const who = view.target === 'guest' ? 'conf_write by the guest' : 'hardware, past every driver';
    setText(
      this.question,
      `${count} ${count === 1 ? 'byte' : 'bytes'} at ${where} as ${writesText(this.writes)} (${who}): Enter writes, Escape gives up.`,
    );
    this.root.hidden = false;
    this.yes.focus();
  }

  hide(): void {
    this.root.hidden = true;
    this.writes = [];
  }

  private write(): void {
    const { writes } = this;
    this.hide();
    this.events.closed();
    this.events.write(writes);
  }

  private giveUp(): void {
    this.hide();
    this.events.closed();
    this.events.say('Paste given up. Nothing was written.');
  }
}
