import { newDetails, readDetail, type Details } from './lspciDetails';
import { readHeading, type Heading } from './lspciHeading';
import { CONFIG_SPACE_END, newRow, NOT_GIVEN, readRow, SPACE, type HexRow } from './lspciRow';
import { ProblemList } from './problem';
import { hex } from '../backend/spec/uint';

/** One device of a dump as it stands in the text, before a machine is made of it. */
export interface Block {
  readonly heading: Heading;
  /** Line of the heading, from 1. */
  readonly line: number;
  /** 256 or 4096 bytes of room; what the text did not give reads ff, as lspci -F reads it. */
  bytes: Uint8Array;
  known: Uint8Array;
  /** Line of the row that gave each 16 bytes, the last one where several did; 0 for none. */
  lines: Uint32Array;
  /** One more than the highest offset given; 0 without hex rows. */
  length: number;
  readonly details: Details;
}

export interface Blocks {
  readonly blocks: readonly Block[];
  readonly problems: ProblemList;
}

/** A file may name any number of devices in few bytes; more than a whole machine's worth is not kept. */
export const MOST_BLOCKS = 16384;
const CONVENTIONAL = 256;
const NONE = new Uint8Array(0);
const NO_LINES = new Uint32Array(0);
const TAB = 9;
const CR = 13;

const roomFor = (block: Block, end: number): void => {
  if (end <= block.bytes.length) return;
  const bytes = new Uint8Array(end <= CONVENTIONAL ? CONVENTIONAL : CONFIG_SPACE_END).fill(0xff);
  const known = new Uint8Array(bytes.length);
  bytes.set(block.bytes);
  known.set(block.known);
  const lines = new Uint32Array(bytes.length / 16);
  lines.set(block.lines);
  block.bytes = bytes;
  block.known = known;
  block.lines = lines;
};

class Reader {
  readonly blocks: Block[] = [];
  readonly problems = new ProblemList();
  private block: Block | undefined;
  /** The block that an empty line closed: its rows may go on after a kernel message with blank lines. */
  private closed: Block | undefined;
  private nextOffset = 0;
  private readonly row: HexRow = newRow();
  private overflow = false;

  /** `margin`: characters of quoting or indentation before each line, so that columns stay the file's. */
  constructor(
    private readonly text: string,
    private readonly margin: number,
  ) {}

  line(start: number, end: number, line: number): void {
    const { text, row } = this;
    if (end === start) {
      if (this.block) this.closed = this.block;
      this.block = undefined;
      return;
    }
    const first = text.charCodeAt(start);
    if (first === SPACE || first === TAB) {
      if (this.block) this.indented(start, end, this.block);
      return;
    }
    if (readRow(text, start, end, row)) {
      this.hexRow(start, end, line);
      return;
    }
    const heading = readHeading(text, start, end);
    if (heading) this.begin(heading, line);
    // Forums and mail strip leading blanks; the words are the same.
    else if (this.block) readDetail(text, start, end, this.block.details);
  }

  /** Details stand one tab (or up to eight blanks) deep; what is deeper belongs to a capability. */
  private indented(start: number, end: number, block: Block): void {
    let at = start;
    while (at < end && this.text.charCodeAt(at) === SPACE) at++;
    if (at < end && this.text.charCodeAt(at) === TAB) at++;
    if (at - start > 8) return;
    readDetail(this.text, at, end, block.details);
  }

  private begin(heading: Heading, line: number): void {
    this.nextOffset = 0;
    this.closed = undefined;
    this.block = undefined;
    if (this.blocks.length >= MOST_BLOCKS) {
      if (!this.overflow)
        this.problems.add({
          line,
          severity: 'error',
          message: `More than ${MOST_BLOCKS} devices; the rest of the file is left out.`,
        });
      this.overflow = true;
      return;
    }
    this.block = {
      heading,
      line,
      bytes: NONE,
      known: NONE,
      lines: NO_LINES,
      length: 0,
      details: newDetails(),
    };
    this.blocks.push(this.block);
  }

