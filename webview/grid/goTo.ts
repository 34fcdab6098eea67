import type { BitField, Register, Structure, Width } from '../../src/protocol/model';
import { shownFields, shownRegisters } from '../fields/registerValue';

/** Where to go. `width` only when the expression names one, as setpci's `.b`, `.w` and `.l` do. */
export interface Target {
  readonly offset: number;
  readonly width?: Width;
  /** What stands there, for the status line. */
  readonly name: string;
}

export type Place =
  { readonly ok: true; readonly target: Target } | { readonly ok: false; readonly message: string };

/** One line of the completion list. */
export interface Completion {
  /** What the line puts into the input; an expression that `placeOf` understands. */
  readonly text: string;
  readonly detail: string;
  readonly offset: number;
}

const WIDTHS: Readonly<Record<string, Width>> = { b: 1, w: 2, l: 4 };

const refused = (message: string): Place => ({ ok: false, message });
const hex = (value: number): string => `0x${value.toString(16)}`;

/** `MSI-X` and `MSIX`, `L1 PM` and `L1PM` are one name. */
const plain = (name: string): string => name.replace(/[-_ ]/g, '').toLowerCase();

interface Named {
  readonly offset: number;
  readonly name: string;
}

/** A base that could be read but does not lead anywhere says so; undefined is for the next way to read it. */
type Base = { readonly at: Named } | { readonly message: string } | undefined;

/**
 * A number for an address, as setpci takes it: hexadecimal, with or without 0x. Besides, what it does not have: a
 * trailing h, and # for decimal as everywhere in this page.
 */
const numberOf = (text: string): number | undefined => {
  const digits = /^(?:0x)?([0-9a-f]{1,8})h?$/i.exec(text)?.[1];
  if (digits !== undefined) return parseInt(digits, 16);
  const decimal = /^#(\d{1,8})$/.exec(text)?.[1];
  return decimal === undefined ? undefined : parseInt(decimal, 10);
};

const instanceOf = (found: readonly Named[], instance: number, what: string): Base => {
  const at = found[instance];
  if (at) return { at };
  if (found.length === 0) return { message: `This function has no ${what}.` };
  return {
    message: `This function has ${found.length === 1 ? 'one' : found.length} ${what}; @0 is the first.`,
  };
};

/** setpci's `CAP_name`, `CAPxx`, `ECAP_name`, `ECAPxxx`. */
const capabilityBase = (text: string, structures: readonly Structure[], instance: number): Base => {
  const match = /^(e?)cap(?:_(\w+)|([0-9a-f]{1,8}))$/i.exec(text);
  if (!match) return undefined;
  const kind = match[1] === '' ? 'capability' : 'extendedCapability';
  const [, , name, number] = match;
  const id = number === undefined ? undefined : parseInt(number, 16);
  const found = structures.filter(
    (s) => s.kind === kind && (id === undefined ? plain(s.name) === plain(name ?? '') : s.id === id),
  );
  const said = kind === 'capability' ? 'capability' : 'extended capability';
  return instanceOf(found, instance, `${said} ${name?.toUpperCase() ?? hex(id ?? 0)}`);
};

/** A field is where its lowest bit is. */
const fieldAt = (register: Register, field: BitField): Named => ({
  offset: register.offset + (field.lsb >> 3),
  name: `${register.name} ${field.name}`,
});

/**
 * `COMMAND`, `EXP`, `BusMaster`, and with dots from the outside in: `EXP.DEVCTL`, `DEVCTL.MaxPayload`. Names are
 * compared whole, since some have dots of their own (`2.5GT/s`).
 */
const nameBase = (text: string, structures: readonly Structure[], instance: number): Base => {
  const wanted = plain(text.replace(/^e?cap_(?=.*\.)/i, ''));
  const isNamed = (...path: readonly string[]): boolean => plain(path.join('.')) === wanted;
  const registers = (header: boolean): readonly Named[] =>
    structures
      .filter(({ kind }) => (kind === 'header') === header)
      .flatMap((s) => s.registers.filter(({ name }) => isNamed(name) || isNamed(s.name, name)));
  const fields = structures.flatMap((s) =>
    s.registers.flatMap((r) =>
      shownFields(r)
        .filter(
          ({ name }) =>
            isNamed(name) || isNamed(r.name, name) || isNamed(s.name, name) || isNamed(s.name, r.name, name),
        )
        .map((field) => fieldAt(r, field)),
    ),
  );
  // Registers of the header go first: those are setpci's own names.
  const found = [
    ...registers(true),
    ...structures.filter(({ name, title }) => isNamed(name) || isNamed(title)),
    ...registers(false),
    ...fields,
  ];
  if (found.length === 0) return { message: `No register, structure or field is called ${text}.` };
  return instanceOf(found, instance, text);
};

