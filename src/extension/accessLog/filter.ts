import { ACCESS_OPS } from '../../backend/journal/access';
import { addressKey, addressOf, codeOf, Flag, outcomeOf } from '../../backend/journal/accessColumns';
import { isLostWrite, type AccessLog } from '../../backend/journal/accessLog';
import { formatBdf, parseBdf } from '../../backend/spec/bdf';
import { errorName } from '../../backend/xen/pciif';
import type { AccessFilter, OutcomeChoice } from '../../protocol/accessLog';

/** Which rows of the access log are shown: the choices of the filter bar, as a test of one row. */

/** What stands in the log only as a number. */
export interface RowNames {
  readonly guest: (domid: number) => string;
  /** Of the function with this `addressKey`. */
  readonly registers: (host: number, offset: number, size: number) => string;
}

/** True when the row is to be shown. `slot`: where its columns stand. */
export type RowTest = (slot: number) => boolean;

export interface CompiledFilter {
  readonly accepts: RowTest;
  /** Whether a row comes or goes when undo marks it. */
  readonly asksForMarks: boolean;
}

const CONF_READ = ACCESS_OPS.indexOf('conf_read');
const CONF_WRITE = ACCESS_OPS.indexOf('conf_write');

const isConfig = (op: number): boolean => op === CONF_READ || op === CONF_WRITE;

/** Answers of a test by number, since rows repeat the same few. */
const remembered = (test: (key: number) => boolean): ((key: number) => boolean) => {
  const answers = new Map<number, boolean>();
  return (key) => {
    let answer = answers.get(key);
    if (answer === undefined) {
      // Keys can be anything that a guest makes up.
      if (answers.size > 20_000) answers.clear();
      answers.set(key, (answer = test(key)));
    }
    return answer;
  };
};

/** Hexadecimal as setpci takes it, `0x` or not; undefined when it is no number. */
const hexNumber = (text: string): number | undefined =>
  /^(?:0x)?[0-9a-f]{1,8}$/.test(text) ? parseInt(text, 16) : undefined;

const never: RowTest = () => false;

const testsOf = (log: AccessLog, names: RowNames, word: string) => {
  const has = (text: string): boolean => text.toLowerCase().includes(word);
  const bdf = parseBdf(word);
  const named = bdf === undefined ? undefined : addressKey(bdf);
  const address = remembered((key) => (named === undefined ? has(formatBdf(addressOf(key))) : key === named));
  const op = ACCESS_OPS.map(has);
  const outcome = remembered((n) => has(outcomeOf(n) ?? ''));
  const code = remembered((n) => has(codeOf(n) ?? ''));
  const err = remembered((n) => has(errorName(n)));
  const guest = remembered((domid) => has(names.guest(domid)));
  const registers = new Map<number, (key: number) => boolean>();
  const registersOf = (host: number): ((key: number) => boolean) => {
    let test = registers.get(host);
    if (test === undefined) {
      test = remembered((key) => has(names.registers(host, key % 0x1000, Math.floor(key / 0x1000))));
      registers.set(host, test);
    }
    return test;
  };
  const number = hexNumber(word);
  return {
    device: (slot: number): boolean => {
      const { flags, host, guest: at } = log.columns;
      return address(at[slot]!) || ((flags[slot]! & Flag.hasHost) !== 0 && address(host[slot]!));
    },
    guest: (slot: number): boolean => {
      const domid = log.columns.domid[slot]!;
      return String(domid) === word || guest(domid);
    },
    op: (slot: number): boolean => op[log.columns.op[slot]!]!,
    register: (slot: number): boolean => {
      const { op: ops, flags, host, offset, size } = log.columns;
      const [at, width] = [offset[slot]!, size[slot]!];
      if (!isConfig(ops[slot]!) || !(flags[slot]! & Flag.hasHost) || at < 0 || at >= 0x1000) return false;
      return width > 0 && width <= 0x1000 && registersOf(host[slot]!)(at + 0x1000 * width);
    },
    offset:
      number === undefined
        ? never
        : (slot: number): boolean => {
            const { op: ops, offset, size } = log.columns;
            const at = offset[slot]!;
            return isConfig(ops[slot]!) && at <= number && number < at + Math.max(1, size[slot]!);
          },
    size: (slot: number): boolean =>
      isConfig(log.columns.op[slot]!) && String(log.columns.size[slot]!) === word,
    value:
      number === undefined
        ? never
        : (slot: number): boolean => {
            const { op: ops, sent, value } = log.columns;
            return (ops[slot] === CONF_READ ? value[slot]! : sent[slot]!) === number;
          },
    outcome: (slot: number): boolean =>
      log.columns.outcome[slot]! !== 0 && outcome(log.columns.outcome[slot]!),
    err: (slot: number): boolean => err(log.columns.err[slot]!) || String(log.columns.err[slot]!) === word,
    code: (slot: number): boolean => log.columns.code[slot]! !== 0 && code(log.columns.code[slot]!),
    warning: (slot: number): boolean => {
      const flags = log.columns.flags[slot]!;
      return (
        ((flags & Flag.printed) !== 0 && 'printed'.includes(word)) ||
        ((flags & Flag.hidden) !== 0 && 'hidden'.includes(word))
      );
    },
    is: (slot: number): boolean => word === 'undone' && (log.columns.flags[slot]! & Flag.undone) !== 0,
  } satisfies Readonly<Record<string, RowTest>>;
};

