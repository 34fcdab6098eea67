import { isDownstreamFacing } from '../capabilities/portType';
import { address, bit, inOrder, register, span, whenOffered } from '../define';
import type { BitFieldSpec, RegisterSpec, StructureOwner, StructureReader } from '../register';
import { bits } from '../uint';

/**
 * What the CXL consortium puts into designated vendor-specific capabilities, by DVSEC ID. Fields that the lock
 * register freezes are read-only once it is set. Source: CXL 3.0 sections 8.1.3 to 8.1.10 and 8.2.1.3.
 */

export const CXL_VENDOR = 0x1e98;

const HEADER_1 = 0x04;
const LOCK = 0x14;

const revisionOf = (read: StructureReader): number => bits(read(HEADER_1, 4), 16, 4);

const MEDIA_TYPE = inOrder('Volatile', 'Non-volatile', 'CDAT');
const MEMORY_CLASS = inOrder('DRAM', 'Storage', 'CDAT');
const ACTIVE_TIMEOUT = inOrder('1s', '4s', '16s', '64s', '256s');
const CACHE_UNIT = inOrder('not reported', '64KB', '1MB');
const INTERLEAVE = inOrder('none', '256', '4096', '512', '1024', '2048', '8192', '16384');
const RESET_TIMEOUT = inOrder('10ms', '100ms', '1s', '10s', '100s');

/** Size and base of one range of device memory, high dword before low. */
const memoryRange = (read: StructureReader, range: 1 | 2): readonly RegisterSpec[] => {
  const at = range === 1 ? 0x18 : 0x28;
  const name = `RANGE${range}`;
  const source = 'CXL 3.0 8.1.3.8';
  const locked = whenOffered(bits(read(LOCK, 2), 0, 1) === 0);
  return [
    register(at, 4, `${name}_SIZE_HI`, `Range ${range} Size, bits 63:32`, 'RO', source),
    register(at + 4, 4, `${name}_SIZE_LO`, `Range ${range} Size, bits 31:28`, 'RO', source, [
      bit(0, 'Valid', 'Memory_Info_Valid', 'RO'),
      bit(1, 'Active', 'Memory_Active', 'RO'),
      span(2, 3, 'Type', 'Media_Type', 'RO', MEDIA_TYPE),
      span(5, 3, 'Class', 'Memory_Class', 'RO', MEMORY_CLASS),
      span(8, 5, 'Interleave', 'Desired_Interleave in bytes', 'RO', INTERLEAVE),
      span(13, 3, 'Timeout', 'Memory_Active_Timeout', 'HwInit', ACTIVE_TIMEOUT),
      address(28, 4, 'Size', 'Memory_Size_Low, bits 31:28', 'RO'),
    ]),
    register(at + 8, 4, `${name}_BASE_HI`, `Range ${range} Base, bits 63:32`, locked, source),
    register(at + 12, 4, `${name}_BASE_LO`, `Range ${range} Base, bits 31:28`, 'RsvdP', source, [
      address(28, 4, 'Base', 'Memory_Base_Low, bits 31:28', locked),
    ]),
  ];
};

