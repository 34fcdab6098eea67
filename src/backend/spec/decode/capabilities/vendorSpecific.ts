import { CapId } from '../../capabilityIds';
import { headline, line, type StructureDecoder } from '../decodedLine';

const PLACE = 'BAR={BAR#} offset=';

/** The bytes are the vendor's own, but for virtio devices, whose specification says what they place where. */
export const VENDOR_SPECIFIC_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.VNDR,
  headline: headline('LENGTH', (at) =>
    at.has('CFG_TYPE')
      ? at.fill('CFG_TYPE', 'Vendor Specific Information: VirtIO: {Type?<unknown>}')
      : at.fill('LENGTH', 'Vendor Specific Information: Len={:2} <?>'),
  ),
  lines: (at) => {
    const notify = at.has('NOTIFY_OFF_MULTIPLIER');
    return [
      line('', `BAR OFFSET SIZE${notify ? ' NOTIFY_OFF_MULTIPLIER' : ''}`, () => {
        const place = `${at.fill('BAR', PLACE)}${at.fill('OFFSET', '{:8}')} size=${at.fill('SIZE', '{:8}')}`;
        return notify ? `${place} multiplier=${at.fill('NOTIFY_OFF_MULTIPLIER', '{:8}')}` : place;
      }),
    ];
  },
};
