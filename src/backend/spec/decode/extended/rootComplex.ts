import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';
import { joined, orUnknown } from './values';

/** A bus number of as many bits as the link says, above device and function. */
const configurationAddress = (at: Reading, low: string): string => {
  const busBits = at.field(low, 'BusBits') || 8;
  const bus = at.field(low, 'BusAndBase') & (2 ** busBits - 1);
  return `${bus.toString(16).padStart(2, '0')}:${at.fill(low, '{Device:2}.{Function}')}  CfgSpace=`;
};

const linkLines = (index: number): readonly LineSpec[] => {
  const description = `LINK${index}_DESC`;
  const low = `LINK${index}_ADDRESS_LO`;
  const high = `LINK${index}_ADDRESS_HI`;
  return [
    line(
      `Link${index}`,
      description,
      'Desc: TargetPort={TargetPort:2} TargetComponent={TargetComponent:2} AssocRCRB± LinkType={LinkType} LinkValid±',
    ),
    line('', `${low} ${high}`, (at) => {
      const place = at.hasField(low, 'BusBits') ? configurationAddress(at, low) : '';
      return `Addr: ${place}${joined(at, low, high).toString(16).padStart(16, '0')}`;
    }),
  ];
};

export const ROOT_COMPLEX_LINK_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x05,
  lines: (reading) => [
    line('Desc', 'ELEMENT_DESC', (at) =>
      at.fill(
        'ELEMENT_DESC',
        `PortNumber={PortNumber:2} ComponentID={ComponentID:2} EltType=${orUnknown(at, 'ELEMENT_DESC', 'EltType')}`,
      ),
    ),
    ...Array.from({ length: reading.field('ELEMENT_DESC', 'LinkEntries') }, (_, i) => linkLines(i)).flat(),
  ],
};

/** Numbers of the bits that are set, runs as `8-10`. */
const runs = (bitmap: number): readonly string[] => {
  const found: string[] = [];
  for (let first = 0; first < 32; first++) {
    if (((bitmap >>> first) & 1) === 0) continue;
    let last = first;
    while (last < 31 && ((bitmap >>> (last + 1)) & 1) === 1) last++;
    found.push(first === last ? `${first}` : `${first}-${last}`);
    first = last;
  }
  return found;
};

const NO_BUS = 0xff;

export const EVENT_COLLECTOR_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x07,
  lines: [
    line('RCiEPBitmap', 'RCIEP_BITMAP', (at) => {
      const bitmap = at.value('RCIEP_BITMAP');
      return bitmap === 0
        ? at.fill('RCIEP_BITMAP', '{:8} [none]')
        : `RCiEP at Device(s): ${runs(bitmap).join(', ')}`;
    }),
    line('AssociatedBusNumbers', 'ASSOCIATED_BUSES', (at) => {
      const none =
        at.field('ASSOCIATED_BUSES', 'NextBus') === NO_BUS && at.field('ASSOCIATED_BUSES', 'LastBus') === 0;
      return at.fill('ASSOCIATED_BUSES', `{NextBus:2}-{LastBus:2}${none ? ' [none]' : ''}`);
    }),
  ],
};
