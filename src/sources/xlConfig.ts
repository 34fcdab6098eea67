import { ProblemList, type SourceProblem } from './problem';
import { tokenize, type Token } from './xlTokens';
import { parseXlPciSpec, type XlPciDevice, type XlPciOptions } from './xlPciSpec';

/**
 * Guest name and PCI devices of an xl guest configuration (xl.cfg(5)). Settings that have nothing to do with PCI are
 * passed over. xl refuses a whole file for one fault; here the fault is told and the rest is read.
 */
export type XlConfig =
  | {
      readonly ok: true;
      /** `name`; undefined when the file does not say. */
      readonly guestName: string | undefined;
      readonly devices: readonly XlPciDevice[];
      readonly problems: readonly SourceProblem[];
    }
  | { readonly ok: false; readonly message: string; readonly problems: readonly SourceProblem[] };

interface Setting {
  readonly name: Token;
  readonly added: boolean;
  readonly list: boolean;
  /** The value, or the items of the list; nested lists are flattened, no setting that is read here has any. */
  readonly values: readonly Token[];
}

const isEnd = ({ kind }: Token): boolean => kind === 'newline' || kind === 'semicolon' || kind === 'end';

class SettingsReader {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(
    text: string,
    private readonly problems: ProblemList,
  ) {
    this.tokens = tokenize(text);
  }

  read(): readonly Setting[] {
    const settings: Setting[] = [];
    while (this.peek().kind !== 'end') {
      if (isEnd(this.peek())) {
        this.at++;
        continue;
      }
      const setting = this.setting();
      if (setting) settings.push(setting);
      else this.skipLine();
    }
    return settings;
  }

  private peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!;
  }

  private skipLine(): void {
    while (!isEnd(this.peek())) this.at++;
  }

  private wrong(token: Token, message: string): undefined {
    const { line, column, length } = token;
    this.problems.add({
      line,
      column,
      endColumn: column + Math.max(1, length),
      severity: 'error',
      message,
    });
    return undefined;
  }

  private setting(): Setting | undefined {
    const name = this.peek();
    if (name.kind !== 'name') return this.wrong(name, `expected a setting, found '${name.text}'`);
    const sign = this.peek(1);
    if (sign.kind !== 'equals' && sign.kind !== 'plusEquals')
      return this.wrong(name, `expected = after ${name.text}`);
    this.at += 2;
    const first = this.peek();
    const values = first.kind === 'open' ? this.list() : this.single(name);
    if (values === undefined) return undefined;
    if (!isEnd(this.peek())) {
      this.wrong(this.peek(), `unexpected '${this.peek().text}' after the value of ${name.text}`);
      this.skipLine();
    }
    return { name, added: sign.kind === 'plusEquals', list: first.kind === 'open', values };
  }

  private single(name: Token): readonly Token[] | undefined {
    const value = this.peek();
    if (value.kind !== 'string' && value.kind !== 'number')
      return this.wrong(
        value,
        value.kind === 'unclosed' ? 'the string is not closed' : `${name.text} has no value`,
      );
    this.at++;
    return [value];
  }

  /** Items up to the bracket that closes the list. Without one, a line that begins a setting ends it. */
  private list(): readonly Token[] {
    const open = this.peek();
    const items: Token[] = [];
    let depth = 0;
    for (;;) {
      const token = this.peek();
      const nextSetting = token.kind === 'name' && /^(equals|plusEquals)$/.test(this.peek(1).kind);
      if (token.kind === 'end' || nextSetting) {
        this.wrong(open, 'the list is not closed: ] is missing');
        // What stands there is the next line's.
        if (nextSetting) this.at--;
        return items;
      }
      this.at++;
      if (token.kind === 'open') depth++;
      else if (token.kind === 'close' && --depth === 0) return items;
      else if (token.kind === 'string' || token.kind === 'number') items.push(token);
      else if (token.kind === 'unclosed') this.wrong(token, 'the string is not closed');
      else if (token.kind !== 'comma' && token.kind !== 'newline' && token.kind !== 'close')
        this.wrong(token, `unexpected '${token.text}' in the list`);
    }
  }
}

/** The value of a global switch; xl takes any number but 0 for on. */
const switchOf = (setting: Setting | undefined): boolean =>
  setting?.values[0]?.kind === 'number' && Number(setting.values[0].text) !== 0;

const rdmPolicyOf = (setting: Setting | undefined): XlPciOptions['rdmPolicy'] =>
  /(?:^|,)\s*policy\s*=\s*relaxed\s*(?:,|$)/.test(setting?.values[0]?.text ?? '') ? 'relaxed' : 'strict';

/** The last assignment of a name holds, with what was added to it since. */
const settingNamed = (settings: readonly Setting[], name: string): Setting | undefined => {
  let kept: Setting | undefined;
  let values: Token[] = [];
  for (const setting of settings) {
    if (setting.name.text !== name) continue;
    if (!setting.added) values = [];
    for (const value of setting.values) values.push(value);
    kept = setting.added && kept ? kept : setting;
  }
  return kept && { ...kept, values };
};

/** Reads an xl guest configuration. Never throws; every fault has its line and column. */
export const parseXlConfig = (text: string): XlConfig => {
  const problems = new ProblemList();
  const settings = new SettingsReader(text, problems).read();
  const named = (name: string): Setting | undefined => settingNamed(settings, name);
  if (named('name') === undefined && named('pci') === undefined)
    return {
      ok: false,
      message: 'This is not an xl guest configuration: it has neither name = nor pci = [...].',
      problems: problems.all(),
    };
  const defaults: XlPciOptions = {
    permissive: switchOf(named('pci_permissive')),
    msitranslate: switchOf(named('pci_msitranslate')),
    seize: switchOf(named('pci_seize')),
    powerManagement: switchOf(named('pci_power_mgmt')),
    rdmPolicy: rdmPolicyOf(named('rdm')),
  };
  const devices: XlPciDevice[] = [];
  const pci = named('pci');
  if (pci && !pci.list) {
    const { line, column, length } = pci.name;
    const place = { line, column, endColumn: column + length };
    problems.add({ ...place, severity: 'error', message: 'pci is a list: pci = [ "..." ]' });
  } else
    for (const { kind, text: item, line, column, length } of pci?.values ?? []) {
      const inside = { text: item, line, column: column + 1 };
      const device = kind === 'string' ? parseXlPciSpec(inside, defaults, problems) : undefined;
      if (device) devices.push(device);
      else if (kind !== 'string')
        problems.add({
          line,
          column,
          endColumn: column + length,
          severity: 'error',
          message: `${item} is not a string: a device is written as "BB:DD.F"`,
        });
    }
  return { ok: true, guestName: named('name')?.values[0]?.text, devices, problems: problems.all() };
};
