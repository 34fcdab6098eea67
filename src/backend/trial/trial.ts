import type { JournalEntry } from '../journal/entry';
import type { Machine } from '../machine';
import { parseQuirk, parseSlot, type SlotText } from '../pciback/slotText';
import { formatBdf, sameBdf, type Bdf } from '../spec/bdf';
import { and, or, readLe, shl, shr, widthMask, type Width } from '../spec/uint';
import type { Outcome, Picture, Verdict } from '../verdict/verdict';
import type { ConfigOp } from '../view';
import { canBeCut, coveringAccesses, largestPieces, type Access } from './cuts';
import type { FieldPlace } from './quirkGenerator';

/**
 * Writes of a guest tried under other circumstances, on a machine of its own: the machine that is open is not
 * touched. What comes out is what the engine does, never a guess about it.
 */

/** Whose writes are tried, and to which of its devices. */
export interface TriedDevice {
  readonly domid: number;
  /** As the guest addresses it. */
  readonly guest: Bdf;
}

/** The write that is tried, as the guest asks for it. */
export interface TriedWrite extends TriedDevice, Access {}

export interface QuirkLine {
  /** Offset in configuration space. */
  readonly reg: number;
  readonly size: Width;
}

/** What is other than as it is. */
export interface Circumstances {
  /** Kernel release whose driver the machine has had from the start. */
  readonly profile?: string;
  /** The device as if it had never been given permissive, interrupt control or a quirk, nor the module permissive. */
  readonly normal?: boolean;
  readonly permissive?: boolean;
  readonly interruptControl?: boolean;
  readonly quirks?: readonly QuirkLine[];
  /**
   * Width of the aligned accesses that the write is made in; the other bytes of each are as the guest reads them.
   * pieces: the largest aligned accesses within the write, so that there are no other bytes. Writes of more than 4
   * bytes, and beyond the space, are made as asked.
   */
  readonly width?: Width | 'pieces';
}

/** What one write came to. Masks are in bits of the write as the guest asked for it. */
export interface WriteTrial {
  readonly ops: readonly ConfigOp[];
  readonly outcome: Outcome;
  /** As in its verdict. */
  readonly wanted: number;
  readonly done: number;
  readonly believed: number;
  /** What guest and device hold in the bytes of the write afterwards; undefined where there is no such register. */
  readonly after: Picture;
}

/** A byte of the device that changed though no write named it. */
export interface ChangedByte {
  readonly offset: number;
  readonly before: number;
  readonly after: number;
}

export interface SequenceTrial {
  /** Why the circumstances cannot be had, in the driver's terms; nothing was written then. */
  readonly impossible?: string;
  /** In the order of the writes. */
  readonly writes: readonly WriteTrial[];
  readonly beside: readonly ChangedByte[];
  /** Where the driver had fields of the device when the writes were made. */
  readonly fields: readonly FieldPlace[];
  /** Earlier actions that the other driver refuses. */
  readonly refusedEarlier: number;
}

/** What a single write came to. */
export type TrialResult = WriteTrial & Omit<SequenceTrial, 'writes'>;

const impossible = (why: string): SequenceTrial => ({
  impossible: why,
  writes: [],
  beside: [],
  fields: [],
  refusedEarlier: 0,
});

/** A quirk as its attribute takes it. The driver shows the mask and never applies it: all bits of the field. */
export const quirkText = (bdf: Bdf, { reg, size }: QuirkLine): string =>
  `${formatBdf(bdf)}-${reg.toString(16)}:${size}:${widthMask(size).toString(16)}`;

/** The function behind a guest's device; undefined when the guest has none there. */
export const hostOf = (machine: Machine, { domid, guest }: TriedDevice): Bdf | undefined =>
  machine
    .guests()
    .find((g) => g.domid === domid)
    ?.devices.find((d) => sameBdf(d.guest, guest))?.host;

/** The driver's own words for what a sysfs attribute answers. */
const sysfsRefusal = (machine: Machine, attribute: string, text: string): string | undefined => {
  const result = machine.sysfs(attribute, text);
  return result.ok ? undefined : result.message;
};

const names = (slot: SlotText | undefined, bdf: Bdf): boolean =>
  slot !== undefined &&
  sameBdf(bdf, { domain: slot.domain, bus: slot.bus, device: slot.slot, function: slot.func });

/** The entry gave the function something that a newly seized one does not have. */
const givesPolicy = (entry: JournalEntry, bdf: Bdf): boolean => {
  if (entry.action === 'modulePermissive') return true;
  if (entry.action === 'permissive') return sameBdf(entry.bdf, bdf);
  if (entry.action !== 'sysfs') return false;
  if (entry.attribute === 'quirks') return names(parseQuirk(entry.text), bdf);
  return (
    (entry.attribute === 'permissive' || entry.attribute === 'allow_interrupt_control') &&
    names(parseSlot(entry.text, true), bdf)
  );
};

/** The entry without what it gave the function: nothing, or a driver that is not permissive. */
const withoutPolicy = (entry: JournalEntry, bdf: Bdf): JournalEntry | undefined => {
  if (givesPolicy(entry, bdf)) return undefined;
  return entry.action === 'loadDriver' ? { ...entry, permissive: false } : entry;
};

