import { bit, inOrder, register, span, whenOffered } from '../define';
import type { BitFieldSpec, RegisterSpec, StructureReader } from '../register';
import { bits } from '../uint';
import { POWER_SCALE } from './expressSlot';
import { isDownstreamFacing, isEndpoint, isRoot, PortType } from './portType';

/** Device registers of the PCI Express capability. Source: PCIe 6.0 sections 7.5.3.3 to 7.5.3.5 and 7.5.3.15 to 7.5.3.17. */

export const DEVCAP = 0x04;
export const DEVCAP2 = 0x24;

const PAYLOAD = inOrder('128 bytes', '256 bytes', '512 bytes', '1024 bytes', '2048 bytes', '4096 bytes');
const L0S_ACCEPTABLE = inOrder('<64ns', '<128ns', '<256ns', '<512ns', '<1us', '<2us', '<4us', 'unlimited');
const L1_ACCEPTABLE = inOrder('<1us', '<2us', '<4us', '<8us', '<16us', '<32us', '<64us', 'unlimited');
const PHANTOM = inOrder('none', '1 bit', '2 bits', '3 bits');

const deviceCapabilities = (): RegisterSpec =>
  register(DEVCAP, 4, 'DEVCAP', 'Device Capabilities', 'RO', 'PCIe 6.0 7.5.3.3', [
    span(0, 3, 'MaxPayload', 'Max_Payload_Size Supported', 'RO', PAYLOAD),
    span(3, 2, 'PhantFunc', 'Phantom Functions Supported', 'RO', PHANTOM),
    bit(5, 'ExtTag', 'Extended Tag Field Supported', 'RO'),
    span(6, 3, 'L0s', 'Endpoint L0s Acceptable Latency', 'RO', L0S_ACCEPTABLE),
    span(9, 3, 'L1', 'Endpoint L1 Acceptable Latency', 'RO', L1_ACCEPTABLE),
    bit(12, 'AttnBtn', 'Attention Button Present', 'RO'),
    bit(13, 'AttnInd', 'Attention Indicator Present', 'RO'),
    bit(14, 'PwrInd', 'Power Indicator Present', 'RO'),
    bit(15, 'RBE', 'Role-Based Error Reporting', 'RO'),
    bit(16, 'ErrCorSubclass', 'ERR_COR Subclass Capable', 'RO'),
    bit(17, 'RxMPSFixed', 'Rx_MPS_Fixed', 'RO'),
    span(18, 8, 'SlotPowerLimit', 'Captured Slot Power Limit Value', 'RO'),
    span(26, 2, 'SlotPowerScale', 'Captured Slot Power Limit Scale', 'RO', POWER_SCALE),
    bit(28, 'FLReset', 'Function Level Reset Capability', 'RO'),
    bit(29, 'MixedMPS', 'Mixed_MPS_Supported', 'RO'),
    bit(30, 'TEE-IO', 'TEE-IO Supported', 'RO'),
  ]);

/** Bit 15 of Device Control means another thing in a bridge to PCI; it reads 0 where it starts a reset. */
const devctlBit15 = (portType: number, flr: boolean): BitFieldSpec =>
  portType === PortType.expressToPciBridge
    ? bit(15, 'BrConfRtry', 'Bridge Configuration Retry Enable', 'RW')
    : bit(15, 'FLReset', 'Initiate Function Level Reset', flr ? 'WO' : 'RO');

