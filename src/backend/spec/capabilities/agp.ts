import { bit, capabilityHead, register, span } from '../define';
import type { StructureSpec } from '../register';

/** Accelerated Graphics Port. Source: AGP 3.0 section 4. */

const SOURCE = 'AGP 3.0 4.1';

export const AGP: StructureSpec = {
  kind: 'capability',
  id: 0x02,
  name: 'AGP',
  title: 'AGP',
  length: () => 12,
  registers: () => [
    ...capabilityHead(),
    register(0x02, 1, 'REVISION', 'AGP Revision', 'RO', SOURCE, [
      span(0, 4, 'Minor', 'Minor Revision', 'RO'),
      span(4, 4, 'Major', 'Major Revision', 'RO'),
    ]),
    register(0x04, 4, 'STATUS', 'AGP Status', 'RO', SOURCE, [
      span(0, 3, 'Rate', 'Supported Data Rates', 'RO'),
      bit(3, 'AGP3', 'AGP 3.0 Mode', 'RO'),
      bit(4, 'FW', 'Fast Write', 'RO'),
      bit(5, '64bit', 'Addresses above 4 GiB', 'RO'),
      bit(6, 'HTrans', 'Host Translation (active low)', 'RO'),
      bit(7, 'GART64', '64-bit GART Entries', 'RO'),
      bit(8, 'ITACoh', 'Coherency of Accesses through the Aperture', 'RO'),
      bit(9, 'SBA', 'Sideband Addressing', 'RO'),
      span(10, 3, 'Cal', 'Calibration Cycle', 'RO'),
      span(13, 3, 'ArqSz', 'Optimum Asynchronous Request Size', 'RO'),
      bit(16, 'Iso', 'Isochronous Mode', 'RO'),
      span(24, 8, 'RQ', 'Request Queue Depth minus 1', 'RO'),
    ]),
    register(0x08, 4, 'COMMAND', 'AGP Command', 'RsvdP', SOURCE, [
      span(0, 3, 'Rate', 'Data Rate', 'RW'),
      bit(4, 'FW', 'Fast Write Enable', 'RW'),
      bit(5, '64bit', 'Addresses above 4 GiB Enable', 'RW'),
      bit(7, 'GART64', '64-bit GART Entries Enable', 'RW'),
      bit(8, 'AGP', 'AGP Enable', 'RW'),
      bit(9, 'SBA', 'Sideband Addressing Enable', 'RW'),
      span(10, 3, 'Cal', 'Calibration Cycle', 'RW'),
      span(13, 3, 'ArqSz', 'Optimum Asynchronous Request Size', 'RW'),
      span(24, 8, 'RQ', 'Request Queue Depth minus 1', 'RW'),
    ]),
  ],
};
