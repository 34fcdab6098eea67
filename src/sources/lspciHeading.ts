import { hexDigit, SPACE } from './lspciRow';

/** The line that begins a device: an address in column 0, then whatever lspci was asked to print. */
export interface Heading {
  readonly domain: number;
  readonly bus: number;
  /** As written: lspci takes any two digits, a machine has 0..1f. */
  readonly device: number;
  /** As written, one hexadecimal digit; a machine has 0..7. */
  readonly function: number;
  /** False when nothing follows the address: lspci -F wants a blank there. */
  readonly strict: boolean;
  /** Text after the address. */
  readonly title: string;
}

const COLON = 58;
const DOT = 46;

/** A heading in text[start, end), or undefined. Forms: BB:DD.F and DOMAIN:BB:DD.F with a domain of 4 to 8 digits. */
export const readHeading = (text: string, start: number, end: number): Heading | undefined => {
  let at = start;
  const number = (least: number, most: number): number => {
    let value = 0;
    let digits = 0;
    for (; at < end && digits <= most; at++, digits++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    return digits >= least && digits <= most ? value : -1;
  };
  const first = number(2, 8);
  if (first < 0 || text.charCodeAt(at) !== COLON || at >= end) return undefined;
  const firstDigits = at - start;
  at++;
  const second = number(2, 2);
  if (second < 0) return undefined;
  let domain = 0;
  let bus = first;
  let device = second;
  if (firstDigits >= 4) {
    if (at >= end || text.charCodeAt(at) !== COLON) return undefined;
    at++;
    domain = first;
    bus = second;
    device = number(2, 2);
    if (device < 0) return undefined;
  } else if (firstDigits !== 2) return undefined;
  if (at >= end || text.charCodeAt(at) !== DOT) return undefined;
  at++;
  const fn = at < end ? hexDigit(text.charCodeAt(at)) : -1;
  if (fn < 0) return undefined;
  at++;
  const strict = at < end && text.charCodeAt(at) === SPACE;
  if (!strict && at < end) return undefined;
  return { domain, bus, device, function: fn, strict, title: text.slice(at, end).trim() };
};

const BRACKETED_IDS = /\[([0-9a-f]{4}):([0-9a-f]{4})\]/gi;
const NUMERIC_IDS = /^(?:[0-9a-f]{4}|class [0-9a-f]{4}): ([0-9a-f]{4}):([0-9a-f]{4})(?: |$)/i;

/** Vendor and device id that the heading shows: `... [8086:10ca]` (lspci -nn) or `0200: 8086:10ca` (lspci -n). */
export const headingIds = (title: string): { vendorId: number; deviceId: number } | undefined => {
  const numeric = NUMERIC_IDS.exec(title);
  const match = numeric ?? [...title.matchAll(BRACKETED_IDS)].at(-1);
  if (!match) return undefined;
  return { vendorId: parseInt(match[1] ?? '', 16), deviceId: parseInt(match[2] ?? '', 16) };
};
