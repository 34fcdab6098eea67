import { line, type LineSpec } from '../decodedLine';
import type { Reading } from '../reading';
import { joined, UNDECODED } from './values';

/** The designated vendor-specific capabilities of CXL, by DVSEC ID. */

const U64 = 0xffff_ffff_ffff_ffffn;
const inHex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, '0');

const cacheSize = (at: Reading): string => {
  const unit = at.field('CXLCAP2', 'CacheUnit');
  const size = at.field('CXLCAP2', 'CacheSize');
  if (unit === 0) return 'Cache Size Not Reported';
  const shift = { 1: 16, 2: 20 }[unit];
  return shift === undefined
    ? `Cache Size: ${size} of unknown unit size (${unit})`
    : `Cache Size: ${inHex(BigInt(size) << BigInt(shift), 8)}`;
};

const rangeLines = (range: 1 | 2): readonly LineSpec[] => {
  const name = `RANGE${range}`;
  const low = `${name}_SIZE_LO`;
  return [
    line(`Range${range}`, `${name}_BASE_HI ${name}_BASE_LO ${name}_SIZE_HI ${low}`, (at) => {
      const base = joined(at, `${name}_BASE_LO`, `${name}_BASE_HI`);
      const size = (BigInt(at.value(`${name}_SIZE_HI`)) << 32n) | at.address(low, 'Size');
      return `${inHex(base, 16)}-${inHex((base + size - 1n) & U64, 16)} [size=0x${size.toString(16)}]`;
    }),
    line('', low, (at) => {
      const interleave = at.field(low, 'Interleave') === 0 ? '0' : at.meaning(low, 'Interleave', '<?>');
      return at.fill(
        low,
        `Valid± Active± Type={Type?<?>} Class={Class?<?>} interleave=${interleave} timeout={Timeout?<?>}`,
      );
    }),
  ];
};

const AFTER_RESET = 'DesiredVolatileHDMStateAfterHotReset{DesiredVolatileHDM±}';

const deviceLines = (reading: Reading): readonly LineSpec[] => {
  const revision = reading.field('DVSEC_HEADER_1', 'Rev');
  if (revision === 0) return [];
  return [
    line('CXLCap', 'CXLCAP', 'Cache± IO± Mem± MemHWInit± HDMCount {HDMCount} Viral±'),
    line(
      'CXLCtl',
      'CXLCTL',
      'Cache± IO± Mem± CacheSFCov {CacheSFCov} CacheSFGran {CacheSFGran} CacheClean± Viral±',
    ),
    line('CXLSta', 'CXLSTA', 'Viral±'),
    line(
      'CXLCtl2',
      'CXLCTL2',
      `DisableCaching± InitCacheWB&Inval± InitRst± RstMemClrEn±${revision >= 2 ? ` ${AFTER_RESET}` : ''}`,
    ),
    line('CXLSta2', 'CXLSTA2', 'ResetComplete± ResetError± PMComplete±'),
    line('CXLCap2', 'CXLCAP2', cacheSize),
    ...rangeLines(1),
    ...rangeLines(2),
    line(
      'CXLCap3',
      'CXLCAP3',
      'DefaultVolatile HDM State After: ColdReset± WarmReset± HotReset± HotResetConfigurability±',
    ),
  ];
};

const functionMapLines = (): readonly LineSpec[] =>
  Array.from({ length: 8 }, (_, i) => line(`FuncMap ${i}`, `FUNCTION_MAP_${i}`, '{:8}'));

const portLines = (): readonly LineSpec[] => [
  line('CXLPortSta', 'CXLPORTSTA', 'PMComplete±'),
  line('CXLPortCtl', 'CXLPORTCTL', 'UnmaskSBR± UnmaskLinkDisable± AltMem± AltBME± ViralEnable±'),
  line('AlternateBus', 'ALT_BUS_BASE ALT_BUS_LIMIT', (at) =>
    [at.fill('ALT_BUS_BASE', '{:2}'), at.fill('ALT_BUS_LIMIT', '{:2}')].join('-'),
  ),
  // lspci calls the window of memory by the name of the buses.
  line('AlternateBus', 'ALT_MEMORY_BASE ALT_MEMORY_LIMIT', (at) =>
    [at.fill('ALT_MEMORY_BASE', '{:4}'), at.fill('ALT_MEMORY_LIMIT', '{:4}')].join('-'),
  ),
];

const SCALES = 8;

/** A time of 4 bits in units of 10^scale us, told in the largest unit that has a scale of its own. */
const gpfTime = (label: string, register: string): readonly LineSpec[] => [
  line('', register, (at) => {
    const scale = at.field(register, 'Scale');
    return scale < SCALES ? undefined : `Reserved time scale encoding ${scale.toString(16)}`;
  }),
  line(label, register, (at) => {
    const base = at.field(register, 'Base');
    const scale = at.field(register, 'Scale');
    if (scale >= SCALES) return `${base}${UNDECODED}`;
    return `${base * 10 ** (scale % 3)}${['us', 'ms', 's'][Math.floor(scale / 3)] ?? ''}`;
  }),
];

