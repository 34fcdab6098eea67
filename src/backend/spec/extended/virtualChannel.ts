import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { BitFieldSpec, RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';
import { apart, tableEnd, tableRegisters, type ArbitrationTable } from './arbitrationTable';

/**
 * Virtual Channel, under both its ids, and its relative of multi-function devices: a pair of port registers, three
 * registers for each channel, then the arbitration tables. Source: PCIe 6.0 sections 7.9.1 and 7.9.2.
 */

const PORT_CAP_1 = 0x04;
const PORT_CAP_2 = 0x08;
const FIRST_RESOURCE = 0x10;
const RESOURCE_BYTES = 12;
const TABLE_UNIT = 16;

/** Channels besides VC0: 0..7. */
const extendedChannels = (read: StructureReader): number => bits(read(PORT_CAP_1, 4), 0, 3);
const resourcesEnd = (read: StructureReader): number =>
  FIRST_RESOURCE + RESOURCE_BYTES * (1 + extendedChannels(read));

const CLOCK = inOrder('100ns', 'Reserved', 'Reserved', 'Reserved');
const ENTRY = inOrder('1', '2', '4', '8');

/** Bit of each arbitration, lspci's name, full name, phases of its table; hardware fixed arbitration has none. */
const ARBITRATIONS: readonly (readonly [number, string, string, number])[] = [
  [0, 'Fixed', 'Hardware fixed arbitration', 0],
  [1, 'WRR32', 'WRR arbitration with 32 phases', 32],
  [2, 'WRR64', 'WRR arbitration with 64 phases', 64],
  [3, 'WRR128', 'WRR arbitration with 128 phases', 128],
  [4, 'TWRR128', 'Time-based WRR with 128 phases', 128],
  [5, 'WRR256', 'WRR arbitration with 256 phases', 256],
];
/** Channels are arbitrated by the first four. */
const PORT_ARBITRATIONS = ARBITRATIONS.slice(0, 4);

/** Meanings of an arbitration select: the numbers of the capability's bits. */
const selects = (arbitrations: typeof ARBITRATIONS): Readonly<Record<number, string>> =>
  inOrder(...arbitrations.map(([, name]) => name));

const arbitrationBits = (arbitrations: typeof ARBITRATIONS): readonly BitFieldSpec[] =>
  arbitrations.map(([lsb, name, title]) => bit(lsb, name, title, 'RO'));

/** Phases of the longest table that one of the offered arbitrations needs. */
const phasesOf = (cap: number, arbitrations: typeof ARBITRATIONS): number =>
  Math.max(...arbitrations.map(([lsb, , , phases]) => (bits(cap, lsb, 1) === 1 ? phases : 0)));

/** What differs between the capability of a port and that of a multi-function device. */
interface Words {
  readonly section: string;
  /** Between what a channel arbitrates. */
  readonly between: 'Port' | 'Function';
  readonly source: { readonly arbitration: string; readonly table: string };
}

const VC: Words = {
  section: 'PCIe 6.0 7.9.1',
  between: 'Port',
  source: { arbitration: 'PCIe 6.0 7.9.1.10', table: 'PCIe 6.0 7.9.1.11' },
};
const MFVC: Words = {
  section: 'PCIe 6.0 7.9.2',
  between: 'Function',
  source: { arbitration: 'PCIe 6.0 7.9.2.10', table: 'PCIe 6.0 7.9.2.11' },
};

const tables = (read: StructureReader, words: Words): readonly ArbitrationTable[] => {
  const cap2 = read(PORT_CAP_2, 4);
  const entryBits = 2 ** bits(read(PORT_CAP_1, 4), 10, 2);
  const channels = Array.from({ length: 1 + extendedChannels(read) }, (_, index): ArbitrationTable => {
    const cap = read(FIRST_RESOURCE + RESOURCE_BYTES * index, 4);
    return {
      name: `VC${index}_PAT`,
      title: `VC${index} ${words.between} Arbitration Table`,
      offset: TABLE_UNIT * bits(cap, 24, 8),
      phases: phasesOf(cap, ARBITRATIONS),
      entryBits,
      usedBits: entryBits,
      source: words.source.table,
    };
  });
  const arbitration: ArbitrationTable = {
    name: 'VC_ARB',
    title: 'VC Arbitration Table',
    offset: TABLE_UNIT * bits(cap2, 24, 8),
    phases: phasesOf(cap2, PORT_ARBITRATIONS),
    entryBits: 4,
    usedBits: 3,
    source: words.source.arbitration,
  };
  return apart([arbitration, ...channels], resourcesEnd(read));
};

const resource = (index: number, { section, between }: Words): readonly RegisterSpec[] => {
  const at = FIRST_RESOURCE + RESOURCE_BYTES * index;
  // VC0 is always on and always has id 0.
  const other = whenOffered(index > 0);
  return [
    register(at, 4, `VC${index}_CAP`, `VC${index} Resource Capability`, 'RO', `${section}.7`, [
      ...arbitrationBits(ARBITRATIONS),
      ...(between === 'Port' ? [bit(15, 'RejSnoopTrans', 'Reject Snoop Transactions', 'HwInit')] : []),
      span(16, 7, 'MaxTimeSlots', 'Maximum Time Slots minus 1', 'HwInit'),
      span(24, 8, 'PATOffset', `${between} Arbitration Table Offset in 16 bytes`, 'RO'),
    ]),
    register(at + 4, 4, `VC${index}_CTL`, `VC${index} Resource Control`, 'RsvdP', `${section}.8`, [
      // VC0 carries traffic class 0 whatever else it carries.
      span(0, 1, 'TC0', 'TC0/VC Map', 'RO'),
      span(1, 7, 'TC/VC', 'TC/VC Map, classes 7:1', 'RW'),
      bit(16, 'LoadPAT', `Load ${between} Arbitration Table`, 'WO'),
      span(17, 3, 'ArbSelect', `${between} Arbitration Select`, 'RW', selects(ARBITRATIONS)),
      span(24, 3, 'ID', 'VC ID', other),
      bit(31, 'Enable', 'VC Enable', other),
    ]),
    register(at + 10, 2, `VC${index}_STA`, `VC${index} Resource Status`, 'RsvdZ', `${section}.9`, [
      bit(0, 'ArbTable', `${between} Arbitration Table Status`, 'RO'),
      bit(1, 'NegoPending', 'VC Negotiation Pending', 'RO'),
    ]),
  ];
};

const virtualChannel = (id: number, name: string, title: string, words: Words): StructureSpec => ({
  kind: 'extendedCapability',
  id,
  name,
  title,
  length: (read) => {
    const last = tables(read, words).at(-1);
    return last ? tableEnd(last) : resourcesEnd(read);
  },
  registers: (read) => [
    extendedCapabilityHead(),
    register(PORT_CAP_1, 4, 'PORT_CAP_1', 'Port VC Capability 1', 'RO', `${words.section}.2`, [
      span(0, 3, 'ExtVCCount', 'Extended VC Count', 'RO'),
      span(4, 3, 'LPEVC', 'Low Priority Extended VC Count', 'RO'),
      span(8, 2, 'RefClk', 'Reference Clock', 'RO', CLOCK),
      span(10, 2, 'PATEntryBits', `${words.between} Arbitration Table Entry Size in bits`, 'RO', ENTRY),
    ]),
    register(PORT_CAP_2, 4, 'PORT_CAP_2', 'Port VC Capability 2', 'RO', `${words.section}.3`, [
      ...arbitrationBits(PORT_ARBITRATIONS),
      span(24, 8, 'ArbTableOffset', 'VC Arbitration Table Offset in 16 bytes', 'RO'),
    ]),
    register(0x0c, 2, 'PORT_CTL', 'Port VC Control', 'RsvdP', `${words.section}.4`, [
      bit(0, 'LoadArbTable', 'Load VC Arbitration Table', 'WO'),
      span(1, 3, 'ArbSelect', 'VC Arbitration Select', 'RW', selects(PORT_ARBITRATIONS)),
    ]),
    register(0x0e, 2, 'PORT_STA', 'Port VC Status', 'RsvdZ', `${words.section}.5`, [
      bit(0, 'InProgress', 'VC Arbitration Table Status', 'RO'),
    ]),
    ...Array.from({ length: 1 + extendedChannels(read) }, (_, i) => resource(i, words)).flat(),
    ...tables(read, words).flatMap((table) => tableRegisters(table, 'RW')),
  ],
});

export const VIRTUAL_CHANNEL = virtualChannel(0x02, 'VC', 'Virtual Channel', VC);
export const VIRTUAL_CHANNEL_MFVC = virtualChannel(0x09, 'VC2', 'Virtual Channel', VC);
export const MULTI_FUNCTION_VIRTUAL_CHANNEL = virtualChannel(
  0x08,
  'MFVC',
  'Multi-Function Virtual Channel',
  MFVC,
);
