import { ExtCapId } from '../../capabilityIds';
import { line, type StructureDecoder } from '../decodedLine';

const SERVICES = 'SrcValid± TransBlk± ReqRedir± CmpltRedir± UpstreamFwd± EgressCtrl± DirectTrans±';

export const ACS_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.ACS,
  lines: [line('ACSCap', 'ACSCAP', SERVICES), line('ACSCtl', 'ACSCTL', SERVICES)],
};