/** `base[+offset][.B|.W|.L][@n]`, in this order. A base may hold dots and signs of its own: the tail is taken off. */
const EXPRESSION =
  /^(?<base>.+?)(?:\+(?<plus>(?:0x)?[0-9a-f]+))?(?:\.(?<width>[bwl]))?(?:@(?<instance>[0-9a-f]+))?$/i;

/**
 * Reads what was typed as setpci reads a register: all numbers are hexadecimal, what looks like a number is an
 * address. Register, structure and field names of this function come after that. Never throws.
 * Source: setpci(8); unlike there, the width may be left out.
 */
export const placeOf = (text: string, structures: readonly Structure[], size: number): Place => {
  const typed = text.trim().replace(/\s*([+@])\s*/g, '$1');
  const parts = EXPRESSION.exec(typed)?.groups;
  if (!parts) return refused('Type an offset, a name or a setpci expression.');
  const { base: baseText = '', plus: plusText, width: widthText, instance: instanceText } = parts;
  const plus = plusText === undefined ? 0 : parseInt(plusText, 16);
  const instance = instanceText === undefined ? 0 : parseInt(instanceText, 16);
  const number = numberOf(baseText);
  const base: Base =
    number !== undefined
      ? { at: { offset: number, name: '' } }
      : (capabilityBase(baseText, structures, instance) ?? nameBase(baseText, structures, instance));
  if (!base) return refused(`${typed} is not understood.`);
  if ('message' in base) return refused(base.message);
  if (number !== undefined && instanceText !== undefined)
    return refused('@ chooses among capabilities and names, not among addresses.');
  const offset = base.at.offset + plus;
  const width = widthText === undefined ? undefined : WIDTHS[widthText.toLowerCase()];
  if (offset + (width ?? 1) > size)
    return refused(`${hex(offset)} is past the end: the space ends at ${hex(size - 1)}.`);
  if (width !== undefined && offset % width !== 0)
    return refused(`${hex(offset)} is not a multiple of ${width}: no access of that width begins there.`);
  const name = plus === 0 ? base.at.name : [base.at.name, hex(plus)].filter((part) => part !== '').join('+');
  return { ok: true, target: { offset, name, ...(width === undefined ? {} : { width }) } };
};

const structureText = (structure: Structure): string =>
  structure.kind === 'header'
    ? structure.name
    : `${structure.kind === 'capability' ? 'CAP' : 'ECAP'}_${structure.name}`;

/** Everything that has a name, in the order of the layout; made once per layout. */
export const completionsOf = (structures: readonly Structure[]): readonly Completion[] => {
  const seen = new Map<string, number>();
  const distinct = (text: string): string => {
    const instance = seen.get(text) ?? 0;
    seen.set(text, instance + 1);
    return instance === 0 ? text : `${text}@${instance.toString(16)}`;
  };
  const all: Completion[] = [];
  for (const structure of structures) {
    const own = structureText(structure);
    if (!own.includes('#'))
      all.push({ text: distinct(own), detail: structure.title, offset: structure.offset });
    for (const register of shownRegisters(structure)) {
      // The registers of the header have setpci's names and stand for themselves; the others may exist twice.
      const name = structure.kind === 'header' ? register.name : `${structure.name}.${register.name}`;
      all.push({ text: distinct(name), detail: register.title, offset: register.offset });
      for (const field of shownFields(register))
        all.push({
          text: distinct(`${name}.${field.name}`),
          detail: field.title,
          offset: fieldAt(register, field).offset,
        });
    }
  }
  return all;
};

/** How well a completion fits what was typed: smaller is better, undefined not at all. */
const rank = (completion: Completion, typed: string): number | undefined => {
  const text = completion.text.toLowerCase();
  const own = text.split(/[._]/).at(-1) ?? text;
  const depth = text.split('.').length;
  if (text.startsWith(typed)) return depth;
  if (text.replace(/^e?cap_/, '').startsWith(typed)) return depth;
  if (own.startsWith(typed)) return 10 + depth;
  if (text.includes(typed)) return 20 + depth;
  if (completion.detail.toLowerCase().includes(typed)) return 30 + depth;
  return undefined;
};

/** The completions that fit best, best first. A typed offset has none. */
export const matching = (all: readonly Completion[], text: string, limit: number): readonly Completion[] => {
  const typed = text.trim().toLowerCase();
  if (typed === '' || /[+@]/.test(typed)) return [];
  return all
    .map((completion) => ({ completion, rank: rank(completion, typed) }))
    .filter((entry): entry is { completion: Completion; rank: number } => entry.rank !== undefined)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, limit)
    .map(({ completion }) => completion);
};
