import type { Machine } from '../machine';
import type { Bdf } from '../spec/bdf';
import { and, type Width } from '../spec/uint';
import type { DecisionCode } from '../verdict/decision';
import type { Verdict } from '../verdict/verdict';
import type { ConfigOp } from '../view';
import { isAligned } from './cuts';
import type { QuirkLine } from './trial';

/**
 * From writes that got nowhere to the quirk lines that let them through.
 * A quirk field is raw for its whole width, so a line opens just the accesses that were made: a wider one would make
 * the driver read and write back bytes that nobody asked for, and clear write-1-to-clear bits among them. Where
 * another field stands in the access, only bytes without a field can be opened; where a field starts, none can.
 */

/** An access that lost bits: 1, 2 or 4 bytes, aligned. */
export interface LostAccess {
  readonly offset: number;
  readonly size: Width;
}

export interface FieldPlace {
  readonly start: number;
  readonly end: number;
}

/** What a write loses for want of a field: what a quirk can give it. */
const FIELDLESS: ReadonlySet<DecisionCode> = new Set<DecisionCode>(['no-field', 'outside-field']);

/** Whether wanted bits were lost where the driver has no field. */
export const isFieldless = ({ parts, wanted }: Pick<Verdict, 'parts' | 'wanted'>): boolean =>
  parts.some(({ code, mask }) => FIELDLESS.has(code) && and(mask, wanted) !== 0);

/** The accesses of these operations that lost wanted bits where the driver has no field. */
export const lostAccesses = (ops: readonly ConfigOp[]): readonly LostAccess[] =>
  ops.filter(isAligned).filter(({ verdict }) => verdict !== undefined && isFieldless(verdict));

const contains = (a: LostAccess, b: LostAccess): boolean =>
  a.offset <= b.offset && b.offset + b.size <= a.offset + a.size;

/** Aligned accesses are nested or apart: those that no other contains. */
const outermost = (accesses: readonly LostAccess[]): readonly LostAccess[] =>
  accesses.filter(
    (a, i) =>
      !accesses.some(
        (b, j) =>
          contains(b, a) && (b.size > a.size || (j < i && b.offset === a.offset && b.size === a.size)),
      ),
  );

const touches = (fields: readonly FieldPlace[], offset: number, size: number): boolean =>
  fields.some(({ start, end }) => start < offset + size && offset < end);

/** Largest aligned pieces of the access that no field touches. */
const free = (fields: readonly FieldPlace[], { offset, size }: LostAccess): readonly QuirkLine[] => {
  if (!touches(fields, offset, size)) return [{ reg: offset, size }];
  if (size === 1) return [];
  const half = (size / 2) as Width;
  return [...free(fields, { offset, size: half }), ...free(fields, { offset: offset + half, size: half })];
};

/** The lines, in order of offset; empty when no quirk can open anything of it. */
export const quirkLines = (
  accesses: readonly LostAccess[],
  fields: readonly FieldPlace[],
): readonly QuirkLine[] =>
  outermost(accesses)
    .flatMap((access) => free(fields, access))
    .sort((a, b) => a.reg - b.reg);

/** The same for a seized function of a machine, against the fields that it has now. */
export const quirkLinesFor = (
  machine: Machine,
  bdf: Bdf,
  accesses: readonly LostAccess[],
): readonly QuirkLine[] => quirkLines(accesses, machine.fields(bdf));
