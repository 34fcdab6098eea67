import { line, type LineSpec } from '../decodedLine';
import { powerLimit } from './expressPort';

export const SLOT_LINES: readonly LineSpec[] = [
  line('SltCap', 'SLTCAP', 'AttnBtn± PwrCtrl± MRL± AttnInd± PwrInd± HotPlug± Surprise±'),
  line('', 'SLTCAP', (at) => {
    const limit = powerLimit(at.field('SLTCAP', 'PowerLimit'), at.field('SLTCAP', 'PowerScale'));
    return at.fill('SLTCAP', `Slot #{Slot}, PowerLimit ${limit}; Interlock± NoCompl±`);
  }),
  line('SltCtl', 'SLTCTL', 'Enable: AttnBtn± PwrFlt± MRL± PresDet± CmdCplt± HPIrq± LinkChg±'),
  // The power bit switches off.
  line('', 'SLTCTL', 'Control: AttnInd {AttnInd}, PwrInd {PwrInd}, Power± Interlock±'),
  line('SltSta', 'SLTSTA', 'Status: AttnBtn± PowerFlt± MRL± CmdCplt± PresDet± Interlock±'),
  line('', 'SLTSTA', 'Changed: MRL{MRLChanged±} PresDet{PresDetChanged±} LinkState±'),
];

export const ROOT_LINES: readonly LineSpec[] = [
  line('RootCap', 'RTCAP', 'CRSVisible±'),
  line('RootCtl', 'RTCTL', 'ErrCorrectable± ErrNon-Fatal± ErrFatal± PMEIntEna± CRSVisible±'),
  line('RootSta', 'RTSTA', 'PME ReqID {PMEReqID:4}, PMEStatus± PMEPending±'),
];
