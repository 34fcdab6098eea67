import { describe, expect, it } from 'vitest';
import { PortType } from '../../../src/backend/spec/capabilities/portType';
import { decodeStructure } from '../../../src/backend/spec/decode/decodeStructure';
import { layoutOf } from '../../../src/backend/spec/layout';
import { dwords, withExtended } from './sampleImage';

type Facts = Parameters<typeof withExtended>[2];

/** The lines of the structure at 100h, as lspci prints them but for white space. */
const linesOf = (id: number, body: readonly number[], facts?: Facts): readonly string[] => {
  const { config, known } = withExtended(id, body, facts);
  const found = layoutOf(config, known).find(({ offset }) => offset === 0x100);
  if (!found) throw new Error('nothing at 100h');
  return decodeStructure(found, config, known).map(({ label, text }) =>
    label === '' ? text : `${label}: ${text}`,
  );
};

const CXL = 0x1e98;
const cxl = (id: number, revision: number, length: number, ...body: readonly number[]): number[] => [
  ...dwords(((length << 20) | (revision << 16) | CXL) >>> 0),
  id,
  0,
  ...body,
];
const words = (...values: readonly number[]): number[] =>
  values.flatMap((value) => [value & 0xff, value >>> 8]);

/**
 * What no dump at hand holds with its text. The lines are what lspci 3.15 prints of a dump with these bytes
 * (`lspci -F FILE -vvv`).
 */
