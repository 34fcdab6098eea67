import type { Remedy } from '../../src/protocol/verdict';
import { element, span } from '../ui/element';
import { button } from '../ui/toolkit';
import { countBits } from './verdictText';

/** What would let a write through. Each was tried; narrow ones come first. */

export interface RemedyEvents {
  /** Writes the remedy's lines to the driver's attribute. */
  readonly apply: (sysfs: NonNullable<Remedy['sysfs']>) => void;
  readonly copy: (text: string) => void;
}

const resultOf = (remedy: Pick<Remedy, 'outcome' | 'done'>): string =>
  remedy.outcome === 'all'
    ? 'all of it'
    : `${countBits(remedy.done)} ${countBits(remedy.done) === 1 ? 'bit' : 'bits'} of it`;

/** Kernels whose driver lets as much through, in one line each. */
const kernels = (remedies: readonly Remedy[]): readonly string[] => {
  const byResult = new Map<string, string[]>();
  for (const remedy of remedies) {
    if (remedy.profile === undefined) continue;
    const result = resultOf(remedy);
    byResult.set(result, [...(byResult.get(result) ?? []), remedy.profile]);
  }
  return [...byResult].map(
    ([result, names]) => `The driver of Linux ${names.join(', ')} lets ${result} through.`,
  );
};

const item = (remedy: Remedy, events: RemedyEvents): HTMLElement => {
  const { sysfs, text } = remedy;
  const made = element(
    'li',
    { class: 'remedy', attributes: { 'data-kind': remedy.kind } },
    element(
      'div',
      { class: 'remedy-text' },
      span('', text),
      ' ',
      span('remedy-result', `Lets through ${resultOf(remedy)}.`),
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
      text: 'No remedy: no other width, no quirk, no switch of the driver and no kernel that is known here lets more of it through.',
    });
  const list = element('ul', { attributes: { 'aria-label': 'What would let it through' } });
  for (const remedy of remedies) if (remedy.kind !== 'profile') list.append(item(remedy, events));
  for (const text of kernels(remedies))
    list.append(element('li', { class: 'remedy', text, attributes: { 'data-kind': 'profile' } }));
  return element('div', { class: 'remedies' }, element('h2', { text: 'What would let it through' }), list);
};
