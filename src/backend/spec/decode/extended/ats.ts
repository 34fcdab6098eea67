import { ExtCapId } from '../../capabilityIds';
import { line, type StructureDecoder } from '../decodedLine';

export const ATS_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.ATS,
  lines: [
    line('ATSCap', 'ATSCAP', 'Invalidate Queue Depth: {InvQueueDepth:2}'),
    line('ATSCtl', 'ATSCTL', 'Enable±, Smallest Translation Unit: {STU:2}'),
  ],
};
