import type { Machine } from '../machine';
import { formatBdf, type Bdf } from '../spec/bdf';
import { and, andNot, readLe, widthMask, xor, type Width } from '../spec/uint';
import type { DecisionCode } from '../verdict/decision';
import type { Outcome } from '../verdict/verdict';
import { countBits } from './comparison';
import { canBeCut, isAligned, isWidth, largestPieces } from './cuts';
import { lostAccesses, quirkLinesFor } from './quirkGenerator';
import { otherWays, type OtherWay } from './remedySteps';
import { hostOf, quirkText, tryWrite, type Circumstances, type TrialResult, type TriedWrite } from './trial';

/**
 * What would let a write through that did not get there. Each remedy was tried on a machine of its own and is listed
 * only when more of the wanted bits came about; what it changes besides is said. Only `advice` is from a book.
 */

export interface Remedy {
  readonly kind:
    | 'width'
    | 'value'
    | 'first'
    | 'request'
    | 'interruptControl'
    | 'quirk'
    | 'permissive'
    | 'profile'
    | 'advice';
  readonly circumstances: Circumstances;
  /** What to do, for people. */
  readonly text: string;
  /** What to write into which attribute of the driver, where that is the remedy. */
  readonly sysfs?: { readonly attribute: string; readonly lines: readonly string[] };
  /** What the guest has to do otherwise besides. */
  readonly also?: OtherWay['kind'];
  /** profile: the driver is older than the one that is loaded. */
  readonly older?: boolean;
  readonly outcome: Outcome;
  /** Wanted bits that come about with it. */
  readonly done: number;
}

interface Candidate extends Omit<Remedy, 'outcome' | 'done' | 'also'> {
  readonly way?: OtherWay;
}

const DRIVER_DIRECTORY = '/sys/bus/pci/drivers/pciback';

/** A shell line that writes to an attribute of the driver. */
export const shellLine = (attribute: string, text: string): string =>
  `echo ${text} > ${DRIVER_DIRECTORY}/${attribute}`;

const WIDTHS: readonly Width[] = [1, 2, 4];
const PIECES: Readonly<Record<Width | 'pieces', string>> = {
  pieces: 'Write aligned pieces',
  1: 'Write single bytes',
  2: 'Write aligned words',
  4: 'Write aligned dwords',
};

const insteadOf = ({ offset, size }: TriedWrite): string =>
  `instead of ${size} ${size === 1 ? 'byte' : 'bytes'} at 0x${offset.toString(16)}`;

/** Without bytes beside the write first: a wider access writes those too. */
const widths = (write: TriedWrite): readonly Candidate[] => {
  if (!canBeCut(write)) return [];
  const pieces = !isAligned(write) && largestPieces(write).some(({ size }) => size > 1);
  return [
    ...(pieces ? (['pieces'] as const) : []),
    ...WIDTHS.filter((width) => width !== write.size || !isAligned(write)),
  ].map((width) => ({
    kind: 'width',
    circumstances: { width },
    text: `${PIECES[width]} ${insteadOf(write)}.`,
  }));
};

/** What the driver refuses for its form can be opened only in another form. */
const shapeOf = (write: TriedWrite): Pick<Circumstances, 'width'> =>
  isAligned(write) || !canBeCut(write) ? {} : { width: 'pieces' };
const inShape = (write: TriedWrite, text: string): string =>
  shapeOf(write).width === undefined ? text : `${text} ${PIECES.pieces} ${insteadOf(write)}.`;

const quirks = (machine: Machine, host: Bdf, write: TriedWrite): readonly Candidate[] => {
  const shape = shapeOf(write);
  const tried = tryWrite(machine, write, shape);
  const lines = quirkLinesFor(machine, host, lostAccesses(tried?.ops ?? []));
  if (lines.length === 0) return [];
  const what = lines.length === 1 ? 'a quirk for this register' : 'quirks for the bytes without a field';
  return [
    {
      kind: 'quirk',
      circumstances: { ...shape, quirks: lines },
      text: inShape(write, `Add ${what}. It goes when the device is taken back from the guest.`),
      sysfs: { attribute: 'quirks', lines: lines.map((line) => quirkText(host, line)) },
    },
  ];
};

