import { Flag } from '../../backend/journal/accessColumns';
import { ACCESS_OPS } from '../../backend/journal/access';
import type { AccessLog } from '../../backend/journal/accessLog';
import type { CompiledFilter } from './filter';

/**
 * The rows of the log that a filter shows, by ordinal: the first that the filter ever showed is 0. Ordinals stay when
 * old rows fall out, so that what is on the screen need not move.
 */
export interface Matches {
  /** Ordinal of the oldest row, and the one after the newest. */
  readonly start: number;
  readonly end: number;
  /** Sequence number of the row; ordinal from `start` to before `end`. */
  seqAt(ordinal: number): number;
  /** Ordinal of the first row whose number is not below `seq`; `end` when there is none. */
  ordinalFrom(seq: number): number;
  /** Takes in what happened in the log. False when rows that were judged must be judged again: start anew. */
  update(): boolean;
}

/** Every row is shown. */
export class AllRows implements Matches {
  constructor(private readonly log: AccessLog) {}

  get start(): number {
    return this.log.first - 1;
  }
  get end(): number {
    return this.log.end - 1;
  }
  seqAt(ordinal: number): number {
    return ordinal + 1;
  }
  ordinalFrom(seq: number): number {
    return Math.min(this.end, Math.max(this.start, seq - 1));
  }
  update(): boolean {
    return true;
  }
}

/** Room at the front of the list that is given back at once. */
const COMPACT = 8192;

export class FilteredRows implements Matches {
  private seqs: number[] = [];
  private head = 0;
  /** Rows that were shown and have fallen out. */
  private fell = 0;
  private judged: number;
  private readonly revision: number;

  constructor(
    private readonly log: AccessLog,
    private readonly filter: CompiledFilter,
  ) {
    this.judged = log.first;
    this.revision = log.revision;
    this.update();
  }

  get start(): number {
    return this.fell;
  }
  get end(): number {
    return this.fell + this.seqs.length - this.head;
  }

  seqAt(ordinal: number): number {
    return this.seqs[this.head + ordinal - this.fell]!;
  }

  ordinalFrom(seq: number): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.seqAt(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  update(): boolean {
    const { log } = this;
    if (this.filter.asksForMarks && log.revision !== this.revision) return false;
    for (let seq = Math.max(this.judged, log.first); seq < log.end; seq++)
      if (this.filter.accepts(log.slotOf(seq))) this.seqs.push(seq);
    this.judged = log.end;
    while (this.head < this.seqs.length && this.seqs[this.head]! < log.first) {
      this.head++;
      this.fell++;
    }
    if (this.head > COMPACT && 2 * this.head > this.seqs.length) {
      this.seqs = this.seqs.slice(this.head);
      this.head = 0;
    }
    return true;
  }
}

const isConfig = (op: number): boolean =>
  op === ACCESS_OPS.indexOf('conf_read') || op === ACCESS_OPS.indexOf('conf_write');

/**
 * The next row (or, with -1, the one before) that touches what row `seq` touches: bytes of the same function's
 * configuration space, or the same operation for those that have no bytes. Undefined when the filter shows none.
 */
export const sameRegister = (
  log: AccessLog,
  matches: Matches,
  seq: number,
  direction: 1 | -1,
): number | undefined => {
  const { op, flags, domid, guest, host, offset, size } = log.columns;
  const own = log.slotOf(seq);
  const hasHost = (slot: number): boolean => (flags[slot]! & Flag.hasHost) !== 0;
  const bytes = isConfig(op[own]!);
  const end = (slot: number): number => offset[slot]! + Math.max(1, size[slot]!);
  const touches = (slot: number): boolean => {
    if (hasHost(own) !== hasHost(slot)) return false;
    const sameDevice = hasHost(own)
      ? host[slot] === host[own]
      : domid[slot] === domid[own] && guest[slot] === guest[own];
    if (!sameDevice) return false;
    if (!bytes) return op[slot] === op[own];
    return isConfig(op[slot]!) && offset[slot]! < end(own) && offset[own]! < end(slot);
  };
  const from = direction === 1 ? matches.ordinalFrom(seq + 1) : matches.ordinalFrom(seq) - 1;
  for (let ordinal = from; ordinal >= matches.start && ordinal < matches.end; ordinal += direction)
    if (touches(log.slotOf(matches.seqAt(ordinal)))) return ordinal;
  return undefined;
};
