import type { FunctionDescription } from '../../src/backend/description';
import { CapId, ExtCapId } from '../../src/backend/spec/capabilityIds';
import { readingOf, type Reading } from '../../src/backend/spec/decode/reading';
import type { PlacedStructure } from '../../src/backend/spec/layout';
import type { StructureKind } from '../../src/backend/spec/register';
import type { Statement } from './lspciVerboseText';

/**
 * How older versions of lspci (3.1 to 3.13) and the kernel's part in the text differ from the notation of 3.14. Every
 * entry turns one spelling into the other, or says what a version printed besides, with the value that the bytes give.
 */

export interface Spelling {
  readonly kind: StructureKind;
  readonly id: number;
  /** Label of the statement; `` for the line that names the structure. */
  readonly label: string | RegExp;
}

const names = (label: string | RegExp, text: string): boolean =>
  typeof label === 'string' ? label === text : label.test(text);

const concerns = (entry: Spelling, structure: PlacedStructure, label: string): boolean =>
  entry.kind === structure.kind && entry.id === structure.id && names(entry.label, label);

const header = (id: number, label: string | RegExp): Spelling => ({ kind: 'header', id, label });
const capability = (id: number, label: string | RegExp): Spelling => ({ kind: 'capability', id, label });
const express = (label: string | RegExp): Spelling => capability(CapId.EXP, label);

const extended = (id: number, label: string | RegExp): Spelling => ({
  kind: 'extendedCapability',
  id,
  label,
});

export const HEADLINE = '';

/** Extended capabilities, and the first version of lspci that decodes them where an older text is compared. */
const PRI = 0x13;
const PTM = 0x1f;
const DOE = 0x2e;
const SECPCI = 0x19; // 3.6
const PHY16 = 0x26; // 3.14
const MARGINING = 0x27; // 3.13
const PHY32 = 0x2a; // 3.14
const POWER_BUDGETING = 0x04; // none
const DATA_LINK_FEATURE = 0x25; // none
const SOMETIMES_UNDECODED = [SECPCI, PHY16, MARGINING, PHY32, POWER_BUDGETING, DATA_LINK_FEATURE];

// --- Other words for the same value -------------------------------------------------------------------------------

type Rewrite = (theirs: string, ours: string) => string;

const replace =
  (pattern: RegExp, by: string): Rewrite =>
  (theirs) =>
    theirs.replace(pattern, by);

/** Trailing zeros of a power: `75.000W`, `0.000000`. */
const power: Rewrite = (theirs) =>
  theirs.replace(
    /(PowerLimit) (\d+\.\d+)W?/,
    (_all, label: string, watts: string) => `${label} ${Number(watts)}W`,
  );

const IDS = /([0-9a-f]{4}:[0-9a-f]{4})\]?$/;
const DEVICE_ID = /Device ([0-9a-f]{4})$/;

/** Names of vendor and device stand before their ids, or of the vendor alone before the device's. */
const ids: Rewrite = (theirs, ours) => {
  const both = IDS.exec(theirs)?.[1];
  if (both !== undefined) return `${theirs.startsWith('Subsystem: ') ? 'Subsystem: ' : ''}${both}`;
  const device = DEVICE_ID.exec(theirs)?.[1];
  return device !== undefined && ours.endsWith(`:${device}`) ? ours : theirs;
};

/** Where a host bridge translates, the kernel tells the processor's address, whose low half the BAR holds. */
const busAddress: Rewrite = (theirs, ours) => {
  const own = /^Memory at ([0-9a-f]{8}) /.exec(ours);
  return own ? theirs.replace(new RegExp(`^Memory at [0-9a-f]{5}${own[1] ?? ''} `), own[0]) : theirs;
};

const RANGE = /^(?:([0-9a-f]+)-([0-9a-f]+)|None)/;

/**
 * A window as text of other versions: numbers with other leading zeros, `None` for one that is closed. Where the
 * kernel told the window, lspci prints it without leading zeros and always as the narrow type.
 */
