import { isDownstreamFacing } from '../capabilities/portType';
import { bit, extendedCapabilityHead, inOrder, register, span, whenOffered } from '../define';
import type { RegisterSpec, StructureOwner, StructureReader, StructureSpec } from '../register';
import { bits } from '../uint';
import { equalizationStatus, laneBits, laneBytes, lanePresets } from './lanes';

/** Equalization at 16.0, 32.0 and 64.0 GT/s; a byte of presets for each lane ends each structure. Source: PCIe 6.0 sections 7.7.5 to 7.7.7. */

const FIRST_LANE = 0x20;

const parity = (
  owner: StructureOwner,
  offset: number,
  name: string,
  who: string,
  source: string,
): RegisterSpec =>
  register(
    offset,
    4,
    name,
    `${who} Data Parity Mismatch Status`,
    'RsvdZ',
    source,
    laneBits(owner, `${who} Data Parity Mismatch`, 'RW1CS'),
  );

export const PHYSICAL_LAYER_16: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x26,
  name: '16GT',
  title: 'Physical Layer 16.0 GT/s',
  length: (_read, owner) => FIRST_LANE + laneBytes(owner, 1),
  registers: (_read, owner) => [
    extendedCapabilityHead(),
    register(0x04, 4, 'PHY16CAP', '16.0 GT/s Capabilities', 'RsvdP', 'PCIe 6.0 7.7.5.2'),
    register(0x08, 4, 'PHY16CTL', '16.0 GT/s Control', 'RsvdP', 'PCIe 6.0 7.7.5.3'),
    register(
      0x0c,
      4,
      'PHY16STA',
      '16.0 GT/s Status',
      'RsvdZ',
      'PCIe 6.0 7.7.5.4',
      equalizationStatus('16.0 GT/s'),
    ),
    parity(owner, 0x10, 'LOCAL_PARITY', 'Local', 'PCIe 6.0 7.7.5.5'),
    parity(owner, 0x14, 'RETIMER1_PARITY', 'First Retimer', 'PCIe 6.0 7.7.5.6'),
    parity(owner, 0x18, 'RETIMER2_PARITY', 'Second Retimer', 'PCIe 6.0 7.7.5.7'),
    ...lanePresets(owner, FIRST_LANE, '16.0 GT/s', 'PCIe 6.0 7.7.5.9'),
  ],
};

/** What the modified TS1 and TS2 Ordered Sets are used for. */
const USAGE_MODE = inOrder('PCI Express', 'Training Set Messages', 'Alternate Protocol Negotiation');

const LINK_BEHAVIOR = inOrder(
  'Full Equalization required',
  'Equalization bypass to highest rate support',
  'No Equalization Needed',
  'Modified TS1/TS2 Ordered Sets supported',
);

const NEGOTIATION = inOrder('not supported', 'disabled', 'failed', 'succeeded');

/** One direction of what was exchanged in modified TS1 and TS2 Ordered Sets. */
const modifiedTs = (
  offset: number,
  direction: string,
  source: readonly [string, string],
): readonly RegisterSpec[] => {
  const name = `${direction.toUpperCase()}_MODTS`;
  return [
    register(offset, 4, `${name}_1`, `${direction} Modified TS Data 1`, 'RO', source[0], [
      span(0, 3, 'UsageMode', `${direction} Modified TS Usage Mode`, 'RO', USAGE_MODE),
      span(3, 13, 'Information1', `${direction} Modified TS Information 1`, 'RO'),
      span(16, 16, 'VendorID', `${direction} Modified TS Vendor ID`, 'RO'),
    ]),
    register(offset + 4, 4, `${name}_2`, `${direction} Modified TS Data 2`, 'RO', source[1], [
      span(0, 24, 'Information2', `${direction} Modified TS Information 2`, 'RO'),
      span(24, 2, 'APNegotiation', 'Alternate Protocol Negotiation Status', 'RO', NEGOTIATION),
    ]),
  ];
};

const PHY32CAP = 0x04;