/** An own machine under the circumstances, as far as they are about its past. */
const forkFor = (
  machine: Machine,
  host: Bdf,
  { profile, normal }: Circumstances,
): ReturnType<Machine['fork']> =>
  machine.fork(profile, normal === true ? (entry) => withoutPolicy(entry, host) : undefined);

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

/** The accesses that a write is made in. Those wider than the write keep the other bytes as the guest reads them. */
const accessesOf = (
  machine: Machine,
  { domid, guest }: TriedDevice,
  write: Access,
  width: Circumstances['width'],
): readonly Access[] => {
  if (width === undefined || !canBeCut(write)) return [write];
  if (width === 'pieces') return largestPieces(write);
  return coveringAccesses(write, width, (offset) => machine.confRead(domid, guest, offset, width).value);
};

/** A mask of an access, in bits of the write that is tried; bits beside it fall away. */
const inWrite = (mask: number, access: Access, write: Access): number => {
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

const NOTHING: Picture = { guest: undefined, device: undefined };

/** What both sides hold in the bytes of the write, read byte by byte: the write need not be a valid access. */
const pictureOf = (machine: Machine, { domid, guest }: TriedDevice, host: Bdf, write: Access): Picture => {
  const { offset, size } = write;
  const { bytes } = machine.realImage(host);
  if (size < 1 || size > 4 || offset + size > bytes.length) return NOTHING;
  let read = 0;
  for (let i = 0; i < size; i++) {
    const op = machine.confRead(domid, guest, offset + i, 1);
    if (op.err !== 0) return NOTHING;
    read = or(read, shl(and(op.value, 0xff), 8 * i));
  }
  const device = readLe(bytes, offset, 4);
  return { guest: read, device: size === 4 ? device : and(device, 2 ** (8 * size) - 1) };
};

const makeWrite = (
  machine: Machine,
  device: TriedDevice,
  host: Bdf,
  write: Access,
  width: Circumstances['width'],
): WriteTrial => {
  const { domid, guest } = device;
  const accesses = accessesOf(machine, device, write, width);
  const ops = accesses.map((a) => machine.confWrite(domid, guest, a.offset, a.size, a.value));
  const { wanted, done, believed } = ops.reduce<Masks>((sum, { verdict }, i) => {
    const access = accesses[i];
    if (verdict === undefined || access === undefined) return sum;
    const add = (key: keyof Masks): number => or(sum[key], inWrite(verdict[key], access, write));
    return { wanted: add('wanted'), done: add('done'), believed: add('believed') };
  }, NO_BITS);
  const only = ops.length === 1 && width === undefined ? ops[0]?.verdict?.outcome : undefined;
  const outcome = only ?? outcomeOf(ops, wanted, done, believed);
  return { ops, outcome, wanted, done, believed, after: pictureOf(machine, device, host, write) };
};

/** Bytes that differ and that no write named. */
const besides = (
  before: Uint8Array,
  after: Uint8Array,
  writes: readonly Access[],
): readonly ChangedByte[] => {
  const changed: ChangedByte[] = [];
  before.forEach((was, offset) => {
    const now = after[offset] ?? was;
    const named = writes.some((w) => w.offset <= offset && offset < w.offset + w.size);
    if (now !== was && !named) changed.push({ offset, before: was, after: now });
  });
  return changed;
};

/**
 * Tries the writes in order on one machine; undefined when the machine's journal does not lead to its state. The
 * ops are as they came out there, with their verdicts. The device is followed where the other driver gives it
 * another address in the guest.
 */
export const tryWrites = (
  machine: Machine,
  device: TriedDevice,
  writes: readonly Access[],
  circumstances: Circumstances,
): SequenceTrial | undefined => {
  const host = hostOf(machine, device);
  if (host === undefined) return impossible(`the guest has no device at ${formatBdf(device.guest)}`);
  const fork = forkFor(machine, host, circumstances);
  if (fork === undefined) return undefined;
  const own = fork.machine;
  const there = own
    .guests()
    .find((g) => g.domid === device.domid)
    ?.devices.find((d) => sameBdf(d.host, host));
  if (there === undefined) return impossible(`with this driver the guest does not have ${formatBdf(host)}`);
  const refused = prepare(own, host, circumstances);
  if (refused !== undefined) return impossible(refused);
  const before = own.realImage(host).bytes;
  const fields = own.fields(host);
  const at = { domid: device.domid, guest: there.guest };
  return {
    writes: writes.map((write) => makeWrite(own, at, host, write, circumstances.width)),
    beside: besides(before, own.realImage(host).bytes, writes),
    fields,
    refusedEarlier: fork.refused,
  };
};

const NO_WRITE: WriteTrial = { ...NO_BITS, ops: [], outcome: 'refused', after: NOTHING };

/** The same for a single write. */
export const tryWrite = (
  machine: Machine,
  write: TriedWrite,
  circumstances: Circumstances,
): TrialResult | undefined => {
  const tried = tryWrites(machine, write, [write], circumstances);
  if (tried === undefined) return undefined;
  const { writes, ...sequence } = tried;
  return { ...(writes[0] ?? NO_WRITE), ...sequence };
};