const deviceRegisters = (read: StructureReader): readonly RegisterSpec[] => {
  const cap = read(0x0a, 2);
  const offers = (lsb: number): boolean => bits(cap, lsb, 1) === 1;
  const locked = whenOffered(bits(read(LOCK, 2), 0, 1) === 0);
  const second = revisionOf(read) >= 2;
  return [
    register(0x0a, 2, 'CXLCAP', 'DVSEC CXL Capability', 'RO', 'CXL 3.0 8.1.3.1', [
      bit(0, 'Cache', 'Cache_Capable', 'RO'),
      bit(1, 'IO', 'IO_Capable', 'RO'),
      bit(2, 'Mem', 'Mem_Capable', 'RO'),
      bit(3, 'MemHWInit', 'Mem_HwInit_Mode', 'RO'),
      span(4, 2, 'HDMCount', 'HDM_Count', 'RO'),
      bit(6, 'CacheWBInval', 'Cache Writeback and Invalidate Capable', 'RO'),
      bit(7, 'Reset', 'CXL Reset Capable', 'RO'),
      span(8, 3, 'ResetTimeout', 'CXL Reset Timeout', 'RO', RESET_TIMEOUT),
      bit(11, 'ResetMemClr', 'CXL Reset Mem Clr Capable', 'RO'),
      bit(13, 'MltLogDev', 'Multiple Logical Device', 'RO'),
      bit(14, 'Viral', 'Viral_Capable', 'RO'),
      bit(15, 'PMInit', 'PM Init Completion Reporting Capable', 'RO'),
    ]),
    register(0x0c, 2, 'CXLCTL', 'DVSEC CXL Control', 'RsvdP', 'CXL 3.0 8.1.3.2', [
      bit(0, 'Cache', 'Cache_Enable', locked),
      bit(1, 'IO', 'IO_Enable', 'RO'),
      bit(2, 'Mem', 'Mem_Enable', locked),
      span(3, 5, 'CacheSFCov', 'Cache_SF_Coverage', locked),
      span(8, 3, 'CacheSFGran', 'Cache_SF_Granularity', locked),
      bit(11, 'CacheClean', 'Cache_Clean_Eviction', locked),
      bit(14, 'Viral', 'Viral_Enable', locked),
    ]),
    register(0x0e, 2, 'CXLSTA', 'DVSEC CXL Status', 'RsvdZ', 'CXL 3.0 8.1.3.3', [
      bit(14, 'Viral', 'Viral_Status', 'RW1CS'),
    ]),
    register(0x10, 2, 'CXLCTL2', 'DVSEC CXL Control2', 'RsvdP', 'CXL 3.0 8.1.3.4', [
      bit(0, 'DisableCaching', 'Disable_Caching', 'RW'),
      // Both start something and read 0.
      bit(1, 'InitCacheWB&Inval', 'Initiate Cache Write Back and Invalidation', 'WO'),
      bit(2, 'InitRst', 'Initiate CXL Reset', 'WO'),
      bit(3, 'RstMemClrEn', 'CXL Reset Mem Clr Enable', whenOffered(offers(11))),
      ...(second ? [bit(4, 'DesiredVolatileHDM', 'Desired Volatile HDM State after Hot Reset', 'RWS')] : []),
    ]),
    register(0x12, 2, 'CXLSTA2', 'DVSEC CXL Status2', 'RsvdZ', 'CXL 3.0 8.1.3.5', [
      bit(0, 'CacheInvalid', 'Cache Invalid', 'RO'),
      bit(1, 'ResetComplete', 'CXL Reset Complete', 'RO'),
      bit(2, 'ResetError', 'CXL Reset Error', 'RO'),
      ...(second ? [bit(3, 'VolatileHDMError', 'Volatile HDM Preservation Error', 'RW1CS')] : []),
      bit(15, 'PMComplete', 'Power Management Initialization Complete', 'RO'),
    ]),
    register(LOCK, 2, 'CXLLOCK', 'DVSEC CXL Lock', 'RsvdP', 'CXL 3.0 8.1.3.6', [
      bit(0, 'Lock', 'CONFIG_LOCK', locked),
    ]),
    register(0x16, 2, 'CXLCAP2', 'DVSEC CXL Capability2', 'RO', 'CXL 3.0 8.1.3.7', [
      span(0, 4, 'CacheUnit', 'Cache Size Unit', 'RO', CACHE_UNIT),
      span(8, 8, 'CacheSize', 'Cache Size, in units', 'RO'),
    ]),
    ...memoryRange(read, 1),
    ...memoryRange(read, 2),
    ...(second
      ? [
          register(0x38, 4, 'CXLCAP3', 'DVSEC CXL Capability3', 'RO', 'CXL 3.0 8.1.3.9', [
            bit(0, 'ColdReset', 'Default Volatile HDM State after Cold Reset', 'HwInit'),
            bit(1, 'WarmReset', 'Default Volatile HDM State after Warm Reset', 'HwInit'),
            bit(2, 'HotReset', 'Default Volatile HDM State after Hot Reset', 'HwInit'),
            bit(
              3,
              'HotResetConfigurability',
              'Volatile HDM State after Hot Reset - Configurability',
              'HwInit',
            ),
          ]),
        ]
      : []),
  ];
};

