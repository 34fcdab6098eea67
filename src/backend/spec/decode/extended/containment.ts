import { line, type StructureDecoder } from '../decodedLine';

export const DPC_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x1d,
  lines: [
    line(
      'DpcCap',
      'DPCCAP',
      'IntMsgNum {IntMsgNum}, RPExt± PoisonedTLP± SwTrigger± RP PIO Log {RPPIOLog}, DL_ActiveErr{DLActiveErr±}',
    ),
    line(
      'DpcCtl',
      'DPCCTL',
      'Trigger:{Trigger#} Cmpl± INT± ErrCor± PoisonedTLP± SwTrigger± DL_ActiveErr{DLActive±}',
    ),
    line(
      'DpcSta',
      'DPCSTA',
      'Trigger± Reason:{Reason:2} INT± RPBusy± TriggerExt:{TriggerExt:2} RP PIO ErrPtr:{RPPIOErrPtr:2}',
    ),
    line('Source', 'SOURCE', '{:4}'),
  ],
};
