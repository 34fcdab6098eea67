import { type0BaseAddresses } from '../../headers/type0';
import type { StructureDecoder } from '../decodedLine';
import { COMMAND_AND_STATUS, LATENCY_AND_INTERRUPT, subsystemLine } from './common';
import { regionLines, romLine } from './regions';

export const TYPE0_DECODER: StructureDecoder = {
  kind: 'header',
  id: 0,
  lines: (at) => [
    subsystemLine('SUBSYSTEM_VENDOR_ID', 'SUBSYSTEM_ID'),
    ...COMMAND_AND_STATUS,
    ...LATENCY_AND_INTERRUPT,
    ...regionLines(type0BaseAddresses(at.read), (index) => `BASE_ADDRESS_${index}`),
    romLine('ROM_ADDRESS'),
  ],
};
