import { bit, inOrder, register, span, whenOffered } from '../define';
import type { RegisterSpec, StructureReader } from '../register';
import { bits } from '../uint';
import { LNKCAP } from './expressLink';

/** Slot and root registers of the PCI Express capability. Source: PCIe 6.0 sections 7.5.3.9 to 7.5.3.14 and 7.5.3.21 to 7.5.3.23. */

const SLTCAP = 0x14;
const SLTCAP2 = 0x34;
const RTCAP = 0x1e;

export const POWER_SCALE = inOrder('1W', '0.1W', '0.01W', '0.001W');
const INDICATOR = inOrder('Unknown', 'On', 'Blink', 'Off');

const slotCapabilities = (): RegisterSpec =>
  register(SLTCAP, 4, 'SLTCAP', 'Slot Capabilities', 'RO', 'PCIe 6.0 7.5.3.9', [
    bit(0, 'AttnBtn', 'Attention Button Present', 'HwInit'),
    bit(1, 'PwrCtrl', 'Power Controller Present', 'HwInit'),
    bit(2, 'MRL', 'MRL Sensor Present', 'HwInit'),
    bit(3, 'AttnInd', 'Attention Indicator Present', 'HwInit'),
    bit(4, 'PwrInd', 'Power Indicator Present', 'HwInit'),
    bit(5, 'Surprise', 'Hot-Plug Surprise', 'HwInit'),
    bit(6, 'HotPlug', 'Hot-Plug Capable', 'HwInit'),
    span(7, 8, 'PowerLimit', 'Slot Power Limit Value', 'HwInit'),
    span(15, 2, 'PowerScale', 'Slot Power Limit Scale', 'HwInit', POWER_SCALE),
    bit(17, 'Interlock', 'Electromechanical Interlock Present', 'HwInit'),
    bit(18, 'NoCompl', 'No Command Completed Support', 'HwInit'),
    span(19, 13, 'Slot', 'Physical Slot Number', 'HwInit'),
  ]);

/** Data Link Layer Link Active Reporting Capable, of Link Capabilities. */
const reportsLinkActive = (read: StructureReader): boolean => bits(read(LNKCAP, 4), 20, 1) === 1;

/** `slotCapabilities2` is 0 in version 1 of the structure, which has no such register. */
const slotControl = (read: StructureReader, slotCapabilities2: number): RegisterSpec => {
  const sltcap = read(SLTCAP, 4);
  const has = (lsb: number): boolean => bits(sltcap, lsb, 1) === 1;
  const hotPlug = has(6);
  return register(0x18, 2, 'SLTCTL', 'Slot Control', 'RsvdP', 'PCIe 6.0 7.5.3.10', [
    bit(0, 'AttnBtn', 'Attention Button Pressed Enable', whenOffered(has(0))),
    bit(1, 'PwrFlt', 'Power Fault Detected Enable', whenOffered(has(1))),
    bit(2, 'MRL', 'MRL Sensor Changed Enable', whenOffered(has(2))),
    bit(3, 'PresDet', 'Presence Detect Changed Enable', whenOffered(hotPlug)),
    bit(4, 'CmdCplt', 'Command Completed Interrupt Enable', whenOffered(hotPlug && !has(18))),
    bit(5, 'HPIrq', 'Hot-Plug Interrupt Enable', whenOffered(hotPlug)),
    span(6, 2, 'AttnInd', 'Attention Indicator Control', whenOffered(has(3)), INDICATOR),
    span(8, 2, 'PwrInd', 'Power Indicator Control', whenOffered(has(4)), INDICATOR),
    span(10, 1, 'Power', 'Power Controller Control', whenOffered(has(1)), inOrder('On', 'Off')),
    // Reads 0: writing 1 toggles the interlock.
    bit(11, 'Interlock', 'Electromechanical Interlock Control', has(17) ? 'WO' : 'RO'),
    bit(12, 'LinkChg', 'Data Link Layer State Changed Enable', whenOffered(reportsLinkActive(read))),
    bit(13, 'AutoPowerLimitDis', 'Auto Slot Power Limit Disable', 'RO'),
    bit(14, 'InBandPDDis', 'In-Band PD Disable', whenOffered(bits(slotCapabilities2, 0, 1) === 1)),
  ]);
};

const slotStatus = (): RegisterSpec =>
  register(0x1a, 2, 'SLTSTA', 'Slot Status', 'RsvdZ', 'PCIe 6.0 7.5.3.11', [
    bit(0, 'AttnBtn', 'Attention Button Pressed', 'RW1C'),
    bit(1, 'PowerFlt', 'Power Fault Detected', 'RW1C'),
    bit(2, 'MRLChanged', 'MRL Sensor Changed', 'RW1C'),
    bit(3, 'PresDetChanged', 'Presence Detect Changed', 'RW1C'),
    bit(4, 'CmdCplt', 'Command Completed', 'RW1C'),
    span(5, 1, 'MRL', 'MRL Sensor State', 'RO', inOrder('closed', 'open')),
    span(6, 1, 'PresDet', 'Presence Detect State', 'RO', inOrder('slot empty', 'card present')),
    bit(7, 'Interlock', 'Electromechanical Interlock Status', 'RO'),
    bit(8, 'LinkState', 'Data Link Layer State Changed', 'RW1C'),
  ]);

export const slotRegisters = (read: StructureReader, version: number): readonly RegisterSpec[] => [
  slotCapabilities(),
  slotControl(read, version >= 2 ? read(SLTCAP2, 4) : 0),
  slotStatus(),
];

export const rootRegisters = (read: StructureReader): readonly RegisterSpec[] => [
  register(0x1c, 2, 'RTCTL', 'Root Control', 'RsvdP', 'PCIe 6.0 7.5.3.12', [
    bit(0, 'ErrCorrectable', 'System Error on Correctable Error Enable', 'RW'),
    bit(1, 'ErrNon-Fatal', 'System Error on Non-Fatal Error Enable', 'RW'),
    bit(2, 'ErrFatal', 'System Error on Fatal Error Enable', 'RW'),
    bit(3, 'PMEIntEna', 'PME Interrupt Enable', 'RW'),
    bit(
      4,
      'CRSVisible',
      'Configuration RRS Software Visibility Enable',
      whenOffered((read(RTCAP, 2) & 1) === 1),
    ),
  ]),
  register(RTCAP, 2, 'RTCAP', 'Root Capabilities', 'RO', 'PCIe 6.0 7.5.3.13', [
    bit(0, 'CRSVisible', 'Configuration RRS Software Visibility', 'RO'),
  ]),
  register(0x20, 4, 'RTSTA', 'Root Status', 'RsvdZ', 'PCIe 6.0 7.5.3.14', [
    span(0, 16, 'PMEReqID', 'PME Requester ID', 'RO'),
    bit(16, 'PMEStatus', 'PME Status', 'RW1C'),
    bit(17, 'PMEPending', 'PME Pending', 'RO'),
  ]),
];

export const slotRegisters2 = (): readonly RegisterSpec[] => [
  register(SLTCAP2, 4, 'SLTCAP2', 'Slot Capabilities 2', 'RO', 'PCIe 6.0 7.5.3.21', [
    bit(0, 'InBandPDDis', 'In-Band PD Disable Supported', 'HwInit'),
  ]),
  register(0x38, 2, 'SLTCTL2', 'Slot Control 2', 'RsvdP', 'PCIe 6.0 7.5.3.22'),
  register(0x3a, 2, 'SLTSTA2', 'Slot Status 2', 'RsvdZ', 'PCIe 6.0 7.5.3.23'),
];
