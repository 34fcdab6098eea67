import type { BitField, Register, Structure } from '../../src/protocol/model';
import { shownFields, shownRegisters } from './registerValue';

/** One line of the field list: a structure, a register in it, or a bit field in that. No DOM. */
export interface Line {
  /** Stable over revisions as long as the structure stays where it is. */
  readonly key: string;
  readonly level: 1 | 2 | 3;
  readonly structure: Structure;
  readonly register: Register | undefined;
  readonly field: BitField | undefined;
  readonly children: readonly Line[];
}

export const linesOf = (structures: readonly Structure[]): readonly Line[] =>
  structures.map((structure) => {
    const key = `${structure.kind}/${structure.offset.toString(16)}`;
    return {
      key,
      level: 1,
      structure,
      register: undefined,
      field: undefined,
      children: shownRegisters(structure).map((register) => {
        const registerKey = `${key}/${register.offset.toString(16)}`;
        return {
          key: registerKey,
          level: 2,
          structure,
          register,
          field: undefined,
          children: shownFields(register).map((field) => ({
            key: `${registerKey}/${field.lsb}`,
            level: 3,
            structure,
            register,
            field,
            children: [],
          })),
        };
      }),
    };
  });

const named = (line: Line, wanted: string): boolean => {
  const part = line.field ?? line.register ?? line.structure;
  return part.name.toLowerCase().includes(wanted) || part.title.toLowerCase().includes(wanted);
};

/**
 * Keys of the lines that a filter leaves: those named so (name or title, any case), what is in them, and what
 * they are in. undefined = no filter, all of them.
 */
export const filtered = (lines: readonly Line[], filter: string): ReadonlySet<string> | undefined => {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return undefined;
  const kept = new Set<string>();
  const keepAll = (line: Line): void => {
    kept.add(line.key);
    line.children.forEach(keepAll);
  };
  const visit = (line: Line): boolean => {
    if (named(line, wanted)) {
      keepAll(line);
      return true;
    }
    let any = false;
    for (const child of line.children) any = visit(child) || any;
    if (any) kept.add(line.key);
    return any;
  };
  lines.forEach(visit);
  return kept;
};
