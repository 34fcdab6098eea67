import type { Bdf } from '../bdf';
import type { StructureKind } from '../register';
import type { Reading } from './reading';

/** One line of the decoded meaning of a structure, as lspci -vvv (3.14) writes it. */
export interface DecodedLine {
  /** `DevCtl`, `LnkSta`; `Capabilities` for the line that names the structure; empty in a line that continues the one above. */
  readonly label: string;
  readonly text: string;
  /** Name of the register that the text comes from; several are separated by a blank. Empty when it comes from none. */
  readonly register: string;
}

/** What lspci takes from the kernel, because no register tells it. */
export interface HostFacts {
  /** Bytes, by index of the BAR; 6 is the expansion ROM. */
  readonly barSizes?: Readonly<Record<number, bigint>> | undefined;
  /** Where the function is: lspci takes a device's function 0 for the one that controls the link. */
  readonly bdf?: Bdf | undefined;
  /** The interrupt that the kernel routed; 0 or absent when none is known. */
  readonly irq?: number | undefined;
}

/**
 * How one line is made. `text` is a template over the fields of the first register (see `Reading.fill`), or a function
 * where lspci computes; a function that gives undefined leaves the line out. A line whose registers do not all exist
 * is left out; one whose bytes are not all known reads `<unreadable>`.
 */
export interface LineSpec {
  readonly label: string;
  readonly from: readonly string[];
  readonly text: string | ((reading: Reading) => string | undefined);
}

/** How one structure is decoded. */
export interface StructureDecoder {
  readonly kind: StructureKind;
  readonly id: number;
  /** What follows the offset in the line that names the structure; its title when absent. Headers have no such line. */
  readonly headline?: Omit<LineSpec, 'label'>;
  /** A function where the number of lines depends on what the structure holds. */
  readonly lines: readonly LineSpec[] | ((reading: Reading) => readonly LineSpec[]);
}

/** `from` names one register, or several separated by blanks. */
export const line = (label: string, from: string, text: LineSpec['text']): LineSpec => ({
  label,
  from: from.split(' '),
  text,
});

/** The line that names the structure, without label and offset. */
export const headline = (from: string, text: LineSpec['text']): Omit<LineSpec, 'label'> => ({
  from: from.split(' '),
  text,
});
