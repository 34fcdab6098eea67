import type { QuirkPlan } from '../../src/protocol/whatIf';

/** A quirk plan in a sentence, computed from it. */

/** `1 bit`, `3 bits`. */
export const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const planText = ({ lines, writes }: QuirkPlan): string => {
  const lost = writes.filter(({ effect }) => effect !== 'unneeded').length;
  if (writes.length === 0) return 'There is no write to open anything for.';
  if (lost === 0)
    return writes.length === 1
      ? 'This write loses nothing: no quirk is needed.'
      : `None of the ${writes.length} writes loses anything: no quirk is needed.`;
  const of = lost === 1 ? 'the write that loses bits' : `the ${lost} writes that lose bits`;
  if (lines.length === 0) return `No quirk can open anything for ${of}.`;
  const count = (...effects: readonly string[]): number =>
    writes.filter(({ effect }) => effects.includes(effect)).length;
  const opened = count('opened');
  const parts = [
    opened === lost ? (lost === 1 ? 'it comes about in full' : 'all of them come about in full') : undefined,
    opened > 0 && opened < lost ? `${opened} ${opened === 1 ? 'comes' : 'come'} about in full` : undefined,
    some(count('more'), 'in part'),
    count('reaches') > 0
      ? `${count('reaches')} ${count('reaches') === 1 ? 'reaches' : 'reach'} the device, which keeps its bits`
      : undefined,
    count('closed') > 0 ? `${count('closed')} cannot be opened` : undefined,
  ].filter((part) => part !== undefined);
  return `${countText(lines.length, 'line')} for ${of}: ${parts.join(', ')}.`;
};

const some = (count: number, how: string): string | undefined =>
  count === 0 ? undefined : `${count} ${count === 1 ? 'comes' : 'come'} about ${how}`;
