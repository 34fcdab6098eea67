import { isEndpoint, PortType } from '../../capabilities/portType';
import { baseAddresses } from '../../headers/baseAddress';
import { PCI_HEADER_TYPE } from '../../kernelRegisters';
import { line, type LineSpec } from '../decodedLine';
import type { Reading } from '../reading';
import { portTypeOf, powerLimit } from './expressPort';

/** Device registers. Which fields mean something depends on the port type; the others are left out, as lspci does. */

const isOneOf = (at: Reading, ...types: readonly number[]): boolean => types.includes(portTypeOf(at));

const { endpoint, legacyEndpoint, rootPort, upstreamPort, downstreamPort, expressToPciBridge } = PortType;

/** 128 bytes times two to the power of the field; reserved encodings count on. */
const payload = (at: Reading, register: string, field: string): string =>
  `${128 * 2 ** at.field(register, field)} bytes`;

/** The register counts bits of the function number; lspci tells the highest function they reach. */
const phantomFunctions = (at: Reading): number => 2 ** at.field('DEVCAP', 'PhantFunc') - 1;

const slotPower = (at: Reading): string =>
  powerLimit(at.field('DEVCAP', 'SlotPowerLimit'), at.field('DEVCAP', 'SlotPowerScale'));

export const DEVICE_LINES: readonly LineSpec[] = [
  line('DevCap', 'DEVCAP', (at) =>
    at.fill(
      'DEVCAP',
      `MaxPayload ${payload(at, 'DEVCAP', 'MaxPayload')}, PhantFunc ${phantomFunctions(at)}` +
        (isOneOf(at, endpoint, legacyEndpoint) ? ', Latency L0s {L0s}, L1 {L1}' : ''),
    ),
  ),
  line('', 'DEVCAP', (at) =>
    at.fill(
      'DEVCAP',
      'ExtTag± ' +
        (isOneOf(at, endpoint, legacyEndpoint, upstreamPort, expressToPciBridge)
          ? 'AttnBtn± AttnInd± PwrInd± '
          : '') +
        'RBE± ' +
        (isEndpoint(portTypeOf(at)) ? 'FLReset± ' : '') +
        (isOneOf(at, endpoint, upstreamPort, expressToPciBridge) ? `SlotPowerLimit ${slotPower(at)} ` : '') +
        'TEE-IO±',
    ),
  ),
  line('DevCtl', 'DEVCTL', 'CorrErr± NonFatalErr± FatalErr± UnsupReq±'),
  line('', 'DEVCTL', (at) => {
    const resets = isEndpoint(portTypeOf(at)) && at.isSet('DEVCAP', 'FLReset');
    const retries = isOneOf(at, expressToPciBridge);
    return at.fill(
      'DEVCTL',
      `RlxdOrd± ExtTag± PhantFunc± AuxPwr± NoSnoop±${retries ? ' BrConfRtry±' : ''}${resets ? ' FLReset±' : ''}`,
    );
  }),
  line(
    '',
    'DEVCTL',
    (at) =>
      `MaxPayload ${payload(at, 'DEVCTL', 'MaxPayload')}, MaxReadReq ${payload(at, 'DEVCTL', 'MaxReadReq')}`,
  ),
  line('DevSta', 'DEVSTA', 'CorrErr± NonFatalErr± FatalErr± UnsupReq± AuxPwr± TransPend±'),
];

/** BARs by header type. */
const SLOTS: Readonly<Record<number, number>> = { 0: 6, 1: 2, 2: 1 };

/** AtomicOps complete in memory: the completer bits mean something in root ports and where a BAR decodes memory. */
const completesAtomics = (at: Reading): boolean => {
  if (isOneOf(at, rootPort)) return true;
  const bars = baseAddresses(at.read, 0x10, SLOTS[at.read(PCI_HEADER_TYPE, 1) & 0x7f] ?? 0);
  return bars.some(
    ({ index, kind, offset }) =>
      kind.startsWith('memory') && (at.read(offset, 4) !== 0 || (at.host.barSizes?.[index] ?? 0n) > 0n),
  );
};

/** Value 2 is reserved, and lspci says nothing of it. */
const tphCompleter = (at: Reading): string =>
  ['TPHComp- ExtTPHComp-', 'TPHComp+ ExtTPHComp-', '', 'TPHComp+ ExtTPHComp+'][
    at.field('DEVCAP2', 'TPHComp')
  ] ?? '';

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

export const DEVICE_LINES_2: readonly LineSpec[] = [
  line('DevCap2', 'DEVCAP2', 'Completion Timeout: {CompletionTimeout?Unknown}, TimeoutDis± NROPrPrP± LTR±'),
  line('', 'DEVCAP2', (at) =>
    at.fill(
      'DEVCAP2',
      '10BitTagComp± 10BitTagReq± OBFF {OBFF}, ExtFmt± EETLPPrefix±' +
        (at.isSet('DEVCAP2', 'EETLPPrefix') ? ', MaxEETLPPrefixes {MaxEETLPPrefixes}' : ''),
    ),
  ),
  line('', 'DEVCAP2', 'EmergencyPowerReduction {EmergencyPowerReduction}, EmergencyPowerReductionInit±'),
  line('', 'DEVCAP2', (at) =>
    at.fill(
      'DEVCAP2',
      joined(
        'FRS±',
        isOneOf(at, rootPort) ? 'LN System CLS {LNSystemCLS},' : '',
        isOneOf(at, rootPort, endpoint) ? tphCompleter(at) : '',
        isOneOf(at, rootPort, downstreamPort) ? 'ARIFwd±' : '',
      ),
    ),
  ),
  line('', 'DEVCAP2', (at) => {
    const routes = isOneOf(at, rootPort, upstreamPort, downstreamPort);
    const completes = completesAtomics(at);
    if (!routes && !completes) return undefined;
    return at.fill(
      'DEVCAP2',
      joined(
        'AtomicOpsCap:',
        routes ? 'Routing{AtomicOpsRouting±}' : '',
        completes ? '32bit± 64bit± 128bitCAS±' : '',
      ),
    );
  }),
  line('DevCtl2', 'DEVCTL2', (at) =>
    at.fill(
      'DEVCTL2',
      'Completion Timeout: {CompletionTimeout?Unknown}, TimeoutDis±' +
        (isOneOf(at, rootPort, downstreamPort) ? ' ARIFwd±' : ''),
    ),
  ),
  line('', 'DEVCTL2', (at) => {
    const requests = isEndpoint(portTypeOf(at)) || isOneOf(at, rootPort);
    const blocks = isOneOf(at, rootPort, upstreamPort, downstreamPort);
    if (!requests && !blocks) return undefined;
    return at.fill(
      'DEVCTL2',
      joined(
        'AtomicOpsCtl:',
        requests ? 'ReqEn{AtomicOpsReqEn±}' : '',
        blocks ? 'EgressBlck{AtomicOpsEgressBlck±}' : '',
      ),
    );
  }),
  line('', 'DEVCTL2', 'IDOReq± IDOCompl± LTR± EmergencyPowerReductionReq±'),
  line('', 'DEVCTL2', '10BitTagReq± OBFF {OBFF}, EETLPPrefixBlk±'),
];
