import { structureReader, type PlacedRegister, type PlacedStructure } from '../layout';
import type { BitFieldSpec, StructureReader } from '../register';
import { bits, hex } from '../uint';
import type { HostFacts } from './decodedLine';

/**
 * A placed structure with its bytes, asked by the names of the catalogue. Registers that do not exist and bytes that
 * are not known read as 0; a field name that its register does not have is a programmer's mistake and throws.
 */
export interface Reading {
  readonly structure: PlacedStructure;
  readonly host: HostFacts;
  /** True when the structure has this register. */
  readonly has: (register: string) => boolean;
  /** True when every byte of the register is known. */
  readonly known: (register: string) => boolean;
  readonly value: (register: string) => number;
  /** True when the register has this field: some exist only in some kinds of function. */
  readonly hasField: (register: string, field: string) => boolean;
  readonly field: (register: string, field: string) => number;
  readonly isSet: (register: string, field: string) => boolean;
  /** The meaning of the field's value where the catalogue has one, else `otherwise`, else the value in decimal. */
  readonly meaning: (register: string, field: string, otherwise?: string) => string;
  /** An address or offset whose low bits the register leaves out, put back in place. */
  readonly address: (register: string, field: string) => bigint;
  /** Anywhere in configuration space: lspci looks at the header to decode some capabilities. */
  readonly read: StructureReader;
  /**
   * Fills a template with the fields of a register.
   *
   * | in the template | becomes                                                                                    |
   * | --------------- | ------------------------------------------------------------------------------------------ |
   * | `Name±`         | `Name+` or `Name-`                                                                         |
   * | `{Name±}`       | the sign alone                                                                             |
   * | `{Name}`        | the meaning of the value, or the value in decimal                                          |
   * | `{Name?word}`   | the meaning of the value, or the word                                                      |
   * | `{Name#}`       | the value in decimal                                                                       |
   * | `{Name:4}`      | the value in hexadecimal, at least 4 digits, with the low bits that the register leaves out |
   * | `{:4}`          | the whole register in hexadecimal                                                          |
   */
  readonly fill: (register: string, template: string) => string;
}

/** `+` or `-`, lspci's way to say that a bit is set. */
export const sign = (set: boolean): string => (set ? '+' : '-');

const FLAG = /([^\s{}()±,;:=]+)±/g;
const PLACE = /\{([^{}:?]*?)(±|#|:\d+|\?[^{}]*)?\}/g;

export const readingOf = (
  structure: PlacedStructure,
  config: Uint8Array,
  known: Uint8Array,
  host: HostFacts,
  read: StructureReader = structureReader(config, known, 0),
): Reading => {
  const registers: ReadonlyMap<string, PlacedRegister> = new Map(
    structure.registers.map((register) => [register.name, register]),
  );
  const value = (name: string): number => {
    const register = registers.get(name);
    return register ? read(register.offset, register.width) : 0;
  };
  const specOf = (register: string, name: string): BitFieldSpec | undefined => {
    const place = registers.get(register);
    const found = place?.fields.find((field) => field.name === name);
    if (place && !found) throw new Error(`${structure.name}: ${register} has no field ${name}`);
    return found;
  };
  const field = (register: string, name: string): number => {
    const spec = specOf(register, name);
    return spec ? bits(value(register), spec.lsb, spec.width) : 0;
  };
  const isSet = (register: string, name: string): boolean => field(register, name) !== 0;
  const meaning = (register: string, name: string, otherwise?: string): string => {
    const number = field(register, name);
    return specOf(register, name)?.values?.[number] ?? otherwise ?? String(number);
  };
  const address = (register: string, name: string): bigint =>
    BigInt(field(register, name)) << BigInt(specOf(register, name)?.shift ?? 0);
  const inHex = (register: string, name: string, digits: number): string =>
    name === '' ? hex(value(register), digits) : address(register, name).toString(16).padStart(digits, '0');
  return {
    structure,
    host,
    has: (name) => registers.has(name),
    known: (name) => {
      const register = registers.get(name);
      return (
        register !== undefined &&
        known.subarray(register.offset, register.offset + register.width).every((byte) => byte === 1)
      );
    },
    value,
    hasField: (register, name) => registers.get(register)?.fields.some((spec) => spec.name === name) ?? false,
    field,
    isSet,
    meaning,
    address,
    read,
    fill: (register, template) =>
      template
        .replace(PLACE, (_all, name: string, how: string = '') => {
          const argument = how.slice(1);
          switch (how[0]) {
            case '±':
              return sign(isSet(register, name));
            case '#':
              return String(field(register, name));
            case ':':
              return inHex(register, name, Number(argument));
            case '?':
              return meaning(register, name, argument);
            default:
              return meaning(register, name);
          }
        })
        .replace(FLAG, (_all, name: string) => `${name}${sign(isSet(register, name))}`),
  };
};
