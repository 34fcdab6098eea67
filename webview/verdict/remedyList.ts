import type { Remedy } from '../../src/protocol/verdict';
import { element, span } from '../ui/element';
import { button } from '../ui/toolkit';
import { kernels, resultOf } from './verdictText';

/** What would bring a write about. Each was tried, but for advice; narrow ones come first. */

export interface RemedyEvents {
  /** Writes the remedy's lines to the driver's attribute. */
  readonly apply: (sysfs: NonNullable<Remedy['sysfs']>) => void;
  readonly copy: (text: string) => void;
}

const item = (remedy: Remedy, events: RemedyEvents): HTMLElement => {
  const { sysfs, text } = remedy;
  const made = element(
    'li',
    { class: 'remedy', attributes: { 'data-kind': remedy.kind } },
    element(
      'div',
      { class: 'remedy-text' },
      span('', text),
      remedy.kind !== 'advice' && ' ',
      remedy.kind !== 'advice' && span('remedy-result', `Brings about ${resultOf(remedy)}.`),
    ),
  );
  if (sysfs) {
    const shell = sysfs.shell.join('\n');
    made.append(
      element(
        'div',
        { class: 'remedy-do' },
        span('code', shell),
        button('Apply', () => events.apply(sysfs), 'secondary', `Apply here: ${sysfs.attribute}`),
        button('Copy', () => events.copy(shell), 'secondary', 'Copy as shell lines'),
      ),
    );
  }
  return made;
};

/** The list, or that there is nothing. `failed` says why remedies could not be tried. */
export const remedyList = (remedies: readonly Remedy[], events: RemedyEvents): HTMLElement => {
  if (remedies.length === 0)
    return element('div', {
      class: 'remedies none',
      text: 'No remedy: no other width, order or value, no quirk, no switch of the driver and no kernel that is known here brings more of it about.',
    });
  const list = element('ul', { attributes: { 'aria-label': 'What would bring it about' } });
  for (const remedy of remedies) if (remedy.kind !== 'profile') list.append(item(remedy, events));
  for (const text of kernels(remedies))
    list.append(element('li', { class: 'remedy', text, attributes: { 'data-kind': 'profile' } }));
  return element('div', { class: 'remedies' }, element('h2', { text: 'What would bring it about' }), list);
};