const PRINTED: readonly (readonly [string, number, readonly number[], Facts, readonly string[]])[] = [
  [
    'Downstream Port Containment',
    0x1d,
    words(0x1742, 0x00ad, 0x0713, 0x0a28),
    { portType: PortType.downstreamPort },
    [
      'Capabilities: [100 v1] Downstream Port Containment',
      'DpcCap: IntMsgNum 2, RPExt- PoisonedTLP+ SwTrigger- RP PIO Log 7, DL_ActiveErr+',
      'DpcCtl: Trigger:1 Cmpl+ INT+ ErrCor- PoisonedTLP+ SwTrigger- DL_ActiveErr+',
      'DpcSta: Trigger+ Reason:01 INT- RPBusy+ TriggerExt:00 RP PIO ErrPtr:07',
      'Source: 0a28',
    ],
  ],
  [
    'Multicast of a root port',
    0x12,
    dwords(0x80038c05, 0x1234500c, 1, 2, 3, 4, 5, 6, 7, 0x12345006, 9),
    { portType: PortType.rootPort },
    [
      'Capabilities: [100 v1] Multicast',
      'McastCap: MaxGroups 6, ECRCRegen+',
      'McastCtl: NumGroups 4, Enable+',
      'McastBAR: IndexPos 12, BaseAddr 0000000112345000',
      'McastReceiveVec: 0000000300000002',
      'McastBlockAllVec: 0000000500000004',
      'McastBlockUntransVec: 0000000700000006',
      'McastOverlayBAR: OverlaySize 6 (64 bytes), BaseAddr 0000000912345000',
    ],
  ],
  [
    'Device 3',
    0x2f,
    dwords(0x1ae, 0x193, 0x18),
    {},
    [
      'Capabilities: [100 v1] Device 3',
      'DevCap3: DMWr Request Routing-, 14-Bit Tag Completer+, 14-Bit Tag Requester+',
      'L0p+, Port L0p Exit Latency: 2us to less than 4us, Retimer L0p Exit Latency: 4us to less than 8us',
      'UIO Mem RdWr Completer-, UIO Mem RdWr Requester-',
      'DevCtl3: DMWr Requester+, DMWr Egress Blocking+, 14-Bit Tag Requester-',
      'L0p-, Target Link Width: x2',
      'UIO Mem RdWr Requester+, UIO Request 256B Boundary-',
      'DevSta3: Initial Link Width: x1, Segment Captured+, Remote L0p+',
    ],
  ],
  [
    'Physical Layer 64.0 GT/s',
    0x31,
    dwords(0, 0, 0x4b),
    { lanes: 16 },
    [
      'Capabilities: [100 v1] Physical Layer 64.0 GT/s',
      'Phy64Sta: EquComplete+ EquPhase1+ EquPhase2- EquPhase3+ LinkEquRequest-',
      'TxPrecodeOn- TxPrecodeReq+ NoEqualizationNeededRecv-',
    ],
  ],
  [
    'Physical Layer 32.0 GT/s',
    0x2a,
    dwords(0x301, 0x201, 0x4a7),
    {},
    [
      'Capabilities: [100 v1] Physical Layer 32.0 GT/s',
      'Phy32Cap: EqualizationBypass+ NoEqualizationNeeded-',
      'ModTsMode0+ ModTsMode1+ ModTsMode2-',
      'Phy32Ctl: EqualizationBypassDis+ NoEqualizationNeededDis-',
      'Modified TS Usage Mode: Alternate Protocol Negotiation',
      'Phy32Sta: EquComplete+ EquPhase1+ EquPhase2+ EquPhase3- LinkEquRequest-',
      'Received Enhanced Link Behavior Control: No Equalization Needed',
      'ModTsRecv+ TxPrecodeOn- TxPrecodeReq- NoEqualizationNeededRecv+',
    ],
  ],
  [
    'Flit Logging',
    0x32,
    dwords(0x0a05a005, 0x01020304, 0x50010215, 9, 7, 3, 0x00020001),
    {},
    [
      'Capabilities: [100 v1] Flit Logging',
      'Log1: Valid+, Link Width: x4',
      'More entries+ Unrecognized flit- FEC uncorrectable+',
      'SyndParityGrp0: 05, SyndCheckGrp0: 0a',
      'Log2: SyndParityGrp1: 04, SyndCheckGrp1: 03',
      'SyndParityGrp2: 02, SyndCheckGrp2: 01',
      'CntCtl: Flit Error Counter En+ Flit Error Counter Interrupt En-',
      'Events to count: 1, Trigger Event on Error Count: 21',
      'CntSts: Link Width when Error Counter Started x2',
      'Interrupt Generated based on Trigger Event Count-, FlitErr: 80',
      'MeasCtl: En+ Granularity: odd',
      'MeasSts1: Flit Counter: 7',
      'MeasSts2: Invalid Flit Counter: 3',
      'MeasSts3: Lane0: 1, Lane1: 2',
      'MeasSts4: Lane2: 0, Lane3: 0',
      'MeasSts5: Lane4: 0, Lane5: 0',
      'MeasSts6: Lane6: 0, Lane7: 0',
      'MeasSts7: Lane8: 0, Lane9: 0',
      'MeasSts8: Lane10: 0, Lane11: 0',
      'MeasSts9: Lane12: 0, Lane13: 0',
      'MeasSts10: Lane14: 0, Lane15: 0',
    ],
  ],
  [
    'Virtual Resizable BAR',
    0x24,
    dwords(0x00100010, 0x0945, 0x80000000, 0x80001302),
    {},
    [
      'Capabilities: [100 v1] Virtual Resizable BAR',
      'BAR 5: current size: 512MB, supported: 1MB 64GB',
      'BAR 2: current size: 512GB, supported: 128TB 8EB',
    ],
  ],
  [
    'Root Complex Link to configuration space',
    0x05,
    dwords(0x01020101, 0, 0, 0x05060007, 0, 0xabcde003, 0x11),
    {},
    [
      'Capabilities: [100 v1] Root Complex Link',
      'Desc: PortNumber=01 ComponentID=02 EltType=Egress',
      'Link0: Desc: TargetPort=05 TargetComponent=06 AssocRCRB+ LinkType=Config LinkValid+',
      'Addr: 04:1b.6  CfgSpace=00000011abcde003',
    ],
  ],
  [
    'Root Complex Event Collector Endpoint Association',
    0x07,
    dwords(0x742, 0x00050200),
    { version: 2 },
    [
      'Capabilities: [100 v2] Root Complex Event Collector Endpoint Association',
      'RCiEPBitmap: RCiEP at Device(s): 1, 6, 8-10',
      'AssociatedBusNumbers: 02-05',
    ],
  ],
  [
    'selective IDE streams',
    0x30,
    dwords(0x10012, 4, 2, 0x4000c1, 2, 0x123400, 0x05abcd01, 0x11122201, 3, 4, 0x33344400, 5, 6),
    {},
    [
      'Capabilities: [100 v1] Integrity & Data Encryption',
      "IDECap: Lnk=0 Sel=2 FlowThru- PartHdr- Aggr+ PCPC- IDE_KM- SelCfg- Alg='AES-GCM-256-96b' TCs=1 TeeLim- XT-",
      'IDECtl: FTEn+',
      '[10c]SelectiveIDE#0 Cap: RID#=2',
      "[110]SelectiveIDE#0 Ctl: En+ XT- NPR- PR- CPL=8 PCRC- CFG- HdrEnc=no Alg='AES-GCM-256-96b' TC0 TeeLim- ID0 Default",
      '[114]SelectiveIDE#0 Sta: secure RecvChkFail-',
      '[118]SelectiveIDE#0 RID: Valid+ Base=abcd Limit=1234 SegBase=5',
      '[120]SelectiveIDE#0 RID#0: Valid+ Base=422200000 Limit=3111fffff',
      '[12c]SelectiveIDE#0 RID#1: Valid- Base=644400000 Limit=5333fffff',
      '[138]SelectiveIDE#1 Cap: RID#=0',
      "[13c]SelectiveIDE#1 Ctl: En- XT- NPR- PR- CPL- PCRC- CFG- HdrEnc=no Alg='AES-GCM-256-96b' TC0 TeeLim- ID0",
      '[140]SelectiveIDE#1 Sta: insecure RecvChkFail-',
      '[144]SelectiveIDE#1 RID: Valid- Base=0 Limit=0 SegBase=0',
    ],
  ],
  [
    'virtual channels with reserved arbitrations and tables',
    0x02,
    dwords(0x811, 0x03000013, 0x0002, 0x04000021, 0x808a00ff, 0x20000, 0x80, 0x0100_0000),
    {},
    [
      'Capabilities: [100 v1] Virtual Channel',
      'Caps: LPEVC=1 RefClk=100ns PATEntryBits=4',
      'Arb: Fixed+ WRR32+ WRR64- WRR128- ??4+',
      'Ctrl: ArbSelect=WRR32',
      'Status: InProgress-',
      'Port Arbitration Table [130] <?>',
      'VC0: Caps: PATOffset=04 MaxTimeSlots=1 RejSnoopTrans-',
      'Arb: Fixed+ WRR32- WRR64- WRR128- TWRR128- WRR256+',
      'Ctrl: Enable+ ID=0 ArbSelect=WRR256 TC/VC=ff',
      'Status: NegoPending+ InProgress-',
      'Port Arbitration Table <?>',
      'VC1: Caps: PATOffset=00 MaxTimeSlots=1 RejSnoopTrans-',
      'Arb: Fixed- WRR32- WRR64- WRR128- TWRR128- WRR256- ??7+',
      'Ctrl: Enable- ID=1 ArbSelect=Fixed TC/VC=00',
      'Status: NegoPending- InProgress-',
    ],
  ],
  [
    'L1 substates with reserved scales',
    0x1e,
    dwords(0x3b0a1f, 0xc0640f03, 0x2b),
    {},
    [
      'Capabilities: [100 v1] L1 PM Substates',
      'L1SubCap: PCI-PM_L1.2+ PCI-PM_L1.1+ ASPM_L1.2+ ASPM_L1.1+ L1_PM_Substates+',
      'PortCommonModeRestoreTime=10us PortTPowerOnTime=<error>',
      'L1SubCtl1: PCI-PM_L1.2+ PCI-PM_L1.1+ ASPM_L1.2- ASPM_L1.1-',
      'T_CommonMode=15us LTR1.2_Threshold=<error>',
      'L1SubCtl2: T_PwrOn=<error>',
    ],
  ],
  [
    'a CXL device',
    0x23,
    cxl(
      0,
      2,
      0x3c,
      ...words(0x401f, 0x0105, 0x4000, 0, 0x8002, 0, 0x0301),
      ...dwords(1, 0x2000012b, 2, 0x30000000, 0, 0, 0, 0, 0),
    ),
    {},
    [
      'Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0000 Rev=2 Len=60: CXL',
      'PCIe DVSEC for CXL Devices',
      'CXLCap: Cache+ IO+ Mem+ MemHWInit+ HDMCount 1 Viral+',
      'CXLCtl: Cache+ IO- Mem+ CacheSFCov 0 CacheSFGran 1 CacheClean- Viral-',
      'CXLSta: Viral+',
      'CXLCtl2: DisableCaching- InitCacheWB&Inval- InitRst- RstMemClrEn- DesiredVolatileHDMStateAfterHotReset-',
      'CXLSta2: ResetComplete+ ResetError- PMComplete+',
      'CXLCap2: Cache Size: 00030000',
      'Range1: 0000000230000000-000000034fffffff [size=0x120000000]',
      'Valid+ Active+ Type=CDAT Class=Storage interleave=256 timeout=1s',
      'Range2: 0000000000000000-ffffffffffffffff [size=0x0]',
      'Valid- Active- Type=Volatile Class=DRAM interleave=0 timeout=1s',
      'CXLCap3: DefaultVolatile HDM State After: ColdReset- WarmReset- HotReset- HotResetConfigurability-',
    ],
  ],
  [
    'a CXL port',
    0x23,
    cxl(3, 0, 0x28, ...words(0x4000, 0x0005, 0x3412, 0x5670, 0x89a0), ...dwords(0, 1, 2, 3, 4)),
    {},
    [
      'Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0003 Rev=0 Len=40: CXL',
      'CXL Extensions DVSEC for Ports',
      'CXLPortSta: PMComplete-',
      'CXLPortCtl: UnmaskSBR+ UnmaskLinkDisable- AltMem+ AltBME- ViralEnable-',
      'AlternateBus: 12-34',
      'AlternateBus: 5670-89a0',
    ],
  ],
  [
    'global persistent flush with a reserved scale',
    0x23,
    cxl(4, 0, 0x10, ...words(0, 0x0503, 0x0f0f)),
    {},
    [
      'Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0004 Rev=0 Len=16: CXL',
      'GPF DVSEC for CXL Ports',
      'GPF Phase 1 Timeout: 300ms',
      'Reserved time scale encoding f',
      'GPF Phase 2 Timeout: 15<?>',
    ],
  ],
  [
    'a flex bus of another length than its revision has',
    0x23,
    cxl(7, 2, 0x14, ...words(0x2067, 0x41a5, 0x0006), ...dwords(0x123456)),
    {},
    [
      'Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0007 Rev=2 Len=20: CXL',
      'PCIe DVSEC for Flex Bus Port',
      '<Wrong length for Revision 2>',
      'FBCap: Cache+ IO+ Mem+ 68BFlit+ MltLogDev+ 256BFlit+ PBRFlit-',
      'FBCtl: Cache+ IO- Mem+ SynHdrByp- DrftBuf- 68BFlit+ MltLogDev- RCD+ Retimer1+ Retimer2- 256BFlit- PBRFlit+',
      'FBSta: Cache- IO+ Mem+ SynHdrByp- DrftBuf- 68BFlit- MltLogDev- 256BFlit- PBRFlit-',
      'FBModTS: Received FB Data: 123456',
    ],
  ],
  [
    'a CXL register locator, first block empty',
    0x23,
    cxl(8, 0, 0x24, ...words(0), ...dwords(0, 0, 0x12340302, 0x55, 0xff05, 0)),
    {},
    [
      'Capabilities: [100 v1] Designated Vendor-Specific: Vendor=1e98 ID=0008 Rev=0 Len=36: CXL',
      'Register Locator DVSEC',
      'Block2: BIR: bar2, ID: CXL device registers, offset: 0000005512340000',
      'Block3: BIR: bar5, ID: vendor-specific, offset: 0000000000000000',
    ],
  ],
  [
    'another vendor',
    0x23,
    [...dwords(0x01640086 | 0x8000), 5, 0],
    {},
    ['Capabilities: [100 v1] Designated Vendor-Specific: Vendor=8086 ID=0005 Rev=4 Len=22 <?>'],
  ],
];

