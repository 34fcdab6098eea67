import type { LogLine } from '../view';

/**
 * The driver's one warning for each device, and what it hides: after it, writes that no field takes go unmentioned
 * until the device is released and seized again.
 */
export interface DriverWarning {
  /** Row at which the driver warned; undefined when that was before the log began. */
  readonly seq: number | undefined;
  /** What it printed. */
  readonly log: readonly LogLine[];
  /** Later writes that it would have warned of. */
  readonly hides: number;
}

interface Counted {
  readonly seq: number | undefined;
  readonly log: readonly LogLine[];
  hides: number;
  undone: boolean;
}

/** By function, in the order in which the warnings came. */
export class DriverWarnings {
  private readonly byHost = new Map<number, Counted[]>();

  printed(host: number, seq: number, log: readonly LogLine[]): void {
    this.of(host).push({ seq, log, hides: 0, undone: false });
  }

  /** A write of row `seq` that the driver would have warned of; by -1 when it was taken back. */
  hidden(host: number, seq: number, by: 1 | -1): void {
    let warning = this.last(host, seq);
    if (warning === undefined) {
      warning = { seq: undefined, log: [], hides: 0, undone: false };
      this.of(host).unshift(warning);
    }
    warning.hides += by;
  }

  setUndone(host: number, seq: number, undone: boolean): void {
    const warning = this.of(host).find((w) => w.seq === seq);
    if (warning !== undefined) warning.undone = undone;
  }

  /** Rows before `first` have fallen out: of the warnings there only the last still counts what it hides. */
  forget(host: number, first: number): void {
    const warnings = this.of(host);
    while (warnings.length > 1 && (warnings[0]?.seq ?? 0) < first) warnings.shift();
  }

  /** The warning of a row. */
  at(host: number, seq: number): DriverWarning | undefined {
    return this.byHost.get(host)?.find((w) => w.seq === seq);
  }

  /** The warning that hides what row `seq` did. */
  before(host: number, seq: number): DriverWarning | undefined {
    return this.last(host, seq);
  }

  /** Warnings that were not taken back, by function. */
  *[Symbol.iterator](): IterableIterator<readonly [host: number, DriverWarning]> {
    for (const [host, warnings] of this.byHost)
      for (const warning of warnings) if (!warning.undone) yield [host, warning];
  }

  private last(host: number, seq: number): Counted | undefined {
    let found: Counted | undefined;
    for (const warning of this.byHost.get(host) ?? [])
      if (!warning.undone && (warning.seq ?? 0) < seq) found = warning;
    return found;
  }

  private of(host: number): Counted[] {
    const found = this.byHost.get(host);
    if (found !== undefined) return found;
    const made: Counted[] = [];
    this.byHost.set(host, made);
    return made;
  }
}
