import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';
import { ERROR } from './values';

/** Structures that lspci names and does not decode, in its notation. */

const SCALES_MW = [1000, 100, 10, 1];
/** From here on, in units of 1 W, the value names a range by its upper end. */
const FIRST_RANGE = 0xf0;
const RANGE_ENDS_W = [250, 275, 300];

const watts = (milliwatts: number): string => `${milliwatts / 1000}W`;

const budget = (at: Reading): string => {
  const base = at.field('DATA', 'BasePower');
  const scale = at.field('DATA', 'Scale');
  if (scale !== 0 || base < FIRST_RANGE) return watts(base * (SCALES_MW[scale] ?? 0));
  const end = RANGE_ENDS_W[base - FIRST_RANGE];
  return end === undefined ? `??${base}` : `<=${end}W`;
};

export const POWER_BUDGETING_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x04,
  lines: [
    line('PBSel', 'SELECT', (at) => String(at.value('SELECT'))),
    line('PBData', 'DATA', (at) =>
      at.fill('DATA', `${budget(at)} {Rail}, {Type}, {State} SubState={SubState}`),
    ),
    line('PBCap', 'CAPABILITY', 'SystemAllocated±'),
  ],
};

const FEATURES = 'ScaledFlowCtl± ImmReady± ExtVCCount={ExtVCCount} L0p Exit Latency: {L0pExitLatency}';

export const DATA_LINK_FEATURE_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x25,
  lines: [
    line('DLFCap', 'DLFCAP', `${FEATURES}, ExchangeEnable±`),
    line('DLFSta', 'DLFSTA', `${FEATURES}, Valid±`),
  ],
};

const LATENCY_UNITS_MS = [1, 10, 100];
const POWER_SCALES_MW = [10_000, 1000, 100, 10];

const latency = (at: Reading, value: 0 | 1): string => {
  const unit = LATENCY_UNITS_MS[at.field('DPACAP', 'LatencyUnit')];
  const count = at.field('DPACAP', `Latency${value}`);
  return unit === undefined ? ERROR : `${count * unit}ms`;
};

const substateLine = (substate: number): LineSpec => {
  const power = `POWER_ALLOCATION_${substate}`;
  return line(`Substate ${substate}`, `${power} DPACAP LATENCY_INDICATOR`, (at) => {
    const slow = (at.field('LATENCY_INDICATOR', 'Latency1') >>> substate) & 1;
    const scale = POWER_SCALES_MW[at.field('DPACAP', 'PowerScale')] ?? 0;
    return `${watts(at.value(power) * scale)}, transition ${latency(at, slow === 1 ? 1 : 0)}`;
  });
};

export const DPA_DECODER: StructureDecoder = {
  kind: 'extendedCapability',
  id: 0x16,
  lines: (reading) => [
    line('DPACap', 'DPACAP', 'SubstateMax={SubstateMax}'),
    line('DPASta', 'DPASTA', 'Substate={Substate} ControlEnabled±'),
    line('DPACtl', 'DPACTL', 'Substate={Substate}'),
    ...Array.from({ length: reading.field('DPACAP', 'SubstateMax') + 1 }, (_, i) => substateLine(i)),
  ],
};
