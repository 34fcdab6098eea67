import { line, type StructureDecoder } from '../decodedLine';

const TABLE = [
  'No steering table available',
  'Steering table in TPH capability structure',
  'Steering table in MSI-X table',
  'Reserved steering table location',
];

export const TPH_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x17,
  lines: [
    line('', 'TPHCAP', (at) =>
      at.isSet('TPHCAP', 'IntVec') ? 'Interrupt vector mode supported' : undefined,
    ),
    line('', 'TPHCAP', (at) =>
      at.isSet('TPHCAP', 'DevSpec') ? 'Device specific mode supported' : undefined,
    ),
    line('', 'TPHCAP', (at) => (at.isSet('TPHCAP', 'Extended') ? 'Extended requester support' : undefined)),
    line('', 'TPHCAP', (at) => TABLE[at.field('TPHCAP', 'STLocation')]),
  ],
};
