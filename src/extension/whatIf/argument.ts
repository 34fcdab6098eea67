import { formatBdf, parseBdf, type Bdf } from '../../backend/spec/bdf';
import { MAX_WRITES, type TriedAccess } from '../../protocol/whatIf';

/**
 * What the commands take: a guest's device and the writes to try on it. Other parts of the extension and other
 * extensions call them with it, so nothing of it is taken on trust.
 */
export interface WhatIfArgument {
  readonly domid: number;
  /** As the guest addresses the device. */
  readonly guest: Bdf | string;
  /** Absent: the last write that the guest made, or none. */
  readonly writes?: readonly TriedAccess[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isNumber = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffffffff;

const writeIn = (value: unknown): readonly TriedAccess[] => {
  if (!isRecord(value)) return [];
  const { offset, size, value: sent } = value;
  return isNumber(offset) && isNumber(size) && isNumber(sent) ? [{ offset, size, value: sent }] : [];
};

const addressIn = (guest: unknown): string | undefined => {
  if (typeof guest === 'string') {
    const bdf = parseBdf(guest);
    return bdf && formatBdf(bdf);
  }
  if (!isRecord(guest)) return undefined;
  const { domain, bus, device, function: fn } = guest;
  return isNumber(domain) && isNumber(bus) && isNumber(device) && isNumber(fn)
    ? addressIn(formatBdf({ domain, bus, device, function: fn }))
    : undefined;
};

/** The device and writes of an argument; undefined when it names no guest's device. */
export const questionIn = (
  argument: unknown,
):
  | { readonly domid: number; readonly guest: string; readonly writes: readonly TriedAccess[] | undefined }
  | undefined => {
  if (!isRecord(argument) || !isNumber(argument['domid'])) return undefined;
  const guest = addressIn(argument['guest']);
  if (guest === undefined) return undefined;
  const { domid, writes } = argument;
  return {
    domid,
    guest,
    writes: Array.isArray(writes) ? writes.flatMap(writeIn).slice(0, MAX_WRITES) : undefined,
  };
};
