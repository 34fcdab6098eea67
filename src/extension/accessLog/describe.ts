import type { AccessLog, AccessRow } from '../../backend/journal/accessLog';
import { formatBdf, formatShortBdf } from '../../backend/spec/bdf';
import { hex, u32 } from '../../backend/spec/uint';
import { RULES } from '../../backend/verdict/rules';
import { AER_VERDICT, errorName } from '../../backend/xen/pciif';
import type { AccessDetail, AccessRow as ToldRow } from '../../protocol/accessLog';
import { structureOf, verdictText } from '../inspector/describe';
import type { RegisterNames } from './registers';

/** Rows of the access log as the page is told them, and as they are copied and exported. No vscode here. */

export interface RowContext {
  readonly log: AccessLog;
  readonly registers: RegisterNames;
  readonly guestName: (domid: number) => string;
}

const WIDTH_LETTERS: Readonly<Record<number, string>> = { 1: 'b', 2: 'w', 4: 'l' };

const isConfig = ({ op }: AccessRow): boolean => op === 'conf_read' || op === 'conf_write';

const registersOf = ({ registers }: RowContext, row: AccessRow): string =>
  row.host === undefined || !isConfig(row) ? '' : registers.text(row.host, row.offset, row.size);

/** `0x04.w` as setpci writes widths; others as the number that they are. */
const placeOf = (row: AccessRow): string => {
  if (!isConfig(row)) return '';
  const { offset, size } = row;
  return `0x${hex(u32(offset), offset >= 0x100 ? 3 : 2)}.${WIDTH_LETTERS[size] ?? size}`;
};

const hexValue = (value: number, size: number): string => {
  const digits = WIDTH_LETTERS[size] === undefined ? 8 : 2 * size;
  return `0x${hex(value, digits).slice(-digits)}`;
};

const aerVerdictName = (verdict: number): string =>
  Object.entries(AER_VERDICT).find(([, value]) => value === verdict)?.[0] ?? String(verdict);

/** What was written, or what came of it. */
const valueOf = (row: AccessRow): string => {
  const { op, sent, value, err, size } = row;
  switch (op) {
    case 'conf_write':
      return hexValue(sent, size);
    case 'conf_read':
      return err === 0 ? hexValue(value, size) : '';
    case 'enable_msi':
      return err === 0 ? `PIRQ ${value}` : '';
    case 'enable_msix':
      return sent === 1 ? '1 vector' : `${sent} vectors`;
    case 'disable_msi':
    case 'disable_msix':
      return '';
    default:
      return aerVerdictName(value);
  }
};

const errOf = ({ op, err }: AccessRow): ToldRow['err'] =>
  op.startsWith('aer_') ? undefined : { code: err, name: errorName(err) };

const reasonOf = ({ decisive, log }: AccessRow): string =>
  decisive === undefined ? log.map(({ text }) => text).join(' ') : RULES[decisive].text;

export const toldRow = (context: RowContext, row: AccessRow, ordinal: number): ToldRow => {
  const err = errOf(row);
  const warning = row.warning === 'printed' ? context.log.warningAt(row.seq) : undefined;
  return {
    ordinal,
    seq: row.seq,
    guest: context.guestName(row.domid),
    at: formatShortBdf(row.guest),
    ...(row.host === undefined ? {} : { host: formatShortBdf(row.host) }),
    op: row.op,
    registers: registersOf(context, row),
    place: placeOf(row),
    value: valueOf(row),
    ...(row.verdict === undefined ? {} : { outcome: row.verdict.outcome }),
    ...(err === undefined ? {} : { err }),
    reason: reasonOf(row),
    ...(row.warning === undefined ? {} : { warning: row.warning }),
    ...(warning === undefined ? {} : { hides: warning.hides }),
    undone: row.undone,
  };
};

export const detailOf = (context: RowContext, row: AccessRow): AccessDetail => {
  const { host, offset, size, verdict, log } = row;
  const warnedAt = row.warning === 'hidden' ? context.log.warningBefore(row.seq)?.seq : undefined;
  return {
    row: toldRow(context, row, 0),
    ...(host === undefined ? {} : { device: formatBdf(host) }),
    offset,
    size,
    ...(row.op === 'conf_write' ? { sent: row.sent } : {}),
    ...(verdict === undefined ? {} : { verdict: verdictText(verdict) }),
    structures:
      host === undefined || !isConfig(row)
        ? []
        : context.registers.touched(host, offset, size).map(structureOf),
    log: [...log],
    ...(warnedAt === undefined ? {} : { warnedAt }),
  };
};

/** One line for people. */
export const rowText = (context: RowContext, row: AccessRow): string => {
  const told = toldRow(context, row, 0);
  const outcome = [told.outcome, told.err?.name].filter((part) => part !== undefined).join(' ');
  return [
    `#${told.seq}`,
    told.guest,
    told.host === undefined ? told.at : `${told.at} (${told.host})`,
    told.op,
    told.registers,
    told.place,
    told.value,
    outcome === '' ? '' : `-> ${outcome}`,
    told.undone ? '[undone]' : '',
    told.reason === '' ? '' : `: ${told.reason}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
    .replace(' : ', ': ');
};

/** What stands in a line of the exported file. docs/ACCESS_LOG.md says what the keys mean. */
export const rowJson = (context: RowContext, row: AccessRow): Readonly<Record<string, unknown>> => {
  const config = isConfig(row);
  const { verdict } = row;
  const registers = registersOf(context, row);
  const warning = row.warning === 'printed' ? context.log.warningAt(row.seq) : undefined;
  return {
    seq: row.seq,
    domid: row.domid,
    guestName: context.guestName(row.domid),
    op: row.op,
    guest: formatBdf(row.guest),
    ...(row.host === undefined ? {} : { host: formatBdf(row.host) }),
    ...(config ? { offset: row.offset, size: row.size } : {}),
    ...(registers === '' ? {} : { register: registers }),
    ...(row.op === 'conf_read' || row.op.startsWith('disable_') ? {} : { sent: row.sent }),
    ...(row.op === 'conf_write' || row.op.startsWith('disable_') ? {} : { value: row.value }),
    ...(row.op.startsWith('aer_') ? {} : { err: row.err, errName: errorName(row.err) }),
    ...(verdict === undefined
      ? {}
      : {
          outcome: verdict.outcome,
          ...(row.decisive === undefined ? {} : { code: row.decisive }),
          parts: verdict.parts.map(({ layer, code, fate, mask }) => ({ layer, code, fate, mask })),
          wanted: verdict.wanted,
          done: verdict.done,
          believed: verdict.believed,
          before: verdict.before,
          after: verdict.after,
        }),
    ...(row.warning === undefined ? {} : { warning: row.warning }),
    ...(warning === undefined ? {} : { hides: warning.hides }),
    ...(row.log.length === 0 ? {} : { log: row.log }),
    ...(row.undone ? { undone: true } : {}),
  };
};
