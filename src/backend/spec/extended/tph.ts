import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';

/** TPH Requester: processing hints, with the steering table where it stands here and not in the MSI-X table. Source: PCIe 6.0 section 7.9.13. */

const TPHCAP = 0x04;
const STEERING_TABLE = 0x0c;
const IN_CAPABILITY = 1;

const TABLE_LOCATION = inOrder('none', 'TPH capability structure', 'MSI-X table', 'Reserved');
const MODE = inOrder('No ST Mode', 'Interrupt Vector Mode', 'Device Specific Mode');

const steeringEntries = (read: StructureReader): number => {
  const cap = read(TPHCAP, 4);
  return bits(cap, 9, 2) === IN_CAPABILITY ? 1 + bits(cap, 16, 11) : 0;
};

export const TPH: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x17,
  name: 'TPH',
  title: 'Transaction Processing Hints',
  length: (read) => STEERING_TABLE + 2 * steeringEntries(read),
  registers: (read) => {
    const cap = read(TPHCAP, 4);
    const extended = whenOffered(bits(cap, 8, 1) === 1);
    return [
      extendedCapabilityHead(),
      register(TPHCAP, 4, 'TPHCAP', 'TPH Requester Capability', 'RO', 'PCIe 6.0 7.9.13.2', [
        bit(0, 'NoST', 'No ST Mode Supported', 'RO'),
        bit(1, 'IntVec', 'Interrupt Vector Mode Supported', 'RO'),
        bit(2, 'DevSpec', 'Device Specific Mode Supported', 'RO'),
        bit(8, 'Extended', 'Extended TPH Requester Supported', 'RO'),
        span(9, 2, 'STLocation', 'ST Table Location', 'RO', TABLE_LOCATION),
        span(16, 11, 'STSize', 'ST Table Size minus 1', 'RO'),
      ]),
      register(0x08, 4, 'TPHCTL', 'TPH Requester Control', 'RsvdP', 'PCIe 6.0 7.9.13.3', [
        // A function with No ST Mode alone has nothing to select.
        span(0, 3, 'Mode', 'ST Mode Select', whenOffered(bits(cap, 1, 2) !== 0), MODE),
        bit(8, 'Enable', 'TPH Requester Enable', 'RW'),
        bit(9, 'ExtendedEnable', 'TPH Requester Enable: Extended TPH', extended),
      ]),
      ...Array.from({ length: steeringEntries(read) }, (_, i) =>
        register(STEERING_TABLE + 2 * i, 2, `ST_${i}`, `Steering Tag ${i}`, 'RsvdP', 'PCIe 6.0 7.9.13.4', [
          span(0, 8, 'Lower', 'ST Lower', 'RW'),
          span(8, 8, 'Upper', 'ST Upper', extended),
        ]),
      ),
    ];
  },
};
