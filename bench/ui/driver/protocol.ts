import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * How the bench talks to its driver: a request is a file, and so is its answer. Neither palette nor editor is touched
 * while something is measured.
 */
export const FOLDER = path.join(tmpdir(), 'confspace-bench');

/** Milliseconds since the epoch with fractions, the same in every process of one machine. */
export const now = (): number => performance.timeOrigin + performance.now();

/** A value that was written, and when. */
export type Written = readonly [value: number, at: number];

/** What the driver is asked for, each with what it answers. */
export interface Actions {
  /** Opens the dump, gives the function to a guest, and finds registers to write. */
  prepare(asked: { readonly dump: string; readonly address: string }): Prepared;
  /** The function's inspector or another resource in an editor; the time at which the command was given. */
  open(asked: { readonly address: string } | { readonly file: string }): number;
  closeEditors(): null;
  /** Opens another machine in place of this one. */
  openMachine(asked: { readonly dump: string }): number;
  /** Guest writes of 1, 2, 3, ... to the byte, one every `everyMs`. */
  writes(asked: { readonly offset: number; readonly count: number; readonly everyMs: number }): Written[];
  /** Replaces the two digits of a byte in the text editor that is shown. */
  edits(asked: { readonly column: number; readonly count: number; readonly everyMs: number }): Written[];
  /** Guest writes of 1, 2, 3, ... to a dword, as many a second as asked, each a turn of its own where time allows. */
  pace(asked: { readonly offset: number; readonly perSecond: number; readonly seconds: number }): Written[];
  /** The guest's writes since `prepare`: offset and value. */
  written(): (readonly [offset: number, value: number])[];
}

export interface Prepared {
  /** What the hardware holds, in hexadecimal. */
  readonly bytes: string;
  /** A byte and a dword that take every value a guest writes. */
  readonly byte: number;
  readonly dword: number;
  /** Bytes, in order, that take every value. */
  readonly bytesToType: readonly number[];
}