const deviceControl = (read: StructureReader, portType: number): RegisterSpec => {
  const devcap = read(DEVCAP, 4);
  return register(0x08, 2, 'DEVCTL', 'Device Control', 'RsvdP', 'PCIe 6.0 7.5.3.4', [
    bit(0, 'CorrErr', 'Correctable Error Reporting Enable', 'RW'),
    bit(1, 'NonFatalErr', 'Non-Fatal Error Reporting Enable', 'RW'),
    bit(2, 'FatalErr', 'Fatal Error Reporting Enable', 'RW'),
    bit(3, 'UnsupReq', 'Unsupported Request Reporting Enable', 'RW'),
    bit(4, 'RlxdOrd', 'Enable Relaxed Ordering', 'RW'),
    span(5, 3, 'MaxPayload', 'Max_Payload_Size', 'RW', PAYLOAD),
    bit(8, 'ExtTag', 'Extended Tag Field Enable', whenOffered(bits(devcap, 5, 1) === 1)),
    bit(9, 'PhantFunc', 'Phantom Functions Enable', whenOffered(bits(devcap, 3, 2) !== 0)),
    bit(10, 'AuxPwr', 'Aux Power PM Enable', 'RWS'),
    bit(11, 'NoSnoop', 'Enable No Snoop', 'RW'),
    span(12, 3, 'MaxReadReq', 'Max_Read_Request_Size', 'RW', PAYLOAD),
    devctlBit15(portType, bits(devcap, 28, 1) === 1),
  ]);
};

const deviceStatus = (): RegisterSpec =>
  register(0x0a, 2, 'DEVSTA', 'Device Status', 'RsvdZ', 'PCIe 6.0 7.5.3.5', [
    bit(0, 'CorrErr', 'Correctable Error Detected', 'RW1C'),
    bit(1, 'NonFatalErr', 'Non-Fatal Error Detected', 'RW1C'),
    bit(2, 'FatalErr', 'Fatal Error Detected', 'RW1C'),
    bit(3, 'UnsupReq', 'Unsupported Request Detected', 'RW1C'),
    bit(4, 'AuxPwr', 'AUX Power Detected', 'RO'),
    bit(5, 'TransPend', 'Transactions Pending', 'RO'),
    bit(6, 'EmergencyPowerReduction', 'Emergency Power Reduction Detected', 'RW1C'),
  ]);

export const deviceRegisters = (read: StructureReader, portType: number): readonly RegisterSpec[] => [
  deviceCapabilities(),
  deviceControl(read, portType),
  deviceStatus(),
];

const TIMEOUT_RANGES: Readonly<Record<number, string>> = {
  0: 'Not Supported',
  1: 'Range A',
  2: 'Range B',
  3: 'Range AB',
  6: 'Range BC',
  7: 'Range ABC',
  14: 'Range BCD',
  15: 'Range ABCD',
};
const TIMEOUT_VALUE: Readonly<Record<number, string>> = {
  0: '50us to 50ms',
  1: '50us to 100us',
  2: '1ms to 10ms',
  5: '16ms to 55ms',
  6: '65ms to 210ms',
  9: '260ms to 900ms',
  10: '1s to 3.5s',
  13: '4s to 13s',
  14: '17s to 64s',
};
const TPH: Readonly<Record<number, string>> = { 0: 'none', 1: 'TPHComp', 3: 'TPHComp ExtTPHComp' };
const LN_CLS = inOrder('Not Supported', '64byte cachelines', '128byte cachelines', 'Reserved');
const OBFF_SUPPORT = inOrder('Not Supported', 'Via message', 'Via WAKE#', 'Via message/WAKE#');
const OBFF_ENABLE = inOrder('Disabled', 'Via message A', 'Via message B', 'Via WAKE#');
const PREFIXES: Readonly<Record<number, string>> = { 0: '4', 1: '1', 2: '2', 3: '3' };
const EMERGENCY_POWER = inOrder('Not Supported', 'Dev Specific', 'Form Factor Dev Specific', 'Reserved');
const DMWR_LENGTHS = inOrder('up to 64 bytes', 'up to 128 bytes', 'Reserved', 'Reserved');

