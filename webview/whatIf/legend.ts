import { element } from '../ui/element';
import { OUTCOMES } from '../verdict/verdictText';
import { CHANGES } from './words';

/** The outcomes that the table can show, each with its sign, as a key to it. */
export const legend = (): HTMLElement => {
  const made = element('p', { class: 'legend' });
  const item = (sign: string, tone: string, text: string): HTMLElement =>
    element(
      'span',
      { class: 'legend-item' },
      element('span', { class: `cell-mark tone-${tone}`, text: sign }),
      text,
    );
  const { all, partly, believed, nothing, refused } = OUTCOMES;
  made.append(
    item(all.mark, all.tone, 'all that the guest wants'),
    item(partly.mark, partly.tone, 'some of it'),
    item(believed.mark, believed.tone, 'only read back by the guest'),
    item(nothing.mark, nothing.tone, 'nothing, told success'),
    item(refused.mark, refused.tone, 'refused'),
    item(CHANGES.more.sign, 'none', 'more than now'),
    item(CHANGES.less.sign, 'none', 'less'),
    item(CHANGES.other.sign, 'none', 'as much, but otherwise'),
  );
  return made;
};
