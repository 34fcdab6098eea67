import { ExtCapId } from '../../capabilityIds';
import { line, type StructureDecoder } from '../decodedLine';

/** Address translation: its service, its page requests, its address spaces. */

export const ATS_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.ATS,
  lines: [
    line('ATSCap', 'ATSCAP', 'Invalidate Queue Depth: {InvQueueDepth:2}'),
    line('ATSCtl', 'ATSCTL', 'Enable±, Smallest Translation Unit: {STU:2}'),
  ],
};

export const PRI_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x13,
  lines: [
    line('PRICtl', 'PRICTL', 'Enable± Reset±'),
    line('PRISta', 'PRISTA', 'RF± UPRGI± Stopped± PASID±'),
    line('Page Request Capacity', 'CAPACITY ALLOCATION', (at) =>
      [at.fill('CAPACITY', '{:8}'), at.fill('ALLOCATION', 'Page Request Allocation: {:8}')].join(', '),
    ),
  ],
};

export const PASID_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x1b,
  lines: [
    line('PASIDCap', 'PASIDCAP', 'Exec± Priv±, Max PASID Width: {MaxPASIDWidth:2}'),
    line('PASIDCtl', 'PASIDCTL', 'Enable± Exec± Priv±'),
  ],
};
