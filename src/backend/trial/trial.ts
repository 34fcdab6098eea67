import type { Machine } from '../machine';
import { formatBdf, sameBdf, type Bdf } from '../spec/bdf';
import { and, andNot, or, shl, shr, widthMask, type Width } from '../spec/uint';
import type { Outcome, Verdict } from '../verdict/verdict';
import type { ConfigOp } from '../view';

/**
 * One write of a guest tried under other circumstances, on a machine of its own: the machine that is open is not
 * touched. What comes out is what the engine does, never a guess about it.
 */

/** The write that is tried, as the guest asks for it. */
export interface TriedWrite {
  readonly domid: number;
  /** As the guest addresses it. */
  readonly guest: Bdf;
  readonly offset: number;
  readonly size: number;
  readonly value: number;
}

export interface QuirkLine {
  /** Offset in configuration space. */
  readonly reg: number;
  readonly size: Width;
}

/** What is other than as it is. */
export interface Circumstances {
  /** Kernel release whose driver the machine has had from the start. */
  readonly profile?: string;
  readonly permissive?: boolean;
  readonly interruptControl?: boolean;
  readonly quirks?: readonly QuirkLine[];
  /** Width of the aligned accesses that the write is made in; the other bytes of each are as the guest reads them. */
  readonly width?: Width;
}

export interface TrialResult {
  /** Why the circumstances cannot be had, in the driver's terms; there are no ops then. */
  readonly impossible?: string;
  readonly ops: readonly ConfigOp[];
  readonly outcome: Outcome;
  /** In bits of the write that is tried, as in its verdict. */
  readonly wanted: number;
  readonly done: number;
  readonly believed: number;
  /** Earlier actions that the other driver refuses. */
  readonly refusedEarlier: number;
}

const impossible = (why: string): TrialResult => ({
  impossible: why,
  ops: [],
  outcome: 'refused',
  wanted: 0,
  done: 0,
  believed: 0,
  refusedEarlier: 0,
});

/** A quirk as its attribute takes it. The driver shows the mask and never applies it: all bits of the field. */
export const quirkText = (bdf: Bdf, { reg, size }: QuirkLine): string =>
  `${formatBdf(bdf)}-${reg.toString(16)}:${size}:${widthMask(size).toString(16)}`;

/** The driver's own words for what a sysfs attribute answers. */
const sysfsRefusal = (machine: Machine, attribute: string, text: string): string | undefined => {
  const result = machine.sysfs(attribute, text);
  return result.ok ? undefined : result.message;
};

const prepare = (machine: Machine, host: Bdf, circumstances: Circumstances): string | undefined => {
  const { permissive, interruptControl, quirks = [] } = circumstances;
  if (permissive === true) machine.permissive(host);
  if (interruptControl === true) {
    const refused = sysfsRefusal(machine, 'allow_interrupt_control', formatBdf(host));
    if (refused !== undefined) return refused;
  }
  for (const quirk of quirks) {
    const refused = sysfsRefusal(machine, 'quirks', quirkText(host, quirk));
    if (refused !== undefined) return refused;
  }
  return undefined;
};

interface Access {
  readonly offset: number;
  readonly size: number;
  readonly value: number;
}

/** Bytes of configuration space that an access can name. */
const SPACE = 4096;

/** The write cut into aligned accesses of `width`; each is read first, so that bytes beside it keep what the guest reads. */
const cut = (machine: Machine, write: TriedWrite, width: Width): readonly Access[] => {
  const { domid, guest, offset, size, value } = write;
  const accesses: Access[] = [];
  const first = offset - (offset % width);
  for (let at = first; at < Math.min(offset + size, SPACE); at += width) {
    let merged = machine.confRead(domid, guest, at, width).value;
    for (let i = 0; i < width; i++) {
      const from = at + i - offset;
      if (from < 0 || from >= size) continue;
      const mask = shl(0xff, 8 * i);
      merged = or(andNot(merged, mask), shl(and(shr(value, 8 * from), 0xff), 8 * i));
    }
    accesses.push({ offset: at, size: width, value: and(merged, widthMask(width)) });
  }
  return accesses;
};

/** A mask of an access, in bits of the write that is tried; bits beside it fall away. */
const inWrite = (mask: number, access: Access, write: TriedWrite): number => {
  const bytes = access.offset - write.offset;
  const placed = bytes >= 0 ? shl(mask, 8 * bytes) : shr(mask, -8 * bytes);
  return write.size >= 4 ? placed : and(placed, 2 ** (8 * write.size) - 1);
};

const outcomeOf = (ops: readonly ConfigOp[], wanted: number, done: number, believed: number): Outcome => {
  if (wanted === 0) return ops.some((op) => op.err !== 0) ? 'refused' : 'same';
  if (done === wanted) return 'all';
  if (done === 0 && believed === 0) return ops.some((op) => op.err !== 0) ? 'refused' : 'nothing';
  return done === 0 && believed === wanted ? 'believed' : 'partly';
};

type Masks = Pick<Verdict, 'wanted' | 'done' | 'believed'>;
const NO_BITS: Masks = { wanted: 0, done: 0, believed: 0 };

/**
 * Tries the write; undefined when the machine's journal does not lead to its state. The ops are as they came out on
 * the other machine, with their verdicts.
 */
export const tryWrite = (
  machine: Machine,
  write: TriedWrite,
  circumstances: Circumstances,
): TrialResult | undefined => {
  const fork = machine.fork(circumstances.profile);
  if (fork === undefined) return undefined;
  const { domid, guest } = write;
  const device = fork.machine
    .guests()
    .find((g) => g.domid === domid)
    ?.devices.find((d) => sameBdf(d.guest, guest));
  if (device === undefined) return impossible(`the guest has no device at ${formatBdf(guest)}`);
  const refused = prepare(fork.machine, device.host, circumstances);
  if (refused !== undefined) return impossible(refused);
  const { width } = circumstances;
  const accesses: readonly Access[] = width === undefined ? [write] : cut(fork.machine, write, width);
  const ops = accesses.map((a) => fork.machine.confWrite(domid, guest, a.offset, a.size, a.value));
  const { wanted, done, believed } = ops.reduce<Masks>((sum, { verdict }, i) => {
    const access = accesses[i];
    if (verdict === undefined || access === undefined) return sum;
    const add = (key: keyof Masks): number => or(sum[key], inWrite(verdict[key], access, write));
    return { wanted: add('wanted'), done: add('done'), believed: add('believed') };
  }, NO_BITS);
  const only = ops.length === 1 && width === undefined ? ops[0]?.verdict?.outcome : undefined;
  const outcome = only ?? outcomeOf(ops, wanted, done, believed);
  return { ops, outcome, wanted, done, believed, refusedEarlier: fork.refused };
};
