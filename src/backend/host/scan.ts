import { u32 } from '../spec/uint';

/**
 * The kernel's sscanf, as far as drivers use it here: `%x` with optional 0x and leading white space, `%n`, white
 * space matching any amount, other characters exactly.
 */

export interface ScanResult {
  /** Conversions done; %n does not count. */
  readonly count: number;
  /** Converted numbers, unsigned 32-bit. */
  readonly values: readonly number[];
  /** Position that %n stored; 0 when it was not reached. */
  readonly parsed: number;
}

const SPACE = /\s/;
/** The kernel takes a bare 0x for zero. */
const HEX_NUMBER = /0x[0-9a-f]*|[0-9a-f]+/iy;

const hexValue = (text: string): number => {
  const digits = text.replace(/^0x/i, '');
  return digits === '' ? 0 : u32(Number(BigInt(`0x${digits}`) & 0xffffffffn));
};

export const scan = (text: string, format: string): ScanResult => {
  const values: number[] = [];
  let parsed = 0;
  let at = 0;
  const skipSpace = (): void => {
    while (at < text.length && SPACE.test(text[at]!)) at++;
  };
  for (let f = 0; f < format.length; f++) {
    const c = format[f]!;
    if (SPACE.test(c)) {
      skipSpace();
    } else if (c === '%' && format[f + 1] === 'n') {
      parsed = at;
      f++;
    } else if (c === '%' && format[f + 1] === 'x') {
      skipSpace();
      HEX_NUMBER.lastIndex = at;
      const m = HEX_NUMBER.exec(text);
      if (!m) break;
      values.push(hexValue(m[0]));
      at = HEX_NUMBER.lastIndex;
      f++;
    } else if (text[at] === c) {
      at++;
    } else {
      break;
    }
  }
  return { count: values.length, values, parsed };
};

/** True when %n was reached and nothing follows. */
export const scannedAll = (text: string, result: ScanResult): boolean =>
  result.parsed > 0 && result.parsed === text.length;
