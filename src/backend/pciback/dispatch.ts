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

/** Slots of all aligned accesses, each with the number of a list of field indexes; list 0 is empty. */
interface Layout {
  readonly slots: Uint16Array;
  readonly lists: readonly (readonly number[])[];
}

const WIDTHS = [
  { width: 1, base: 0 },
  { width: 2, base: WORDS_AT },
  { width: 4, base: DWORDS_AT },
] as const;

const makeLayout = (entries: readonly FieldEntry[], overlap: DriverProfile['overlap']): Layout => {
  const bySlot = new Map<number, number[]>();
  for (const [index, entry] of entries.entries())
    for (const { width, base } of WIDTHS) {
      const last = Math.min(Math.floor((entry.end - 1) / width), BYTES / width - 1);
      for (let i = Math.floor(entry.start / width); i <= last; i++) {
        if (overlap === 'endpoint' && !endsInside(entry, i * width, width)) continue;
        const list = bySlot.get(base + i) ?? [];
        list.push(index);
        bySlot.set(base + i, list);
      }
    }
  const slots = new Uint16Array(SLOTS);
  const lists: (readonly number[])[] = [[]];
  const known = new Map<string, number>();
  for (const [slot, list] of bySlot) {
    const key = list.join();
    const number = known.get(key) ?? lists.push(list) - 1;
    known.set(key, number);
    slots[slot] = number;
  }
  return { slots, lists };
};

/** Layouts by the places of their fields: equal devices share one, which keeps it in the processor's cache. */
const layouts = new Map<string, Layout>();
const LAYOUTS_KEPT = 256;

const layoutOf = (entries: readonly FieldEntry[], overlap: DriverProfile['overlap']): Layout => {
  const key = `${overlap} ${entries.map((e) => `${e.start}:${e.size}`).join()}`;
  const found = layouts.get(key);
  if (found !== undefined) return found;
  if (layouts.size >= LAYOUTS_KEPT) layouts.clear();
  const made = makeLayout(entries, overlap);
  layouts.set(key, made);
  return made;
};

export class Dispatch {
  private readonly slots: Uint16Array;
  private readonly lists: readonly (readonly FieldEntry[])[];

  constructor(
    private readonly entries: readonly FieldEntry[],
    overlap: DriverProfile['overlap'],
  ) {
    const { slots, lists } = layoutOf(entries, overlap);
    this.slots = slots;
    this.lists = lists.map((list) => list.map((i) => entries[i]!));
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
