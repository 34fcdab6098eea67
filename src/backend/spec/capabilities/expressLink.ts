import { bit, inOrder, register, span, whenOffered } from '../define';
import type { RegisterSpec, StructureReader } from '../register';
import { bits } from '../uint';
import { isDownstreamFacing, isEndpoint, PortType } from './portType';

/** Link registers of the PCI Express capability. Source: PCIe 6.0 sections 7.5.3.6 to 7.5.3.8 and 7.5.3.18 to 7.5.3.20. */

const FLAGS = 0x02;
export const LNKCAP = 0x0c;
export const LNKCAP2 = 0x2c;

export const LINK_SPEED: Readonly<Record<number, string>> = {
  1: '2.5GT/s',
  2: '5GT/s',
  3: '8GT/s',
  4: '16GT/s',
  5: '32GT/s',
  6: '64GT/s',
};
export const LINK_WIDTH: Readonly<Record<number, string>> = {
  0: 'x0',
  1: 'x1',
  2: 'x2',
  4: 'x4',
  8: 'x8',
  12: 'x12',
  16: 'x16',
  32: 'x32',
};
export const ASPM_SUPPORT = inOrder('not supported', 'L0s', 'L1', 'L0s L1');
export const ASPM_ENABLED = inOrder('Disabled', 'L0s Enabled', 'L1 Enabled', 'L0s L1 Enabled');
export const L0S_EXIT = inOrder('<64ns', '<128ns', '<256ns', '<512ns', '<1us', '<2us', '<4us', 'unlimited');
export const L1_EXIT = inOrder('<1us', '<2us', '<4us', '<8us', '<16us', '<32us', '<64us', 'unlimited');
const RCB = inOrder('64 bytes', '128 bytes');
const DRS_SIGNALING = inOrder('not reported', 'interrupt', 'DRS to FRS', 'Reserved');

const linkCapabilities = (): RegisterSpec =>
  register(LNKCAP, 4, 'LNKCAP', 'Link Capabilities', 'RO', 'PCIe 6.0 7.5.3.6', [
    span(0, 4, 'Speed', 'Max Link Speed', 'RO', LINK_SPEED),
    span(4, 6, 'Width', 'Maximum Link Width', 'RO', LINK_WIDTH),
    span(10, 2, 'ASPM', 'Active State Power Management Support', 'RO', ASPM_SUPPORT),
    span(12, 3, 'L0s', 'L0s Exit Latency', 'RO', L0S_EXIT),
    span(15, 3, 'L1', 'L1 Exit Latency', 'RO', L1_EXIT),
    bit(18, 'ClockPM', 'Clock Power Management', 'RO'),
    bit(19, 'Surprise', 'Surprise Down Error Reporting Capable', 'RO'),
    bit(20, 'LLActRep', 'Data Link Layer Link Active Reporting Capable', 'RO'),
    bit(21, 'BwNot', 'Link Bandwidth Notification Capability', 'RO'),
    bit(22, 'ASPMOptComp', 'ASPM Optionality Compliance', 'RO'),
    span(24, 8, 'Port', 'Port Number', 'HwInit'),
  ]);

const linkControl = (read: StructureReader, portType: number): RegisterSpec => {
  const lnkcap = read(LNKCAP, 4);
  const down = isDownstreamFacing(portType);
  const notification = whenOffered(down && bits(lnkcap, 21, 1) === 1);
  const drs = bits(read(FLAGS, 2), 0, 4) >= 2 && bits(read(LNKCAP2, 4), 31, 1) === 1;
  // Read-only in root ports (HwInit) and hardwired in switches, which complete nothing.
  const rcb = isEndpoint(portType) || portType === PortType.expressToPciBridge;
  return register(0x10, 2, 'LNKCTL', 'Link Control', 'RsvdP', 'PCIe 6.0 7.5.3.7', [
    span(0, 2, 'ASPM', 'Active State Power Management Control', 'RW', ASPM_ENABLED),
    span(3, 1, 'RCB', 'Read Completion Boundary', whenOffered(rcb), RCB),
    bit(4, 'LnkDisable', 'Link Disable', whenOffered(down)),
    // Reads 0: writing 1 retrains the link.
    bit(5, 'Retrain', 'Retrain Link', down ? 'WO' : 'RO'),
    bit(6, 'CommClk', 'Common Clock Configuration', 'RW'),
    bit(7, 'ExtSynch', 'Extended Synch', 'RW'),
    bit(8, 'ClockPM', 'Enable Clock Power Management', whenOffered(!down && bits(lnkcap, 18, 1) === 1)),
    bit(9, 'AutWidDis', 'Hardware Autonomous Width Disable', 'RW'),
    bit(10, 'BWInt', 'Link Bandwidth Management Interrupt Enable', notification),
    bit(11, 'AutBWInt', 'Link Autonomous Bandwidth Interrupt Enable', notification),
    bit(13, 'FltModeDis', 'Flit Mode Disable', whenOffered(down && bits(read(FLAGS, 2), 15, 1) === 1)),
    span(14, 2, 'DRSSignaling', 'DRS Signaling Control', whenOffered(down && drs), DRS_SIGNALING),
  ]);
};

