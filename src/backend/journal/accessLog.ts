import { decisivePart } from '../verdict/decisive';
import type { DecisionCode } from '../verdict/decision';
import type { Picture, Verdict } from '../verdict/verdict';
import type { LogLine } from '../view';
import { ACCESS_OPS, type Access, type AccessListener } from './access';
import {
  addressKey,
  addressOf,
  bytesOf,
  codeNumber,
  codeOf,
  Flag,
  makeColumns,
  outcomeNumber,
  outcomeOf,
  PartRing,
  Present,
  regrouped,
  type AccessColumns,
} from './accessColumns';
import { DriverWarnings, type DriverWarning } from './driverWarnings';
import type { JournalEntry } from './entry';

/** Rows that the log keeps; the oldest fall out. */
export const ACCESS_LIMIT = 100_000;

/** An access as the log has it. */
export interface AccessRow extends Omit<Access, 'entry'> {
  /** Counts accesses from 1, also over `clear`. */
  readonly seq: number;
  /** undo took its action back. */
  readonly undone: boolean;
  /** Code of the part of the verdict that one would name first. */
  readonly decisive: DecisionCode | undefined;
}

const FIRST_CAPACITY = 1024;
const NO_LINES: readonly LogLine[] = [];

/**
 * The accesses of all guests in order: at most `limit` of them, the newest. A row never changes but in that undo
 * marks it and redo takes the mark away.
 */
export class AccessLog implements AccessListener {
  private rows: AccessColumns;
  private capacity: number;
  private parts = new PartRing();
  private oldest = 1;
  private next = 1;
  private fell = 0;
  /** Messages of the rows that caused any, by row. */
  private readonly lines = new Map<number, readonly LogLine[]>();
  private driverWarnings = new DriverWarnings();
  /** First and last row of each entry of the journal. */
  private rowsOf = new WeakMap<JournalEntry, [first: number, last: number]>();
  private lost = new Map<number, number>();
  private lostInAll = 0;
  private edits = 0;

  constructor(readonly limit = ACCESS_LIMIT) {
    this.capacity = Math.min(FIRST_CAPACITY, limit);
    this.rows = makeColumns(this.capacity);
  }

  /** Sequence number of the oldest row, and the one that the next access gets. */
  get first(): number {
    return this.oldest;
  }
  get end(): number {
    return this.next;
  }
  /** Rows that fell out since the log was begun or cleared. */
  get fallen(): number {
    return this.fell;
  }
  /** Increases when rows that are there changed: taken back, done again, cleared. */
  get revision(): number {
    return this.edits;
  }
  /** Memory that the rows take, without the few messages. */
  get bytes(): number {
    return bytesOf(this.rows) + this.parts.bytes;
  }

  /** For filters: the columns and where in them the row stands. Ask anew after every change of the log. */
  get columns(): AccessColumns {
    return this.rows;
  }
  slotOf(seq: number): number {
    return (seq - 1) % this.capacity;
  }

  accessed(access: Access): void {
    if (this.next - this.oldest === this.capacity) {
      if (this.capacity < this.limit) this.grow();
      else this.dropOldest();
    }
    const seq = this.next++;
    this.put(seq, access);
    if (access.log.length > 0) this.lines.set(seq, access.log);
    if (access.entry !== undefined) {
      const range = this.rowsOf.get(access.entry);
      if (range === undefined) this.rowsOf.set(access.entry, [seq, seq]);
      else range[1] = seq;
    }
    const slot = this.slotOf(seq);
    if (access.warning === 'printed') this.driverWarnings.printed(this.rows.host[slot]!, seq, access.log);
    this.count(seq, 1);
  }

  undone(entry: JournalEntry): void {
    this.setUndone(entry, true);
  }
  redone(entry: JournalEntry): void {
    this.setUndone(entry, false);
  }