  private hexRow(start: number, end: number, line: number): void {
    const { row } = this;
    const block = this.block ?? this.resumed(start, end, line);
    if (!block) return;
    const place = (from: number) => ({
      line,
      column: this.margin + from - start + 1,
      endColumn: this.margin + end - start + 1,
    });
    if (row.count === 0) {
      // Words such as `add: ` read as offsets; only what stands where a row would is a broken row.
      if (row.offset % 16 === 0 && row.offset < CONFIG_SPACE_END)
        this.problems.add({
          ...place(row.junkAt < 0 ? start : row.junkAt),
          severity: 'error',
          message: `No bytes in row ${hex(row.offset, 2)}; the row is left out.`,
        });
      return;
    }
    if (row.offset + row.count > CONFIG_SPACE_END) {
      this.problems.add({
        ...place(start),
        severity: 'error',
        message: `Row ${hex(row.offset, 2)} lies beyond ${hex(CONFIG_SPACE_END - 1, 3)}, the end of configuration space; it is left out.`,
      });
      return;
    }
    if (row.junkAt >= 0)
      this.problems.add({
        ...place(row.junkAt),
        severity: row.count < 16 ? 'error' : 'warning',
        message:
          row.count < 16
            ? `Row ${hex(row.offset, 2)} breaks off after ${row.count} bytes: no byte in "${this.excerpt(row.junkAt, end)}". The others of this row are unknown.`
            : `Text after the bytes of row ${hex(row.offset, 2)} is ignored; lspci -F refuses such a file.`,
      });
    if (row.notGivenAt >= 0)
      this.problems.add({
        ...place(row.notGivenAt),
        severity: 'warning',
        message: `Row ${hex(row.offset, 2)} does not give all of its bytes; those are unknown.`,
      });
    if (row.blanksAt >= 0)
      this.problems.add({
        ...place(row.blanksAt),
        severity: 'info',
        message: `More than one blank between bytes of row ${hex(row.offset, 2)}; lspci -F refuses such a file.`,
      });
    this.store(block, line);
  }

  /** A row after a blank line: the closed block's, when it is the very next one. */
  private resumed(start: number, end: number, line: number): Block | undefined {
    const { row, closed } = this;
    if (closed && row.offset !== 0 && row.offset === this.nextOffset && row.count > 0) {
      this.problems.add({
        line,
        severity: 'warning',
        message: `Row ${hex(row.offset, 2)} comes after an empty line and is taken to continue the device of line ${closed.line}; lspci -F ignores it.`,
      });
      this.block = closed;
      return closed;
    }
    if (row.offset === 0 && row.count === 16 && !this.overflow)
      this.problems.add({
        line,
        column: this.margin + 1,
        endColumn: this.margin + end - start + 1,
        severity: 'info',
        message: 'Hex rows without a device line before them are ignored.',
      });
    return undefined;
  }

  private store(block: Block, line: number): void {
    const { row } = this;
    const end = row.offset + row.count;
    roomFor(block, end);
    let changed = -1;
    for (let i = 0; i < row.count; i++) {
      const value = row.bytes[i] ?? NOT_GIVEN;
      if (value === NOT_GIVEN) continue;
      const at = row.offset + i;
      if (block.known[at] === 1 && block.bytes[at] !== value && changed < 0) changed = at;
      block.bytes[at] = value;
      block.known[at] = 1;
      if (at >= block.length) block.length = at + 1;
      block.lines[at >> 4] = line;
    }
    this.nextOffset = end;
    if (changed >= 0)
      this.problems.add({
        line,
        severity: 'warning',
        message: `Byte ${hex(changed, 2)} was given before with another value; the last one counts.`,
      });
  }

  private excerpt(from: number, end: number): string {
    return this.text.slice(from, Math.min(end, from + 24)).trimEnd();
  }
}

/**
 * Finds the devices in any text that holds lspci output. Slot lines and hex rows are those of lspci -F; damaged rows
 * give what they can and are reported. A dump that stands indented or quoted as a whole, as in mail and in bug
 * reports, is read too. Never throws.
 */
export const readBlocks = (text: string): Blocks => {
  const found = readLines(text, '');
  if (found.blocks.some((block) => block.length > 0)) return found;
  const prefix = QUOTED_ROW.exec(text)?.[1];
  return prefix === undefined ? found : readLines(text, prefix);
};

/** The first row of a device behind blanks or quotation marks. */
const QUOTED_ROW = /^([ \t>|]{1,16})00: (?:[0-9a-f]{2} ){15}[0-9a-f]{2}\s*$/im;

const readLines = (text: string, prefix: string): Blocks => {
  const reader = new Reader(text, prefix.length);
  const emptyLine = prefix.trimEnd();
  const length = text.length;
  let line = 1;
  for (let start = 0; start < length; line++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = length;
    const next = end + 1;
    if (end > start && text.charCodeAt(end - 1) === CR) end--;
    if (prefix !== '') {
      if (text.startsWith(prefix, start)) start = Math.min(end, start + prefix.length);
      else if (end - start === emptyLine.length && text.startsWith(emptyLine, start)) start = end;
    }
    reader.line(start, end, line);
    start = next;
  }
  return reader;
};
