import { scan, scannedAll } from '../host/scan';
import { s32 } from '../spec/uint';

/**
 * Addresses as the driver's attributes and `hide` take them (str_to_slot, str_to_quirk in pci_stub.c): hexadecimal,
 * domain optional, `*` for the function or for slot and function. Numbers are not range-checked here.
 */

export const ANY = -1;

export interface SlotText {
  readonly domain: number;
  readonly bus: number;
  /** -1 = any */
  readonly slot: number;
  readonly func: number;
}

export interface QuirkText extends SlotText {
  readonly reg: number;
  readonly size: number;
  readonly mask: number;
}

/** Formats in the order in which they are tried: with domain first, then without; wildcards as the count says. */
const SLOT_FORMATS = [
  { domain: true, body: '%x:%x:%x.%x', numbers: 4, wildcard: false },
  { domain: true, body: '%x:%x:%x.*', numbers: 3, wildcard: true },
  { domain: true, body: '%x:%x:*.*', numbers: 2, wildcard: true },
  { domain: false, body: '%x:%x.%x', numbers: 3, wildcard: false },
  { domain: false, body: '%x:%x.*', numbers: 2, wildcard: true },
  { domain: false, body: '%x:*.*', numbers: 1, wildcard: true },
] as const;

const slotOf = (domain: boolean, values: readonly number[]): SlotText => {
  const v = domain ? values : [0, ...values];
  return { domain: s32(v[0] ?? 0), bus: s32(v[1] ?? 0), slot: s32(v[2] ?? ANY), func: s32(v[3] ?? ANY) };
};

/** undefined when the text is not an address (the driver's -EINVAL). */
export const parseSlot = (text: string, wildcards: boolean): SlotText | undefined => {
  for (const { domain, body, numbers, wildcard } of SLOT_FORMATS) {
    if (wildcard && !wildcards) continue;
    const result = scan(text, ` ${body} %n`);
    // Before wildcards came, what followed the address was not looked at.
    if (result.count === numbers && (!wildcards || scannedAll(text, result)))
      return slotOf(domain, result.values);
  }
  return undefined;
};

export type HideText =
  | { readonly ok: true; readonly ids: readonly SlotText[] }
  /** The items before the fault, and the rest of the text from there. */
  | { readonly ok: false; readonly ids: readonly SlotText[]; readonly rest: string };

/** The `hide` parameter: addresses in parentheses, white space around each, nothing between. */
export const parseHide = (text: string, wildcards: boolean): HideText => {
  const ids: SlotText[] = [];
  let rest = text;
  while (rest !== '') {
    const item = SLOT_FORMATS.filter((f) => wildcards || !f.wildcard)
      .map((f) => ({ f, result: scan(rest, ` (${f.body}) %n`) }))
      .find(({ f, result }) => result.count === f.numbers && result.parsed > 0);
    if (item === undefined) return { ok: false, ids, rest };
    ids.push(slotOf(item.f.domain, item.result.values));
    rest = rest.slice(item.result.parsed);
  }
  return { ok: true, ids };
};

const QUIRK_FORMATS = [
  { domain: true, format: ' %x:%x:%x.%x-%x:%x:%x %n', numbers: 7 },
  { domain: false, format: ' %x:%x.%x-%x:%x:%x %n', numbers: 6 },
] as const;

export const parseQuirk = (text: string): QuirkText | undefined => {
  for (const { domain, format, numbers } of QUIRK_FORMATS) {
    const result = scan(text, format);
    if (result.count !== numbers || !scannedAll(text, result)) continue;
    const v = domain ? result.values : [0, ...result.values];
    return {
      domain: s32(v[0] ?? 0),
      bus: s32(v[1] ?? 0),
      slot: s32(v[2] ?? 0),
      func: s32(v[3] ?? 0),
      reg: v[4] ?? 0,
      size: v[5] ?? 0,
      mask: v[6] ?? 0,
    };
  }
  return undefined;
};

export const formatSlot = ({ domain, bus, slot, func }: SlotText): string =>
  `${domain.toString(16).padStart(4, '0')}:${bus.toString(16).padStart(2, '0')}:${slot.toString(16).padStart(2, '0')}.${func}`;
