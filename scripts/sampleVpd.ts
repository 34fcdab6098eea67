import { formatBdf } from '../src/backend/spec/bdf';
import { CapId } from '../src/backend/spec/capabilityIds';
import type { FunctionDescription } from '../src/backend/description';

/**
 * The one thing in the sample machine that QEMU did not give: none of its devices has VPD. The sample's 82576 gets the
 * VPD capability where the real card has it (E0h, last in the chain), with a store of our own.
 */

const CARD = '0000:02:00.0';
const LAST_CAPABILITY = 0xa0;
const VPD_OFFSET = 0xe0;

const ID_STRING = 0x82;
const READ_ONLY = 0x90;
const END = 0x78;

const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
const large = (tag: number, data: readonly number[]): number[] => [
  tag,
  data.length & 0xff,
  data.length >> 8,
  ...data,
];
const keyword = (name: string, data: readonly number[]): number[] => [...ascii(name), data.length, ...data];

/** PCI 3.0 appendix I: identifier, read-only keywords ending in RV, whose first byte makes the sum so far zero. */
const store = (): Uint8Array => {
  const fields = [
    ...keyword('PN', ascii('CONFSPACE-82576')),
    ...keyword('SN', ascii('5254001234560001')),
    ...keyword('MN', ascii('1af4')),
  ];
  const head = [...large(ID_STRING, ascii('Confspace sample network card'))];
  const readOnly = [...fields, ...keyword('RV', [0])];
  const bytes = [...head, ...large(READ_ONLY, readOnly)];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes[bytes.length - 1] = (256 - (sum % 256)) % 256;
  return Uint8Array.from([...bytes, END]);
};

export const withVpd = (fn: FunctionDescription): FunctionDescription => {
  if (formatBdf(fn.bdf) !== CARD) return fn;
  const config = fn.config.slice();
  if (config[LAST_CAPABILITY + 1] !== 0 || config[VPD_OFFSET] !== 0)
    throw new Error(`${CARD} is not the card that the sample expects`);
  config[LAST_CAPABILITY + 1] = VPD_OFFSET;
  config[VPD_OFFSET] = CapId.VPD;
  return { ...fn, config, vpd: store() };
};