type Key = keyof ReturnType<typeof testsOf>;

const KEYS: Readonly<Record<string, Key>> = {
  device: 'device',
  guest: 'guest',
  op: 'op',
  register: 'register',
  reg: 'register',
  offset: 'offset',
  size: 'size',
  value: 'value',
  outcome: 'outcome',
  err: 'err',
  code: 'code',
  warning: 'warning',
  is: 'is',
};

/** What a word without a key is looked for in. */
const PLAIN: readonly Key[] = ['device', 'guest', 'op', 'register', 'outcome', 'err'];

interface Word {
  readonly not: boolean;
  readonly key: Key | undefined;
  readonly text: string;
}

/** `!word` leaves out, `key:word` looks in one column, quotes keep spaces. An address is a word, colons or not. */
export const wordsOf = (text: string): readonly Word[] =>
  [...text.matchAll(/(!?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)].flatMap(
    ([, not, prefix, quoted, bare = '']) => {
      const key = prefix === undefined ? undefined : KEYS[prefix.toLowerCase()];
      const rest = quoted ?? bare;
      const word = key === undefined && prefix !== undefined ? `${prefix}:${rest}` : rest;
      return word === '' ? [] : [{ not: not === '!', key, text: word.toLowerCase() }];
    },
  );

const OUTCOMES: Readonly<Record<Exclude<OutcomeChoice, 'any'>, (log: AccessLog) => RowTest>> = {
  lost: (log) => (slot) => isLostWrite(log.columns, slot),
  short: (log) => (slot) =>
    log.columns.op[slot] === CONF_WRITE &&
    ['refused', 'nothing', 'partly', 'believed'].includes(outcomeOf(log.columns.outcome[slot]!) ?? ''),
  refused: (log) => (slot) => log.columns.err[slot]! !== 0,
  nothing: (log) => (slot) => outcomeOf(log.columns.outcome[slot]!) === 'nothing',
  partly: (log) => (slot) => outcomeOf(log.columns.outcome[slot]!) === 'partly',
  believed: (log) => (slot) => outcomeOf(log.columns.outcome[slot]!) === 'believed',
  all: (log) => (slot) => outcomeOf(log.columns.outcome[slot]!) === 'all',
  same: (log) => (slot) => outcomeOf(log.columns.outcome[slot]!) === 'same',
  hidden: (log) => (slot) => (log.columns.flags[slot]! & Flag.hidden) !== 0,
};

/** The test of a row; undefined when every row is shown. */
export const compileFilter = (
  filter: AccessFilter,
  log: AccessLog,
  names: RowNames,
): CompiledFilter | undefined => {
  const tests: RowTest[] = [];
  const words = wordsOf(filter.text);
  if (!filter.reads) tests.push((slot) => log.columns.op[slot] !== CONF_READ);
  const device = filter.device === '' ? undefined : parseBdf(filter.device);
  if (device !== undefined) {
    const key = addressKey(device);
    tests.push((slot) => log.columns.host[slot] === key);
  }
  if (filter.outcome !== 'any') tests.push(OUTCOMES[filter.outcome](log));
  for (const { not, key, text } of words) {
    const all = testsOf(log, names, text);
    const found: RowTest =
      key === undefined ? (slot) => PLAIN.some((name) => all[name](slot)) : (slot) => all[key](slot);
    tests.push(not ? (slot) => !found(slot) : found);
  }
  if (tests.length === 0) return undefined;
  return {
    accepts: (slot) => tests.every((test) => test(slot)),
    asksForMarks: words.some(({ key }) => key === 'is'),
  };
};