/** Only a downstream port selects a usage mode, and only where there is another than PCI Express. */
const control32 = (read: StructureReader, owner: StructureOwner): RegisterSpec => {
  const cap = read(PHY32CAP, 4);
  const offers = (lsb: number): boolean => bits(cap, lsb, 1) === 1;
  const selects =
    owner.express !== undefined && isDownstreamFacing(owner.express.portType) && bits(cap, 9, 2) !== 0;
  return register(0x08, 4, 'PHY32CTL', '32.0 GT/s Control', 'RsvdP', 'PCIe 6.0 7.7.6.3', [
    bit(
      0,
      'EqualizationBypassDis',
      'Equalization Bypass to Highest Rate Disable',
      whenOffered(offers(0), 'RWS'),
    ),
    bit(1, 'NoEqualizationNeededDis', 'No Equalization Needed Disable', whenOffered(offers(1), 'RWS')),
    span(8, 3, 'ModTsUsageMode', 'Modified TS Usage Mode Selected', whenOffered(selects, 'RWS'), USAGE_MODE),
  ]);
};

export const PHYSICAL_LAYER_32: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x2a,
  name: '32GT',
  title: 'Physical Layer 32.0 GT/s',
  length: (_read, owner) => FIRST_LANE + laneBytes(owner, 1),
  registers: (read, owner) => [
    extendedCapabilityHead(),
    register(PHY32CAP, 4, 'PHY32CAP', '32.0 GT/s Capabilities', 'RsvdP', 'PCIe 6.0 7.7.6.2', [
      bit(0, 'EqualizationBypass', 'Equalization Bypass to Highest Rate Supported', 'HwInit'),
      bit(1, 'NoEqualizationNeeded', 'No Equalization Needed Supported', 'HwInit'),
      bit(8, 'ModTsMode0', 'Modified TS Usage Mode 0 Supported: PCI Express', 'RO'),
      bit(9, 'ModTsMode1', 'Modified TS Usage Mode 1 Supported: Training Set Message', 'HwInit'),
      bit(10, 'ModTsMode2', 'Modified TS Usage Mode 2 Supported: Alternate Protocol', 'HwInit'),
    ]),
    control32(read, owner),
    register(0x0c, 4, 'PHY32STA', '32.0 GT/s Status', 'RsvdZ', 'PCIe 6.0 7.7.6.4', [
      ...equalizationStatus('32.0 GT/s'),
      bit(5, 'ModTsRecv', 'Modified TS Received', 'RO'),
      span(6, 2, 'LinkBehavior', 'Received Enhanced Link Behavior Control', 'RO', LINK_BEHAVIOR),
      bit(8, 'TxPrecodeOn', 'Transmitter Precoding On', 'RO'),
      bit(9, 'TxPrecodeReq', 'Transmitter Precode Request', 'RO'),
      bit(10, 'NoEqualizationNeededRecv', 'No Equalization Needed Received', 'RO'),
    ]),
    ...modifiedTs(0x10, 'Received', ['PCIe 6.0 7.7.6.5', 'PCIe 6.0 7.7.6.6']),
    ...modifiedTs(0x18, 'Transmitted', ['PCIe 6.0 7.7.6.7', 'PCIe 6.0 7.7.6.8']),
    ...lanePresets(owner, FIRST_LANE, '32.0 GT/s', 'PCIe 6.0 7.7.6.9'),
  ],
};

/** As PCIe 6.2 says; the heading of 7.7.7.5 in 6.0 has 20h, where its figure has nothing. */
const FIRST_LANE_64 = 0x10;

export const PHYSICAL_LAYER_64: StructureSpec = {
  kind: 'extendedCapability',
  id: 0x31,
  name: '64GT',
  title: 'Physical Layer 64.0 GT/s',
  length: (_read, owner) => FIRST_LANE_64 + laneBytes(owner, 1),
  registers: (_read, owner) => [
    extendedCapabilityHead(),
    register(0x04, 4, 'PHY64CAP', '64.0 GT/s Capabilities', 'RsvdP', 'PCIe 6.0 7.7.7.2'),
    register(0x08, 4, 'PHY64CTL', '64.0 GT/s Control', 'RsvdP', 'PCIe 6.0 7.7.7.3'),
    register(0x0c, 4, 'PHY64STA', '64.0 GT/s Status', 'RsvdZ', 'PCIe 6.0 7.7.7.4', [
      ...equalizationStatus('64.0 GT/s'),
      bit(5, 'TxPrecodeOn', 'Transmitter Precoding On', 'RO'),
      bit(6, 'TxPrecodeReq', 'Transmitter Precode Request', 'RO'),
      bit(7, 'NoEqualizationNeededRecv', 'No Equalization Needed Received', 'RO'),
    ]),
    ...lanePresets(owner, FIRST_LANE_64, '64.0 GT/s', 'PCIe 6.0 7.7.7.5'),
  ],
};
