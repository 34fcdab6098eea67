import type { Structure } from '../../src/protocol/model';
import type { TriedAccess } from '../../src/protocol/whatIf';
import { hexOf, typedNumber } from '../fields/registerValue';
import { placeOf } from '../grid/goTo';

/** A write as it is typed, and what is wrong with it. No DOM. */

/** What stands in the form's fields. */
export interface TypedWrite {
  readonly offset: string;
  readonly size: number;
  readonly value: string;
}

export interface TypedOffset {
  readonly offset: number;
  /** Named by the expression, as `.w` does. */
  readonly size?: number;
  /** What stands there. */
  readonly name: string;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly field: 'offset' | 'value'; readonly message: string };

/** Of the names at the offset the innermost: `MSI MC`, `COMMAND`. */
export const nameAt = (structures: readonly Structure[], offset: number): string => {
  for (const structure of [...structures].reverse())
    for (const register of structure.registers)
      if (register.offset <= offset && offset < register.offset + register.width) {
        const own = structure.kind === 'header' ? register.name : `${structure.name} ${register.name}`;
        return register.offset === offset ? own : `${own}+${offset - register.offset}`;
      }
  return '';
};

/**
 * An offset as a number, which may lie anywhere (a guest may ask for anything), or by a name or setpci expression of
 * this device.
 */
export const typedOffset = (
  text: string,
  structures: readonly Structure[],
  size: number,
): Read<TypedOffset> => {
  const digits = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text.trim())?.[1];
  if (digits !== undefined) {
    const offset = parseInt(digits, 16);
    return { ok: true, value: { offset, name: nameAt(structures, offset) } };
  }
  const place = placeOf(text, structures, size);
  if (!place.ok) return { ok: false, field: 'offset', message: place.message };
  const { offset, width } = place.target;
  return {
    ok: true,
    value: { offset, name: nameAt(structures, offset), ...(width === undefined ? {} : { size: width }) },
  };
};

/** The write, or the first thing that is wrong with it. */
export const typedWrite = (
  { offset, size, value }: TypedWrite,
  structures: readonly Structure[],
  space: number,
): Read<TriedAccess> => {
  const at = typedOffset(offset, structures, space);
  if (!at.ok) return at;
  const asked = at.value.size ?? size;
  const number = typedNumber(value, 8 * Math.min(4, Math.max(1, asked)));
  if (!number.ok)
    return {
      ok: false,
      field: 'value',
      message: value.trim() === '' ? 'Type the value that the guest writes.' : number.message,
    };
  return { ok: true, value: { offset: at.value.offset, size: asked, value: number.value } };
};

/** The fields' texts for a write. */
export const asTyped = ({ offset, size, value }: TriedAccess): TypedWrite => ({
  offset: hexOf(offset, 8),
  size,
  value: hexOf(value, 8 * Math.min(4, Math.max(1, size))),
});
