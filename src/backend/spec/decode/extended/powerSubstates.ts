import { line, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';
import { ERROR } from './values';

const SUBSTATES = 'PCI-PM_L1.2± PCI-PM_L1.1± ASPM_L1.2± ASPM_L1.1±';
const POWER_ON_US = [2, 10, 100];
const RESERVED_THRESHOLD = 6;

const hasL12 = (at: Reading): boolean =>
  at.isSet('L1SUBCAP', 'PCI-PM_L1.2') || at.isSet('L1SUBCAP', 'ASPM_L1.2');

const powerOn = (at: Reading, register: string, scale: string, value: string): string => {
  const unit = POWER_ON_US[at.field(register, scale)];
  return unit === undefined ? ERROR : `${unit * at.field(register, value)}us`;
};

const threshold = (at: Reading): string => {
  const scale = at.field('L1SUBCTL1', 'LTR1.2_Scale');
  if (scale >= RESERVED_THRESHOLD) return ERROR;
  return `${at.field('L1SUBCTL1', 'LTR1.2_Threshold') * 32 ** scale}ns`;
};

export const L1PM_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x1e,
  lines: [
    line('L1SubCap', 'L1SUBCAP', `${SUBSTATES} L1_PM_Substates±`),
    line('', 'L1SUBCAP', (at) =>
      hasL12(at)
        ? at.fill(
            'L1SUBCAP',
            `PortCommonModeRestoreTime={CommonModeRestoreTime}us PortTPowerOnTime=${powerOn(at, 'L1SUBCAP', 'TPowerOnScale', 'TPowerOnValue')}`,
          )
        : undefined,
    ),
    line('L1SubCtl1', 'L1SUBCTL1', SUBSTATES),
    line('', 'L1SUBCTL1', (at) => {
      if (!hasL12(at)) return undefined;
      const limit = at.isSet('L1SUBCAP', 'ASPM_L1.2') ? ` LTR1.2_Threshold=${threshold(at)}` : '';
      return at.fill('L1SUBCTL1', `T_CommonMode={T_CommonMode}us${limit}`);
    }),
    line('L1SubCtl2', 'L1SUBCTL2', (at) =>
      hasL12(at) ? `T_PwrOn=${powerOn(at, 'L1SUBCTL2', 'T_PwrOnScale', 'T_PwrOnValue')}` : '',
    ),
  ],
};
