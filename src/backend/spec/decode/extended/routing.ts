import { ExtCapId } from '../../capabilityIds';
import { line, type StructureDecoder } from '../decodedLine';

export const ARI_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.ARI,
  lines: [
    line('ARICap', 'ARICAP', 'MFVC± ACS±, Next Function: {NextFunction}'),
    line('ARICtl', 'ARICTL', 'MFVC± ACS±, Function Group: {FunctionGroup}'),
  ],
};
