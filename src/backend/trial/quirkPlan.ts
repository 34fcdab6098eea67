import type { Machine } from '../machine';
import type { Bdf } from '../spec/bdf';
import { and, andNot } from '../spec/uint';
import type { DecisionCode } from '../verdict/decision';
import type { VerdictPart } from '../verdict/verdict';
import { countBits } from './comparison';
import type { Access } from './cuts';
import { lostAccesses, quirkLinesFor } from './quirkGenerator';
import { hostOf, quirkText, tryWrites, type QuirkLine, type SequenceTrial, type WriteTrial } from './trial';
import type { Question } from './whatIf';

/**
 * The quirk lines for writes that got nowhere, and what each write comes to with them: tried, like everything here.
 * Lines are kept that bring nothing in this device: of registers that nobody described the simulated device knows
 * only that it cannot change them, which says little of the real one.
 */

/**
 * opened: all of it comes about. more: more of it. reaches: it gets to the device, which keeps its own bits. closed:
 * quirks do nothing for it. unneeded: nothing of it was lost.
 */
export type QuirkEffect = 'opened' | 'more' | 'reaches' | 'closed' | 'unneeded';

export interface PlannedLine extends QuirkLine {
  /** As the `quirks` attribute takes it. */
  readonly text: string;
  /** Bits of the writes that come about with it and do not without. */
  readonly gained: number;
}

export interface PlannedWrite {
  readonly write: Access;
  readonly before: WriteTrial;
  readonly after: WriteTrial;
  readonly effect: QuirkEffect;
  /** What became of the wanted bits that do not come about even so. */
  readonly left: readonly DecisionCode[];
}

export interface QuirkPlan {
  readonly host: Bdf;
  /** In order of offset. */
  readonly lines: readonly PlannedLine[];
  readonly writes: readonly PlannedWrite[];
  /** What changes in the device besides, with the lines. */
  readonly beside: SequenceTrial['beside'];
}

/** Parts of the verdicts that took wanted bits. */
const leftOf = ({ ops }: WriteTrial): readonly VerdictPart[] =>
  ops.flatMap(({ verdict }) =>
    verdict === undefined
      ? []
      : verdict.parts.filter(({ mask }) => and(mask, andNot(verdict.wanted, verdict.done)) !== 0),
  );

const effectOf = (before: WriteTrial, after: WriteTrial): QuirkEffect => {
  if (before.outcome === 'all' || before.outcome === 'same') return 'unneeded';
  if (after.outcome === 'all') return 'opened';
  if (countBits(after.done) > countBits(before.done)) return 'more';
  return leftOf(after).every(({ layer }) => layer === 'device') ? 'reaches' : 'closed';
};

/** Bits of the write's gain that lie in the line. */
const gainIn = (line: QuirkLine, { write, before, after }: Omit<PlannedWrite, 'effect' | 'left'>): number => {
  const gained = andNot(after.done, before.done);
  let bits = 0;
  for (let i = 0; i < write.size; i++) {
    const at = write.offset + i;
    if (at >= line.reg && at < line.reg + line.size) bits += countBits(and(gained >>> (8 * i), 0xff));
  }
  return bits;
};

/**
 * The plan for the writes as the machine is now; undefined when the guest has no such device, or when the journal
 * does not lead to the machine's state. Two trials.
 */
export const planQuirks = (machine: Machine, question: Question): QuirkPlan | undefined => {
  const host = hostOf(machine, question);
  if (host === undefined) return undefined;
  const before = tryWrites(machine, question, question.writes, {});
  if (before === undefined) return undefined;
  const lines = quirkLinesFor(
    machine,
    host,
    before.writes.flatMap(({ ops }) => lostAccesses(ops)),
  );
  const after =
    lines.length === 0 ? before : tryWrites(machine, question, question.writes, { quirks: lines });
  if (after === undefined) return undefined;
  const tried = question.writes.flatMap((write, i) => {
    const [was, is] = [before.writes[i], after.writes[i]];
    return was === undefined || is === undefined ? [] : [{ write, before: was, after: is }];
  });
  return {
    host,
    lines: lines.map((line) => ({
      ...line,
      text: quirkText(host, line),
      gained: tried.reduce((bits, one) => bits + gainIn(line, one), 0),
    })),
    writes: tried.map((one) => ({
      ...one,
      effect: effectOf(one.before, one.after),
      left: [...new Set(leftOf(one.after).map(({ code }) => code))],
    })),
    beside: after.beside,
  };
};
