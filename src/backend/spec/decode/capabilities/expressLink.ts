import { isDownstreamFacing, PortType } from '../../capabilities/portType';
import { bits } from '../../uint';
import { line, type LineSpec } from '../decodedLine';
import type { Reading } from '../reading';
import { portTypeOf } from './expressPort';

const L0S = 1;
const L1 = 2;

/** Exit latencies mean something for the states that the link supports. */
const exitLatency = (at: Reading): string => {
  const aspm = at.field('LNKCAP', 'ASPM');
  const latencies = [...((aspm & L0S) !== 0 ? ['L0s {L0s}'] : []), ...((aspm & L1) !== 0 ? ['L1 {L1}'] : [])];
  return latencies.length === 0 ? '' : `, Exit Latency ${latencies.join(', ')}`;
};

/**
 * How the link runs, measured against what it can. A port above a slower device is no loss of its own, so only the
 * device's side says that the link is below its capability.
 */
const judgement = (at: Reading, field: string): string => {
  const now = at.field('LNKSTA', field);
  const most = at.field('LNKCAP', field);
  if (now > most) return ' (overdriven)';
  return now < most && !isDownstreamFacing(portTypeOf(at)) ? ' (downgraded)' : '';
};

const RCB_PORTS: readonly number[] = [
  PortType.rootPort,
  PortType.endpoint,
  PortType.legacyEndpoint,
  PortType.expressToPciBridge,
];

export const LINK_LINES: readonly LineSpec[] = [
  line('LnkCap', 'LNKCAP', (at) =>
    at.fill('LNKCAP', `Port #{Port}, Speed {Speed?unknown}, Width x{Width#}, ASPM {ASPM}${exitLatency(at)}`),
  ),
  line('', 'LNKCAP', 'ClockPM± Surprise± LLActRep± BwNot± ASPMOptComp±'),
  line('LnkCtl', 'LNKCTL', (at) =>
    at.fill(
      'LNKCTL',
      `ASPM {ASPM}; ${RCB_PORTS.includes(portTypeOf(at)) ? 'RCB {RCB}, ' : ''}LnkDisable± CommClk±`,
    ),
  ),
  line('', 'LNKCTL', 'ExtSynch± ClockPM± AutWidDis± BWInt± AutBWInt± FltModeDis±'),
  line('LnkSta', 'LNKSTA', (at) =>
    at.fill(
      'LNKSTA',
      `Speed {Speed?unknown}${judgement(at, 'Speed')}, Width x{Width#}${judgement(at, 'Width')}`,
    ),
  ),
  line('', 'LNKSTA', 'TrErr± Train± SlotClk± DLActive± BWMgmt± ABWMgmt±'),
];

/** By the highest bit of the vector; lower speeds are implied. */
const SPEEDS = [undefined, '2.5GT/s', '2.5-5GT/s', '2.5-8GT/s', '2.5-16GT/s', '2.5-32GT/s', '2.5-64GT/s'];
const SPEED_VECTOR_BITS = 8;

const supportedSpeeds = (at: Reading): string => {
  const vector = bits(at.value('LNKCAP2'), 0, SPEED_VECTOR_BITS);
  if (vector < 2) return 'Unknown';
  return SPEEDS[Math.floor(Math.log2(vector))] ?? 'RsvdP';
};

/**
 * The device below a link is controlled through its function 0: in the others these registers are reserved, and lspci
 * leaves them out.
 */
const controlsLink = (at: Reading): boolean => {
  const type = portTypeOf(at);
  const { bdf } = at.host;
  const first = bdf === undefined || (bdf.device === 0 && bdf.function === 0);
  return first || (type !== PortType.endpoint && type !== PortType.legacyEndpoint);
};

const inLinkControl2 =
  (text: (at: Reading) => string) =>
  (at: Reading): string | undefined =>
    controlsLink(at) ? at.fill('LNKCTL2', text(at)) : undefined;

const reportsReadiness = (at: Reading): boolean =>
  isDownstreamFacing(portTypeOf(at)) && at.isSet('LNKCAP2', 'DRS');

export const LINK_LINES_2: readonly LineSpec[] = [
  line('LnkCap2', 'LNKCAP2', (at) =>
    at.value('LNKCAP2') !== 0 && controlsLink(at)
      ? at.fill(
          'LNKCAP2',
          `Supported Link Speeds: ${supportedSpeeds(at)}, Crosslink± Retimer± 2Retimers± DRS±`,
        )
      : undefined,
  ),
  line(
    'LnkCtl2',
    'LNKCTL2',
    inLinkControl2(
      (at) =>
        'Target Link Speed: {TargetLinkSpeed?Unknown}, EnterCompliance± SpeedDis±' +
        (portTypeOf(at) === PortType.downstreamPort
          ? ', Selectable De-emphasis: {SelectableDe-emphasis}'
          : ''),
    ),
  ),
  line(
    '',
    'LNKCTL2',
    inLinkControl2(
      () => 'Transmit Margin: {TransmitMargin?Unknown}, EnterModifiedCompliance± ComplianceSOS±',
    ),
  ),
  line(
    '',
    'LNKCTL2',
    inLinkControl2(() => 'Compliance Preset/De-emphasis: {CompliancePreset?Unknown}'),
  ),
  line(
    'LnkSta2',
    'LNKSTA2',
    'Current De-emphasis Level: {CurrentDe-emphasis}, EqualizationComplete± EqualizationPhase1±',
  ),
  line('', 'LNKSTA2', 'EqualizationPhase2± EqualizationPhase3± LinkEqualizationRequest±'),
  line('', 'LNKSTA2', (at) =>
    at.fill(
      'LNKSTA2',
      `Retimer± 2Retimers± CrosslinkRes: {CrosslinkRes}, FltMode±${reportsReadiness(at) ? ', DRS±' : ''}`,
    ),
  ),
  line('', 'LNKSTA2', (at) =>
    reportsReadiness(at) ? at.fill('LNKSTA2', 'DownstreamComp: {DownstreamComp?Reserved}') : undefined,
  ),
];