const interruptControl = (machine: Machine, host: Bdf): readonly Candidate[] =>
  machine.function(host)?.allowInterruptControl === true
    ? []
    : [
        {
          kind: 'interruptControl',
          circumstances: { interruptControl: true },
          text: 'Allow interrupt control: the guest then switches INTx, MSI and MSI-X in the registers itself, as the device model of an HVM guest does. It goes when the device is taken back.',
          sysfs: { attribute: 'allow_interrupt_control', lines: [formatBdf(host)] },
        },
      ];

const permissive = (machine: Machine, host: Bdf, write: TriedWrite): readonly Candidate[] =>
  machine.function(host)?.permissive === true
    ? []
    : [
        {
          kind: 'permissive',
          circumstances: { ...shapeOf(write), permissive: true },
          text: inShape(
            write,
            'Make the device permissive: every register without a field, more of COMMAND and all of the MSI and MSI-X control words then go to the device, which is unsafe with a guest that is not trusted. It stays on for the next guest.',
          ),
          sysfs: { attribute: 'permissive', lines: [formatBdf(host)] },
        },
      ];

const profiles = (machine: Machine): readonly Candidate[] => {
  const loaded = machine.profiles().indexOf(machine.driver().profile);
  return machine.profiles().flatMap((profile, i): readonly Candidate[] =>
    i === loaded
      ? []
      : [
          {
            kind: 'profile',
            circumstances: { profile },
            older: i < loaded,
            text:
              i < loaded
                ? `The older driver of Linux ${profile} lets it through. That was closed later; it is no advice to go back.`
                : `The newer driver of Linux ${profile} lets it through.`,
          },
        ],
  );
};

const codesOf = ({ ops }: TrialResult): ReadonlySet<DecisionCode> =>
  new Set(ops.flatMap(({ verdict }) => verdict?.parts.map(({ code }) => code) ?? []));

/** Other ways for a write that failed as it did under a candidate, with what the candidate needs. */
const follow = (
  machine: Machine,
  host: Bdf,
  write: TriedWrite,
  failed: TrialResult,
  base: Candidate | undefined,
): readonly Candidate[] =>
  otherWays(machine, host, write, codesOf(failed)).map((way) =>
    base === undefined
      ? { kind: way.kind, circumstances: {}, text: `${way.text}.`, way }
      : { ...base, text: `${base.text} ${way.text}.`, way },
  );

/** What is known of virtual functions and no trial shows. */
const advice = (machine: Machine, host: Bdf, asIs: TrialResult): readonly Remedy[] => {
  const pf = machine.function(host)?.physicalFunction;
  const codes = codesOf(asIs);
  const decoding = codes.has('command-enabled') || codes.has('command-enable-kept');
  if (pf === undefined || !decoding || and(asIs.believed, 3) === 0) return [];
  return [
    {
      kind: 'advice',
      circumstances: {},
      text: `Nothing is missing: a virtual function has no I/O and memory decoding bits. VF MSE in the SR-IOV control of its physical function ${formatBdf(pf)} switches memory decoding of all its VFs.`,
      outcome: asIs.outcome,
      done: asIs.done,
    },
  ];
};

/** Bytes of the device that a trial changes beside the write, and that the write as it is does not. */
type Besides = readonly number[];

interface Tried {
  readonly result: TrialResult;
  /** Of the bits that the write as it is wants. */
  readonly done: number;
  readonly besides: Besides;
}

const besidesText = (besides: Besides): string => {
  if (besides.length === 0) return '';
  const offsets = besides.map((offset) => `0x${offset.toString(16)}`);
  if (besides.length === 1) return ` It changes the byte at ${offsets.join('')} too.`;
  return besides.length <= 4
    ? ` It changes the bytes at ${offsets.join(', ')} too.`
    : ` It changes ${besides.length} other bytes of the device too.`;
};

const changedBytes = (before: Uint8Array, after: Uint8Array, { offset, size }: TriedWrite): Besides =>
  [...before.keys()].filter((at) => before[at] !== after[at] && (at < offset || at >= offset + size));

/** What the device holds where the write was to go agrees with it in these bits. */
const agreeing = (device: number | undefined, value: number): number =>
  device === undefined ? 0 : andNot(0xffffffff, xor(device, value));

/** One write and its machine, against which candidates are judged. */
class Judge {
  readonly host: Bdf;