const gpfPortLines = (): readonly LineSpec[] => [
  ...gpfTime('GPF Phase 1 Timeout', 'GPF_PHASE1'),
  ...gpfTime('GPF Phase 2 Timeout', 'GPF_PHASE2'),
];

const gpfDeviceLines = (): readonly LineSpec[] => [
  ...gpfTime('GPF Phase 2 Duration', 'GPF_DURATION'),
  line('GPF Phase 2 Power', 'GPF_POWER', (at) => `${at.value('GPF_POWER')}mW`),
];

/** Length that each revision of the flex bus DVSEC has; later revisions keep the last. */
const FLEX_BUS_LENGTHS = [0x10, 0x14, 0x20];

const flexBusLines = (reading: Reading): readonly LineSpec[] => {
  const revision = reading.field('DVSEC_HEADER_1', 'Rev');
  const expected = FLEX_BUS_LENGTHS[Math.min(revision, FLEX_BUS_LENGTHS.length - 1)];
  const wrong = reading.field('DVSEC_HEADER_1', 'Len') !== expected;
  const flits = revision >= 2 ? ' 256BFlit± PBRFlit±' : '';
  return [
    ...(wrong ? [line('', 'DVSEC_HEADER_1', `<Wrong length for Revision ${revision}>`)] : []),
    line('FBCap', 'FBCAP', `Cache± IO± Mem± 68BFlit± MltLogDev±${flits}`),
    line(
      'FBCtl',
      'FBCTL',
      `Cache± IO± Mem± SynHdrByp± DrftBuf± 68BFlit± MltLogDev± RCD± Retimer1± Retimer2±${flits}`,
    ),
    line('FBSta', 'FBSTA', `Cache± IO± Mem± SynHdrByp± DrftBuf± 68BFlit± MltLogDev±${flits}`),
    line('FBModTS', 'FBMODTS', 'Received FB Data: {ReceivedData:6}'),
    line('FBCap2', 'FBCAP2', 'NOPHint±'),
    line('FBCtl2', 'FBCTL2', 'NOPHint±'),
    line('FBSta2', 'FBSTA2', 'NOPHintInfo: {NOPHintInfo}'),
  ];
};

const MOST_BLOCKS = 511;

const locatorLines = (reading: Reading): readonly LineSpec[] => {
  const lines: LineSpec[] = [];
  for (let block = 1; block <= MOST_BLOCKS && reading.has(`BLOCK${block}_LO`); block++) {
    const low = `BLOCK${block}_LO`;
    const high = `BLOCK${block}_HI`;
    if (reading.field(low, 'ID') === 0) continue;
    lines.push(
      line(`Block${block}`, `${low} ${high}`, (at) => {
        const offset = (BigInt(at.value(high)) << 32n) | at.address(low, 'Offset');
        return at.fill(low, `BIR: bar{BIR}, ID: {ID?${UNDECODED}}, offset: ${inHex(offset, 16)}`);
      }),
    );
  }
  return lines;
};

const MOST_LOGICAL_DEVICES = 16;

/** Other numbers than 1..16 mean nothing, and lspci leaves them out. */
const logicalDevices = (at: Reading): string | undefined => {
  const count = at.value('LDS');
  return count >= 1 && count <= MOST_LOGICAL_DEVICES ? String(count) : undefined;
};

interface CxlDecoder {
  readonly title: string;
  readonly lines: (reading: Reading) => readonly LineSpec[];
}

const BY_ID: Readonly<Record<number, CxlDecoder>> = {
  0x0: { title: 'PCIe DVSEC for CXL Devices', lines: deviceLines },
  0x2: { title: 'Non-CXL Function Map DVSEC', lines: functionMapLines },
  0x3: { title: 'CXL Extensions DVSEC for Ports', lines: portLines },
  0x4: { title: 'GPF DVSEC for CXL Ports', lines: gpfPortLines },
  0x5: { title: 'GPF DVSEC for CXL Devices', lines: gpfDeviceLines },
  0x7: { title: 'PCIe DVSEC for Flex Bus Port', lines: flexBusLines },
  0x8: { title: 'Register Locator DVSEC', lines: locatorLines },
  0x9: { title: 'MLD DVSEC', lines: () => [line('NumLogDevs', 'LDS', logicalDevices)] },
  0xa: { title: `PCIe DVSEC for Test Capability ${UNDECODED}`, lines: () => [] },
};

/** What a CXL DVSEC with this ID is called, and what it says. */
export const cxlLines = (reading: Reading): readonly LineSpec[] => {
  const id = reading.field('DVSEC_HEADER_2', 'ID');
  const decoder = BY_ID[id];
  return [
    line('', 'DVSEC_HEADER_2', decoder?.title ?? `Unknown ID ${id.toString(16).padStart(4, '0')}`),
    ...(decoder?.lines(reading) ?? []),
  ];
};
