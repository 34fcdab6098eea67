import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';
import { joined } from './values';

const MC_OVERLAY = 'MC_OVERLAY_LO';
const LEAST_OVERLAY = 6;

const inHex = (value: bigint): string => value.toString(16).padStart(16, '0');

const address = (at: Reading, name: string): string =>
  inHex((BigInt(at.value(`${name}_HI`)) << 32n) | at.address(`${name}_LO`, 'Address'));

const groups = (label: string, name: string): LineSpec =>
  line(label, `${name}_LO ${name}_HI`, (at) => inHex(joined(at, `${name}_LO`, `${name}_HI`)));

export const MULTICAST_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x12,
  lines: [
    line('McastCap', 'MCCAP', (at) => {
      const port = at.has(MC_OVERLAY);
      const size = port ? 0 : at.field('MCCAP', 'WindowSize');
      return at.fill(
        'MCCAP',
        `MaxGroups ${at.field('MCCAP', 'MaxGroup') + 1}, ${port ? 'ECRCRegen±' : `WindowSz ${size} (${2n ** BigInt(size)} bytes)`}`,
      );
    }),
    line('McastCtl', 'MCCTL', (at) =>
      at.fill('MCCTL', `NumGroups ${at.field('MCCTL', 'NumGroup') + 1}, Enable±`),
    ),
    line('McastBAR', 'MCBAR_LO MCBAR_HI', (at) =>
      at.fill('MCBAR_LO', `IndexPos {IndexPos}, BaseAddr ${address(at, 'MCBAR')}`),
    ),
    groups('McastReceiveVec', 'MC_RECEIVE'),
    groups('McastBlockAllVec', 'MC_BLOCK_ALL'),
    groups('McastBlockUntransVec', 'MC_BLOCK_UNTRANSLATED'),
    line('McastOverlayBAR', `${MC_OVERLAY} MC_OVERLAY_HI`, (at) => {
      const size = at.field(MC_OVERLAY, 'Size');
      const meant = size < LEAST_OVERLAY ? 'disabled' : `${2n ** BigInt(size)} bytes`;
      return `OverlaySize ${size} (${meant}), BaseAddr ${address(at, 'MC_OVERLAY')}`;
    }),
  ],
};
