import * as vscode from 'vscode';
import { layoutOf } from '../../backend/spec/layout';
import type { ConfigImage } from '../../backend/view';

/** REG:SIZE:MASK as the driver's `quirks` attribute takes it, and what it refuses, in the order in which it looks. */

const LAST_REG = 0xfff;
const SIZES: readonly number[] = [1, 2, 4];
const HEX = /^(?:0x)?([0-9a-f]{1,8})$/i;
const SETPCI_WIDTHS: Readonly<Record<string, number>> = { b: 1, w: 2, l: 4 };

export interface Quirk {
  readonly reg: number;
  readonly size: number;
  /** 32 bits, unsigned. */
  readonly mask: number;
}

/** Up to eight hexadecimal digits, with 0x or without. */
export const parseHex = (text: string): number | undefined => {
  const digits = HEX.exec(text.trim())?.[1];
  return digits === undefined ? undefined : parseInt(digits, 16);
};

export const formatQuirk = ({ reg, size, mask }: Quirk): string =>
  [reg, size, mask].map((value) => value.toString(16)).join(':');

/** All bits of a field. */
export const wholeMask = (size: number): number => (size >= 4 ? 0xffffffff : 2 ** (8 * size) - 1);

/** A register as people type it: `40`, `0x40`, or with setpci's width `40.w`. */
export const parseRegister = (text: string): { readonly reg: number; readonly size?: number } | undefined => {
  const [, number = '', suffix] = /^(.*?)(?:\.([bwl]))?$/i.exec(text) ?? [];
  const reg = parseHex(number);
  const size = SETPCI_WIDTHS[suffix?.toLowerCase() ?? ''];
  return reg === undefined ? undefined : { reg, ...(size === undefined ? {} : { size }) };
};

/** `REG:SIZE:MASK`; undefined when it is not three hexadecimal numbers. */
export const parseQuirk = (text: string): Quirk | undefined => {
  const [reg, size, mask, ...more] = text.split(':').map(parseHex);
  return reg === undefined || size === undefined || mask === undefined || more.length > 0
    ? undefined
    : { reg, size, mask };
};

/** Why the driver refuses it with -EINVAL; undefined when it takes it. */
export const quirkFault = ({ reg, size, mask }: Quirk): string | undefined => {
  if (reg > LAST_REG) return vscode.l10n.t('-EINVAL: REG is at most {0}', LAST_REG.toString(16));
  if (size < 4 && mask > wholeMask(size))
    return vscode.l10n.t('-EINVAL: MASK {0} is wider than SIZE {1}', mask.toString(16), size);
  if (!SIZES.includes(size)) return vscode.l10n.t('-EINVAL: SIZE is 1, 2 or 4');
  return undefined;
};

/** The registers that a field covers, by name, whole or in part. */
export const openedBy = (
  { bytes, known }: ConfigImage,
  { reg, size }: Pick<Quirk, 'reg' | 'size'>,
): string => {
  if (reg + size > bytes.length)
    return vscode.l10n.t('past the end of configuration space ({0} bytes)', bytes.length);
  const names = layoutOf(bytes, known).flatMap((structure) =>
    structure.registers
      .filter(({ offset, width }) => offset < reg + size && reg < offset + width)
      .map(({ name, offset, width }) => {
        const whole = reg <= offset && offset + width <= reg + size;
        const full = structure.kind === 'header' ? name : `${structure.name} ${name}`;
        return whole ? full : vscode.l10n.t('part of {0}', full);
      }),
  );
  return names.length === 0
    ? vscode.l10n.t('opens no register that is known by name')
    : vscode.l10n.t('opens {0}', names.join(', '));
};
