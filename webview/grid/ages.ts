/** Marks older than this many operations are gone. */
export const OLDEST = 8;

export type Side = 'guest' | 'hardware';

/** How strong a mark still is: 1 right after the operation, up to 4 before it goes. */
export type AgeLevel = 1 | 2 | 3 | 4;

/** Offsets that an operation changed, as each side sees them. */
export interface Changed {
  readonly guest: readonly number[];
  readonly hardware: readonly number[];
}

export const NOTHING_CHANGED: Changed = { guest: [], hardware: [] };

/**
 * Which bytes changed, and how many operations ago. Age is counted in operations, not in time: who looks away for a
 * minute must not miss what the last write did.
 */
export class Ages {
  private clock = 0;
  /** A series counts as one operation: undefined outside of one, then whether it has been counted. */
  private series: { counted: boolean } | undefined;
  private readonly at: Readonly<Record<Side, Map<number, number>>> = {
    guest: new Map(),
    hardware: new Map(),
  };

  /** Operations counted so far. */
  get count(): number {
    return this.clock;
  }

  /** An operation was made. Returns the offsets whose mark is another one now. */
  operation(changed: Changed): readonly number[] {
    const before = this.marked();
    if (!this.series?.counted) this.clock++;
    if (this.series) this.series.counted = true;
    for (const side of ['guest', 'hardware'] as const) {
      for (const offset of changed[side]) this.at[side].set(offset, this.clock);
      for (const [offset, when] of this.at[side])
        if (this.clock - when >= OLDEST) this.at[side].delete(offset);
    }
    return [...new Set([...before, ...changed.guest, ...changed.hardware])];
  }

  /** Until `endSeries`, all operations count as one: the person asked for them at once. */
  beginSeries(): void {
    this.series = { counted: false };
  }
  endSeries(): void {
    this.series = undefined;
  }

  /** Forgets all marks; returns the offsets that had one. */
  reset(): readonly number[] {
    const before = this.marked();
    for (const side of Object.values(this.at)) side.clear();
    return before;
  }

  get any(): boolean {
    return this.at.guest.size > 0 || this.at.hardware.size > 0;
  }

  /**
   * How many operations ago one of the bytes changed last on one of the sides; 1 is the last operation, undefined is
   * never or too long ago.
   */
  age(offset: number, width: number, sides: readonly Side[]): number | undefined {
    let latest = 0;
    for (const side of sides) {
      if (this.at[side].size === 0) continue;
      for (let i = offset; i < offset + width; i++) latest = Math.max(latest, this.at[side].get(i) ?? 0);
    }
    return latest === 0 ? undefined : this.clock - latest + 1;
  }

  private marked(): number[] {
    return [...new Set([...this.at.guest.keys(), ...this.at.hardware.keys()])];
  }
}

/** Steps get longer: what matters is the last operation, then the one before. */
export const ageLevel = (age: number): AgeLevel => (age <= 1 ? 1 : age === 2 ? 2 : age <= 4 ? 3 : 4);

export const ageText = (age: number): string =>
  age <= 1 ? 'changed by the last operation' : `changed ${age} operations ago`;
