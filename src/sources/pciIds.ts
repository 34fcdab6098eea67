import type { FunctionDescription } from '../backend/description';
import { hex, readLe } from '../backend/spec/uint';

/**
 * Names of vendors, devices and classes from a pci.ids file, looked up and written as lspci does.
 * Format: https://pci-ids.ucw.cz: `vvvv  name`, `\tdddd  name`, `\t\tssss ssss  name`, `C cc  name` with `\tss`, `\t\tpp`.
 */

const TAB = 9;
const HASH = 35;
const SPACE = 32;
const CLASS_SECTION = 67;

/** Names of one vendor's devices, or of one base class's subclasses, read when first asked for. */
interface Section {
  readonly name: string;
  /** The lines below the section's heading in the file. */
  readonly start: number;
  end: number;
  entries?: Map<string, string>;
}

/** The IDE controller's programming interface is a set of flags (PCI Code and ID Assignment, class 0101). */
const IDE_CLASS = 0x0101;
const IDE_FLAGS: readonly (readonly [number, string])[] = [
  [0x80, 'Master'],
  [0x08, 'SecP'],
  [0x04, 'SecO'],
  [0x02, 'PriP'],
  [0x01, 'PriO'],
];

const REVISION = 0x08;
const CLASS_PROG = 0x09;

/** What a function is named by. A machine's FunctionState is one; `identityOf` makes one of a description. */
export interface Identity {
  readonly vendorId: number;
  readonly deviceId: number;
  /** Class, subclass and programming interface, 24 bits. */
  readonly classCode: number;
  readonly revision: number;
}

/** The identity that a description's bytes give; a VF's ids are those that the kernel knows. */
export const identityOf = ({ config, vendorId, deviceId }: FunctionDescription): Identity => ({
  vendorId: vendorId ?? readLe(config, 0, 2),
  deviceId: deviceId ?? readLe(config, 2, 2),
  classCode: readLe(config, CLASS_PROG, 2) | ((config[CLASS_PROG + 2] ?? 0) << 16),
  revision: config[REVISION] ?? 0,
});

export class PciIds {
  private readonly vendors = new Map<string, Section>();
  private readonly classes = new Map<string, Section>();
  /** Date or number that the file gives as its version; undefined when it has none. */
  readonly version: string | undefined;

  /** Reads the text of a pci.ids file. Lines that do not fit the format are skipped, as lspci skips them. */
  constructor(private readonly text: string) {
    this.version = /^#\s*Version:\s*(\S+)/m.exec(text.slice(0, 2000))?.[1];
    let section: Section | undefined;
    for (let start = 0; start < text.length;) {
      let end = text.indexOf('\n', start);
      if (end < 0) end = text.length;
      const first = text.charCodeAt(start);
      if (first !== TAB && first !== HASH && end > start) {
        if (section) section.end = start;
        section = this.begin(start, end);
      }
      start = end + 1;
    }
  }

  private begin(start: number, end: number): Section | undefined {
    const isClass =
      this.text.charCodeAt(start) === CLASS_SECTION && this.text.charCodeAt(start + 1) === SPACE;
    const idAt = isClass ? start + 2 : start;
    const entry = entryAt(this.text, idAt, end, isClass ? 2 : 4);
    if (!entry) return undefined;
    const sections = isClass ? this.classes : this.vendors;
    const section: Section = { name: entry.name, start: end + 1, end: this.text.length };
    if (!sections.has(entry.id)) sections.set(entry.id, section);
    return section;
  }

  /** Entries below a section by key: `dddd` or `dddd ssss ssss`; `ss` or `ss pp`. */
  private entriesOf(section: Section, digits: number): ReadonlyMap<string, string> {
    if (section.entries) return section.entries;
    const entries = new Map<string, string>();
    let parent = '';
    for (let start = section.start; start < section.end;) {
      let end = this.text.indexOf('\n', start);
      if (end < 0 || end > section.end) end = section.end;
      if (this.text.charCodeAt(start) === TAB) {
        const nested = this.text.charCodeAt(start + 1) === TAB;
        const entry = entryAt(
          this.text,
          start + (nested ? 2 : 1),
          end,
          nested ? (digits === 4 ? 9 : 2) : digits,
        );
        if (entry) {
          const key = nested ? `${parent} ${entry.id}` : entry.id;
          if (!nested) parent = entry.id;
          if (!entries.has(key)) entries.set(key, entry.name);
        }
      }
      start = end + 1;
    }
    section.entries = entries;
    return entries;
  }

  private under(section: Section | undefined, digits: number, key: string): string | undefined {
    return section && this.entriesOf(section, digits).get(key);
  }

  /** How many vendors the file names. */
  get vendorCount(): number {
    return this.vendors.size;
  }

  /** Vendor's name; undefined when it is not listed. */
  vendor(vendorId: number): string | undefined {
    return this.vendors.get(hex(vendorId, 4))?.name;
  }