const linkStatus = (read: StructureReader, portType: number): RegisterSpec => {
  const lnkcap = read(LNKCAP, 4);
  const notified = whenOffered(isDownstreamFacing(portType) && bits(lnkcap, 21, 1) === 1, 'RW1C');
  return register(0x12, 2, 'LNKSTA', 'Link Status', 'RsvdZ', 'PCIe 6.0 7.5.3.8', [
    span(0, 4, 'Speed', 'Current Link Speed', 'RO', LINK_SPEED),
    span(4, 6, 'Width', 'Negotiated Link Width', 'RO', LINK_WIDTH),
    bit(10, 'TrErr', 'Training Error (PCIe 1.0a)', 'RO'),
    bit(11, 'Train', 'Link Training', 'RO'),
    bit(12, 'SlotClk', 'Slot Clock Configuration', 'HwInit'),
    bit(13, 'DLActive', 'Data Link Layer Link Active', 'RO'),
    bit(14, 'BWMgmt', 'Link Bandwidth Management Status', notified),
    bit(15, 'ABWMgmt', 'Link Autonomous Bandwidth Status', notified),
  ]);
};

export const linkRegisters = (read: StructureReader, portType: number): readonly RegisterSpec[] => [
  linkCapabilities(),
  linkControl(read, portType),
  linkStatus(read, portType),
];

/** 0 stands in functions that know 2.5 GT/s alone. */
const TARGET_SPEED: Readonly<Record<number, string>> = { 0: '2.5GT/s', ...LINK_SPEED };
const REDUCED_MARGIN = '200-400mV(full-swing)/100-200mV(half-swing)';
const TRANSMIT_MARGIN = inOrder(
  'Normal Operating Range',
  '800-1200mV(full-swing)/400-700mV(half-swing)',
  REDUCED_MARGIN,
  REDUCED_MARGIN,
  REDUCED_MARGIN,
  REDUCED_MARGIN,
);
const SELECTABLE_DEEMPHASIS = inOrder('-6dB', '-3.5dB');
/** The transmitter presets of 8 GT/s and above; at 5 GT/s only the first two are defined, with the same de-emphasis. */
const COMPLIANCE_PRESET = inOrder(
  '-6dB de-emphasis, 0dB preshoot',
  '-3.5dB de-emphasis, 0dB preshoot',
  '-4.4dB de-emphasis, 0dB preshoot',
  '-2.5dB de-emphasis, 0dB preshoot',
  '0dB de-emphasis, 0dB preshoot',
  '0dB de-emphasis, 1.9dB preshoot',
  '0dB de-emphasis, 2.5dB preshoot',
  '-6.0dB de-emphasis, 3.5dB preshoot',
  '-3.5dB de-emphasis, 3.5dB preshoot',
  '0dB de-emphasis, 3.5dB preshoot',
);
const CROSSLINK_RESOLUTION = inOrder('unsupported', 'Upstream Port', 'Downstream Port', 'incomplete');
const DOWNSTREAM_COMPONENT = inOrder(
  'Link Down - Not Determined',
  'Link Down - Not Present',
  'Link Down - Present',
  'Reserved',
  'Link Up - Present',
  'Link Up - Present and DRS Received',
);

