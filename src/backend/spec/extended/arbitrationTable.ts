import { register, span } from '../define';
import type { Access, RegisterSpec } from '../register';

/**
 * Tables that say, phase by phase, whose turn it is: the virtual channel in a VC arbitration table, the port (or
 * function) in the table of a channel. They stand where a capability register says, in units of 16 bytes.
 * Source: PCIe 6.0 sections 7.9.1.10 and 7.9.1.11.
 */
export interface ArbitrationTable {
  /** Begins the names of its registers: `VC_ARB`, `VC0_PAT`. */
  readonly name: string;
  readonly title: string;
  /** From the start of the structure, in bytes. */
  readonly offset: number;
  readonly phases: number;
  /** Bits of one phase: 1, 2, 4 or 8. */
  readonly entryBits: number;
  /** Bits of a phase that hold something; the others are reserved. */
  readonly usedBits: number;
  readonly source: string;
}

const bytesOf = ({ phases, entryBits }: ArbitrationTable): number => (phases * entryBits) / 8;

export const tableEnd = (table: ArbitrationTable): number => table.offset + bytesOf(table);

/** Tables in order of offset, without those that are empty or begin inside of what stands before them. */
export const apart = (tables: readonly ArbitrationTable[], free: number): readonly ArbitrationTable[] => {
  let end = free;
  return [...tables]
    .sort((a, b) => a.offset - b.offset)
    .filter((table) => {
      if (table.phases === 0 || table.offset < end) return false;
      end = tableEnd(table);
      return true;
    });
};

export const tableRegisters = (table: ArbitrationTable, access: Access): readonly RegisterSpec[] => {
  const perDword = 32 / table.entryBits;
  return Array.from({ length: Math.ceil(bytesOf(table) / 4) }, (_, dword) =>
    register(
      table.offset + 4 * dword,
      4,
      `${table.name}_${dword}`,
      `${table.title}, phases ${perDword * dword} to ${perDword * (dword + 1) - 1}`,
      'RsvdP',
      table.source,
      Array.from({ length: perDword }, (_entry, i) => {
        const phase = perDword * dword + i;
        return span(table.entryBits * i, table.usedBits, `Phase${phase}`, `Phase ${phase}`, access);
      }),
    ),
  );
};
