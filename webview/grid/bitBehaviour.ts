import { DEVICE_ACCESS, GUEST_FATE, type DeviceAccess, type GuestFate } from '../../src/protocol/model';

/** How a bit takes a write of the one whose side is shown: one word out of what driver and device do. */
export type Behaviour =
  | 'readWrite'
  | 'readOnly'
  | 'writeOneToClear'
  | 'writeOnly'
  | 'reserved'
  | 'undescribed'
  | 'passes'
  | 'acted'
  | 'emulated'
  | 'ignored'
  | 'dropped'
  | 'refused'
  | 'hidden';

interface Words {
  /** In the legend and for the screen reader. */
  readonly name: string;
  readonly means: string;
}

export const BEHAVIOURS: Readonly<Record<Behaviour, Words>> = {
  readWrite: { name: 'read-write', means: 'The device takes what is written.' },
  readOnly: { name: 'read-only', means: 'The device ignores writes.' },
  writeOneToClear: { name: 'cleared by 1', means: 'RW1C: writing 1 clears the bit.' },
  writeOnly: { name: 'write-only', means: 'The device takes the write; reads say nothing of it.' },
  reserved: { name: 'reserved', means: 'The specification reserves the bit.' },
  undescribed: { name: 'unowned', means: 'No structure that is known owns the bit.' },
  passes: { name: 'passed on', means: 'The driver lets the write through to a bit that nothing describes.' },
  acted: { name: 'acted on', means: 'The host kernel does what the bit asks for.' },
  emulated: { name: 'emulated', means: 'The driver keeps the value; the device does not get it.' },
  ignored: {
    name: 'driver read-only',
    means: 'A field of the driver that takes no writes, permissive or not.',
  },
  dropped: {
    name: 'dropped',
    means: 'No field of the driver: the write is dropped, the guest is told success.',
  },
  refused: { name: 'refused', means: 'The driver ends the write with an error.' },
  hidden: { name: 'hidden', means: 'The guest reads zero, whatever the device holds.' },
};

const OF_DEVICE: Readonly<Record<DeviceAccess, Behaviour>> = {
  unknown: 'undescribed',
  RO: 'readOnly',
  RW: 'readWrite',
  RW1C: 'writeOneToClear',
  WO: 'writeOnly',
  reserved: 'reserved',
};
const OF_GUEST: Readonly<Record<Exclude<GuestFate, 'noGuest' | 'passes'>, Behaviour>> = {
  acted: 'acted',
  emulated: 'emulated',
  ignored: 'ignored',
  dropped: 'dropped',
  refused: 'refused',
  hidden: 'hidden',
};

/** What a bit does for the side, from its byte of the access map. */
const behaviourOf = (code: number, side: 'guest' | 'hardware'): Behaviour => {
  const device = DEVICE_ACCESS[code & 0xf] ?? 'unknown';
  const fate = GUEST_FATE[(code >> 4) & 0xf] ?? 'noGuest';
  if (side === 'hardware' || fate === 'noGuest') return OF_DEVICE[device];
  if (fate === 'passes') return device === 'unknown' ? 'passes' : OF_DEVICE[device];
  return OF_GUEST[fate];
};

const TABLES: Readonly<Record<'guest' | 'hardware', readonly Behaviour[]>> = {
  guest: Array.from({ length: 256 }, (_, code) => behaviourOf(code, 'guest')),
  hardware: Array.from({ length: 256 }, (_, code) => behaviourOf(code, 'hardware')),
};

/** Behaviours of `bits` bits from bit 0 of the byte at `offset` on, the lowest first. */
export const behavioursAt = (
  access: Uint8Array,
  offset: number,
  bits: number,
  side: 'guest' | 'hardware',
): readonly Behaviour[] => {
  const table = TABLES[side];
  return Array.from({ length: bits }, (_, bit) => table[access[8 * offset + bit] ?? 0] ?? 'undescribed');
};

/** `bits 7..4 dropped, 3..0 read-write`; `all bits dropped`. The behaviours are the lowest bit first. */
export const behaviourText = (behaviours: readonly Behaviour[]): string => {
  const runs: { high: number; low: number; behaviour: Behaviour }[] = [];
  for (let bit = behaviours.length - 1; bit >= 0; bit--) {
    const behaviour = behaviours[bit] ?? 'undescribed';
    const last = runs.at(-1);
    if (last?.behaviour === behaviour) last.low = bit;
    else runs.push({ high: bit, low: bit, behaviour });
  }
  const [only] = runs;
  if (runs.length === 1 && only) return `all bits ${BEHAVIOURS[only.behaviour].name}`;
  return runs
    .map(({ high, low, behaviour }, i) => {
      const bits = high === low ? String(high) : `${high}..${low}`;
      return `${i > 0 ? '' : high === low ? 'bit ' : 'bits '}${bits} ${BEHAVIOURS[behaviour].name}`;
    })
    .join(', ');
};

/** The behaviours that occur, in the order of the table. */
export const occurring = (access: Uint8Array, side: 'guest' | 'hardware'): readonly Behaviour[] => {
  const codes = new Set(access);
  const found = new Set([...codes].map((code) => TABLES[side][code] ?? 'undescribed'));
  return (Object.keys(BEHAVIOURS) as Behaviour[]).filter((behaviour) => found.has(behaviour));
};
