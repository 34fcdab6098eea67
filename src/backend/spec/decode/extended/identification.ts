import { ExtCapId } from '../../capabilityIds';
import { CXL_VENDOR } from '../../extended/cxl';
import { hex } from '../../uint';
import { headline, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';
import { cxlLines } from './cxl';
import { UNDECODED } from './values';

/** Structures that lspci tells in the line that names them. */

export const DSN_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.DSN,
  headline: headline('SERIAL_LO SERIAL_HI', (at) => {
    const serial = hex(at.value('SERIAL_HI'), 8) + hex(at.value('SERIAL_LO'), 8);
    return `Device Serial Number ${serial.replace(/..(?=.)/g, '$&-')}`;
  }),
  lines: [],
};

export const VENDOR_SPECIFIC_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.VNDR,
  headline: headline(
    'VSEC_HEADER',
    `Vendor Specific Information: ID={ID:4} Rev={Rev} Len={Len:3} ${UNDECODED}`,
  ),
  lines: [],
};

/** lspci looks no further than the headers of a shorter one. */
const LEAST_CXL = 16;

const isCxl = (at: Reading): boolean =>
  at.field('DVSEC_HEADER_1', 'Vendor') === CXL_VENDOR && at.field('DVSEC_HEADER_1', 'Len') >= LEAST_CXL;

export const DVSEC_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: ExtCapId.DVSEC,
  headline: headline('DVSEC_HEADER_1 DVSEC_HEADER_2', (at) => {
    const id = at.fill('DVSEC_HEADER_2', 'ID={ID:4}');
    return at.fill(
      'DVSEC_HEADER_1',
      `Designated Vendor-Specific: Vendor={Vendor:4} ${id} Rev={Rev} Len={Len}${isCxl(at) ? ': CXL' : ` ${UNDECODED}`}`,
    );
  }),
  lines: (reading) => (isCxl(reading) ? cxlLines(reading) : []),
};