const SPEED_VECTORS: readonly (readonly [number, string])[] = [
  [0, '2.5GT/s'],
  [1, '5GT/s'],
  [2, '8GT/s'],
  [3, '16GT/s'],
  [4, '32GT/s'],
  [5, '64GT/s'],
];

const linkCapabilities2 = (): RegisterSpec =>
  register(LNKCAP2, 4, 'LNKCAP2', 'Link Capabilities 2', 'RO', 'PCIe 6.0 7.5.3.18', [
    ...SPEED_VECTORS.map(([at, speed]) => bit(1 + at, speed, `${speed} Link Speed Supported`, 'HwInit')),
    bit(8, 'Crosslink', 'Crosslink Supported', 'RO'),
    span(9, 7, 'LowerSKPGen', 'Lower SKP OS Generation Supported Speeds', 'HwInit'),
    span(16, 7, 'LowerSKPRecv', 'Lower SKP OS Reception Supported Speeds', 'HwInit'),
    bit(23, 'Retimer', 'Retimer Presence Detect Supported', 'HwInit'),
    bit(24, '2Retimers', 'Two Retimers Presence Detect Supported', 'HwInit'),
    bit(31, 'DRS', 'DRS Supported', 'HwInit'),
  ]);

const linkControl2 = (read: StructureReader): RegisterSpec => {
  // Functions that know only 2.5 GT/s may hardwire this register to 0, and do.
  const access = whenOffered(bits(read(LNKCAP, 4), 0, 4) > 1, 'RWS');
  return register(0x30, 2, 'LNKCTL2', 'Link Control 2', 'RsvdP', 'PCIe 6.0 7.5.3.19', [
    span(0, 4, 'TargetLinkSpeed', 'Target Link Speed', access, TARGET_SPEED),
    bit(4, 'EnterCompliance', 'Enter Compliance', access),
    bit(5, 'SpeedDis', 'Hardware Autonomous Speed Disable', access),
    span(6, 1, 'SelectableDe-emphasis', 'Selectable De-emphasis', 'HwInit', SELECTABLE_DEEMPHASIS),
    span(7, 3, 'TransmitMargin', 'Transmit Margin', access, TRANSMIT_MARGIN),
    bit(10, 'EnterModifiedCompliance', 'Enter Modified Compliance', access),
    bit(11, 'ComplianceSOS', 'Compliance SOS', access),
    span(12, 4, 'CompliancePreset', 'Compliance Preset/De-emphasis', access, COMPLIANCE_PRESET),
  ]);
};

const linkStatus2 = (): RegisterSpec =>
  register(0x32, 2, 'LNKSTA2', 'Link Status 2', 'RsvdZ', 'PCIe 6.0 7.5.3.20', [
    span(0, 1, 'CurrentDe-emphasis', 'Current De-emphasis Level', 'RO', SELECTABLE_DEEMPHASIS),
    bit(1, 'EqualizationComplete', 'Equalization 8.0 GT/s Complete', 'ROS'),
    bit(2, 'EqualizationPhase1', 'Equalization 8.0 GT/s Phase 1 Successful', 'ROS'),
    bit(3, 'EqualizationPhase2', 'Equalization 8.0 GT/s Phase 2 Successful', 'ROS'),
    bit(4, 'EqualizationPhase3', 'Equalization 8.0 GT/s Phase 3 Successful', 'ROS'),
    bit(5, 'LinkEqualizationRequest', 'Link Equalization Request 8.0 GT/s', 'RW1CS'),
    bit(6, 'Retimer', 'Retimer Presence Detected', 'ROS'),
    bit(7, '2Retimers', 'Two Retimers Presence Detected', 'ROS'),
    span(8, 2, 'CrosslinkRes', 'Crosslink Resolution', 'RO', CROSSLINK_RESOLUTION),
    bit(10, 'FltMode', 'Flit Mode Status', 'RO'),
    span(12, 3, 'DownstreamComp', 'Downstream Component Presence', 'RO', DOWNSTREAM_COMPONENT),
    bit(15, 'DRS', 'DRS Message Received', 'RW1C'),
  ]);

export const linkRegisters2 = (read: StructureReader): readonly RegisterSpec[] => [
  linkCapabilities2(),
  linkControl2(read),
  linkStatus2(),
];
