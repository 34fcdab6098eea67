import { CapId } from '../../capabilityIds';
import { line, type StructureDecoder } from '../decodedLine';

export const AF_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.AF,
  lines: [
    line('AFCap', 'AFCAP', 'TP± FLR±'),
    line('AFCtrl', 'AFCTRL', 'FLR±'),
    line('AFStatus', 'AFSTATUS', 'TP±'),
  ],
};
