import { line, type StructureDecoder } from '../decodedLine';

export const DOE_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x2e,
  lines: [
    line('DOECap', 'DOECAP', 'IntSup±'),
    line('', 'DOECAP', (at) =>
      at.isSet('DOECAP', 'IntSup') ? at.fill('DOECAP', 'IntMsgNum {IntMsgNum}') : undefined,
    ),
    line('DOECtl', 'DOECTL', 'IntEn±'),
    line('DOESta', 'DOESTA', 'Busy± IntSta± Error± ObjectReady±'),
  ],
};
