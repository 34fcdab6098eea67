import type { Machine } from '../machine';
import type { Bdf } from '../spec/bdf';
import type { Width } from '../spec/uint';
import { canBeCut, isAligned, largestPieces, type Access } from './cuts';
import { lostAccesses, quirkLines } from './quirkGenerator';
import {
  hostOf,
  tryWrites,
  type Circumstances,
  type QuirkLine,
  type SequenceTrial,
  type TriedDevice,
} from './trial';

/**
 * What would become of a guest's writes under every policy of the driver, in every width, with the driver of every
 * kernel. Each cell of the table is a trial on a machine of its own.
 */

/** normal: without anything that the device was given. The others are added to what it has. */
export type Policy = 'asIs' | 'normal' | 'interruptControl' | 'quirk' | 'permissive';

/** asked: as the guest asks. The others as in Circumstances. */
export type WidthChoice = 'asked' | 'pieces' | Width;

/** Writes of one guest to one device, in order. */
export interface Question extends TriedDevice {
  readonly writes: readonly Access[];
}

/** The axes of the table. The cell of the loaded driver, `asIs` and `asked` is what happens now. */
export interface Axes {
  readonly host: Bdf;
  /** Kernel releases, newest first. */
  readonly profiles: readonly string[];
  /** The one whose driver is loaded. */
  readonly loaded: string;
  readonly policies: readonly Policy[];
  readonly widths: readonly WidthChoice[];
}

export interface Cell {
  readonly profile: string;
  readonly policy: Policy;
  readonly width: WidthChoice;
  /** The lines of the quirk policy: what this kernel's driver has no field for, as the writes are asked. */
  readonly quirks: readonly QuirkLine[];
  readonly trial: SequenceTrial;
}

const policiesFor = (machine: Machine, host: Bdf): readonly Policy[] => {
  const state = machine.function(host);
  const permissive = machine.driver().permissive || state?.permissive === true;
  const control = state?.allowInterruptControl === true;
  const given = permissive || control || machine.fields(host).some(({ quirk }) => quirk);
  return [
    'asIs',
    ...(given ? (['normal'] as const) : []),
    ...(control ? [] : (['interruptControl'] as const)),
    'quirk',
    ...(permissive ? [] : (['permissive'] as const)),
  ];
};

const WIDTHS: readonly Width[] = [1, 2, 4];

/** Widths in which at least one of the writes is made otherwise than as asked. */
const widthsFor = (writes: readonly Access[]): readonly WidthChoice[] => {
  const cut = writes.filter(canBeCut);
  const odd = cut.filter((write) => !isAligned(write));
  // Pieces that are all single bytes are what width 1 is.
  const pieces = odd.some((write) => largestPieces(write).some(({ size }) => size > 1));
  return [
    'asked',
    ...(pieces ? (['pieces'] as const) : []),
    ...WIDTHS.filter((width) => cut.some((write) => !isAligned(write) || write.size !== width)),
  ];
};

/** The axes for a question; undefined when the guest has no such device. */
export const axesFor = (machine: Machine, question: Question): Axes | undefined => {
  const host = hostOf(machine, question);
  if (host === undefined) return undefined;
  return {
    host,
    profiles: [...machine.profiles()].reverse(),
    loaded: machine.driver().profile,
    policies: policiesFor(machine, host),
    widths: widthsFor(question.writes),
  };
};

export const cellCount = ({ profiles, policies, widths }: Axes): number =>
  profiles.length * policies.length * widths.length;

const NO_QUIRK: SequenceTrial = {
  impossible: 'nothing of this is lost for want of a field, so a quirk has nothing to open',
  writes: [],
  beside: [],
  fields: [],
  refusedEarlier: 0,
};

const POLICY: Readonly<Record<Policy, Circumstances>> = {
  asIs: {},
  normal: { normal: true },
  interruptControl: { interruptControl: true },
  quirk: {},
  permissive: { permissive: true },
};

/**
 * Tries every cell, what happens now first, then the rest of the loaded driver, then the other kernels; one trial
 * per step, so that the caller can breathe, show what there is, or stop. Ends early when the machine's journal does
 * not lead to its state.
 */
export function* whatIf(
  machine: Machine,
  question: Question,
  { profiles, loaded, policies, widths }: Axes,
): Generator<Cell, void> {
  const attempt = (
    profile: string,
    policy: Policy,
    width: WidthChoice,
    quirks: readonly QuirkLine[],
  ): SequenceTrial | undefined =>
    tryWrites(machine, question, question.writes, {
      ...POLICY[policy],
      ...(policy === 'quirk' ? { quirks } : {}),
      ...(profile === loaded ? {} : { profile }),
      ...(width === 'asked' ? {} : { width }),
    });

  for (const profile of [loaded, ...profiles.filter((other) => other !== loaded)]) {
    const now = attempt(profile, 'asIs', 'asked', []);
    // What the driver refuses for its form it loses too: the quirk is for its aligned pieces.
    const inPieces = question.writes.some((write) => canBeCut(write) && !isAligned(write))
      ? attempt(profile, 'asIs', 'pieces', [])
      : now;
    if (now === undefined || inPieces === undefined) return;
    const lost = inPieces.writes.flatMap(({ ops }) => lostAccesses(ops));
    const lines = quirkLines(lost, now.fields);
    for (const width of widths)
      for (const policy of policies) {
        const quirks = policy === 'quirk' ? lines : [];
        const known =
          policy !== 'asIs' ? undefined : width === 'asked' ? now : width === 'pieces' ? inPieces : undefined;
        const trial =
          known ??
          (policy === 'quirk' && lines.length === 0 && now.impossible === undefined
            ? NO_QUIRK
            : attempt(profile, policy, width, quirks));
        if (trial === undefined) return;
        yield { profile, policy, width, quirks, trial };
      }
  }
}
