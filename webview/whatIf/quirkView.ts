import type { QuirkPlan } from '../../src/protocol/whatIf';
import { element, setText, span } from '../ui/element';
import { button } from '../ui/toolkit';
import { outcomeParts } from './outcomeParts';
import { EFFECTS, resultText, writeText } from './words';
import { countText, planText } from './planText';

export interface QuirkEvents {
  readonly apply: (lines: readonly string[]) => void;
  readonly undo: () => void;
  readonly copy: (text: string) => void;
}

const CAVEATS: readonly string[] = [
  'pciback shows the mask of a quirk and never applies it: every bit of the field opens.',
  'A quirk lasts until the device is taken back from the guest. Then it has to be written again.',
  'Where a field starts already the driver takes the line and adds nothing: such a register cannot be opened.',
];

const th = (text: string): HTMLElement => element('th', { text, attributes: { scope: 'col' } });

/** The quirk lines for the writes, what they bring, and what can be done with them. */
export class QuirkView {
  readonly root = element('div', { class: 'quirks' });
  private readonly body = element('div', { class: 'quirk-body' });
  private readonly said = element('span', { class: 'quirk-said', attributes: { role: 'status' } });
  private readonly undo = button('Undo', () => this.events.undo(), 'secondary', 'Undo: take the quirks back');

  constructor(private readonly events: QuirkEvents) {
    this.undo.hidden = true;
    this.root.append(element('div', { class: 'quirk-actions told' }, this.said, this.undo), this.body);
  }

  /** What came of an action; with a way back where there is one. */
  say(text: string, canUndo = false, problem = false): void {
    setText(this.said, text);
    this.said.classList.toggle('problem', problem);
    this.undo.hidden = !canUndo;
  }

  clear(): void {
    this.body.replaceChildren();
  }

  show(plan: QuirkPlan): void {
    const { lines, writes, present, beside } = plan;
    this.body.replaceChildren(
      element('p', { class: 'summary' }, element('strong', { text: planText(plan) })),
      ...(lines.length === 0 ? [] : [this.actions(plan), this.lines(plan)]),
      ...(beside === 0 || lines.length === 0
        ? []
        : [
            element('p', {
              class: 'beside',
              text: `With them ${countText(beside, 'byte')} of the device that no write names change too.`,
            }),
          ]),
      ...(present.length === 0
        ? []
        : [
            element(
              'p',
              { class: 'plain' },
              'Quirks that the device has already: ',
              span('code', present.join(' ')),
            ),
          ]),
      ...(writes.length === 0 ? [] : [this.writes(plan)]),
      element('h2', { text: 'What to know of quirks' }),
      element('ul', { class: 'caveats' }, ...CAVEATS.map((text) => element('li', { text }))),
    );
  }

  private actions({ lines }: QuirkPlan): HTMLElement {
    const texts = lines.map(({ text }) => text);
    return element(
      'div',
      { class: 'quirk-actions' },
      button('Apply', () => this.events.apply(texts), 'primary', 'Apply: write the lines to the driver here'),
      button('Copy Lines', () => this.events.copy(texts.join('\n'))),
      button('Copy as Shell', () => this.events.copy(lines.map(({ shell }) => shell).join('\n'))),
    );
  }

  private lines({ lines }: QuirkPlan): HTMLElement {
    return element(
      'table',
      { class: 'plain-table', attributes: { 'aria-label': 'Quirk lines' } },
      element('thead', {}, element('tr', {}, th('Line'), th('What it does'), th('Brings'))),
      element(
        'tbody',
        {},
        ...lines.map(({ text, opens, gained }) =>
          element(
            'tr',
            {},
            element('td', { class: 'code', text }),
            element('td', { text: opens }),
            element('td', {
              class: gained === 0 ? 'plain' : '',
              text: gained === 0 ? 'nothing in this device' : countText(gained, 'bit'),
            }),
          ),
        ),
      ),
    );
  }

  private writes({ writes }: QuirkPlan): HTMLElement {
    const result = (of: QuirkPlan['writes'][number]['before'], label: string): HTMLElement => {
      const text = resultText(of);
      return element(
        'td',
        { class: `tone-${text.tone}`, attributes: { 'data-label': label } },
        ...outcomeParts(text),
      );
    };
    return element(
      'table',
      { class: 'plain-table', attributes: { 'aria-label': 'What the quirks do for each write' } },
      element(
        'thead',
        {},
        element('tr', {}, th('Write'), th('As it is'), th('With the quirks'), th('Effect')),
      ),
      element(
        'tbody',
        {},
        ...writes.map(({ before, after, effect, reasons }) => {
          const { mark, tone, word } = EFFECTS[effect];
          return element(
            'tr',
            { attributes: { 'data-effect': effect } },
            element('td', { class: 'code', text: writeText(before.write) }),
            result(before, 'As it is'),
            result(after, 'With the quirks'),
            element(
              'td',
              {},
              element('span', { class: `tone-${tone}` }, span('cell-mark', mark), span('cell-word', word)),
              ...(effect === 'opened' || effect === 'unneeded'
                ? []
                : reasons.map((text) => element('div', { class: 'reason', text }))),
            ),
          );
        }),
      ),
    );
  }
}