  /** Forgets every row. Numbers go on, so that no two rows ever have the same. */
  clear(): void {
    this.oldest = this.next;
    this.fell = 0;
    this.capacity = Math.min(FIRST_CAPACITY, this.limit);
    this.rows = makeColumns(this.capacity);
    this.parts = new PartRing();
    this.lines.clear();
    this.driverWarnings = new DriverWarnings();
    this.rowsOf = new WeakMap();
    this.lost = new Map();
    this.lostInAll = 0;
    this.edits++;
  }

  /** The row as it was told; undefined when it fell out or never was. */
  row(seq: number): AccessRow | undefined {
    if (seq < this.oldest || seq >= this.next) return undefined;
    const slot = this.slotOf(seq);
    const { rows } = this;
    const flags = rows.flags[slot]!;
    return {
      seq,
      domid: rows.domid[slot]!,
      op: ACCESS_OPS[rows.op[slot]!]!,
      guest: addressOf(rows.guest[slot]!),
      host: flags & Flag.hasHost ? addressOf(rows.host[slot]!) : undefined,
      offset: rows.offset[slot]!,
      size: rows.size[slot]!,
      sent: rows.sent[slot]!,
      value: rows.value[slot]!,
      err: rows.err[slot]!,
      verdict: this.verdictAt(slot),
      log: this.lines.get(seq) ?? NO_LINES,
      warning: flags & Flag.printed ? 'printed' : flags & Flag.hidden ? 'hidden' : undefined,
      undone: (flags & Flag.undone) !== 0,
      decisive: codeOf(rows.code[slot]!),
    };
  }

  /** Writes of guests that were refused, or changed nothing of what they were to change; not those taken back. */
  get lostWrites(): number {
    return this.lostInAll;
  }
  /** The same for one function, by `addressKey`. */
  lostWritesOf(host: number): number {
    return this.lost.get(host) ?? 0;
  }

  /** The driver's warnings, by `addressKey` of the function. */
  warnings(): Iterable<readonly [host: number, DriverWarning]> {
    return this.driverWarnings;
  }
  /** The warning that was printed at this row. */
  warningAt(seq: number): DriverWarning | undefined {
    return this.driverWarnings.at(this.rows.host[this.slotOf(seq)]!, seq);
  }

  /** The last warning for the row's function before the row. */
  warningBefore(seq: number): DriverWarning | undefined {
    return this.driverWarnings.before(this.rows.host[this.slotOf(seq)]!, seq);
  }

  private put(seq: number, { op, guest, host, verdict, warning, ...access }: Access): void {
    const slot = this.slotOf(seq);
    const { rows } = this;
    const mark = warning === 'printed' ? Flag.printed : warning === 'hidden' ? Flag.hidden : 0;
    rows.domid[slot] = access.domid;
    rows.op[slot] = ACCESS_OPS.indexOf(op);
    rows.flags[slot] = mark | (host === undefined ? 0 : Flag.hasHost);
    rows.guest[slot] = addressKey(guest);
    rows.host[slot] = host === undefined ? -1 : addressKey(host);
    rows.offset[slot] = access.offset;
    rows.size[slot] = access.size;
    rows.sent[slot] = access.sent;
    rows.value[slot] = access.value;
    rows.err[slot] = access.err;
    rows.outcome[slot] = outcomeNumber(verdict?.outcome);
    rows.code[slot] = verdict === undefined ? 0 : codeNumber(decisivePart(verdict)?.code);
    this.putVerdict(slot, verdict);
  }

