import { and, andNot } from '../spec/uint';
import type { Verdict, VerdictPart } from './verdict';

const bitCount = (mask: number): number => {
  let count = 0;
  for (let rest = mask; rest !== 0; rest = and(rest, rest - 1)) count++;
  return count;
};

/** The part that has most of these bits; undefined when none has any. */
const most = (parts: readonly VerdictPart[], bits: number): VerdictPart | undefined => {
  let found: VerdictPart | undefined;
  let best = 0;
  for (const part of parts) {
    const count = bitCount(and(part.mask, bits));
    if (count > best) [found, best] = [part, count];
  }
  return found;
};

/**
 * The part that one would name first when asked why: of a refused access what refused it, of a write the one that
 * took most of the bits that did not come about, then of those that the guest only believes in, then of those that
 * did. Of a read what made up most of it, rather than what the device holds. Undefined when no part names a bit.
 */
export const decisivePart = ({
  outcome,
  parts,
  wanted,
  done,
  believed,
}: Verdict): VerdictPart | undefined => {
  const all = 0xffffffff;
  if (outcome === 'refused')
    return (
      most(
        parts.filter(({ fate }) => fate === 'refused'),
        all,
      ) ?? most(parts, all)
    );
  if (outcome === 'read')
    return (
      most(
        parts.filter(({ fate }) => fate !== 'read'),
        all,
      ) ?? most(parts, all)
    );
  return (
    most(parts, andNot(andNot(wanted, done), believed)) ??
    most(parts, believed) ??
    most(parts, wanted) ??
    most(parts, all)
  );
};
