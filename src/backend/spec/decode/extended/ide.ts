import { hex } from '../../uint';
import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';
import { orUnknown } from './values';

/** Each register of a stream begins its own line, with its offset in configuration space. */

const placeOf = (reading: Reading, name: string): string => {
  const register = reading.structure.registers.find((candidate) => candidate.name === name);
  return `[${hex(register?.offset ?? 0, 2)}]`;
};

const algorithm = (at: Reading, register: string): string =>
  `Alg='${at.meaning(register, 'Alg', 'reserved')}'`;

const aggregation = (at: Reading, register: string): string =>
  ['NPR', 'PR', 'CPL']
    .map((kind) => (at.isSet(register, kind) ? `${kind}=${at.meaning(register, kind)}` : `${kind}-`))
    .join(' ');

const headerEncryption = (at: Reading, register: string): string =>
  `HdrEnc=${orUnknown(at, register, 'HdrEnc')}`;

const linkLines = (reading: Reading, index: number): readonly LineSpec[] => {
  const control = `LINK${index}_CTL`;
  const status = `LINK${index}_STA`;
  const stream = `LinkIDE#${index}`;
  return [
    line(`${placeOf(reading, control)}${stream} Ctl`, control, (at) =>
      at.fill(
        control,
        `En± XT± ${aggregation(at, control)} PCRC± ${headerEncryption(at, control)} ${algorithm(at, control)} TC{TC} ID{ID}`,
      ),
    ),
    line(`${placeOf(reading, status)}${stream} Sta`, status, (at) =>
      at.fill(status, `Status=${orUnknown(at, status, 'State')} RecvChkFail±`),
    ),
  ];
};

/** Memory that a range covers: its last MiB is covered to the end. */
const range = (reading: Reading, name: string): string => {
  const bound = (upper: string, lower: string): bigint =>
    (BigInt(reading.value(`${name}_${upper}`)) << 32n) | (BigInt(reading.field(`${name}_1`, lower)) << 20n);
  const limit = bound('2', 'LimitLower') | 0xfffffn;
  return reading.fill(
    `${name}_1`,
    `Valid± Base=${bound('3', 'BaseLower').toString(16)} Limit=${limit.toString(16)}`,
  );
};

const selectiveLines = (reading: Reading, index: number): readonly LineSpec[] => {
  const name = `SEL${index}`;
  const control = `${name}_CTL`;
  const status = `${name}_STA`;
  const label = (first: string, what: string): string =>
    `${placeOf(reading, first)}SelectiveIDE#${index} ${what}`;
  return [
    line(label(`${name}_CAP`, 'Cap'), `${name}_CAP`, 'RID#={Ranges}'),
    line(label(control, 'Ctl'), control, (at) =>
      at.fill(
        control,
        `En± XT± ${aggregation(at, control)} PCRC± CFG± ${headerEncryption(at, control)} ${algorithm(at, control)} TC{TC} TeeLim± ID{ID}${at.isSet(control, 'Default') ? ' Default' : ''}`,
      ),
    ),
    line(label(status, 'Sta'), status, (at) =>
      at.fill(status, `${orUnknown(at, status, 'State')} RecvChkFail±`),
    ),
    line(label(`${name}_RID1`, 'RID'), `${name}_RID2 ${name}_RID1`, (at) =>
      [
        at.fill(`${name}_RID2`, 'Valid± Base={Base:1}'),
        at.fill(`${name}_RID1`, 'Limit={Limit:1}'),
        at.fill(`${name}_RID2`, 'SegBase={SegBase:1}'),
      ].join(' '),
    ),
    ...Array.from({ length: reading.field(`${name}_CAP`, 'Ranges') }, (_, i) => {
      const association = `${name}_ADDR${i}`;
      return line(
        label(`${association}_1`, `RID#${i}`),
        `${association}_1 ${association}_2 ${association}_3`,
        (at) => range(at, association),
      );
    }),
  ];
};

const streams = (reading: Reading): readonly LineSpec[] => {
  const lines: LineSpec[] = [];
  for (let i = 0; reading.has(`LINK${i}_CTL`); i++) lines.push(...linkLines(reading, i));
  for (let i = 0; reading.has(`SEL${i}_CAP`); i++) lines.push(...selectiveLines(reading, i));
  return lines;
};

export const IDE_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x30,
  lines: (reading) => [
    line('IDECap', 'IDECAP', (at) => {
      const classes = at.field('IDECAP', 'LinkTCs') + 1;
      const links = at.isSet('IDECAP', 'LinkIDE') ? classes : 0;
      const selective = at.isSet('IDECAP', 'SelectiveIDE') ? at.field('IDECAP', 'SelectiveStreams') + 1 : 0;
      return at.fill(
        'IDECAP',
        `Lnk=${links} Sel=${selective} FlowThru± PartHdr± Aggr± PCPC± IDE_KM± SelCfg± ${algorithm(at, 'IDECAP')} TCs=${classes} TeeLim± XT±`,
      );
    }),
    line('IDECtl', 'IDECTL', 'FTEn±'),
    ...streams(reading),
  ],
};