  private putVerdict(slot: number, verdict: Verdict | undefined): void {
    const { rows } = this;
    rows.wanted[slot] = verdict?.wanted ?? 0;
    rows.done[slot] = verdict?.done ?? 0;
    rows.believed[slot] = verdict?.believed ?? 0;
    const { before, after } = verdict ?? { before: NOTHING, after: NOTHING };
    rows.present[slot] =
      (before.guest === undefined ? 0 : Present.guestBefore) |
      (before.device === undefined ? 0 : Present.deviceBefore) |
      (after.guest === undefined ? 0 : Present.guestAfter) |
      (after.device === undefined ? 0 : Present.deviceAfter);
    rows.guestBefore[slot] = before.guest ?? 0;
    rows.deviceBefore[slot] = before.device ?? 0;
    rows.guestAfter[slot] = after.guest ?? 0;
    rows.deviceAfter[slot] = after.device ?? 0;
    const parts = verdict?.parts ?? [];
    rows.parts[slot] = this.parts.push(parts);
    rows.partCount[slot] = parts.length;
  }

  private verdictAt(slot: number): Verdict | undefined {
    const { rows } = this;
    const outcome = outcomeOf(rows.outcome[slot]!);
    if (outcome === undefined) return undefined;
    const present = rows.present[slot]!;
    return {
      outcome,
      parts: this.parts.at(rows.parts[slot]!, rows.partCount[slot]!),
      wanted: rows.wanted[slot]!,
      done: rows.done[slot]!,
      believed: rows.believed[slot]!,
      before: {
        guest: present & Present.guestBefore ? rows.guestBefore[slot]! : undefined,
        device: present & Present.deviceBefore ? rows.deviceBefore[slot]! : undefined,
      },
      after: {
        guest: present & Present.guestAfter ? rows.guestAfter[slot]! : undefined,
        device: present & Present.deviceAfter ? rows.deviceAfter[slot]! : undefined,
      },
    };
  }

  /** Counts the row, by 1, or takes it out of the counts, by -1. */
  private count(seq: number, by: 1 | -1): void {
    const slot = this.slotOf(seq);
    const { rows } = this;
    const host = rows.host[slot]!;
    if (rows.flags[slot]! & Flag.hidden) this.driverWarnings.hidden(host, seq, by);
    if (!isLostWrite(rows, slot)) return;
    this.lostInAll += by;
    this.lost.set(host, (this.lost.get(host) ?? 0) + by);
  }

  private setUndone(entry: JournalEntry, undone: boolean): void {
    const range = this.rowsOf.get(entry);
    if (range === undefined) return;
    const { rows } = this;
    const seqs: number[] = [];
    for (let seq = Math.max(range[0], this.oldest); seq <= range[1]; seq++) seqs.push(seq);
    // What a warning hides goes with it, so it is the last to be taken back.
    for (const seq of undone ? seqs.reverse() : seqs) {
      const slot = this.slotOf(seq);
      const flags = rows.flags[slot]!;
      if (undone) this.count(seq, -1);
      rows.flags[slot] = undone ? flags | Flag.undone : flags & ~Flag.undone;
      if (flags & Flag.printed) this.driverWarnings.setUndone(rows.host[slot]!, seq, undone);
      if (!undone) this.count(seq, 1);
    }
    this.edits++;
  }

  private grow(): void {
    const capacity = Math.min(2 * this.capacity, this.limit);
    this.rows = regrouped(this.rows, this.oldest - 1, this.next - 1, capacity);
    this.capacity = capacity;
  }

  private dropOldest(): void {
    const slot = this.slotOf(this.oldest);
    const { rows } = this;
    this.lines.delete(this.oldest);
    this.parts.forget(rows.parts[slot]! + rows.partCount[slot]!);
    this.oldest++;
    this.fell++;
    if (rows.flags[slot]! & Flag.printed) this.driverWarnings.forget(rows.host[slot]!, this.oldest);
  }
}

const NOTHING: Picture = { guest: undefined, device: undefined };

const CONF_WRITE = ACCESS_OPS.indexOf('conf_write');
const LOST = [outcomeNumber('refused'), outcomeNumber('nothing')];

/** The row is a write that was refused or dropped whole. */
export const isLostWrite = (rows: AccessColumns, slot: number): boolean =>
  rows.op[slot] === CONF_WRITE && LOST.includes(rows.outcome[slot]!);
