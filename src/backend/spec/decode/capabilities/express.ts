import { CapId } from '../../capabilityIds';
import { isDownstreamFacing } from '../../capabilities/portType';
import { headline, type StructureDecoder } from '../decodedLine';
import { DEVICE_LINES, DEVICE_LINES_2 } from './expressDevice';
import { LINK_LINES, LINK_LINES_2 } from './expressLink';
import { portTypeOf } from './expressPort';
import { ROOT_LINES, SLOT_LINES } from './expressSlot';

export const EXPRESS_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.EXP,
  headline: headline('FLAGS', (at) => {
    const portType = portTypeOf(at);
    const type = at.meaning('FLAGS', 'Type', `Unknown type ${portType}`);
    const slot = isDownstreamFacing(portType) ? ' (Slot±)' : '';
    const flit = at.isSet('FLAGS', 'FlitMode') ? ', FLIT Mode Supported' : '';
    return at.fill('FLAGS', `Express (v{Version}) ${type}${slot}, IntMsgNum {IntMsgNum}${flit}`);
  }),
  lines: [...DEVICE_LINES, ...LINK_LINES, ...SLOT_LINES, ...ROOT_LINES, ...DEVICE_LINES_2, ...LINK_LINES_2],
};