/** Functions that do not take part in CXL: a dword for each function number, a bit for each device number. */
const nonCxlFunctionMap = (): readonly RegisterSpec[] =>
  Array.from({ length: 8 }, (_, i) =>
    register(
      0x0c + 4 * i,
      4,
      `FUNCTION_MAP_${i}`,
      `Non-CXL Function Map Register ${i}`,
      'HwInit',
      'CXL 3.0 8.1.4',
    ),
  );

const window = (offset: number, name: string, title: string, section: number): RegisterSpec =>
  register(offset, 2, name, title, 'RsvdP', `CXL 3.0 8.1.5.${section}`, [
    address(4, 12, 'Address', `${title}, bits 31:20`, 'RW', 20),
  ]);

const portExtensions = (): readonly RegisterSpec[] => [
  register(0x0a, 2, 'CXLPORTSTA', 'CXL Port Extension Status', 'RsvdZ', 'CXL 3.0 8.1.5.1', [
    bit(0, 'PMComplete', 'Port Power Management Initialization Complete', 'RO'),
    bit(14, 'Viral', 'Viral Status', 'RW1CS'),
  ]),
  register(0x0c, 2, 'CXLPORTCTL', 'CXL Port Control Extensions', 'RsvdP', 'CXL 3.0 8.1.5.2', [
    bit(0, 'UnmaskSBR', 'Unmask SBR', 'RW'),
    bit(1, 'UnmaskLinkDisable', 'Unmask Link Disable', 'RW'),
    bit(2, 'AltMem', 'Alt Memory and ID Space Enable', 'RW'),
    bit(3, 'AltBME', 'Alt BME', 'RW'),
    bit(14, 'ViralEnable', 'Viral Enable', 'RW'),
  ]),
  register(0x0e, 1, 'ALT_BUS_BASE', 'Alternate Bus Base', 'RW', 'CXL 3.0 8.1.5.3'),
  register(0x0f, 1, 'ALT_BUS_LIMIT', 'Alternate Bus Limit', 'RW', 'CXL 3.0 8.1.5.4'),
  window(0x10, 'ALT_MEMORY_BASE', 'Alternate Memory Base', 5),
  window(0x12, 'ALT_MEMORY_LIMIT', 'Alternate Memory Limit', 6),
  window(0x14, 'ALT_PREF_BASE', 'Alternate Prefetchable Memory Base', 7),
  window(0x16, 'ALT_PREF_LIMIT', 'Alternate Prefetchable Memory Limit', 8),
  register(0x18, 4, 'ALT_PREF_BASE_HI', 'Alternate Prefetchable Memory Base High', 'RW', 'CXL 3.0 8.1.5.9'),
  register(
    0x1c,
    4,
    'ALT_PREF_LIMIT_HI',
    'Alternate Prefetchable Memory Limit High',
    'RW',
    'CXL 3.0 8.1.5.10',
  ),
  register(0x20, 4, 'RCRB_BASE', 'CXL RCRB Base', 'RsvdP', 'CXL 3.0 8.1.5.11', [
    bit(0, 'Enable', 'CXL RCRB Enable', 'RW'),
    address(13, 19, 'Base', 'CXL RCRB Base Address, bits 31:13', 'RW'),
  ]),
  register(0x24, 4, 'RCRB_BASE_HI', 'CXL RCRB Base High', 'RW', 'CXL 3.0 8.1.5.12'),
];

const GPF_TIME_SCALE = inOrder('1us', '10us', '100us', '1ms', '10ms', '100ms', '1s', '10s');

const gpfTime = (access: 'RO' | 'RW'): readonly BitFieldSpec[] => [
  span(0, 4, 'Base', 'Time Base', access),
  span(8, 4, 'Scale', 'Time Scale', access, GPF_TIME_SCALE),
];

const gpfPort = (): readonly RegisterSpec[] => [
  register(0x0c, 2, 'GPF_PHASE1', 'GPF Phase 1 Control', 'RsvdP', 'CXL 3.0 8.1.6.1', gpfTime('RW')),
  register(0x0e, 2, 'GPF_PHASE2', 'GPF Phase 2 Control', 'RsvdP', 'CXL 3.0 8.1.6.2', gpfTime('RW')),
];

const gpfDevice = (): readonly RegisterSpec[] => [
  register(0x0a, 2, 'GPF_DURATION', 'GPF Phase 2 Duration', 'RsvdP', 'CXL 3.0 8.1.7.1', gpfTime('RO')),
  register(0x0c, 4, 'GPF_POWER', 'GPF Phase 2 Power in mW', 'RO', 'CXL 3.0 8.1.7.2'),
];