  /** Device's name; undefined when it is not listed. */
  device(vendorId: number, deviceId: number): string | undefined {
    return this.under(this.vendors.get(hex(vendorId, 4)), 4, hex(deviceId, 4));
  }

  /** Subsystem's name. One with the device's own ids has the device's name, as lspci prints it. */
  subsystem(
    vendorId: number,
    deviceId: number,
    subsystemVendorId: number,
    subsystemId: number,
  ): string | undefined {
    const key = `${hex(deviceId, 4)} ${hex(subsystemVendorId, 4)} ${hex(subsystemId, 4)}`;
    return (
      this.under(this.vendors.get(hex(vendorId, 4)), 4, key) ??
      (vendorId === subsystemVendorId && deviceId === subsystemId
        ? this.device(vendorId, deviceId)
        : undefined)
    );
  }

  /** Name of a class as lspci prints it; `classCode` is class, subclass and programming interface (24 bits). */
  className(classCode: number): string {
    const number = hex(classCode >>> 8, 4);
    const base = this.classes.get(number.slice(0, 2));
    if (!base) return `Class ${number}`;
    return this.under(base, 2, number.slice(2)) ?? `${base.name} [${number}]`;
  }

  /** Class name with its number, as `lspci -nn` prints it. */
  classNameWithId(classCode: number): string {
    const number = hex(classCode >>> 8, 4);
    const base = this.classes.get(number.slice(0, 2));
    return `${(base && this.under(base, 2, number.slice(2))) ?? base?.name ?? 'Unknown class'} [${number}]`;
  }

  /** Name of the programming interface; undefined when it has none. `classCode` has 24 bits. */
  progIf(classCode: number): string | undefined {
    const number = hex(classCode, 6);
    const name = this.under(
      this.classes.get(number.slice(0, 2)),
      2,
      `${number.slice(2, 4)} ${number.slice(4)}`,
    );
    if (name !== undefined || classCode >>> 8 !== IDE_CLASS || classCode & 0x70) return name;
    return IDE_FLAGS.filter(([bit]) => classCode & bit)
      .map(([, flag]) => flag)
      .join(' ');
  }

  /** `Intel Corporation 82540EM ...`, `Intel Corporation Device abcd` or `Device abcd:1234`, as lspci prints it. */
  deviceTitle(vendorId: number, deviceId: number): string {
    return pair(this.vendor(vendorId), this.device(vendorId, deviceId), vendorId, deviceId);
  }

  /** What lspci prints after `Subsystem: `. */
  subsystemTitle(vendorId: number, deviceId: number, subsystemVendorId: number, subsystemId: number): string {
    return pair(
      this.vendor(subsystemVendorId),
      this.subsystem(vendorId, deviceId, subsystemVendorId, subsystemId),
      subsystemVendorId,
      subsystemId,
    );
  }

  /**
   * What `lspci` prints after the slot: `SATA controller: Intel Corporation 82801I ... (rev 02)`.
   */
  title({ vendorId, deviceId, classCode, revision }: Identity): string {
    const rev = revision ? ` (rev ${hex(revision, 2)})` : '';
    return `${this.className(classCode)}: ${this.deviceTitle(vendorId, deviceId)}${rev}`;
  }

  /** What `lspci -nn -v` prints after the slot: with ids in brackets and the programming interface. */
  titleWithIds({ vendorId, deviceId, classCode, revision }: Identity): string {
    const vendor = this.vendor(vendorId);
    const device = this.device(vendorId, deviceId);
    const name = vendor === undefined ? 'Device' : `${vendor} ${device ?? 'Device'}`;
    const rev = revision ? ` (rev ${hex(revision, 2)})` : '';
    const progIf = this.progIf(classCode);
    const prog =
      (classCode & 0xff) === 0 && progIf === undefined
        ? ''
        : ` (prog-if ${hex(classCode & 0xff, 2)}${progIf === undefined ? '' : ` [${progIf}]`})`;
    return `${this.classNameWithId(classCode)}: ${name} [${hex(vendorId, 4)}:${hex(deviceId, 4)}]${rev}${prog}`;
  }
}

const pair = (
  vendor: string | undefined,
  device: string | undefined,
  vendorId: number,
  deviceId: number,
): string =>
  vendor === undefined
    ? `Device ${hex(vendorId, 4)}:${hex(deviceId, 4)}`
    : `${vendor} ${device ?? `Device ${hex(deviceId, 4)}`}`;

/** An id of `digits` characters, blanks, then a name. */
const entryAt = (
  text: string,
  start: number,
  end: number,
  digits: number,
): { id: string; name: string } | undefined => {
  const nameAt = start + digits;
  if (nameAt >= end || text.charCodeAt(nameAt) !== SPACE) return undefined;
  const id = text.slice(start, nameAt).toLowerCase();
  const name = text.slice(nameAt, end).trim();
  return ID.test(id) && name !== '' ? { id, name } : undefined;
};
const ID = /^[0-9a-f]{2}$|^[0-9a-f]{4}(?: [0-9a-f]{4})?$/;
