import type { FieldEntry } from './field';
import type { DriverProfile } from './profiles';

/**
 * Which fields an access touches, looked up instead of searched: for every aligned (offset, width) inside the
 * 4096 bytes the list of overlapping entries in the driver's list order. Built when the device is seized and again
 * when a field comes or goes, so that an access costs the same however many fields there are.
 */

const BYTES = 4096;
const WORDS_AT = BYTES;
const DWORDS_AT = BYTES + BYTES / 2;
const SLOTS = BYTES + BYTES / 2 + BYTES / 4;

const NONE: readonly FieldEntry[] = [];

/** The test before 2016: a request that contains a field, with room on both sides, does not touch it. */
const endsInside = (entry: FieldEntry, start: number, width: number): boolean =>
  (start >= entry.start && start < entry.end) || (start + width > entry.start && start + width <= entry.end);

export class Dispatch {
  private readonly lists: (readonly FieldEntry[])[] = [NONE];
  private readonly slots = new Uint16Array(SLOTS);

  constructor(
    private readonly entries: readonly FieldEntry[],
    overlap: DriverProfile['overlap'],
  ) {
    const bySlot = new Map<number, FieldEntry[]>();
    for (const entry of entries)
      for (const [width, base] of [
        [1, 0],
        [2, WORDS_AT],
        [4, DWORDS_AT],
      ] as const) {
        const last = Math.min(Math.floor((entry.end - 1) / width), BYTES / width - 1);
        for (let i = Math.floor(entry.start / width); i <= last; i++) {
          if (overlap === 'endpoint' && !endsInside(entry, i * width, width)) continue;
          const list = bySlot.get(base + i) ?? [];
          list.push(entry);
          bySlot.set(base + i, list);
        }
      }
    const known = new Map<string, number>();
    for (const [slot, list] of bySlot) {
      const key = list.map((e) => entries.indexOf(e)).join();
      const index = known.get(key) ?? this.lists.push(list) - 1;
      known.set(key, index);
      this.slots[slot] = index;
    }
  }

  /** Entries that overlap the access, in list order. offset is aligned to size (1, 2, 4) but may lie anywhere. */
  overlapping(offset: number, size: number): readonly FieldEntry[] {
    if (offset >= 0 && offset < BYTES) {
      const slot = size === 1 ? offset : size === 2 ? WORDS_AT + (offset >> 1) : DWORDS_AT + (offset >> 2);
      return this.lists[this.slots[slot]!]!;
    }
    return offset === BYTES ? this.entries.filter((e) => e.end > BYTES) : NONE;
  }
}