/** A flex bus is set up at its downstream end; the upstream port only says what came of it. */
const flexBusPort = (read: StructureReader, owner: StructureOwner): readonly RegisterSpec[] => {
  const cap = read(0x0a, 2);
  const revision = revisionOf(read);
  const down = owner.express !== undefined && isDownstreamFacing(owner.express.portType);
  const control = whenOffered(down);
  const when = (lsb: number) => whenOffered(down && bits(cap, lsb, 1) === 1);
  return [
    register(0x0a, 2, 'FBCAP', 'Flex Bus Port Capability', 'RO', 'CXL 3.0 8.2.1.3.1', [
      bit(0, 'Cache', 'Cache_Capable', 'RO'),
      bit(1, 'IO', 'IO_Capable', 'RO'),
      bit(2, 'Mem', 'Mem_Capable', 'RO'),
      bit(5, '68BFlit', 'CXL 68B Flit and VH Capable', 'RO'),
      bit(6, 'MltLogDev', 'CXL Multi-Logical Device Capable', 'RO'),
      ...(revision >= 2
        ? [
            bit(13, '256BFlit', 'CXL Latency-Optimized 256B Flit Capable', 'RO'),
            bit(14, 'PBRFlit', 'CXL PBR Flit Capable', 'RO'),
          ]
        : []),
    ]),
    register(0x0c, 2, 'FBCTL', 'Flex Bus Port Control', 'RsvdP', 'CXL 3.0 8.2.1.3.2', [
      bit(0, 'Cache', 'Cache_Enable', control),
      bit(1, 'IO', 'IO_Enable', 'RO'),
      bit(2, 'Mem', 'Mem_Enable', control),
      bit(3, 'SynHdrByp', 'CXL_Sync_Hdr_Bypass_Enable', control),
      bit(4, 'DrftBuf', 'Drift_Buffer_Enable', control),
      bit(5, '68BFlit', 'CXL 68B Flit and VH Enable', control),
      bit(6, 'MltLogDev', 'CXL Multi-Logical Device Enable', when(6)),
      bit(7, 'RCD', 'Disable RCD Training', control),
      bit(8, 'Retimer1', 'Retimer1_Present', 'HwInit'),
      bit(9, 'Retimer2', 'Retimer2_Present', 'HwInit'),
      ...(revision >= 2
        ? [
            bit(13, '256BFlit', 'CXL Latency-Optimized 256B Flit Enable', when(13)),
            bit(14, 'PBRFlit', 'CXL PBR Flit Enable', when(14)),
          ]
        : []),
    ]),
    register(0x0e, 2, 'FBSTA', 'Flex Bus Port Status', 'RsvdZ', 'CXL 3.0 8.2.1.3.3', [
      bit(0, 'Cache', 'Cache_Enabled', 'RO'),
      bit(1, 'IO', 'IO_Enabled', 'RO'),
      bit(2, 'Mem', 'Mem_Enabled', 'RO'),
      bit(3, 'SynHdrByp', 'CXL_Sync_Hdr_Bypass_Enabled', 'RO'),
      bit(4, 'DrftBuf', 'Drift_Buffer_Enabled', 'RO'),
      bit(5, '68BFlit', 'CXL 68B Flit and VH Enabled', 'RO'),
      bit(6, 'MltLogDev', 'CXL Multi-Logical Device Enabled', 'RO'),
      ...(revision >= 2 ? [bit(7, 'EvenHalfFailed', 'Even Half Failed', 'RW1CS')] : []),
      bit(8, 'CorrFramingErr', 'CXL_Correctable_Protocol_ID_Framing_Error', 'RW1CS'),
      bit(9, 'UncorrFramingErr', 'CXL_Uncorrectable_Protocol_ID_Framing_Error', 'RW1CS'),
      bit(10, 'UnexpectedDropped', 'CXL_Unexpected_Protocol_ID_Dropped', 'RW1CS'),
      bit(11, 'RetimersMismatch', 'Retimers_Present_Mismatched', 'RW1CS'),
      bit(12, 'EnablesMismatch', 'FlexBusEnableBits_Phase2_Mismatch', 'RW1CS'),
      ...(revision >= 2
        ? [
            bit(13, '256BFlit', 'CXL Latency-Optimized 256B Flit Enabled', 'RO'),
            bit(14, 'PBRFlit', 'CXL PBR Flit Enabled', 'RO'),
          ]
        : []),
    ]),
    ...(revision >= 1
      ? [
          register(
            0x10,
            4,
            'FBMODTS',
            'Flex Bus Port Received Modified TS Data Phase1',
            'RO',
            'CXL 3.0 8.2.1.3.4',
            [span(0, 24, 'ReceivedData', 'Received_Flex_Bus_Data_Phase_1', 'RO')],
          ),
        ]
      : []),
    ...(revision >= 2
      ? [
          register(0x14, 4, 'FBCAP2', 'Flex Bus Port Capability2', 'RO', 'CXL 3.0 8.2.1.3.5', [
            bit(0, 'NOPHint', 'NOP_Hint_Capable', 'RO'),
          ]),
          register(0x18, 4, 'FBCTL2', 'Flex Bus Port Control2', 'RsvdP', 'CXL 3.0 8.2.1.3.6', [
            bit(0, 'NOPHint', 'NOP_Hint_Enable', whenOffered(down && bits(read(0x14, 4), 0, 1) === 1)),
          ]),
          register(0x1c, 4, 'FBSTA2', 'Flex Bus Port Status2', 'RO', 'CXL 3.0 8.2.1.3.7', [
            span(0, 2, 'NOPHintInfo', 'NOP_Hint_Info', 'RO'),
          ]),
        ]
      : []),
  ];
};

