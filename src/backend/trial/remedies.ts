import type { Machine } from '../machine';
import { formatBdf, type Bdf } from '../spec/bdf';
import type { Width } from '../spec/uint';
import type { Outcome } from '../verdict/verdict';
import { isAligned } from './cuts';
import { quirkLinesFor } from './quirkGenerator';
import { hostOf, quirkText, tryWrite, type Circumstances, type TriedWrite } from './trial';

/**
 * What would let a write through that did not get there. Each remedy was tried on a machine of its own and is listed
 * only when more of the wanted bits came about: nothing here is advice from a book.
 */

export interface Remedy {
  readonly kind: 'width' | 'interruptControl' | 'quirk' | 'permissive' | 'profile';
  readonly circumstances: Circumstances;
  /** What to do, for people. */
  readonly text: string;
  /** What to write into which attribute of the driver, where that is the remedy. */
  readonly sysfs?: { readonly attribute: string; readonly lines: readonly string[] };
  readonly outcome: Outcome;
  /** Wanted bits that come about with it. */
  readonly done: number;
}

type Candidate = Omit<Remedy, 'outcome' | 'done'>;

const DRIVER_DIRECTORY = '/sys/bus/pci/drivers/pciback';

/** A shell line that writes to an attribute of the driver. */
export const shellLine = (attribute: string, text: string): string =>
  `echo ${text} > ${DRIVER_DIRECTORY}/${attribute}`;

const WIDTHS: readonly Width[] = [1, 2, 4];
const PIECES: Readonly<Record<Width, string>> = {
  1: 'Write single bytes',
  2: 'Write aligned words',
  4: 'Write aligned dwords',
};

const widths = ({ offset, size }: TriedWrite): readonly Candidate[] =>
  WIDTHS.filter((width) => width !== size || offset % size !== 0).map((width) => ({
    kind: 'width',
    circumstances: { width },
    text: `${PIECES[width]} instead of ${size} ${size === 1 ? 'byte' : 'bytes'} at 0x${offset.toString(16)}.`,
  }));

const quirks = (machine: Machine, host: Bdf, write: TriedWrite): readonly Candidate[] => {
  if (!isAligned(write)) return [];
  const lines = quirkLinesFor(machine, host, [write]);
  if (lines.length === 0) return [];
  return [
    {
      kind: 'quirk',
      circumstances: { quirks: lines },
      text:
        lines.length === 1 ? 'Add a quirk for this register.' : 'Add quirks for the bytes without a field.',
      sysfs: { attribute: 'quirks', lines: lines.map((line) => quirkText(host, line)) },
    },
  ];
};

const switches = (machine: Machine, host: Bdf): readonly Candidate[] => {
  const state = machine.function(host);
  const lines = [formatBdf(host)];
  return [
    ...(state?.allowInterruptControl === true
      ? []
      : [
          {
            kind: 'interruptControl',
            circumstances: { interruptControl: true },
            text: 'Allow interrupt control for the device.',
            sysfs: { attribute: 'allow_interrupt_control', lines },
          } as const,
        ]),
    ...(state?.permissive === true
      ? []
      : [
          {
            kind: 'permissive',
            circumstances: { permissive: true },
            text: 'Make the device permissive: every register without a field then goes to the device, which is unsafe with a guest that is not trusted.',
            sysfs: { attribute: 'permissive', lines },
          } as const,
        ]),
  ];
};

const profiles = (machine: Machine): readonly Candidate[] =>
  machine
    .profiles()
    .filter((profile) => profile !== machine.driver().profile)
    .map((profile) => ({
      kind: 'profile',
      circumstances: { profile },
      text: `The driver of Linux ${profile} lets it through.`,
    }));

/** Everything that could be tried, narrow before wide: another access, one register, all registers, another kernel. */
const candidates = (machine: Machine, host: Bdf, write: TriedWrite): readonly Candidate[] => {
  const [control, permissive] = [
    switches(machine, host).filter(({ kind }) => kind === 'interruptControl'),
    switches(machine, host).filter(({ kind }) => kind === 'permissive'),
  ];
  return [...widths(write), ...control, ...quirks(machine, host, write), ...permissive, ...profiles(machine)];
};

const count = (mask: number): number => {
  let bits = 0;
  for (let rest = mask; rest !== 0; rest = (rest & (rest - 1)) >>> 0) bits++;
  return bits;
};

/**
 * Remedies for a write, each tried; yields between trials so that the caller can breathe or stop. Nothing when the
 * guest has no such device, when the write already does all that was wanted, or when the journal is full.
 */
export function* remediesFor(machine: Machine, write: TriedWrite): Generator<Remedy | undefined, void> {
  const host = hostOf(machine, write);
  const asIs = host && tryWrite(machine, write, {});
  if (host === undefined || asIs === undefined || asIs.outcome === 'all') return;
  for (const candidate of candidates(machine, host, write)) {
    const result = tryWrite(machine, write, candidate.circumstances);
    const better = result !== undefined && count(result.done) > count(asIs.done);
    yield better ? { ...candidate, outcome: result.outcome, done: result.done } : undefined;
  }
}
