import { bit, extendedCapabilityHead, inOrder, register, span } from '../define';
import type { Access, BitFieldSpec, StructureSpec } from '../register';
import { laneBytes, laneRegisters } from './lanes';

/** Lane Margining at the Receiver: a command and its answer for each lane. Source: PCIe 6.0 section 7.7.10. */

const FIRST_LANE = 0x08;

const RECEIVER = inOrder(
  'Broadcast',
  'Receiver A',
  'Receiver B',
  'Receiver C',
  'Receiver D',
  'Receiver E',
  'Receiver F',
  'Reserved',
);
const MARGIN_TYPE = inOrder(
  'Reserved',
  'Access Retimer Register',
  'Set',
  'Step Margin to timing offset',
  'Step Margin to voltage offset',
  'Vendor Defined',
  'Reserved',
  'No Command',
);
const USAGE_MODEL = inOrder('Lane Margining at Receiver', 'Reserved');

const command = (suffix: string, access: Access): readonly BitFieldSpec[] => [
  span(0, 3, 'Receiver', `Receiver Number${suffix}`, access, RECEIVER),
  span(3, 3, 'MarginType', `Margin Type${suffix}`, access, MARGIN_TYPE),
  span(6, 1, 'UsageModel', `Usage Model${suffix}`, access, USAGE_MODEL),
  span(8, 8, 'Payload', `Margin Payload${suffix}`, access),
];

export const LANE_MARGINING: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x27,
  name: 'LMR',
  title: 'Lane Margining at the Receiver',
  length: (_read, owner) => FIRST_LANE + laneBytes(owner, 4),
  registers: (_read, owner) => [
    extendedCapabilityHead(),
    register(0x04, 2, 'PORTCAP', 'Margining Port Capabilities', 'RO', 'PCIe 6.0 7.7.10.2', [
      bit(0, 'UsesDriver', 'Margining uses Driver Software', 'HwInit'),
    ]),
    register(0x06, 2, 'PORTSTA', 'Margining Port Status', 'RsvdZ', 'PCIe 6.0 7.7.10.3', [
      bit(0, 'MargReady', 'Margining Ready', 'RO'),
      bit(1, 'MargSoftReady', 'Margining Software Ready', 'RO'),
    ]),
    ...laneRegisters(owner, (lane) => {
      const at = FIRST_LANE + 4 * lane;
      return [
        register(
          at,
          2,
          `LANE_CONTROL_${lane}`,
          `Lane ${lane} Margining Control`,
          'RsvdP',
          'PCIe 6.0 7.7.10.4',
          command('', 'RW'),
        ),
        register(
          at + 2,
          2,
          `LANE_STATUS_${lane}`,
          `Lane ${lane} Margining Status`,
          'RsvdZ',
          'PCIe 6.0 7.7.10.5',
          command(' Status', 'RO'),
        ),
      ];
    }),
  ],
};
