import type { Width } from '../spec/uint';
import type { ReadCode } from '../verdict/decision';
import type { ConfigSpace } from './confSpace';

/**
 * Virtual configuration fields (struct config_field and config_field_entry). A table describes fields relative to
 * a base; seizing a device makes one entry of each, with its absolute start and private data.
 */

/** Result of a field callback: 0, a PCIBIOS code or a negative errno. */
export type FieldRead = (space: ConfigSpace, entry: FieldEntry) => number;
export type FieldWrite = (space: ConfigSpace, entry: FieldEntry, value: number) => number;

/** Where bits of the field's value come from. */
export interface ReadSource {
  readonly code: ReadCode;
  readonly mask: number;
}
export type FieldSources = (space: ConfigSpace, entry: FieldEntry) => readonly ReadSource[];

/**
 * What a guest's write of a bit meets, whatever its value: passes to the device, acted on by the kernel, emulated by
 * the driver, ignored by a field that takes no writes, dropped, refused, hidden (reads 0 and takes no writes).
 */
export type WriteWay = 'passes' | 'acted' | 'emulated' | 'ignored' | 'dropped' | 'refused' | 'hidden';
export interface BitWay {
  readonly way: WriteWay;
  readonly mask: number;
}
export type FieldWays = (space: ConfigSpace, entry: FieldEntry) => readonly BitWay[];

export interface ConfigField {
  /** Offset from the header or capability start, and width. */
  readonly offset: number;
  readonly size: Width;
  /** Shown in sysfs, never applied. */
  readonly mask: number;
  /** Sets up private data; a negative result makes seizing fail. */
  readonly init?: (space: ConfigSpace, entry: FieldEntry) => number;
  /** Runs when the device is taken back from a guest. */
  readonly reset?: (entry: FieldEntry) => void;
  /** Puts the field's value into space.fieldValue. */
  readonly read: FieldRead;
  /** Takes the merged field value; null = ignored. Tells of every bit what became of it. */
  readonly write: FieldWrite | null;
  /** Where the value that `read` gives comes from, for explanations; all of its bits. */
  readonly reads: FieldSources;
  /** What writes of its bits meet, for the overlay; all of its bits. Follows `write` where it is not told. */
  readonly ways?: FieldWays;
  /** Added through sysfs, freed when the device is taken back. */
  readonly dynamic: boolean;
}

/** A field on one device. The numbers are private to the field: a cache, a BAR value and its size mask. */
export class FieldEntry {
  readonly start: number;
  readonly end: number;
  readonly size: Width;
  readonly mask: number;
  val = 0;
  len = 0;
  sizing = false;

  constructor(
    readonly field: ConfigField,
    base: number,
  ) {
    this.start = base + field.offset;
    this.size = field.size;
    this.end = this.start + field.size;
    this.mask = field.size === 4 ? 0xffffffff : field.size === 2 ? 0xffff : 0xff;
  }
}

/** Reads the real register at the field. */
export const readRaw: FieldRead = (space, entry) => {
  const { dev } = space;
  dev.value = 0;
  const err = dev.configRead(entry.start, entry.size);
  space.fieldValue = dev.value;
  return err;
};

/** Writes the real register at the field. */
export const writeRaw: FieldWrite = (space, entry, value) => {
  const err = space.dev.configWrite(entry.start, entry.size, value);
  if (space.sink !== null)
    space.decide(
      err !== 0 ? 'bus-failed' : entry.field.dynamic ? 'field-quirk' : 'field-raw',
      entry,
      entry.mask,
      value,
      err,
    );
  return err;
};

const ALL_BITS = 0xffffffff;
/** All bits of the field come from one place. */
export const allFrom = (code: ReadCode): FieldSources => {
  const sources = [{ code, mask: ALL_BITS }] as const;
  return () => sources;
};
export const fromHardware = allFrom('read-field-hardware');

const plain = (offset: number, size: Width, read: FieldRead, write: FieldWrite | null): ConfigField => ({
  offset,
  size,
  mask: 0,
  read,
  write,
  reads: fromHardware,
  dynamic: false,
});

/** A field that shows the real register and ignores writes. */
export const shown = (offset: number, size: Width): ConfigField => plain(offset, size, readRaw, null);

/** A field with its own read and write. */
export const field = (
  offset: number,
  size: Width,
  read: FieldRead,
  write: FieldWrite | null,
  more: Partial<Pick<ConfigField, 'init' | 'reset' | 'reads' | 'ways'>> = {},
): ConfigField => ({ ...plain(offset, size, read, write), ...more });

const ONE_WAY = (way: WriteWay): readonly BitWay[] => [{ way, mask: ALL_BITS }];
const IGNORED = ONE_WAY('ignored');
const PASSES = ONE_WAY('passes');

/** What writes of the field's bits meet as things stand. */
export const waysOf = (space: ConfigSpace, entry: FieldEntry): readonly BitWay[] => {
  const { ways, write } = entry.field;
  if (ways !== undefined) return ways(space, entry);
  return write === null ? IGNORED : PASSES;
};
