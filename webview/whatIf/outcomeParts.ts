import { element, span } from '../ui/element';
import { OUTCOMES } from '../verdict/verdictText';
import type { CellText } from './words';

/** A result as it stands in a cell, in a list and above the details: sign, word, bits. */
export const outcomeParts = ({ mark, word, note, believed }: CellText): readonly HTMLElement[] => [
  element('span', { class: 'cell-mark', text: mark, attributes: { 'aria-hidden': 'true' } }),
  span('cell-word', word),
  ...(note === '' ? [] : [span('cell-note', ` ${note}`)]),
  ...(believed === 0
    ? []
    : [
        element('span', {
          class: `cell-believed tone-${OUTCOMES.believed.tone}`,
          text: `${OUTCOMES.believed.mark} ${believed}`,
          title: `${believed} more only in what the guest reads back`,
          attributes: { 'aria-hidden': 'true' },
        }),
      ]),
];
