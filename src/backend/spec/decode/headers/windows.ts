import { line, type LineSpec } from '../decodedLine';
import type { Reading } from '../reading';
import { hex } from '../../uint';
import { ifDisabled, sizeText } from './common';

/** The ranges of addresses that a bridge of header type 1 forwards to its secondary side. */

interface Window {
  readonly label: string;
  /** In the complaint about a type that no specification defines. */
  readonly kind: string;
  /** Registers of base and limit, and of their upper halves where the wide type has them. */
  readonly base: string;
  readonly limit: string;
  readonly upperBase?: string;
  readonly upperLimit?: string;
  /** How far the upper halves stand above the lower ones. */
  readonly upperShift: bigint;
  /** The last address behind the limit's own: the window ends with its granule. */
  readonly granule: bigint;
  /** Address bits by type: narrow, wide. */
  readonly widths: readonly [number, number?];
}

/** Base and limit hold their type in their low four bits; memory windows have but one. */
const TYPE_BITS = 0xf;

const rangeOf = (at: Reading, window: Window, wide: boolean): readonly [bigint, bigint] => {
  const upper = (register: string | undefined): bigint =>
    wide && register !== undefined ? BigInt(at.value(register)) << window.upperShift : 0n;
  return [
    upper(window.upperBase) + at.address(window.base, 'Address'),
    upper(window.upperLimit) + at.address(window.limit, 'Address') + window.granule - 1n,
  ];
};

const windowText = (at: Reading, window: Window): string => {
  const type = at.value(window.base) & TYPE_BITS;
  const bits = window.widths[type];
  if (bits === undefined || type !== (at.value(window.limit) & TYPE_BITS))
    return `!!! Unknown ${window.kind} range types ${hex(at.value(window.base), 1)}/${hex(at.value(window.limit), 1)}`;
  const [first, last] = rangeOf(at, window, type === 1);
  const digits = (address: bigint): string => address.toString(16).padStart(bits === 16 ? 4 : bits / 4, '0');
  const size = first <= last ? sizeText(last - first + 1n) : ifDisabled(true);
  return `${digits(first)}-${digits(last)}${size} [${bits}-bit]`;
};

const windowLine = (window: Window): LineSpec => {
  const { base, limit, upperBase, upperLimit } = window;
  const registers = [base, limit, ...(upperBase ? [upperBase] : []), ...(upperLimit ? [upperLimit] : [])];
  return line(window.label, registers.join(' '), (at) => windowText(at, window));
};

export const WINDOW_LINES: readonly LineSpec[] = [
  windowLine({
    label: 'I/O behind bridge',
    kind: 'I/O',
    base: 'IO_BASE',
    limit: 'IO_LIMIT',
    upperBase: 'IO_BASE_UPPER16',
    upperLimit: 'IO_LIMIT_UPPER16',
    upperShift: 16n,
    granule: 0x1000n,
    widths: [16, 32],
  }),
  windowLine({
    label: 'Memory behind bridge',
    kind: 'memory',
    base: 'MEMORY_BASE',
    limit: 'MEMORY_LIMIT',
    upperShift: 0n,
    granule: 0x100000n,
    widths: [32],
  }),
  windowLine({
    label: 'Prefetchable memory behind bridge',
    kind: 'prefetchable memory',
    base: 'PREF_MEMORY_BASE',
    limit: 'PREF_MEMORY_LIMIT',
    upperBase: 'PREF_BASE_UPPER32',
    upperLimit: 'PREF_LIMIT_UPPER32',
    upperShift: 32n,
    granule: 0x100000n,
    widths: [32, 64],
  }),
];
