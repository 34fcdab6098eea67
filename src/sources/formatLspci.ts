import type { FunctionDescription } from '../backend/description';
import { formatBdf, formatShortBdf } from '../backend/spec/bdf';
import { hex, readLe } from '../backend/spec/uint';

const REVISION = 0x08;
const CLASS = 0x0a;
const ROW = 16;

/** The heading that `lspci -n` prints. */
const numericTitle = ({ config, vendorId, deviceId }: FunctionDescription): string => {
  const revision = config[REVISION] ?? 0;
  return (
    `${hex(readLe(config, CLASS, 2), 4)}: ${hex(vendorId ?? readLe(config, 0, 2), 4)}:` +
    `${hex(deviceId ?? readLe(config, 2, 2), 4)}${revision ? ` (rev ${hex(revision, 2)})` : ''}`
  );
};

/**
 * Writes functions as `lspci -xxxx` does, so that lspci -F and setpci -A dump read the text. Bytes that are not
 * known are left out, which both read as ff. `title` gives the text after the address; without it ids are printed.
 */
export const formatLspci = (
  functions: readonly FunctionDescription[],
  title: (fn: FunctionDescription) => string = numericTitle,
): string => {
  const slot = functions.some((fn) => fn.bdf.domain !== 0) ? formatBdf : formatShortBdf;
  return functions.map((fn) => `${slot(fn.bdf)} ${title(fn)}\n${rowsOf(fn)}\n`).join('');
};

const rowsOf = ({ config, known }: FunctionDescription): string => {
  let text = '';
  for (let row = 0; row < config.length; row += ROW) {
    const end = Math.min(row + ROW, config.length);
    for (let at = row; at < end; at++) {
      if (known[at] !== 1) continue;
      text += `${hex(at, 2)}:`;
      for (; at < end && known[at] === 1; at++) text += ` ${hex(config[at] ?? 0, 2)}`;
      text += '\n';
    }
  }
  return text;
};
