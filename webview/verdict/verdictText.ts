import type { Outcome } from '../../src/protocol/model';
import type { Fate, Remedy, Verdict, VerdictOutcome } from '../../src/protocol/verdict';

/** A verdict in words and letters. No DOM. */

/** One letter and one word for each fate: the letter stands in the bit table, both in the list of rules. */
export const FATES: Readonly<Record<Fate, { readonly letter: string; readonly word: string }>> = {
  written: { letter: 'W', word: 'written' },
  acted: { letter: 'K', word: 'by the kernel' },
  cleared: { letter: 'C', word: 'cleared' },
  shadowed: { letter: 'S', word: 'shadowed' },
  emulated: { letter: 'E', word: 'emulated' },
  same: { letter: '=', word: 'no change' },
  masked: { letter: 'M', word: 'masked' },
  ignored: { letter: 'I', word: 'ignored' },
  dropped: { letter: 'D', word: 'dropped' },
  kept: { letter: 'H', word: 'kept by the device' },
  refused: { letter: 'R', word: 'refused' },
  read: { letter: '·', word: 'from the device' },
};

/** How the outcome is marked: a sign, and which of three colours. */
export const OUTCOMES: Readonly<
  Record<VerdictOutcome, { readonly mark: string; readonly tone: 'done' | 'dropped' | 'failed' | 'plain' }>
> = {
  all: { mark: '✓', tone: 'done' },
  same: { mark: '=', tone: 'plain' },
  read: { mark: '✓', tone: 'done' },
  believed: { mark: '◐', tone: 'dropped' },
  partly: { mark: '◑', tone: 'dropped' },
  nothing: { mark: '⊘', tone: 'dropped' },
  refused: { mark: '✗', tone: 'failed' },
};

export const countBits = (mask: number): number => {
  let bits = 0;
  for (let rest = mask >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) bits++;
  return bits;
};

const bitsText = (mask: number): string => {
  const bits = countBits(mask);
  return bits === 1 ? '1 bit' : `${bits} bits`;
};

/** `15..8, 3`: the set bits from high to low. */
export const bitRanges = (mask: number): string => {
  const ranges: string[] = [];
  for (let bit = 31; bit >= 0; bit--) {
    if (((mask >>> bit) & 1) === 0) continue;
    const high = bit;
    while (bit > 0 && ((mask >>> (bit - 1)) & 1) === 1) bit--;
    ranges.push(high === bit ? String(bit) : `${high}..${bit}`);
  }
  return ranges.join(', ');
};

/** A write that only asks pciback to answer with a size. */
const isProbe = ({ parts, wanted }: Verdict): boolean =>
  parts.some(({ code }) => code === 'bar-probe') &&
  parts.every(({ code, mask }) => code === 'bar-probe' || (mask & wanted) === 0);

/** The device holds something else than before; not known where it cannot be read. */
const changesDevice = ({ before, after }: Verdict): boolean =>
  before.device !== undefined && after.device !== undefined && before.device !== after.device;

/** What it comes to, in one sentence: for the guest first, then for the device. A dry run speaks of what would be. */
export const headline = (
  outcome: Pick<Outcome, 'err' | 'dryRun'> & Partial<Pick<Outcome, 'op'>>,
  verdict: Verdict,
): string => {
  const { wanted, done, believed } = verdict;
  const dry = outcome.dryRun === true;
  const error = outcome.err === undefined || outcome.err.code === 0 ? '' : outcome.err.name;
  const cameAbout = dry ? 'would come about' : 'came about';
  const told = dry ? 'The guest would be told' : 'The guest was told';
  switch (verdict.outcome) {
    case 'all':
      if (isProbe(verdict))
        return `A size probe: the guest ${dry ? 'would read' : 'reads'} the size here until its next write.`;
      return `What the guest ${dry ? 'wants' : 'wanted'} to change (${bitsText(wanted)}) ${cameAbout}.`;
    case 'same':
      return changesDevice(verdict)
        ? `The guest reads just this value already, but the device ${dry ? 'would change' : 'changed'}.`
        : 'The guest reads just this value already: there is nothing to change.';
    case 'believed':
      return `The guest ${dry ? 'would read back what it writes' : 'reads back what it wrote'}, but the device ${dry ? 'would' : 'does'} not have it (${bitsText(wanted)}).`;
    case 'partly':
      return [
        `Of ${bitsText(wanted)} that the guest ${dry ? 'wants' : 'wanted'} to change, ${done === 0 ? 'none' : countBits(done)} ${cameAbout}`,
        believed === 0 ? '' : `, ${countBits(believed)} only in what the guest reads back`,
        `. ${told} success.`,
      ].join('');
    case 'nothing':
      return `Nothing ${cameAbout} (${bitsText(wanted)}). ${told} success.`;
    case 'refused': {
      const refused = outcome.op === 'conf_read' ? 'The read failed' : dry ? 'Would be refused' : 'Refused';
      return done === 0
        ? `${refused}. ${told} ${error}.`
        : `${refused}. ${told} ${error}, though ${bitsText(done)} ${cameAbout} before.`;
    }
    case 'read':
      return 'Where each bit of the value comes from:';
  }
};

/** Wanted bits that did not come about: what remedies are for. */
export const lostBits = ({ wanted, done }: Verdict): number => (wanted & ~done) >>> 0;

/** How much of a write a remedy brings about. */
export const resultOf = (remedy: Pick<Remedy, 'outcome' | 'done'>): string =>
  remedy.outcome === 'all'
    ? 'all of it'
    : `${countBits(remedy.done)} ${countBits(remedy.done) === 1 ? 'bit' : 'bits'} of it`;

/** Kernels whose driver lets as much through, in one line each. An older one is no advice, and says so. */
export const kernels = (remedies: readonly Remedy[]): readonly string[] => {
  const lines = new Map<string, { older: boolean; result: string; names: string[] }>();
  for (const remedy of remedies) {
    const { profile, older = false } = remedy;
    if (profile === undefined) continue;
    const result = resultOf(remedy);
    const key = `${older} ${result}`;
    const line = lines.get(key) ?? { older, result, names: [] };
    line.names.push(profile);
    lines.set(key, line);
  }
  return [...lines.values()].map(({ older, result, names }) =>
    older
      ? `The older driver of Linux ${names.join(', ')} lets ${result} through. That was closed later; it is no advice to go back.`
      : `The newer driver of Linux ${names.join(', ')} lets ${result} through.`,
  );
};
