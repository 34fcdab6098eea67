import { CapId } from '../../capabilityIds';
import { andNot, hex, or } from '../../uint';
import { headline, line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';

/** The two low bits of Base and MaxOffset are flags; a base has zeros there, the last address ones. */
const LOW_BITS = 3;

const base = (value: number): number => andNot(value, LOW_BITS);
const last = (value: number): number => or(value, LOW_BITS);

/** Lower dword and, where the entry has one, the upper dword before it. */
const wide = (at: Reading, name: string, low: (value: number) => number): string => {
  const upper = `${name}_HI`;
  return `${at.has(upper) ? hex(at.value(upper), 1) : ''}${hex(low(at.value(name)), 8)}`;
};

const names = (at: Reading, name: string): string => (at.has(`${name}_HI`) ? `${name} ${name}_HI` : name);

const properties = (at: Reading, entry: string, field: string): string =>
  at.meaning(entry, field, `[${hex(at.field(entry, field), 2)}]`);

const entryLines = (at: Reading, index: number): readonly LineSpec[] => {
  const entry = `ENTRY_${index}`;
  const baseName = `BASE_${index}`;
  const lastName = `MAX_OFFSET_${index}`;
  return [
    line(`Entry ${index}`, entry, 'Enable± Writable± EntrySize={EntrySize}'),
    line('', entry, 'BAR Equivalent Indicator: {BEI}'),
    line('', entry, () => `PrimaryProperties: ${properties(at, entry, 'PrimaryProperties')}`),
    line('', entry, () => `SecondaryProperties: ${properties(at, entry, 'SecondaryProperties')}`),
    line('', names(at, baseName), () => `Base: ${wide(at, baseName, base)}`),
    line('', names(at, lastName), () => `MaxOffset: ${wide(at, lastName, last)}`),
  ];
};

export const ENHANCED_ALLOCATION_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.EA,
  headline: headline('NUM_ENTRIES', (at) =>
    at.fill(
      'NUM_ENTRIES',
      'Enhanced Allocation (EA): NumEntries={NumEntries}' +
        (at.has('FIXED_BUSES')
          ? at.fill('FIXED_BUSES', ', secondary={Secondary}, subordinate={Subordinate}')
          : ''),
    ),
  ),
  lines: (at) =>
    Array.from({ length: at.field('NUM_ENTRIES', 'NumEntries') }, (_entry, index) =>
      entryLines(at, index),
    ).flat(),
};
