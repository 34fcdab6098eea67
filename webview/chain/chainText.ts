import type { ChainFinding } from '../../src/protocol/model';
import type { ChainItem, Gap, Side, Space } from './chainModel';

/** The words of the drawing, for eyes and for screen readers. */

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Offsets as lspci prints them: two digits in conventional space, three in extended space. */
export const at = (offset: number): string => hex(offset, offset < 0x100 ? 2 : 3);

export const rangeText = (offset: number, length: number): string =>
  length <= 1 ? at(offset) : `${at(offset)}–${at(offset + length - 1)}`;

export const bytesText = (count: number): string => (count === 1 ? '1 byte' : `${count} bytes`);

export const SECTION_TITLE: Readonly<Record<Space, string>> = {
  capability: 'Capabilities',
  extendedCapability: 'Extended capabilities',
};

export const ROW_LABEL: Readonly<Record<Side, string>> = {
  guest: 'Guest',
  hardware: 'Hardware',
  unlinked: 'Unlinked',
};

export const SEVERITY_MARK: Readonly<Record<ChainFinding['severity'], string>> = {
  error: '✗',
  warning: '⚠',
  info: 'ℹ',
};

/** A finding in a word or two, for its badge. */
export const FINDING_WORD: Readonly<Record<ChainFinding['kind'], string>> = {
  loop: 'loop',
  broken: 'broken',
  intoHeader: 'into header',
  unaligned: 'unaligned',
  truncated: 'not known',
  unlinked: 'unlinked',
  overlap: 'overlap',
  version: 'version',
  notAnnounced: 'no list',
  noExpress: 'no Express',
};

/** What a pointer that leads in vain has instead of a structure: where it leads, and why that is the end. */
export const lostText = (
  { next, offset }: ChainItem,
  finding: ChainFinding | undefined,
): [string, string] => {
  const target = at(next ?? offset);
  if (finding?.kind === 'loop') return [`↺ ${target}`, 'loops'];
  if (finding?.kind === 'truncated') return [`? ${target}`, 'not known'];
  return [`✗ ${target}`, 'broken'];
};

/** The third line of a box: where its pointer leads. */
export const nextText = ({ standing, next }: ChainItem): string => {
  if (standing === 'hidden' || standing === 'absent') return standing;
  return next === undefined || next === 0 ? 'end' : `→ ${at(next)}`;
};

const pointerSpoken = (next: number | undefined): string =>
  next === undefined ? '' : next === 0 ? ', ends the chain' : `, leads to ${at(next)}`;

const findingsSpoken = (findings: readonly ChainFinding[]): string =>
  findings.map(({ severity, message }) => `. ${severity}: ${message}`).join('');

/** What a screen reader says of an item. `differing`: registers in which guest and hardware differ. */
export const itemSpoken = (item: ChainItem, differing: readonly string[], lost?: ChainFinding): string => {
  const { standing, node, offset, next, findings } = item;
  if (standing === 'pointer')
    return `Capabilities pointer at ${at(offset)}${pointerSpoken(next)}${findingsSpoken(findings)}`;
  if (standing === 'lost') return `The pointer at ${at(offset)} leads nowhere: ${lost?.message ?? ''}`;
  const version = node?.version === undefined ? '' : `, version ${node.version}`;
  const name = node && node.name !== node.title ? `${node.name}, ${node.title}` : (node?.title ?? '');
  const where = {
    linked: '',
    unlinked: ', no pointer leads to it',
    hidden: ', hidden from guest',
    absent: ', not in the hardware',
  }[standing];
  const differs = differing.length > 0 ? `, guest and hardware differ in ${differing.join(', ')}` : '';
  return `Offset ${at(offset)}, ${name}${version}, ${bytesText(item.length)}${where}${pointerSpoken(next)}${differs}${findingsSpoken(findings)}`;
};

export const gapSpoken = ({ offset, length, used }: Gap): string =>
  `Gap ${rangeText(offset, length)}, ${bytesText(length)}, ${used ? 'holds bytes that no structure explains' : 'every known byte is zero'}`;
