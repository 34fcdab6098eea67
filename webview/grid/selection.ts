import type { Width } from '../../src/protocol/model';

/** Consecutive bytes: `end` is the first that is not in it any more. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The bytes of the cells from one to the other, both included, whichever comes first. */
export const rangeOf = (anchor: number, active: number, width: Width): Range => ({
  start: Math.min(anchor, active),
  end: Math.max(anchor, active) + width,
});

/** `16 bytes selected, 40 to 4f`, for the status line and the screen reader. `text` writes an offset. */
export const spokenRange = (range: Range, text: (offset: number) => string): string => {
  const count = range.end - range.start;
  return `${count} ${count === 1 ? 'byte' : 'bytes'} selected, ${text(range.start)} to ${text(range.end - 1)}`;
};
