import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';

const linkWidth = (at: Reading, register: string): string =>
  at.meaning(register, 'LinkWidth', `Unknown (${at.field(register, 'LinkWidth')})`);

const laneLine = (index: number): LineSpec => {
  const lane = 2 * index;
  return line(
    `MeasSts${index + 3}`,
    `MEASSTA${index + 3}`,
    `Lane${lane}: {Lane${lane}}, Lane${lane + 1}: {Lane${lane + 1}}`,
  );
};

export const FLIT_LOGGING_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x32,
  lines: [
    line('Log1', 'LOG1', (at) => at.fill('LOG1', `Valid±, Link Width: ${linkWidth(at, 'LOG1')}`)),
    line(
      '',
      'LOG1',
      'More entries{More±} Unrecognized flit{Unrecognized±} FEC uncorrectable{Uncorrectable±}',
    ),
    line('', 'LOG1', 'SyndParityGrp0: {SyndParityGrp0:2}, SyndCheckGrp0: {SyndCheckGrp0:2}'),
    line('Log2', 'LOG2', 'SyndParityGrp1: {SyndParityGrp1:2}, SyndCheckGrp1: {SyndCheckGrp1:2}'),
    line('', 'LOG2', 'SyndParityGrp2: {SyndParityGrp2:2}, SyndCheckGrp2: {SyndCheckGrp2:2}'),
    line('CntCtl', 'CNTCTL', 'Flit Error Counter En{Enable±} Flit Error Counter Interrupt En{Interrupt±}'),
    line('', 'CNTCTL', 'Events to count: {Events}, Trigger Event on Error Count: {Trigger:2}'),
    line('CntSts', 'CNTSTA', (at) => `Link Width when Error Counter Started ${linkWidth(at, 'CNTSTA')}`),
    line('', 'CNTSTA', 'Interrupt Generated based on Trigger Event Count{Interrupt±}, FlitErr: {FlitErr}'),
    line('MeasCtl', 'MEASCTL', 'En{Enable±} Granularity: {Granularity}'),
    line('MeasSts1', 'MEASSTA1', (at) => `Flit Counter: ${at.value('MEASSTA1')}`),
    line('MeasSts2', 'MEASSTA2', 'Invalid Flit Counter: {InvalidFlits}'),
    ...Array.from({ length: 8 }, (_, index) => laneLine(index)),
  ],
};
