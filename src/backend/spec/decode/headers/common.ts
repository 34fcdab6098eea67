import { line, type LineSpec } from '../decodedLine';
import type { Reading } from '../reading';
import { hex } from '../../uint';

/** The lines that headers of all three types begin with. */

const SECONDARY_ERRORS = 'ParErr± DEVSEL={DEVSEL} >TAbort± <TAbort± <MAbort±';

export const SECONDARY_STATUS = `66MHz± FastB2B± ${SECONDARY_ERRORS} <SERR± <PERR±`;

const DISABLED = ' [disabled]';

export const ifDisabled = (disabled: boolean): string => (disabled ? DISABLED : '');

const UNITS = ['', 'K', 'M', 'G', 'T'];
const STEP = 1024n;

/** ` [size=16K]`: the largest unit that leaves a whole number. */
export const sizeText = (bytes: bigint): string => {
  let count = bytes;
  let unit = 0;
  while (unit < UNITS.length - 1 && count >= STEP && count % STEP === 0n) {
    count /= STEP;
    unit++;
  }
  return ` [size=${count}${UNITS[unit] ?? ''}]`;
};

/** Ids of 0000 and ffff stand for a function without them. */
export const subsystemLine = (vendor: string, device: string): LineSpec =>
  line('Subsystem', `${vendor} ${device}`, (at) => {
    const id = at.value(vendor);
    return id === 0 || id === 0xffff ? undefined : `${hex(id, 4)}:${hex(at.value(device), 4)}`;
  });

export const COMMAND_AND_STATUS: readonly LineSpec[] = [
  line(
    'Control',
    'COMMAND',
    'I/O± Mem± BusMaster± SpecCycle± MemWINV± VGASnoop± ParErr± Stepping± SERR± FastB2B± DisINTx±',
  ),
  line('Status', 'STATUS', 'Cap± 66MHz± UDF± FastB2B± ' + SECONDARY_ERRORS + ' >SERR± <PERR± INTx±'),
];

/** Min_Gnt and Max_Lat count quarters of a microsecond, the cache line dwords. */
const QUARTER_MICROSECOND = 250;
const DWORD = 4;

const bounds = (at: Reading): string => {
  const least = at.value('MIN_GNT') * QUARTER_MICROSECOND;
  const most = at.value('MAX_LAT') * QUARTER_MICROSECOND;
  const told = [...(least > 0 ? [`${least}ns min`] : []), ...(most > 0 ? [`${most}ns max`] : [])];
  return told.length > 0 ? ` (${told.join(', ')})` : '';
};

/** The latency timer bounds what a bus master may take; without one it says nothing. */
const latency = (at: Reading): string | undefined => {
  if (!at.isSet('COMMAND', 'BusMaster')) return undefined;
  const cacheLine = at.value('CACHE_LINE_SIZE') * DWORD;
  return (
    `${at.value('LATENCY_TIMER')}${bounds(at)}` +
    (cacheLine > 0 ? `, Cache Line Size: ${cacheLine} bytes` : '')
  );
};

const PINS = ['?', 'A', 'B', 'C', 'D'];

/** A function without pin may still hold a line. */
const interrupt = (at: Reading): string | undefined => {
  const pin = at.value('INTERRUPT_PIN');
  const irq = at.host.irq ?? at.value('INTERRUPT_LINE');
  if (pin === 0 && irq === 0) return undefined;
  return `pin ${PINS[pin] ?? '?'} routed to IRQ ${irq}`;
};

const bist = (at: Reading): string | undefined => {
  if (!at.isSet('BIST', 'Capable')) return undefined;
  return at.isSet('BIST', 'Start') ? 'is running' : at.fill('BIST', 'result: {Result:2}');
};

export const LATENCY_AND_INTERRUPT: readonly LineSpec[] = [
  line('Latency', 'LATENCY_TIMER CACHE_LINE_SIZE', latency),
  line('Interrupt', 'INTERRUPT_LINE INTERRUPT_PIN', interrupt),
  line('BIST', 'BIST', bist),
];