describe('extended capabilities in the words of lspci', () => {
  it.each(PRINTED)('%s', (_name, id, body, facts, lines) => {
    expect(linesOf(id, body, facts)).toEqual(lines);
  });
});

describe('what lspci names only', () => {
  it('power budgeting', () => {
    expect(linesOf(0x04, dwords(3, 0x00018119, 1))).toEqual([
      'Capabilities: [100 v1] Power Budgeting',
      'PBSel: 3',
      'PBData: 2.5W Power 12V, Sustained, D0 SubState=0',
      'PBCap: SystemAllocated+',
    ]);
    expect(linesOf(0x04, dwords(0, 0x000780f1))[2]).toBe('PBData: <=275W Power 3.3V, Maximum, D0 SubState=0');
  });

  it('data link features', () => {
    expect(linesOf(0x25, dwords(0x80000001, 0x80000043))).toEqual([
      'Capabilities: [100 v1] Data Link Feature',
      'DLFCap: ScaledFlowCtl+ ImmReady- ExtVCCount=0 L0p Exit Latency: Less than 1us, ExchangeEnable+',
      'DLFSta: ScaledFlowCtl+ ImmReady+ ExtVCCount=0 L0p Exit Latency: 2us to less than 4us, Valid+',
    ]);
  });

  it('power allocation', () => {
    expect(linesOf(0x16, dwords(0x05021101, 2, 0x00000101, 0x1e50))).toEqual([
      'Capabilities: [100 v1] Dynamic Power Allocation',
      'DPACap: SubstateMax=1',
      'DPASta: Substate=1 ControlEnabled+',
      'DPACtl: Substate=0',
      'Substate 0: 80W, transition 20ms',
      'Substate 1: 30W, transition 50ms',
    ]);
  });
});

