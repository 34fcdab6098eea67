import { ExtCapId } from '../capabilityIds';
import { isRoot } from '../capabilities/portType';
import { bit, extendedCapabilityHead, register, span, whenOffered } from '../define';
import type { Access, BitFieldSpec, RegisterSpec, StructureOwner, StructureSpec } from '../register';
import { bits } from '../uint';

/**
 * Advanced Error Reporting. Which optional errors a function implements is not announced: all that its version of the
 * structure can have are taken as writable. A virtual function reports what concerns it alone, under the masks and
 * severities of its physical function.
 * Root registers follow in root ports and event collectors; then the prefixes of the logged TLP, or the rest of its
 * header where Flit Mode made it longer. Source: PCIe 6.0 sections 7.8.4 and 9.4.2.
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

const errors = (
  list: readonly (readonly [number, string, string])[],
  kind: string,
  access: (lsb: number) => Access,
): readonly BitFieldSpec[] =>
  list.map(([lsb, name, title]) => bit(lsb, name, kind === '' ? title : `${title} ${kind}`, access(lsb)));

/** Bits of errors that belong to one function and not to the link. */
const OF_ONE_FUNCTION: Readonly<Record<'uncorrectable' | 'correctable', readonly number[]>> = {
  uncorrectable: [12, 14, 15, 16, 20, 21],
  correctable: [13],
};

/** What a function has of the errors: which bits exist in its version, and which it can report or set itself. */
const accessOf = (
  version: number,
  virtualFunction: boolean,
  kind: keyof typeof OF_ONE_FUNCTION,
): Readonly<Record<'status' | 'setting', (lsb: number) => Access>> => {
  const exists = (lsb: number): boolean => kind === 'correctable' || version >= 3 || lsb < FIRST_OF_VERSION_3;
  const own = (lsb: number): boolean => !virtualFunction || OF_ONE_FUNCTION[kind].includes(lsb);
  return {
    status: (lsb) => (exists(lsb) && own(lsb) ? 'RW1CS' : 'RsvdZ'),
    setting: (lsb) => (exists(lsb) && !virtualFunction ? 'RWS' : 'RsvdP'),
  };
};

const errorRegisters = (version: number, virtualFunction: boolean): readonly RegisterSpec[] => {
  const uncorrectable = accessOf(version, virtualFunction, 'uncorrectable');
  const correctable = accessOf(version, virtualFunction, 'correctable');
  return [
    register(
      0x04,
      4,
      'UESTA',
      'Uncorrectable Error Status',
      'RsvdZ',
      'PCIe 6.0 7.8.4.2',
      errors(UNCORRECTABLE, '', uncorrectable.status),
    ),
    register(
      0x08,
      4,
      'UEMSK',
      'Uncorrectable Error Mask',
      'RsvdP',
      'PCIe 6.0 7.8.4.3',
      errors(UNCORRECTABLE, 'Mask', uncorrectable.setting),
    ),
    register(
      0x0c,
      4,
      'UESVRT',
      'Uncorrectable Error Severity',
      'RsvdP',
      'PCIe 6.0 7.8.4.4',
      errors(UNCORRECTABLE, 'Severity', uncorrectable.setting),
    ),
    register(
      0x10,
      4,
      'CESTA',
      'Correctable Error Status',
      'RsvdZ',
      'PCIe 6.0 7.8.4.5',
      errors(CORRECTABLE, '', correctable.status),
    ),
    register(
      0x14,
      4,
      'CEMSK',
      'Correctable Error Mask',
      'RsvdP',
      'PCIe 6.0 7.8.4.6',
      errors(CORRECTABLE, 'Mask', correctable.setting),
    ),
  ];
};

const capabilityAndControl = (aercap: number, virtualFunction: boolean): RegisterSpec => {
  const enable = (capable: number): Access =>
    whenOffered(!virtualFunction && bits(aercap, capable, 1) === 1, 'RWS');
  return register(
    AERCAP,
    4,
    'AERCAP',
    'Advanced Error Capabilities and Control',
    'RsvdP',
    'PCIe 6.0 7.8.4.7',
    [
      span(0, 5, 'FirstErrorPointer', 'First Error Pointer', 'ROS'),
      bit(5, 'ECRCGenCap', 'ECRC Generation Capable', 'RO'),
      bit(6, 'ECRCGenEn', 'ECRC Generation Enable', enable(5)),
      bit(7, 'ECRCChkCap', 'ECRC Check Capable', 'RO'),
      bit(8, 'ECRCChkEn', 'ECRC Check Enable', enable(7)),
      bit(9, 'MultHdrRecCap', 'Multiple Header Recording Capable', 'RO'),
      bit(10, 'MultHdrRecEn', 'Multiple Header Recording Enable', enable(9)),
      bit(11, 'TLPPfxPres', 'TLP Prefix Log Present', 'ROS'),
      bit(12, 'HdrLogCap', 'Completion Timeout Prefix/Header Log Capable', 'RO'),
      span(13, 5, 'HdrLogSize', 'Header Log Size', 'RO'),
      bit(18, 'FlitTLP', 'Logged TLP was Flit Mode', 'ROS'),
    ],
  );
};

const log = (
  offset: number,
  count: number,
  name: string,
  title: string,
  source: string,
): readonly RegisterSpec[] =>
  Array.from({ length: count }, (_, i) =>
    register(offset + 4 * i, 4, `${name}_${i}`, `${title}, dword ${i}`, 'ROS', source),
  );

const HEADER_LOG_DWORDS = 4;
const PREFIX_LOG = 0x38;
const PREFIX_LOG_DWORDS = 4;

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

/** Dwords after the root registers: what a header of Flit Mode has more than four, or the prefixes of another. */
const furtherDwords = (owner: StructureOwner, aercap: number): number => {
  const header = Math.max(0, bits(aercap, 13, 5) - HEADER_LOG_DWORDS);
  if (header > 0) return header;
  return owner.express?.endToEndPrefix === true || bits(aercap, 11, 1) === 1 ? PREFIX_LOG_DWORDS : 0;
};

const furtherLog = (owner: StructureOwner, aercap: number): readonly RegisterSpec[] =>
  log(
    PREFIX_LOG,
    furtherDwords(owner, aercap),
    'TLP_PREFIX_LOG',
    'TLP Prefix Log or rest of the header',
    'PCIe 6.0 7.8.4.12',
  );

export const AER: StructureSpec = {
  kind: 'extendedCapability',
  id: ExtCapId.AER,
  name: 'AER',
  title: 'Advanced Error Reporting',
  length: (read, owner) => {
    const further = furtherDwords(owner, read(AERCAP, 4));
    if (further > 0) return PREFIX_LOG + 4 * further;
    return collectsErrors(owner) ? 0x38 : 0x2c;
  },
  registers: (read, owner) => {
    const aercap = read(AERCAP, 4);
    return [
      extendedCapabilityHead(),
      ...errorRegisters(bits(read(0, 4), 16, 4), owner.virtualFunction),
      capabilityAndControl(aercap, owner.virtualFunction),
      ...log(0x1c, HEADER_LOG_DWORDS, 'HEADER_LOG', 'Header Log', 'PCIe 6.0 7.8.4.8'),
      ...(collectsErrors(owner) ? rootRegisters() : []),
      ...furtherLog(owner, aercap),
    ];
  },
};
