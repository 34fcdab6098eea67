import { line, type StructureDecoder } from '../decodedLine';
import { orUnknown } from './values';

/** What a link learned of its lanes, at each rate, and how far off they may be. */

const PHASES = 'EquComplete± EquPhase1± EquPhase2± EquPhase3± LinkEquRequest±';
const LANES = 32;

export const SECONDARY_EXPRESS_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x19,
  lines: [
    line('LnkCtl3', 'LNKCTL3', 'LnkEquIntrruptEn± PerformEqu±'),
    line('LaneErrStat', 'LANE_ERROR_STATUS', (at) => {
      const status = at.value('LANE_ERROR_STATUS');
      if (status === 0) return '0';
      const lanes = Array.from({ length: LANES }, (_, lane) => lane).filter((lane) => (status >>> lane) & 1);
      return `LaneErr at lane: ${lanes.join(' ')}`;
    }),
  ],
};

export const PHYSICAL_LAYER_16_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x26,
  lines: [line('Phy16Sta', 'PHY16STA', PHASES)],
};

export const PHYSICAL_LAYER_32_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x2a,
  lines: [
    line('Phy32Cap', 'PHY32CAP', 'EqualizationBypass± NoEqualizationNeeded±'),
    line('', 'PHY32CAP', 'ModTsMode0± ModTsMode1± ModTsMode2±'),
    line('Phy32Ctl', 'PHY32CTL', 'EqualizationBypassDis± NoEqualizationNeededDis±'),
    line('', 'PHY32CTL', (at) => `Modified TS Usage Mode: ${orUnknown(at, 'PHY32CTL', 'ModTsUsageMode')}`),
    line('Phy32Sta', 'PHY32STA', PHASES),
    line('', 'PHY32STA', 'Received Enhanced Link Behavior Control: {LinkBehavior}'),
    line('', 'PHY32STA', 'ModTsRecv± TxPrecodeOn± TxPrecodeReq± NoEqualizationNeededRecv±'),
  ],
};

export const PHYSICAL_LAYER_64_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x31,
  lines: [
    line('Phy64Sta', 'PHY64STA', PHASES),
    line('', 'PHY64STA', 'TxPrecodeOn± TxPrecodeReq± NoEqualizationNeededRecv±'),
  ],
};

export const LANE_MARGINING_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x27,
  lines: [
    line('PortCap', 'PORTCAP', 'Uses Driver{UsesDriver±}'),
    line('PortSta', 'PORTSTA', 'MargReady± MargSoftReady±'),
  ],
};
