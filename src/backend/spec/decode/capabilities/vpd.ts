import { CapId } from '../../capabilityIds';
import { line, type StructureDecoder } from '../decodedLine';

/** lspci reads the store itself through the kernel; configuration space has only the window on it. */
export const VPD_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.VPD,
  lines: [line('Address', 'ADDR', '{Address:4} F±'), line('Data', 'DATA', '{:8}')],
};
