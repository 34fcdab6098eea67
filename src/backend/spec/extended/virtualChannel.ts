import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { RegisterSpec, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** Virtual Channel, under both its ids: a pair of port registers, then three registers for each channel. Source: PCIe 6.0 section 7.9.1. */

const PORT_CAP_1 = 0x04;
const FIRST_RESOURCE = 0x10;
const RESOURCE_BYTES = 12;

/** Channels besides VC0: 0..7. */
const extendedChannels = (read: StructureReader): number => bits(read(PORT_CAP_1, 4), 0, 3);

const CLOCK = inOrder('100ns', 'Reserved', 'Reserved', 'Reserved');
const ENTRY = inOrder('1 bit', '2 bits', '4 bits', '8 bits');

const resource = (index: number): readonly RegisterSpec[] => {
  const at = FIRST_RESOURCE + RESOURCE_BYTES * index;
  // VC0 is always on and always has id 0.
  const other = whenOffered(index > 0);
  return [
    register(at, 4, `VC${index}_CAP`, `VC${index} Resource Capability`, 'RO', 'PCIe 6.0 7.9.1.7', [
      bit(0, 'Fixed', 'Hardware fixed arbitration', 'RO'),
      bit(1, 'WRR32', 'WRR arbitration with 32 phases', 'RO'),
      bit(2, 'WRR64', 'WRR arbitration with 64 phases', 'RO'),
      bit(3, 'WRR128', 'WRR arbitration with 128 phases', 'RO'),
      bit(4, 'TWRR128', 'Time-based WRR with 128 phases', 'RO'),
      bit(5, 'WRR256', 'WRR arbitration with 256 phases', 'RO'),
      bit(15, 'RejSnoopTrans', 'Reject Snoop Transactions', 'HwInit'),
      span(16, 7, 'MaxTimeSlots', 'Maximum Time Slots minus 1', 'HwInit'),
      span(24, 8, 'PATOffset', 'Port Arbitration Table Offset in 16 bytes', 'RO'),
    ]),
    register(at + 4, 4, `VC${index}_CTL`, `VC${index} Resource Control`, 'RsvdP', 'PCIe 6.0 7.9.1.8', [
      // VC0 carries traffic class 0 whatever else it carries.
      span(0, 1, 'TC0', 'TC0/VC Map', 'RO'),
      span(1, 7, 'TC/VC', 'TC/VC Map, classes 7:1', 'RW'),
      bit(16, 'LoadPAT', 'Load Port Arbitration Table', 'WO'),
      span(17, 3, 'ArbSelect', 'Port Arbitration Select', 'RW'),
      span(24, 3, 'ID', 'VC ID', other),
      bit(31, 'Enable', 'VC Enable', other),
    ]),
    register(at + 10, 2, `VC${index}_STA`, `VC${index} Resource Status`, 'RsvdZ', 'PCIe 6.0 7.9.1.9', [
      bit(0, 'ArbTable', 'Port Arbitration Table Status', 'RO'),
      bit(1, 'NegoPending', 'VC Negotiation Pending', 'RO'),
    ]),
  ];
};

const virtualChannel = (id: number, name: string): StructureSpec => ({
  kind: 'extendedCapability',
  id,
  name,
  title: 'Virtual Channel',
  length: (read) => FIRST_RESOURCE + RESOURCE_BYTES * (1 + extendedChannels(read)),
  registers: (read) => [
    extendedCapabilityHead(),
    register(PORT_CAP_1, 4, 'PORT_CAP_1', 'Port VC Capability 1', 'RO', 'PCIe 6.0 7.9.1.2', [
      span(0, 3, 'ExtVCCount', 'Extended VC Count', 'RO'),
      span(4, 3, 'LPEVC', 'Low Priority Extended VC Count', 'RO'),
      span(8, 2, 'RefClk', 'Reference Clock', 'RO', CLOCK),
      span(10, 2, 'PATEntryBits', 'Port Arbitration Table Entry Size', 'RO', ENTRY),
    ]),
    register(0x08, 4, 'PORT_CAP_2', 'Port VC Capability 2', 'RO', 'PCIe 6.0 7.9.1.3', [
      bit(0, 'Fixed', 'Hardware fixed arbitration', 'RO'),
      bit(1, 'WRR32', 'WRR arbitration with 32 phases', 'RO'),
      bit(2, 'WRR64', 'WRR arbitration with 64 phases', 'RO'),
      bit(3, 'WRR128', 'WRR arbitration with 128 phases', 'RO'),
      span(24, 8, 'ArbTableOffset', 'VC Arbitration Table Offset in 16 bytes', 'RO'),
    ]),
    register(0x0c, 2, 'PORT_CTL', 'Port VC Control', 'RsvdP', 'PCIe 6.0 7.9.1.4', [
      bit(0, 'LoadArbTable', 'Load VC Arbitration Table', 'WO'),
      span(1, 3, 'ArbSelect', 'VC Arbitration Select', 'RW'),
    ]),
    register(0x0e, 2, 'PORT_STA', 'Port VC Status', 'RsvdZ', 'PCIe 6.0 7.9.1.5', [
      bit(0, 'InProgress', 'VC Arbitration Table Status', 'RO'),
    ]),
    ...Array.from({ length: 1 + extendedChannels(read) }, (_, i) => resource(i)).flat(),
  ],
});

export const VIRTUAL_CHANNEL = virtualChannel(0x02, 'VC');
export const VIRTUAL_CHANNEL_MFVC = virtualChannel(0x09, 'VC2');
