import { extendedCapabilityHead, register, span } from '../define';
import type { StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** For which integrated endpoints an event collector speaks: devices of its own bus, and from version 2 on a range of buses. Source: PCIe 6.0 section 7.9.10. */

const hasBuses = (read: StructureReader): boolean => bits(read(0, 4), 16, 4) >= 2;

export const EVENT_COLLECTOR: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x07,
  name: 'RCEC',
  title: 'Root Complex Event Collector Endpoint Association',
  length: (read) => (hasBuses(read) ? 12 : 8),
  registers: (read) => [
    extendedCapabilityHead(),
    register(0x04, 4, 'RCIEP_BITMAP', 'Association Bitmap for RCiEPs', 'RO', 'PCIe 6.0 7.9.10.2'),
    ...(hasBuses(read)
      ? [
          register(0x08, 4, 'ASSOCIATED_BUSES', 'RCEC Associated Bus Numbers', 'RsvdP', 'PCIe 6.0 7.9.10.3', [
            span(8, 8, 'NextBus', 'RCEC Next Bus', 'HwInit'),
            span(16, 8, 'LastBus', 'RCEC Last Bus', 'HwInit'),
          ]),
        ]
      : []),
  ],
};
