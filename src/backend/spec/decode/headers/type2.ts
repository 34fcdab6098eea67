import { type2BaseAddresses } from '../../headers/type2';
import { and, hex, shl } from '../../uint';
import { line, type LineSpec, type StructureDecoder } from '../decodedLine';
import {
  COMMAND_AND_STATUS,
  ifDisabled,
  LATENCY_AND_INTERRUPT,
  SECONDARY_STATUS,
  subsystemLine,
} from './common';
import { regionLines } from './regions';

/** A memory window ends with its page, an I/O window with its dword. */
const PAGE_END = 0xfff;
const DWORD_END = 3;

const memoryWindow = (index: number): LineSpec => {
  const base = `CB_MEMORY_BASE_${index}`;
  const limit = `CB_MEMORY_LIMIT_${index}`;
  return line(`Memory window ${index}`, `${base} ${limit} BRIDGE_CONTROL`, (at) => {
    const first = Number(at.address(base, 'Address'));
    const last = Number(at.address(limit, 'Address')) + PAGE_END;
    const prefetchable = at.isSet('BRIDGE_CONTROL', `Prefetch${index}`) ? ' (prefetchable)' : '';
    return `${hex(first, 8)}-${hex(last, 8)}${ifDisabled(!at.isSet('COMMAND', 'Mem'))}${prefetchable}`;
  });
};

/** The base says how wide both ends are. */
const WIDE = 1;

const ioWindow = (index: number): LineSpec => {
  const base = `CB_IO_BASE_${index}`;
  const limit = `CB_IO_LIMIT_${index}`;
  return line(`I/O window ${index}`, `${base} ${base}_HI ${limit} ${limit}_HI`, (at) => {
    const wide = (at.field(base, 'Type') & WIDE) !== 0;
    const end = (register: string): number =>
      Number(at.address(register, 'Address')) + (wide ? shl(at.value(`${register}_HI`), 16) : 0);
    return `${hex(end(base), 8)}-${hex(end(limit) + DWORD_END, 8)}${ifDisabled(!at.isSet('COMMAND', 'I/O'))}`;
  });
};

export const TYPE2_DECODER: StructureDecoder = {
  kind: 'header',
  id: 2,
  lines: (at) => [
    subsystemLine('CB_SUBSYSTEM_VENDOR_ID', 'CB_SUBSYSTEM_ID'),
    ...COMMAND_AND_STATUS,
    ...LATENCY_AND_INTERRUPT,
    ...regionLines(type2BaseAddresses(at.read), () => 'CB_CARDBUS_BASE'),
    line('Bus', 'CB_BUS_NUMBER CB_CARDBUS_NUMBER CB_SUBORDINATE_BUS CB_CARDBUS_LATENCY', () => {
      const bus = (register: string): string => hex(at.value(register), 2);
      return (
        `primary=${bus('CB_BUS_NUMBER')}, secondary=${bus('CB_CARDBUS_NUMBER')}, ` +
        `subordinate=${bus('CB_SUBORDINATE_BUS')}, sec-latency=${at.value('CB_CARDBUS_LATENCY')}`
      );
    }),
    memoryWindow(0),
    memoryWindow(1),
    ioWindow(0),
    ioWindow(1),
    line('Secondary status', 'CB_SEC_STATUS', SECONDARY_STATUS),
    line('BridgeCtl', 'BRIDGE_CONTROL', 'Parity± SERR± ISA± VGA± MAbort± >Reset± 16bInt± PostWrite±'),
    line('16-bit legacy interface ports', 'CB_LEGACY_MODE_BASE', () => {
      const ports = and(at.value('CB_LEGACY_MODE_BASE'), 0xffff);
      return ports === 0 ? undefined : `at ${hex(ports, 4)}`;
    }),
  ],
};