/** Where lspci 3.15 takes a wrong bit or loses some, the registers win. docs/FIDELITY.md lists them. */
describe('what lspci gets wrong', () => {
  it('an endpoint with device number 31 of an event collector', () => {
    expect(linesOf(0x07, dwords(0xc0000001))[1]).toBe('RCiEPBitmap: RCiEP at Device(s): 0, 30-31');
  });

  it('lane errors above lane 15', () => {
    expect(linesOf(0x19, dwords(0, 0x80010001), { lanes: 32 })[2]).toBe(
      'LaneErrStat: LaneErr at lane: 0 16 31',
    );
  });

  it('windows of 2 GiB and more', () => {
    expect(linesOf(0x12, dwords(0x2000))[1]).toBe('McastCap: MaxGroups 1, WindowSz 32 (4294967296 bytes)');
  });

  it('the upper half of a map of functions without CXL', () => {
    expect(linesOf(0x23, cxl(2, 0, 0x2c, ...words(0), ...dwords(0x80000001)))[2]).toBe('FuncMap 0: 80000001');
  });

  it('PCRC of link streams, control and state bits of CXL devices and ports', () => {
    expect(linesOf(0x30, dwords(1, 0, 0x101))[3]).toContain('En+ XT- NPR- PR- CPL- PCRC+');
    expect(linesOf(0x30, dwords(1, 0, 0x001))[3]).toContain('En+ XT- NPR- PR- CPL- PCRC-');
    const device = linesOf(
      0x23,
      cxl(0, 2, 0x3c, ...words(0, 0, 0, 0x000c), ...dwords(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8)),
    );
    expect(device[5]).toContain('InitRst+ RstMemClrEn+ DesiredVolatileHDMStateAfterHotReset-');
    const port = linesOf(0x23, cxl(3, 0, 0x28, ...words(1)));
    expect(port[2]).toBe('CXLPortSta: PMComplete+');
  });
});