const window: Rewrite = (theirs, ours) => {
  const their = RANGE.exec(theirs);
  const own = RANGE.exec(ours);
  if (!their || !own) return theirs;
  if (theirs === 'None') return ours.includes('[disabled]') ? ours : theirs;
  const number = (digits: string | undefined): bigint => BigInt(`0x${digits ?? '0'}`);
  if (number(their[1]) !== number(own[1]) || number(their[2]) !== number(own[2])) return theirs;
  const fromKernel = (their[1] ?? '').length < (own[1] ?? '').length;
  const type = /\[\d+-bit\]/.exec(ours)?.[0] ?? '';
  return theirs.replace(RANGE, own[0]).replace(/\[(?:16|32)-bit\]/, (given) => (fromKernel ? type : given));
};

/** A message number in hexadecimal, under its full name. */
const messageNumber: Rewrite = (theirs) =>
  theirs.replace(
    /Interrupt Message Number:? ([0-9a-f]{3})/,
    (_all, vector: string) => `IntMsgNum ${parseInt(vector, 16)}`,
  );

/** lspci names what it does not decode, or knows no more than the id. */
const undecoded: Rewrite = (theirs, ours) => (/ <\?>$|^#[0-9a-f]{2}$/.test(theirs) ? ours : theirs);

const BEHIND = /behind bridge$/;

export const RENAMED: readonly (Spelling & { readonly rewrite: Rewrite })[] = [
  { ...header(0, 'Subsystem'), rewrite: ids },
  { ...header(1, 'Subsystem'), rewrite: ids },
  { ...header(2, 'Subsystem'), rewrite: ids },
  ...[0, 1, 2].map((id) => ({ ...header(id, /^Region \d$/), rewrite: busAddress })),
  { ...header(1, BEHIND), rewrite: window },
  { ...capability(CapId.SSVID, HEADLINE), rewrite: ids },
  { ...capability(CapId.MSI, HEADLINE), rewrite: replace(/Mask([+-])/, 'Maskable$1') },
  {
    ...express(HEADLINE),
    rewrite: (theirs) =>
      theirs.replace(/MSI ([0-9a-f]{2})$/, (_all, vector: string) => `IntMsgNum ${parseInt(vector, 16)}`),
  },
  { ...express('DevCap'), rewrite: power },
  { ...express('SltCap'), rewrite: power },
  {
    ...express('SltCap'),
    rewrite: (theirs) =>
      theirs.replace(/Slot # +([0-9a-f]+)/, (_all, slot: string) => `Slot #${parseInt(slot, 16)}`),
  },
  // What stands in the store follows.
  { ...capability(CapId.VPD, HEADLINE), rewrite: replace(/\n[^]*$/, '') },
  {
    ...express('DevCtl'),
    rewrite: replace(
      /Report errors: Correctable([+-]) Non-Fatal([+-]) Fatal([+-]) Unsupported([+-])/,
      'CorrErr$1 NonFatalErr$2 FatalErr$3 UnsupReq$4',
    ),
  },
  { ...express('DevSta'), rewrite: replace(/UncorrErr([+-])/, 'NonFatalErr$1') },
  { ...express('DevSta'), rewrite: replace(/UnsuppReq([+-])/, 'UnsupReq$1') },
  { ...express('LnkCap'), rewrite: replace(/, Latency L0 /, ', Exit Latency L0s ') },
  { ...express('LnkCtl'), rewrite: replace(/Disabled([+-])/, 'LnkDisable$1') },
  {
    ...express('LnkCtl2'),
    rewrite: replace(
      /Compliance De-emphasis: (\S+)/,
      'Compliance Preset/De-emphasis: $1 de-emphasis, 0dB preshoot',
    ),
  },
  ...SOMETIMES_UNDECODED.map((id) => ({ ...extended(id, HEADLINE), rewrite: undecoded })),
  {
    ...extended(ExtCapId.AER, 'AERCap'),
    rewrite: replace(
      /\bGenCap([+-]) CGenEn([+-]) ChkCap([+-]) ChkEn([+-])/,
      'ECRCGenCap$1 ECRCGenEn$2 ECRCChkCap$3 ECRCChkEn$4',
    ),
  },
  { ...extended(ExtCapId.AER, /^CE(Sta|Msk)$/), rewrite: replace(/\bNonFatalErr([+-])/, 'AdvNonFatalErr$1') },
  { ...extended(ExtCapId.AER, 'RootSta'), rewrite: replace(/IntMsg (\d+)/, 'IntMsgNum $1') },
  // Before 3.1 nothing was said of it.
  {
    ...extended(ExtCapId.VNDR, HEADLINE),
    rewrite: (theirs, ours) => (theirs === 'Vendor Specific Information <?>' ? ours : theirs),
  },
  { ...extended(ExtCapId.SRIOV, 'IOVCap'), rewrite: messageNumber },
  { ...extended(DOE, 'DOECap'), rewrite: messageNumber },
  { ...extended(PTM, 'PTMCap'), rewrite: replace(/(\w+)Cap:([+-])/g, '$1$2') },
  {
    ...extended(PTM, 'PTMControl'),
    rewrite: replace(/Enabled:([+-]) RootSelect:([+-])/, 'Enabled$1 RootSelected$2'),
  },
];

// --- What only other versions print -------------------------------------------------------------------------------

interface Later extends Spelling {
  readonly values: RegExp;
  /** What the versions print that have the values; a text with it lacks none of them. */
  readonly since?: RegExp;
}

/** Values that later versions added; an older text lacks them. */
export const LATER: readonly Later[] = [
  { ...header(1, BEHIND), values: /^\[(size=\w+|disabled|\d+-bit)\]$/, since: /-bit\]/ },
  { ...header(1, 'BridgeCtl'), values: /^VGA16[+-]$/ },
  { ...capability(CapId.PM, 'Status'), values: /^NoSoftRst[+-]$/ },
  { ...express(HEADLINE), values: /^(Slot[+-]|FLIT Mode Supported)$/, since: /IntMsgNum/ },
  { ...express('DevCap'), values: /^(TEE-IO[+-]|FLReset[+-]|SlotPowerLimit .*)$/, since: /TEE-IO/ },
  { ...express('DevCtl'), values: /^FLReset[+-]$/, since: /CorrErr/ },
  { ...express('LnkCap'), values: /^ASPMOptComp[+-]$/ },
  { ...express('LnkCtl'), values: /^FltModeDis[+-]$/ },
  // Judged since the flags have a line of their own.
  { ...express('LnkSta'), values: /^(downgraded|overdriven)(#2)?$/, since: /\n/ },
  {
    ...express('DevCap2'),
    values:
      /^((NROPrPrP|LTR|10BitTag\w+|ExtFmt|EETLPPrefix|EmergencyPowerReductionInit|FRS|TPHComp|ExtTPHComp)[+-]|OBFF .*|MaxEETLPPrefixes \d|EmergencyPowerReduction .*|LN System CLS .*)$/,
    since: /EmergencyPowerReduction/,
  },
  { ...express('DevCap2'), values: /^((Routing|32bit|64bit|128bitCAS)[+-]|AtomicOpsCap:)$/ },
  {
    ...express('DevCtl2'),
    values:
      /^((LTR|10BitTagReq|IDOReq|IDOCompl|EmergencyPowerReductionReq|EETLPPrefixBlk|ReqEn|EgressBlck)[+-]|OBFF .*|AtomicOpsCtl:)$/,
    since: /IDOReq/,
  },
  {
    ...express('LnkSta2'),
    values:
      /^((Retimer|2Retimers|EqualizationComplete|EqualizationPhase[123]|LinkEqualizationRequest)[+-]|CrosslinkRes: .*)$/,
    since: /CrosslinkRes/,
  },
  { ...express('LnkSta2'), values: /^FltMode[+-]$/ },
  {
    ...extended(ExtCapId.AER, /^UE(Sta|Msk|Svrt)$/),
    values:
      /^(UncorrIntErr|BlockedTLP|AtomicOpBlocked|TLPBlockedErr|PoisonTLPBlocked|DMWrReqBlocked|IDECheck|MisIDETLP|PCRC_CHECK|TLPXlatBlocked)[+-]$/,
    since: /TLPXlatBlocked/,
  },
  { ...extended(ExtCapId.AER, /^CE(Sta|Msk)$/), values: /^(CorrIntErr|HeaderOF)[+-]$/, since: /HeaderOF/ },
  {
    ...extended(ExtCapId.AER, 'AERCap'),
    values: /^(MultHdrRecCap|MultHdrRecEn|TLPPfxPres|HdrLogCap)[+-]$/,
    since: /HdrLogCap/,
  },
  { ...extended(PRI, 'PRISta'), values: /^PASID[+-]$/ },
];

/** Statements that are new as a whole, or that lspci prints in some cases only. */
export const OWN: readonly (Spelling & { readonly text?: RegExp })[] = [
  // The ids stand in a capability, and later versions repeat them in the header.
  header(1, 'Subsystem'),
  // Before 3.8 a window that is closed has no line.
  { ...header(1, BEHIND), text: /\[disabled\]/ },
  // Older versions mention the pin only with an interrupt.
  ...[0, 1, 2].map((id) => ({ ...header(id, 'Interrupt'), text: /IRQ 0$/ })),
  // lspci mentions the register for one error alone.
  header(2, 'Secondary status'),
  // lspci reads the store through the kernel.
  capability(CapId.VPD, /^(Address|Data)$/),
  express('LnkCap2'),
  extended(ExtCapId.AER, /^(HeaderLog|RootCmd|RootSta|ErrorSrc)$/),
  ...SOMETIMES_UNDECODED.map((id) => extended(id, /./)),
];

/** Values that older versions printed besides, from the same bytes; or instead, of the wrong ones. */
export const EARLIER: readonly (Spelling & {
  readonly values: (at: Reading) => string;
  readonly instead?: true;
})[] = [
  // The link was judged for every port, and "ok" was said.
  {
    ...express('LnkSta'),
    values: (at) =>
      ['Speed', 'Width']
        .map((field) => [at.field('LNKSTA', field), at.field('LNKCAP', field)] as const)
        .map(([now, most]) => (now === most ? 'ok' : now < most ? 'downgraded' : 'overdriven'))
        .join(', '),
  },
  // Latencies were told for every port and whatever states the link supports.
  { ...express('DevCap'), values: (at) => at.fill('DEVCAP', 'Latency L0s {L0s}, L1 {L1} FLReset±') },
  {
    ...express('LnkCap'),
    instead: true,
    values: (at) => at.fill('LNKCAP', 'Exit Latency L0s {L0s}, L1 {L1}'),
  },
  { ...express('LnkCtl'), values: (at) => at.fill('LNKCTL', 'Retrain±') },
  {
    ...express('LnkCtl2'),
    values: (at) => at.fill('LNKCTL2', 'Selectable De-emphasis: {SelectableDe-emphasis}'),
  },
  // Older versions took bits of PMCSR for those of the bridge extensions.
  {
    ...capability(CapId.PM, 'Bridge'),
    instead: true,
    values: (at) => {
      const status = at.value('PMCSR');
      return `PM${(status & 0x80) === 0 ? '-' : '+'} B3${(status & 0x40) === 0 ? '+' : '-'}`;
    },
  },
];

// --- What does not come from the registers ------------------------------------------------------------------------

interface Elsewhere extends Spelling {
  readonly text?: RegExp;
  /** Only where the registers give no such line. */
  readonly alone?: true;
}

const anyHeader = (label: string | RegExp): readonly Spelling[] => [0, 1, 2].map((id) => header(id, label));
const NAMES_ALONE = new RegExp(`^(?!.*(${IDS.source}|${DEVICE_ID.source}))`);
const REGION = /^(Region \d|Expansion ROM)$/;

/** Lines that tell what the kernel or the VPD store knows. */
export const FROM_ELSEWHERE: readonly Elsewhere[] = [
  ...anyHeader(
    /^(Kernel driver in use|Kernel modules|NUMA node|IOMMU group|Physical Slot|DeviceName|Device tree node)$/,
  ),
  // Without -nn the ids of a known subsystem do not show.
  ...anyHeader('Subsystem').map((entry) => ({ ...entry, text: NAMES_ALONE })),
  { ...capability(CapId.SSVID, HEADLINE), text: NAMES_ALONE },
  // The kernel's place for something that no BAR holds: Enhanced Allocation, virtual functions, legacy IDE, shadow ROMs.
  ...anyHeader(REGION).map((entry) => ({ ...entry, text: /\[virtual\]/ })),
  // The copy of a graphics ROM that the firmware left in memory.
  ...anyHeader('Expansion ROM').map((entry) => ({ ...entry, text: /^at 000c0000/ })),
  // Newer versions take the upper half of a 64-bit BAR in a dump for a BAR of its own; the kernel knows of ROMs that read 0.
  ...anyHeader(REGION).map((entry) => ({ ...entry, text: /at <unassigned>/, alone: true as const })),
  capability(CapId.VPD, /./),
];

interface Place {
  readonly dump: string;
  readonly slot: string;
  readonly label: string;
  readonly reason: string;
}

/** Single places where text and bytes of a dump disagree. */
export const PLACES: readonly Place[] = [
  {
    dump: 'coreboot-logs/latitude-e6540-autoport.log',
    slot: '0000:00:01.0',
    label: 'LnkSta',
    reason: 'the link trained while lspci read it for the text, and no more when it read the bytes',
  },
  {
    dump: 'coreboot-logs/huananzhi-x99-qd4.log',
    slot: '0000:ff:1e.3',
    label: 'Region 0',
    reason: 'the kernel ignores what stands in the place of its BARs',
  },
  {
    dump: 'pciutils-tests/cap-pcie-1',
    slot: '0000:00:01.0',
    label: 'RootCap',
    reason: 'this version read Root Control instead',
  },
  ...['RCiEPBitmap', 'AssociatedBusNumbers'].map((label) => ({
    dump: 'pciutils-tests/cap-rcec',
    slot: '0000:6a:00.4',
    label,
    reason: 'the bytes name no endpoint and no bus; the text does',
  })),
  {
    dump: 'pciutils-tests/cap-ide',
    slot: '0000:e1:00.0',
    label: 'SelectiveIDE#0 Ctl',
    reason: 'the stream is enabled in the bytes and not in the text',
  },
];

// --- Applied ------------------------------------------------------------------------------------------------------

export const isFromElsewhere = (
  structure: PlacedStructure,
  { label, text }: Statement,
  ours: string | undefined,
): boolean =>
  FROM_ELSEWHERE.some(
    (entry) =>
      concerns(entry, structure, label) &&
      (entry.text?.test(text) ?? true) &&
      (entry.alone !== true || ours === undefined),
  );

export const isKnownPlace = (dump: string, slot: string, label: string): boolean =>
  PLACES.some((place) => place.dump === dump && place.slot === slot && place.label === label);

/** The statement as 3.14 spells it. */
export const spelledAsNow = (structure: PlacedStructure, { label, text }: Statement, ours: string): string =>
  RENAMED.filter((entry) => concerns(entry, structure, label)).reduce(
    (spelled, { rewrite }) => rewrite(spelled, ours),
    text,
  );

/** True when an older version, whose text this is, does not print the value. */
export const isLater = (structure: PlacedStructure, { label, text }: Statement, value: string): boolean =>
  LATER.some(
    (entry) =>
      concerns(entry, structure, label) && entry.values.test(value) && entry.since?.test(text) !== true,
  );

export const isOwn = (structure: PlacedStructure, { label, text }: Statement): boolean =>
  OWN.some((entry) => concerns(entry, structure, label) && (entry.text?.test(text) ?? true));

/** What older versions say in this statement; `instead` of what is said now, or besides. */
export const earlier = (
  structure: PlacedStructure,
  label: string,
  fn: Pick<FunctionDescription, 'config' | 'known'>,
): readonly { readonly text: string; readonly instead: boolean }[] =>
  EARLIER.filter((entry) => concerns(entry, structure, label)).map(({ values, instead }) => ({
    text: values(readingOf(structure, fn.config, fn.known, {})),
    instead: instead === true,
  }));
