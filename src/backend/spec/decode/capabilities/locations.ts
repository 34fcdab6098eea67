import { CapId } from '../../capabilityIds';
import { headline, type StructureDecoder } from '../decodedLine';
import { hex } from '../../uint';
import type { Reading } from '../reading';

/** Capabilities that only name or place something else: one line says it all. */

/** lspci counts the offset in a BAR in dwords. Other codes place the registers elsewhere, or are reserved. */
const sataLocation = (at: Reading): string => {
  const offset = hex(at.field('SATACR1', 'Offset'), 8);
  const revision = at.fill('REVISION', 'SATA HBA v{Major}.{Minor}');
  const place = at.meaning('SATACR1', 'BAR', `BAR??${at.field('SATACR1', 'BAR')}`);
  return `${revision} ${place}${/^BAR\d/.test(place) ? ` Offset=${offset}` : ''}`;
};

export const SATA_DECODER: StructureDecoder = {
  kind: 'capability',
  id: 0x12,
  headline: headline('REVISION SATACR1', sataLocation),
  lines: [],
};

export const DEBUG_PORT_DECODER: StructureDecoder = {
  kind: 'capability',
  id: 0x0a,
  headline: headline('LOCATION', 'Debug port: BAR={BAR#} offset={Offset:4}'),
  lines: [],
};

export const SLOT_ID_DECODER: StructureDecoder = {
  kind: 'capability',
  id: 0x04,
  headline: headline('ESR CHASSIS', (at) =>
    at.fill('ESR', `Slot ID: {Slots} slots, First±, chassis ${at.fill('CHASSIS', '{:2}')}`),
  ),
  lines: [],
};

export const SSVID_DECODER: StructureDecoder = {
  kind: 'capability',
  id: CapId.SSVID,
  headline: headline(
    'SUBSYSTEM_VENDOR_ID SUBSYSTEM_ID',
    (at) => `Subsystem: ${at.fill('SUBSYSTEM_VENDOR_ID', '{:4}')}:${at.fill('SUBSYSTEM_ID', '{:4}')}`,
  ),
  lines: [],
};
