import { ExtCapId } from '../capabilityIds';
import { isRoot } from '../capabilities/portType';
import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { Access, BitFieldSpec, RegisterSpec, StructureOwner, StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * Advanced Error Reporting. Which optional errors a function implements is not announced: all that its version of the
 * structure can have are taken as writable.
 * Root registers follow in root ports and event collectors, the TLP prefix log where prefixes are supported.
 * Source: PCIe 6.0 section 7.8.4.
 */

const AERCAP = 0x18;

/** Bit, lspci's name, full name. */
const UNCORRECTABLE: readonly (readonly [number, string, string])[] = [
  [4, 'DLP', 'Data Link Protocol Error'],
  [5, 'SDES', 'Surprise Down Error'],
  [12, 'TLP', 'Poisoned TLP Received'],
  [13, 'FCP', 'Flow Control Protocol Error'],
  [14, 'CmpltTO', 'Completion Timeout'],
  [15, 'CmpltAbrt', 'Completer Abort'],
  [16, 'UnxCmplt', 'Unexpected Completion'],
  [17, 'RxOF', 'Receiver Overflow'],
  [18, 'MalfTLP', 'Malformed TLP'],
  [19, 'ECRC', 'ECRC Error'],
  [20, 'UnsupReq', 'Unsupported Request Error'],
  [21, 'ACSViol', 'ACS Violation'],
  [22, 'UncorrIntErr', 'Uncorrectable Internal Error'],
  [23, 'BlockedTLP', 'MC Blocked TLP'],
  [24, 'AtomicOpBlocked', 'AtomicOp Egress Blocked'],
  [25, 'TLPBlockedErr', 'TLP Prefix Blocked Error'],
  [26, 'PoisonTLPBlocked', 'Poisoned TLP Egress Blocked'],
  [27, 'DMWrReqBlocked', 'DMWr Request Egress Blocked'],
  [28, 'IDECheck', 'IDE Check Failed'],
  [29, 'MisIDETLP', 'Misrouted IDE TLP'],
  [30, 'PCRC_CHECK', 'PCRC Check Failed'],
  [31, 'TLPXlatBlocked', 'TLP Translation Egress Blocked'],
];

const CORRECTABLE: readonly (readonly [number, string, string])[] = [
  [0, 'RxErr', 'Receiver Error'],
  [6, 'BadTLP', 'Bad TLP'],
  [7, 'BadDLLP', 'Bad DLLP'],
  [8, 'Rollover', 'REPLAY_NUM Rollover'],
  [12, 'Timeout', 'Replay Timer Timeout'],
  [13, 'AdvNonFatalErr', 'Advisory Non-Fatal Error'],
  [14, 'CorrIntErr', 'Corrected Internal Error'],
  [15, 'HeaderOF', 'Header Log Overflow'],
];

/** Errors from this bit on came with version 3 of the structure; before it they are reserved. */
const FIRST_OF_VERSION_3 = 27;

const uncorrectableOf = (version: number): typeof UNCORRECTABLE =>
  version >= 3 ? UNCORRECTABLE : UNCORRECTABLE.filter(([lsb]) => lsb < FIRST_OF_VERSION_3);

const errors = (
  list: readonly (readonly [number, string, string])[],
  kind: string,
  access: Access,
): readonly BitFieldSpec[] =>
  list.map(([lsb, name, title]) => bit(lsb, name, kind === '' ? title : `${title} ${kind}`, access));

const errorRegisters = (uncorrectable: typeof UNCORRECTABLE): readonly RegisterSpec[] => [
  register(
    0x04,
    4,
    'UESTA',
    'Uncorrectable Error Status',
    'RsvdZ',
    'PCIe 6.0 7.8.4.2',
    errors(uncorrectable, '', 'RW1CS'),
  ),
  register(
    0x08,
    4,
    'UEMSK',
    'Uncorrectable Error Mask',
    'RsvdP',
    'PCIe 6.0 7.8.4.3',
    errors(uncorrectable, 'Mask', 'RWS'),
  ),
  register(
    0x0c,
    4,
    'UESVRT',
    'Uncorrectable Error Severity',
    'RsvdP',
    'PCIe 6.0 7.8.4.4',
    errors(uncorrectable, 'Severity', 'RWS'),
  ),
  register(
    0x10,
    4,
    'CESTA',
    'Correctable Error Status',
    'RsvdZ',
    'PCIe 6.0 7.8.4.5',
    errors(CORRECTABLE, '', 'RW1CS'),
  ),
  register(
    0x14,
    4,
    'CEMSK',
    'Correctable Error Mask',
    'RsvdP',
    'PCIe 6.0 7.8.4.6',
    errors(CORRECTABLE, 'Mask', 'RWS'),
  ),
];

const capabilityAndControl = (aercap: number): RegisterSpec =>
  register(AERCAP, 4, 'AERCAP', 'Advanced Error Capabilities and Control', 'RsvdP', 'PCIe 6.0 7.8.4.7', [
    span(0, 5, 'FirstErrorPointer', 'First Error Pointer', 'ROS'),
    bit(5, 'ECRCGenCap', 'ECRC Generation Capable', 'RO'),
    bit(6, 'ECRCGenEn', 'ECRC Generation Enable', whenOffered(bits(aercap, 5, 1) === 1, 'RWS')),
    bit(7, 'ECRCChkCap', 'ECRC Check Capable', 'RO'),
    bit(8, 'ECRCChkEn', 'ECRC Check Enable', whenOffered(bits(aercap, 7, 1) === 1, 'RWS')),
    bit(9, 'MultHdrRecCap', 'Multiple Header Recording Capable', 'RO'),
    bit(10, 'MultHdrRecEn', 'Multiple Header Recording Enable', whenOffered(bits(aercap, 9, 1) === 1, 'RWS')),
    bit(11, 'TLPPfxPres', 'TLP Prefix Log Present', 'ROS'),
    bit(12, 'HdrLogCap', 'Completion Timeout Prefix/Header Log Capable', 'RO'),
    span(13, 5, 'HdrLogSize', 'Header Log Size', 'RO'),
    bit(18, 'FlitTLP', 'Logged TLP was Flit Mode', 'ROS'),
  ]);

/** The four dwords of a log. */
const log = (offset: number, name: string, title: string, source: string): readonly RegisterSpec[] =>
  [0, 1, 2, 3].map((i) => register(offset + 4 * i, 4, `${name}_${i}`, `${title}, dword ${i}`, 'ROS', source));

const ERR_COR_SUBCLASS = {
  0: 'ECS Legacy',
  1: 'ECS SIG_SFW',
  2: 'ECS SIG_OS',
  3: 'ECS Extended',
};

const rootRegisters = (): readonly RegisterSpec[] => [
  register(0x2c, 4, 'ROOTCMD', 'Root Error Command', 'RsvdP', 'PCIe 6.0 7.8.4.9', [
    bit(0, 'CERptEn', 'Correctable Error Reporting Enable', 'RW'),
    bit(1, 'NFERptEn', 'Non-Fatal Error Reporting Enable', 'RW'),
    bit(2, 'FERptEn', 'Fatal Error Reporting Enable', 'RW'),
  ]),
  register(0x30, 4, 'ROOTSTA', 'Root Error Status', 'RsvdZ', 'PCIe 6.0 7.8.4.10', [
    bit(0, 'CERcvd', 'ERR_COR Received', 'RW1CS'),
    bit(1, 'MultCERcvd', 'Multiple ERR_COR Received', 'RW1CS'),
    bit(2, 'UERcvd', 'ERR_FATAL/NONFATAL Received', 'RW1CS'),
    bit(3, 'MultUERcvd', 'Multiple ERR_FATAL/NONFATAL Received', 'RW1CS'),
    bit(4, 'FirstFatal', 'First Uncorrectable Fatal', 'RW1CS'),
    bit(5, 'NonFatalMsg', 'Non-Fatal Error Messages Received', 'RW1CS'),
    bit(6, 'FatalMsg', 'Fatal Error Messages Received', 'RW1CS'),
    span(7, 2, 'ErrCorSubclass', 'ERR_COR Subclass', 'ROS', ERR_COR_SUBCLASS),
    span(27, 5, 'IntMsgNum', 'Advanced Error Interrupt Message Number', 'RO'),
  ]),
  register(0x34, 2, 'ERRSRC_COR', 'ERR_COR Source Identification', 'ROS', 'PCIe 6.0 7.8.4.11'),
  register(0x36, 2, 'ERRSRC_UNCOR', 'ERR_FATAL/NONFATAL Source Identification', 'ROS', 'PCIe 6.0 7.8.4.11'),
];

const collectsErrors = (owner: StructureOwner): boolean =>
  owner.express !== undefined && isRoot(owner.express.portType);
const logsPrefixes = (owner: StructureOwner, aercap: number): boolean =>
  owner.express?.endToEndPrefix === true || bits(aercap, 11, 1) === 1;

export const AER: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.AER,
  name: 'AER',
  title: 'Advanced Error Reporting',
  length: (read, owner) => {
    if (logsPrefixes(owner, read(AERCAP, 4))) return 0x48;
    return collectsErrors(owner) ? 0x38 : 0x2c;
  },
  registers: (read, owner) => {
    const aercap = read(AERCAP, 4);
    return [
      extendedCapabilityHead(),
      ...errorRegisters(uncorrectableOf(bits(read(0, 4), 16, 4))),
      capabilityAndControl(aercap),
      ...log(0x1c, 'HEADER_LOG', 'Header Log', 'PCIe 6.0 7.8.4.8'),
      ...(collectsErrors(owner) ? rootRegisters() : []),
      ...(logsPrefixes(owner, aercap)
        ? log(0x38, 'TLP_PREFIX_LOG', 'TLP Prefix Log', 'PCIe 6.0 7.8.4.12')
        : []),
    ];
  },
};
