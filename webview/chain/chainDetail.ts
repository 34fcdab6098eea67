import type { ChainFinding } from '../../src/protocol/model';
import { element, span } from '../ui/element';
import type { ChainItem } from './chainModel';
import { at, bytesText, nextText, rangeText, SEVERITY_MARK } from './chainText';
import type { Segment } from './spaceMap';

/** Everything about the active part of the drawing, in words. */

const title = (text: string): HTMLElement => element('div', { class: 'detail-title', text });
const line = (text: string): HTMLElement => element('div', { class: 'detail-place', text });

/** A finding's sign and its words. */
export const findingParts = (severity: ChainFinding['severity'], text: string): readonly HTMLElement[] => [
  span('finding-mark', SEVERITY_MARK[severity]),
  span('', text),
];

export const segmentDetail = ({ offset, length, gap, name, linked }: Segment): readonly HTMLElement[] => {
  const words = gap
    ? gap.used
      ? 'Holds bytes that no structure explains.'
      : 'Every known byte is zero.'
    : linked
      ? ''
      : 'No pointer leads to it.';
  return [title(gap ? 'Gap' : name), line(`${rangeText(offset, length)}, ${bytesText(length)}. ${words}`)];
};

const STANDING: Readonly<Record<ChainItem['standing'], string>> = {
  pointer: '',
  lost: '',
  linked: '',
  hidden: 'Hidden: the guest’s chain does not have it.',
  absent: 'Only the guest’s chain has it.',
  unlinked: 'No pointer leads to it.',
};

/** `differing`: registers in which guest and hardware differ. `lost`: why a pointer leads in vain. */
export const itemDetail = (
  item: ChainItem,
  differing: readonly string[],
  lost: ChainFinding | undefined,
): readonly HTMLElement[] => {
  const { standing, node, offset, length, findings } = item;
  const found = findings.map(({ severity, message }) =>
    element('div', { class: `finding ${severity}` }, ...findingParts(severity, message)),
  );
  if (standing === 'pointer')
    return [title('Capabilities pointer'), line(`${at(offset)} ${nextText(item)}`), ...found];
  if (standing === 'lost') return [title(`Pointer at ${at(offset)}`), line(lost?.message ?? '')];
  const version = node?.version === undefined ? '' : `, version ${node.version}`;
  const pointer = standing === 'linked' || standing === 'unlinked' ? ` · ${nextText(item)}` : '';
  const name = node?.name === node?.title ? '' : `${node?.name ?? ''} · `;
  const words = STANDING[standing];
  return [
    title(`${name}${node?.title ?? ''}`),
    line(`${rangeText(offset, length)}, ${bytesText(length)}${version}${pointer}`),
    ...(words === '' ? [] : [line(words)]),
    ...(differing.length > 0 ? [line(`Guest and hardware differ in ${differing.join(', ')}.`)] : []),
    ...found,
  ];
};
