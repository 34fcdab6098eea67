import { and } from '../spec/uint';
import type { Outcome } from '../verdict/verdict';
import type { SequenceTrial } from './trial';

/** What trials came to as a whole, and how one differs from another. */

/** Of all writes of a trial together. Bits are counted, not masks. */
export interface Total {
  readonly outcome: Outcome | 'impossible';
  readonly wanted: number;
  readonly done: number;
  readonly believed: number;
}

export const countBits = (mask: number): number => {
  let bits = 0;
  for (let rest = mask; rest !== 0; rest = and(rest, rest - 1)) bits++;
  return bits;
};

/** One word for several writes: of those that were to change something. */
const together = (outcomes: readonly Outcome[], done: number, believed: number): Outcome => {
  const telling = outcomes.filter((outcome) => outcome !== 'same');
  const [first] = telling;
  if (first === undefined) return 'same';
  if (telling.every((outcome) => outcome === first)) return first;
  if (done > 0 || believed > 0) return 'partly';
  return telling.includes('refused') ? 'refused' : 'nothing';
};

export const totalOf = ({ impossible, writes }: SequenceTrial): Total => {
  const sum = (bits: (write: (typeof writes)[number]) => number): number =>
    writes.reduce((all, write) => all + countBits(bits(write)), 0);
  const done = sum((write) => write.done);
  const believed = sum((write) => write.believed);
  const outcome =
    impossible === undefined
      ? together(
          writes.map((write) => write.outcome),
          done,
          believed,
        )
      : 'impossible';
  return { outcome, wanted: sum((write) => write.wanted), done, believed };
};

/** Names of the errors that the guest was told, without repetition. */
export const errorsOf = ({ writes }: SequenceTrial): readonly string[] => [
  ...new Set(writes.flatMap(({ ops }) => ops.filter(({ err }) => err !== 0).map(({ errName }) => errName))),
];

/** Everything that can be seen of a trial from outside, as a text: trials with the same one are alike. */
export const fateOf = (trial: SequenceTrial): string =>
  JSON.stringify([
    trial.impossible ?? null,
    trial.writes.map(({ outcome, wanted, done, believed, after }) => [
      outcome,
      wanted,
      done,
      believed,
      after.guest,
      after.device,
    ]),
    errorsOf(trial),
    trial.beside,
  ]);

/** more and less: of what the guest wanted. other: as much, but not the same. impossible: it could not be tried. */
export type Change = 'same' | 'more' | 'less' | 'other' | 'impossible';

/** How a trial differs from what happens now. */
export const changeOf = (now: SequenceTrial, trial: SequenceTrial): Change => {
  if (trial.impossible !== undefined) return now.impossible === undefined ? 'impossible' : 'same';
  if (fateOf(now) === fateOf(trial)) return 'same';
  const [before, after] = [totalOf(now), totalOf(trial)];
  if (after.done !== before.done) return after.done > before.done ? 'more' : 'less';
  return 'other';
};
