import type { Image, Run } from './model';

/** Unchanged bytes that two runs may enclose: a run costs more than a few bytes. */
const JOIN_GAP = 8;

/**
 * The runs that turn `before` into `after`: bytes or their being known. undefined when the lengths differ,
 * which no run can express. Bytes are copies.
 */
export const changedRuns = (before: Image, after: Image): Run[] | undefined => {
  if (before.bytes.length !== after.bytes.length) return undefined;
  const runs: Run[] = [];
  const add = (start: number, end: number) =>
    runs.push({ offset: start, bytes: after.bytes.slice(start, end), known: after.known.slice(start, end) });
  let start = -1;
  let last = -1;
  for (let i = 0; i < after.bytes.length; i++) {
    if (before.bytes[i] === after.bytes[i] && before.known[i] === after.known[i]) continue;
    if (start >= 0 && i - last > JOIN_GAP) {
      add(start, last + 1);
      start = -1;
    }
    if (start < 0) start = i;
    last = i;
  }
  if (start >= 0) add(start, last + 1);
  return runs;
};

/** Applies runs in place; false, with nothing changed, when one does not fit. */
export const applyRuns = (image: Image, runs: readonly Run[]): boolean => {
  if (runs.some((run) => run.offset + run.bytes.length > image.bytes.length)) return false;
  for (const run of runs) {
    image.bytes.set(run.bytes, run.offset);
    image.known.set(run.known, run.offset);
  }
  return true;
};
