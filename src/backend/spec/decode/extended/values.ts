import type { Reading } from '../reading';

/** How lspci writes values that it cannot name. */

/** The meaning of a field, or `??` and its number where the value is reserved. */
export const orUnknown = (at: Reading, register: string, field: string): string => {
  const number = `??${at.field(register, field)}`;
  const meaning = at.meaning(register, field, number);
  return meaning === 'Reserved' ? number : meaning;
};

/** A time or size whose unit is reserved. */
export const ERROR = '<error>';

/** What lspci prints after what it knows to exist but does not decode. */
export const UNDECODED = '<?>';

/** Two registers as one number. */
export const joined = (at: Reading, low: string, high: string): bigint =>
  (BigInt(at.value(high)) << 32n) | BigInt(at.value(low));