  constructor(
    readonly machine: Machine,
    readonly write: TriedWrite,
    readonly asIs: TrialResult,
    host: Bdf,
  ) {
    this.host = host;
  }

  private deviceIn(own: Machine): number | undefined {
    const { offset, size } = this.write;
    return isWidth(size)
      ? and(readLe(own.realImage(this.host).bytes, offset, size), widthMask(size))
      : undefined;
  }

  try({ circumstances, way }: Candidate): Tried | undefined {
    const { machine, write, asIs, host } = this;
    const already = new Set(asIs.beside.map(({ offset }) => offset));
    if (way?.step === undefined) {
      const result = tryWrite(machine, way?.write ?? write, circumstances);
      if (result === undefined) return undefined;
      const besides = result.beside.map(({ offset }) => offset).filter((offset) => !already.has(offset));
      return { result, done: and(result.done, asIs.wanted), besides };
    }
    const own = machine.fork()?.machine;
    if (own === undefined) return undefined;
    if (circumstances.interruptControl === true && !own.sysfs('allow_interrupt_control', formatBdf(host)).ok)
      return undefined;
    if (!way.step(own)) return undefined;
    const image = own.realImage(host).bytes;
    const changed = changedBytes(machine.realImage(host).bytes, image, write);
    if (way.kind === 'request') {
      const done = and(asIs.wanted, agreeing(this.deviceIn(own), write.value));
      return { result: asIs, done, besides: [] };
    }
    const result = tryWrite(own, write, circumstances);
    if (result === undefined) return undefined;
    // The step changed what the write starts from: what counts is where the device ends up.
    const done =
      result.outcome === 'refused' ? 0 : and(asIs.wanted, agreeing(result.after.device, write.value));
    const besides = new Set([...changed, ...result.beside.map(({ offset }) => offset)]);
    return { result, done, besides: [...besides].filter((offset) => !already.has(offset)) };
  }

  /** The remedy, when it brings more of the wanted bits about than `least`. */
  judged(candidate: Candidate, tried: Tried | undefined, least: number): Remedy | undefined {
    if (tried === undefined || countBits(tried.done) <= least) return undefined;
    const { kind, circumstances, text, sysfs, older, way } = candidate;
    const all = tried.done === this.asIs.wanted;
    return {
      kind,
      circumstances,
      text: `${text}${kind === 'profile' ? '' : besidesText(tried.besides)}`,
      ...(sysfs && { sysfs }),
      ...(older === undefined ? {} : { older }),
      ...(way === undefined || way.kind === kind ? {} : { also: way.kind }),
      outcome: all ? 'all' : 'partly',
      done: tried.done,
    };
  }
}

/**
 * Remedies for a write, each tried, narrow before wide: another access, another step of the guest, one switch or
 * register, all registers, another kernel. Yields between trials so that the caller can breathe or stop. Nothing when
 * the guest has no such device, when the write already does all that was wanted, or when the journal is full.
 */
export function* remediesFor(machine: Machine, write: TriedWrite): Generator<Remedy | undefined, void> {
  const host = hostOf(machine, write);
  const asIs = host && tryWrite(machine, write, {});
  if (host === undefined || asIs === undefined || andNot(asIs.wanted, asIs.done) === 0) return;
  const judge = new Judge(machine, write, asIs, host);
  const least = countBits(asIs.done);

  let best = least;
  for (const candidate of widths(write)) {
    const tried = judge.try(candidate);
    yield judge.judged(candidate, tried, best);
    best = Math.max(best, tried === undefined ? 0 : countBits(tried.done));
  }
  for (const candidate of follow(machine, host, write, asIs, undefined))
    yield judge.judged(candidate, judge.try(candidate), least);
  for (const candidate of interruptControl(machine, host)) {
    const tried = judge.try(candidate);
    const remedy = judge.judged(candidate, tried, least);
    yield remedy;
    if (remedy !== undefined || tried === undefined) continue;
    for (const more of follow(machine, host, write, tried.result, candidate))
      yield judge.judged(more, judge.try(more), least);
  }
  for (const candidate of [
    ...quirks(machine, host, write),
    ...permissive(machine, host, write),
    ...profiles(machine),
  ])
    yield judge.judged(candidate, judge.try(candidate), least);
  yield* advice(machine, host, asIs);
}
