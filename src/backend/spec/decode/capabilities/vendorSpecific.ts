import { CapId } from '../../capabilityIds';
import { headline, line, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';

/** lspci has names for the structures of the first virtio 1.0 devices. */
const LAST_NAMED = 4;

const virtioStructure = (at: Reading): string =>
  at.field('CFG_TYPE', 'Type') <= LAST_NAMED ? at.meaning('CFG_TYPE', 'Type', '<unknown>') : '<unknown>';

const placeOf = (at: Reading): string =>
  `${at.fill('BAR', 'BAR={BAR#}')} offset=${at.fill('OFFSET', '{:8}')} size=${at.fill('SIZE', '{:8}')}`;

/** The bytes are the vendor's own, but for virtio devices, whose specification says what they place where. */
export const VENDOR_SPECIFIC_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.VNDR,
  headline: headline('LENGTH', (at) =>
    at.has('CFG_TYPE')
      ? `Vendor Specific Information: VirtIO: ${virtioStructure(at)}`
      : at.fill('LENGTH', 'Vendor Specific Information: Len={:2} <?>'),
  ),
  lines: (at) => {
    const notify = at.has('NOTIFY_OFF_MULTIPLIER');
    return [
      line('', `BAR OFFSET SIZE${notify ? ' NOTIFY_OFF_MULTIPLIER' : ''}`, () =>
        notify ? `${placeOf(at)} multiplier=${at.fill('NOTIFY_OFF_MULTIPLIER', '{:8}')}` : placeOf(at),
      ),
    ];
  },
};
