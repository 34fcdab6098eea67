import { CapId } from '../../capabilityIds';
import { firstCapability } from '../../firstCapability';
import { type1BaseAddresses } from '../../headers/type1';
import { hex } from '../../uint';
import { line, type StructureDecoder } from '../decodedLine';
import type { Reading } from '../reading';
import { COMMAND_AND_STATUS, LATENCY_AND_INTERRUPT, SECONDARY_STATUS } from './common';
import { regionLines, romLine } from './regions';
import { WINDOW_LINES } from './windows';

/** A bridge's header has no room for subsystem ids: a capability holds them. */
const subsystem = (at: Reading): string | undefined => {
  const capability = firstCapability(at.read, 1, CapId.SSVID);
  if (capability === 0) return undefined;
  const vendor = at.read(capability + 4, 2);
  return vendor === 0 || vendor === 0xffff
    ? undefined
    : `${hex(vendor, 4)}:${hex(at.read(capability + 6, 2), 4)}`;
};

export const TYPE1_DECODER: StructureDecoder = {
  kind: 'header',
  id: 1,
  lines: (at) => [
    line('Subsystem', 'CAPABILITIES', subsystem),
    ...COMMAND_AND_STATUS,
    ...LATENCY_AND_INTERRUPT,
    ...regionLines(type1BaseAddresses(at.read), (index) => `BASE_ADDRESS_${index}`),
    line('Bus', 'PRIMARY_BUS SECONDARY_BUS SUBORDINATE_BUS SEC_LATENCY_TIMER', () => {
      const bus = (register: string): string => hex(at.value(register), 2);
      return (
        `primary=${bus('PRIMARY_BUS')}, secondary=${bus('SECONDARY_BUS')}, ` +
        `subordinate=${bus('SUBORDINATE_BUS')}, sec-latency=${at.value('SEC_LATENCY_TIMER')}`
      );
    }),
    ...WINDOW_LINES,
    line('Secondary status', 'SEC_STATUS', SECONDARY_STATUS),
    romLine('BRIDGE_ROM_ADDRESS'),
    line('BridgeCtl', 'BRIDGE_CONTROL', 'Parity± SERR± NoISA± VGA± VGA16± MAbort± >Reset± FastB2B±'),
    line('', 'BRIDGE_CONTROL', 'PriDiscTmr± SecDiscTmr± DiscTmrStat± DiscTmrSERREn±'),
  ],
};