const deviceCapabilities2 = (): RegisterSpec =>
  register(DEVCAP2, 4, 'DEVCAP2', 'Device Capabilities 2', 'RO', 'PCIe 6.0 7.5.3.15', [
    span(0, 4, 'CompletionTimeout', 'Completion Timeout Ranges Supported', 'RO', TIMEOUT_RANGES),
    bit(4, 'TimeoutDis', 'Completion Timeout Disable Supported', 'RO'),
    bit(5, 'ARIFwd', 'ARI Forwarding Supported', 'RO'),
    bit(6, 'AtomicOpsRouting', 'AtomicOp Routing Supported', 'RO'),
    bit(7, '32bit', '32-bit AtomicOp Completer Supported', 'RO'),
    bit(8, '64bit', '64-bit AtomicOp Completer Supported', 'RO'),
    bit(9, '128bitCAS', '128-bit CAS Completer Supported', 'RO'),
    bit(10, 'NROPrPrP', 'No RO-enabled PR-PR Passing', 'RO'),
    bit(11, 'LTR', 'LTR Mechanism Supported', 'RO'),
    span(12, 2, 'TPHComp', 'TPH Completer Supported', 'RO', TPH),
    span(14, 2, 'LNSystemCLS', 'LN System CLS', 'RO', LN_CLS),
    bit(16, '10BitTagComp', '10-Bit Tag Completer Supported', 'RO'),
    bit(17, '10BitTagReq', '10-Bit Tag Requester Supported', 'RO'),
    span(18, 2, 'OBFF', 'OBFF Supported', 'RO', OBFF_SUPPORT),
    bit(20, 'ExtFmt', 'Extended Fmt Field Supported', 'RO'),
    bit(21, 'EETLPPrefix', 'End-End TLP Prefix Supported', 'RO'),
    span(22, 2, 'MaxEETLPPrefixes', 'Max End-End TLP Prefixes', 'RO', PREFIXES),
    span(24, 2, 'EmergencyPowerReduction', 'Emergency Power Reduction Supported', 'RO', EMERGENCY_POWER),
    bit(26, 'EmergencyPowerReductionInit', 'Emergency Power Reduction Initialization Required', 'RO'),
    bit(28, 'DMWrComp', 'DMWr Completer Supported', 'RO'),
    span(29, 2, 'DMWrLengths', 'DMWr Lengths Supported', 'RO', DMWR_LENGTHS),
    bit(31, 'FRS', 'FRS Supported', 'RO'),
  ]);

const deviceControl2 = (read: StructureReader, portType: number): RegisterSpec => {
  const devcap2 = read(DEVCAP2, 4);
  const offers = (lsb: number, width = 1): boolean => bits(devcap2, lsb, width) !== 0;
  const requests = isEndpoint(portType) || isRoot(portType);
  return register(0x28, 2, 'DEVCTL2', 'Device Control 2', 'RsvdP', 'PCIe 6.0 7.5.3.16', [
    span(0, 4, 'CompletionTimeout', 'Completion Timeout Value', whenOffered(offers(0, 4)), TIMEOUT_VALUE),
    bit(4, 'TimeoutDis', 'Completion Timeout Disable', whenOffered(offers(4))),
    bit(5, 'ARIFwd', 'ARI Forwarding Enable', whenOffered(offers(5) && isDownstreamFacing(portType))),
    bit(6, 'AtomicOpsReqEn', 'AtomicOp Requester Enable', whenOffered(requests)),
    bit(7, 'AtomicOpsEgressBlck', 'AtomicOp Egress Blocking', whenOffered(offers(6))),
    bit(8, 'IDOReq', 'IDO Request Enable', 'RW'),
    bit(9, 'IDOCompl', 'IDO Completion Enable', 'RW'),
    bit(10, 'LTR', 'LTR Mechanism Enable', whenOffered(offers(11))),
    bit(11, 'EmergencyPowerReductionReq', 'Emergency Power Reduction Request', whenOffered(offers(24, 2))),
    bit(12, '10BitTagReq', '10-Bit Tag Requester Enable', whenOffered(offers(17))),
    span(13, 2, 'OBFF', 'OBFF Enable', whenOffered(offers(18, 2)), OBFF_ENABLE),
    bit(
      15,
      'EETLPPrefixBlk',
      'End-End TLP Prefix Blocking',
      whenOffered(offers(21) && !isEndpoint(portType)),
    ),
  ]);
};

export const deviceRegisters2 = (read: StructureReader, portType: number): readonly RegisterSpec[] => [
  deviceCapabilities2(),
  deviceControl2(read, portType),
  register(0x2a, 2, 'DEVSTA2', 'Device Status 2', 'RsvdZ', 'PCIe 6.0 7.5.3.17'),
];
