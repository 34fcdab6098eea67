import { bdfOf, devfnOf, type Bdf } from '../spec/bdf';
import type { DecisionCode, Layer } from '../verdict/decision';
import { RULES } from '../verdict/rules';
import type { Outcome, VerdictPart } from '../verdict/verdict';

/**
 * Rows of the access log as columns of numbers, in a ring: a hundred thousand rows as objects would take ten times
 * the memory and make the collector visit each of them. What differs in length (the parts of verdicts) has a ring of
 * its own. Both grow by doubling until the limit.
 */

/** Flags of a row. */
export const Flag = { undone: 1, printed: 2, hidden: 4, hasHost: 8 } as const;
/** Which of the four values of a verdict's pictures are there. */
export const Present = { guestBefore: 1, deviceBefore: 2, guestAfter: 4, deviceAfter: 8 } as const;

/** Codes and outcomes by number. 0 stands for none. */
const CODES = Object.keys(RULES) as readonly DecisionCode[];
const CODE_NUMBERS = new Map(CODES.map((code, i) => [code, i + 1]));
export const codeNumber = (code: DecisionCode | undefined): number =>
  code === undefined ? 0 : (CODE_NUMBERS.get(code) ?? 0);
export const codeOf = (number: number): DecisionCode | undefined => CODES[number - 1];

export const OUTCOMES: readonly Outcome[] = [
  'all',
  'believed',
  'partly',
  'nothing',
  'refused',
  'same',
  'read',
];
const OUTCOME_NUMBERS = new Map(OUTCOMES.map((outcome, i) => [outcome, i + 1]));
export const outcomeNumber = (outcome: Outcome | undefined): number =>
  outcome === undefined ? 0 : (OUTCOME_NUMBERS.get(outcome) ?? 0);
export const outcomeOf = (number: number): Outcome | undefined => OUTCOMES[number - 1];

/** An address as one number, in order of domain, bus, device, function. */
export const addressKey = (bdf: Bdf): number => bdf.domain * 0x10000 + bdf.bus * 0x100 + devfnOf(bdf);
export const addressOf = (key: number): Bdf =>
  bdfOf(Math.floor(key / 0x10000), Math.floor(key / 0x100) % 0x100, key % 0x100);

export const makeColumns = (capacity: number) => ({
  domid: new Uint16Array(capacity),
  op: new Uint8Array(capacity),
  flags: new Uint8Array(capacity),
  guest: new Float64Array(capacity),
  host: new Float64Array(capacity),
  offset: new Int32Array(capacity),
  size: new Int32Array(capacity),
  sent: new Uint32Array(capacity),
  value: new Uint32Array(capacity),
  err: new Int32Array(capacity),
  outcome: new Uint8Array(capacity),
  /** The decisive part's code. */
  code: new Uint8Array(capacity),
  wanted: new Uint32Array(capacity),
  done: new Uint32Array(capacity),
  believed: new Uint32Array(capacity),
  present: new Uint8Array(capacity),
  guestBefore: new Uint32Array(capacity),
  deviceBefore: new Uint32Array(capacity),
  guestAfter: new Uint32Array(capacity),
  deviceAfter: new Uint32Array(capacity),
  /** Where the verdict's parts begin, and how many there are. */
  parts: new Float64Array(capacity),
  partCount: new Uint8Array(capacity),
});

export type AccessColumns = ReturnType<typeof makeColumns>;

/** Rows `from` to `to` (not included) of a ring in a ring of another capacity: row n stands at n % capacity in both. */
export const regrouped = (old: AccessColumns, from: number, to: number, capacity: number): AccessColumns => {
  const columns = makeColumns(capacity);
  for (const [name, column] of Object.entries(old)) {
    const moved = columns[name as keyof AccessColumns];
    for (let row = from; row < to; row++) moved[row % capacity] = column[row % column.length]!;
  }
  return columns;
};

export const bytesOf = (columns: AccessColumns): number =>
  Object.values(columns).reduce((sum, column) => sum + column.byteLength, 0);

const LAYERS: readonly Layer[] = ['pcifront', 'pciback', 'device'];
const LAYER_STEP = 0x100;

/** Parts of verdicts, first in first out. Positions count on for ever. */
export class PartRing {
  private masks = new Uint32Array(256);
  private kinds = new Uint16Array(256);
  private oldest = 0;
  private next = 0;

  get bytes(): number {
    return this.masks.byteLength + this.kinds.byteLength;
  }

  /** The position of the first; the others follow. */
  push(parts: readonly VerdictPart[]): number {
    if (this.next + parts.length - this.oldest > this.masks.length) this.grow();
    const start = this.next;
    for (const { layer, code, mask } of parts) {
      const at = this.next++ % this.masks.length;
      this.masks[at] = mask;
      this.kinds[at] = LAYERS.indexOf(layer) * LAYER_STEP + codeNumber(code);
    }
    return start;
  }

  /** Everything before `position` is not asked for any more. */
  forget(position: number): void {
    this.oldest = position;
  }

  at(start: number, count: number): readonly VerdictPart[] {
    return Array.from({ length: count }, (_, i): VerdictPart => {
      const at = (start + i) % this.masks.length;
      const kind = this.kinds[at]!;
      const code = codeOf(kind % LAYER_STEP)!;
      const layer = LAYERS[Math.floor(kind / LAYER_STEP)]!;
      return { layer, code, fate: RULES[code].fate, mask: this.masks[at]! };
    });
  }

  private grow(): void {
    const { masks, kinds } = this;
    this.masks = new Uint32Array(2 * masks.length);
    this.kinds = new Uint16Array(2 * kinds.length);
    for (let position = this.oldest; position < this.next; position++) {
      this.masks[position % this.masks.length] = masks[position % masks.length]!;
      this.kinds[position % this.kinds.length] = kinds[position % kinds.length]!;
    }
  }
}
