import type { Machine } from '../../backend/machine';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import { changeOf, errorsOf, fateOf, totalOf } from '../../backend/trial/comparison';
import type { QuirkPlan } from '../../backend/trial/quirkPlan';
import { shellLine } from '../../backend/trial/remedies';
import { quirkText, type QuirkLine, type WriteTrial } from '../../backend/trial/trial';
import type { Axes, Cell, Question } from '../../backend/trial/whatIf';
import { summaryOf } from '../../backend/trial/whatIfSummary';
import { RULES } from '../../backend/verdict/rules';
import type * as told from '../../protocol/whatIf';
import { withErrnoName } from '../errnoNames';
import { guestOutcome } from '../inspector/describe';

/** Turns what was tried into what the page is told. No vscode here, and nothing that is remembered. */

/** Quirk fields that the device has, as its attribute names them. */
export const presentQuirks = (machine: Machine, host: Bdf): string[] =>
  machine
    .fields(host)
    .filter(({ quirk }) => quirk)
    .map(({ start, end }) => `${start.toString(16)}:${end - start}`);

/** Bytes that the writes name and that the source of the machine does not give: they read as ones. */
export const unknownBytes = (
  known: Uint8Array,
  writes: readonly Pick<told.TriedAccess, 'offset' | 'size'>[],
): number => {
  const unknown = new Set<number>();
  for (const { offset, size } of writes)
    for (let i = offset; i < Math.min(offset + size, known.length); i++) if (known[i] !== 1) unknown.add(i);
  return unknown.size;
};

const unknownText = (count: number): string[] =>
  count === 0
    ? []
    : [
        count === 1
          ? 'The dump does not give 1 of the bytes: it is taken as ones here.'
          : `The dump does not give ${count} of the bytes: they are taken as ones here.`,
      ];

/** The whole table; `cells` are all of it, what happens now first. `given`: what the device has been given, in words. */
export const tableOf = (
  { writes }: Question,
  axes: Axes,
  cells: readonly Cell[],
  given: readonly string[],
  known: Uint8Array,
): told.Table => {
  const now = cells[0]?.trial;
  const fates = new Map<string, number>();
  const fateNumber = (text: string): number => {
    const known = fates.get(text);
    if (known !== undefined) return known;
    fates.set(text, fates.size);
    return fates.size - 1;
  };
  // Kernels with whose driver the guest would not have the device at all.
  const absent = new Set(
    cells
      .filter(({ policy, trial }) => policy === 'asIs' && trial.impossible !== undefined)
      .map(({ profile }) => profile),
  );
  const quirks = cells.find(({ policy, profile }) => policy === 'quirk' && profile === axes.loaded)?.quirks;
  return {
    profiles: [...axes.profiles],
    loaded: axes.loaded,
    policies: [...axes.policies],
    widths: [...axes.widths],
    cells: cells.map(({ trial, policy, profile, width, quirks: lines }) => {
      const total = totalOf(trial);
      return {
        profile,
        policy,
        width,
        ...total,
        change: now === undefined ? 'same' : changeOf(now, trial),
        errors: [...errorsOf(trial)],
        beside: trial.beside.length,
        fate: fateNumber(fateOf(trial)),
        ...(trial.impossible === undefined ? {} : { why: trial.impossible }),
        ...(trial.impossible === undefined || absent.has(profile)
          ? {}
          : { missing: policy === 'quirk' && lines.length === 0 ? ('quirk' as const) : ('policy' as const) }),
      };
    }),
    given: [...given],
    quirks: (quirks ?? []).map((line) => quirkText(axes.host, line)),
    summary: [...summaryOf(axes, cells, writes.length), ...unknownText(unknownBytes(known, writes))],
  };
};

/** What is not known of the device is not told, whatever the simulated one holds. */
const resultOf = (
  write: told.TriedAccess,
  { outcome, wanted, done, believed, after }: WriteTrial,
  known: Uint8Array,
): told.WriteResult => ({
  write: { ...write },
  outcome,
  wanted,
  done,
  believed,
  after: {
    ...(after.guest === undefined || unknownBytes(known, [write]) > 0 ? {} : { guest: after.guest }),
    ...(after.device === undefined || unknownBytes(known, [write]) > 0 ? {} : { device: after.device }),
  },
});

/** Lines for the shell that bring the device under the cell's policy. */
const shellFor = (host: Bdf, { policy, quirks }: Cell): string[] => {
  switch (policy) {
    case 'asIs':
    case 'normal':
      return [];
    case 'permissive':
      return [shellLine('permissive', formatBdf(host))];
    case 'interruptControl':
      return [shellLine('allow_interrupt_control', formatBdf(host))];
    case 'quirk':
      return quirks.map((line) => shellLine('quirks', quirkText(host, line)));
  }
};

/** What stands behind a cell; the accesses are those of one of its writes. */
export const detailOf = (
  { writes }: Question,
  host: Bdf,
  cell: Cell,
  chosen: number,
  known: Uint8Array,
): told.Detail => {
  const { profile, policy, width, trial } = cell;
  const index = Math.min(chosen, Math.max(0, trial.writes.length - 1));
  return {
    place: { profile, policy, width },
    writes: trial.writes.flatMap((result, i) => {
      const write = writes[i];
      return write === undefined ? [] : [resultOf(write, result, known)];
    }),
    chosen: index,
    accesses: (trial.writes[index]?.ops ?? []).map(guestOutcome),
    beside: trial.beside.map((byte) => ({ ...byte })),
    refusedEarlier: trial.refusedEarlier,
    ...(trial.impossible === undefined ? {} : { why: withErrnoName(trial.impossible) }),
    shell: shellFor(host, cell),
  };
};

/** `opens` tells in words what a line opens; `present` are the quirk fields that the device has. */
export const planOf = (
  { lines, writes, beside }: QuirkPlan,
  opens: (line: QuirkLine) => string,
  present: readonly string[],
  known: Uint8Array,
): told.QuirkPlan => ({
  lines: lines.map(({ text, reg, size, gained }) => ({
    text,
    shell: shellLine('quirks', text),
    opens: opens({ reg, size }),
    gained,
  })),
  writes: writes.map(({ write, before, after, effect, left }) => ({
    before: resultOf(write, before, known),
    after: resultOf(write, after, known),
    effect,
    reasons: [...new Set(left.map((code) => RULES[code].text))],
  })),
  beside: beside.length,
  present: [...present],
});