const FIRST_LOCATOR = 0x0c;

const REGISTER_BLOCK = {
  ...inOrder('empty', 'component registers', 'BAR virtualization', 'CXL device registers', 'CPMU registers'),
  0xff: 'vendor-specific',
};

/** Where in the BARs each block of memory-mapped registers stands: as many as the length has room for. */
const registerLocator = (read: StructureReader): readonly RegisterSpec[] => {
  const length = bits(read(HEADER_1, 4), 20, 12);
  const blocks = Math.max(0, Math.floor((length - FIRST_LOCATOR) / 8));
  return Array.from({ length: blocks }, (_, i) => [
    register(
      FIRST_LOCATOR + 8 * i,
      4,
      `BLOCK${i + 1}_LO`,
      `Register Block ${i + 1} Offset Low`,
      'HwInit',
      'CXL 3.0 8.1.9.1',
      [
        span(0, 3, 'BIR', 'Register BIR', 'HwInit'),
        span(8, 8, 'ID', 'Register Block Identifier', 'HwInit', REGISTER_BLOCK),
        address(16, 16, 'Offset', 'Register Block Offset, bits 31:16', 'HwInit'),
      ],
    ),
    register(
      FIRST_LOCATOR + 8 * i + 4,
      4,
      `BLOCK${i + 1}_HI`,
      `Register Block ${i + 1} Offset High`,
      'HwInit',
      'CXL 3.0 8.1.9.2',
    ),
  ]).flat();
};

const multiLogicalDevice = (): readonly RegisterSpec[] => [
  register(0x0a, 2, 'LDS', 'Number of LDs Supported', 'HwInit', 'CXL 3.0 8.1.10.1'),
  // Each bit written resets one logical device; the vector reads 0.
  register(0x0c, 2, 'LD_HOT_RESET', 'LD-ID Hot Reset Vector', 'WO', 'CXL 3.0 8.1.10.2'),
];

const BY_ID: Readonly<
  Record<number, (read: StructureReader, owner: StructureOwner) => readonly RegisterSpec[]>
> = {
  0x0: deviceRegisters,
  0x2: nonCxlFunctionMap,
  0x3: portExtensions,
  0x4: gpfPort,
  0x5: gpfDevice,
  0x7: flexBusPort,
  0x8: registerLocator,
  0x9: multiLogicalDevice,
};

/** The registers after the two headers of a CXL DVSEC; none where its ID is not known. Offsets count from its start. */
export const cxlRegisters = (
  read: StructureReader,
  owner: StructureOwner,
  id: number,
): readonly RegisterSpec[] => BY_ID[id]?.(read, owner) ?? [];
