import { hex } from '../../uint';
import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';
import { orUnknown, UNDECODED } from './values';

const TABLE_UNIT = 16;

/** Bits of an arbitration capability that have no name are told when they are set. */
const unnamed = (at: Reading, register: string, first: number): string =>
  Array.from({ length: 8 - first }, (_, i) => first + i)
    .filter((lsb) => ((at.value(register) >>> lsb) & 1) === 1)
    .map((lsb) => ` ??${lsb}+`)
    .join('');

const channelLines = (index: number): readonly LineSpec[] => {
  const cap = `VC${index}_CAP`;
  const control = `VC${index}_CTL`;
  const status = `VC${index}_STA`;
  return [
    line(`VC${index}`, cap, (at) =>
      at.fill(
        cap,
        `Caps: PATOffset={PATOffset:2} MaxTimeSlots=${at.field(cap, 'MaxTimeSlots') + 1} RejSnoopTrans±`,
      ),
    ),
    line('', cap, (at) =>
      at.fill(cap, `Arb: Fixed± WRR32± WRR64± WRR128± TWRR128± WRR256±${unnamed(at, cap, 6)}`),
    ),
    line('', control, (at) => {
      const classes = hex((at.field(control, 'TC/VC') << 1) | at.field(control, 'TC0'), 2);
      return at.fill(
        control,
        `Ctrl: Enable± ID={ID} ArbSelect=${orUnknown(at, control, 'ArbSelect')} TC/VC=${classes}`,
      );
    }),
    line('', status, 'Status: NegoPending± InProgress{ArbTable±}'),
    line('', cap, (at) =>
      at.field(cap, 'PATOffset') === 0 ? undefined : `Port Arbitration Table ${UNDECODED}`,
    ),
  ];
};

const virtualChannel = (id: number): StructureDecoder => ({
  kind: 'extendedCapability',
  id,
  lines: (reading) => [
    line('Caps', 'PORT_CAP_1', (at) =>
      at.fill(
        'PORT_CAP_1',
        `LPEVC={LPEVC} RefClk=${orUnknown(at, 'PORT_CAP_1', 'RefClk')} PATEntryBits={PATEntryBits}`,
      ),
    ),
    line('Arb', 'PORT_CAP_2', (at) =>
      at.fill('PORT_CAP_2', `Fixed± WRR32± WRR64± WRR128±${unnamed(at, 'PORT_CAP_2', 4)}`),
    ),
    line('Ctrl', 'PORT_CTL', (at) => `ArbSelect=${orUnknown(at, 'PORT_CTL', 'ArbSelect')}`),
    line('Status', 'PORT_STA', 'InProgress±'),
    // lspci calls the table of the channels by the name of the other one.
    line('', 'PORT_CAP_2', (at) => {
      const offset = at.field('PORT_CAP_2', 'ArbTableOffset') * TABLE_UNIT;
      return offset === 0
        ? undefined
        : `Port Arbitration Table [${hex(at.structure.offset + offset, 2)}] ${UNDECODED}`;
    }),
    ...Array.from({ length: reading.field('PORT_CAP_1', 'ExtVCCount') + 1 }, (_, i) =>
      channelLines(i),
    ).flat(),
  ],
});

export const VIRTUAL_CHANNEL_DECODERS: readonly StructureDecoder[] = [
  virtualChannel(0x02),
  virtualChannel(0x09),
];
