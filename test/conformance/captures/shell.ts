import { showAttribute, storeAttribute } from '../../../src/backend/pciback/sysfs';
import { formatBdf, parseBdf } from '../../../src/backend/spec/bdf';
import type { RecordedHost } from './recordedHost';

/**
 * The commands of the transcripts, carried out on the engine and answered with the same text: `sw ATTRIBUTE TEXT` is
 * one write(2) to an attribute of the driver with its result, `pt sr FILE` one read(2) of a file.
 */

const DIRECTORY = '/sys/bus/pci/drivers/pciback';
const PARAMETERS = '/sys/module/xen_pciback/parameters';

const ERRNO: Readonly<Record<number, string>> = {
  2: 'ENOENT',
  13: 'EACCES',
  16: 'EBUSY',
  19: 'ENODEV',
  22: 'EINVAL',
};

/** Attributes that `attrs` reads, in its order. */
const READ_ALL = ['slots', 'quirks', 'permissive', 'irq_handlers', 'allow_interrupt_control'];

const ABBREVIATED = '...';

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

interface Done {
  readonly lines: readonly string[];
  readonly failed: boolean;
}
const printed = (...text: readonly string[]): Done => ({ lines: text, failed: false });

const unquoted = (text: string): string => /^'(.*)'$/.exec(text)?.[1] ?? text;

/** Filters that the transcripts pipe into. */
const FILTERS: readonly (readonly [RegExp, (input: readonly string[], m: RegExpExecArray) => string[]])[] = [
  [/^head -(\d+)$/, (input, m) => input.slice(0, Number(m[1]))],
  [/^tail -(\d+)$/, (input, m) => input.slice(-Number(m[1]))],
  [/^grep -v "\^\t\t0"$/, (input) => input.filter((line) => !line.startsWith('\t\t0'))],
  [/^tr '\\n' ' '$/, (input) => [input.map((line) => `${line} `).join('')]],
  [
    /^sed -n '\/(.*)\/,\/(.*)\/p'$/,
    (input, m) => {
      const [from, to] = [new RegExp(m[1]!), new RegExp(m[2]!)];
      let inside = false;
      return input.filter((line) => {
        const was = inside;
        if (inside) inside = !to.test(line);
        else inside = from.test(line);
        return was || inside;
      });
    },
  ],
];

export class Shell {
  constructor(private readonly recorded: RecordedHost) {}

  private get stub(): RecordedHost['host']['driver']['stub'] {
    return this.recorded.host.driver.stub;
  }

  /** Runs a line of commands: what it printed. Throws on a command that no transcript has. */
  run(line: string): readonly string[] {
    let last = printed();
    const out = line.split('; ').flatMap((part) => {
      last = this.pipeline(part.replace(/ 2>\/dev\/null$/, ''));
      return [...last.lines];
    });
    return last.failed ? [...out, '[exit 1]'] : out;
  }

  private pipeline(text: string): Done {
    const [command, ...filters] = text.split(' | ');
    const first = this.command(command ?? '');
    if (filters.length === 0) return first;
    const filtered = filters.reduce<readonly string[]>((input, filter) => {
      for (const [pattern, apply] of FILTERS) {
        const m = pattern.exec(filter);
        if (m !== null) return apply(input, m);
      }
      throw new Error(`unknown filter ${filter}`);
    }, first.lines);
    return printed(...filtered);
  }

  private command(text: string): Done {
    const write = /^sw (\S+) (.*)$/.exec(text) ?? /^pt sw (?:\S*\/)?(\w+) (\S+)$/.exec(text);
    if (write !== null) return this.write(write[1]!, `${unquoted(write[2]!)}\n`);
    const withoutNewline = /^pt sw -n \S*\/(\w+) (\S+)$/.exec(text);
    if (withoutNewline !== null) return this.write(withoutNewline[1]!, withoutNewline[2]!);
    const read = /^pt sr \S*\/(\w+)$/.exec(text);
    if (read !== null) return printed(...this.read(read[1]!));
    if (text === `cat ${PARAMETERS}/permissive`)
      return printed(this.recorded.host.driver.parameters.permissive ? 'Y' : 'N');
    if (text === 'attrs')
      return printed(...READ_ALL.flatMap((name) => [`== cat ${name}`, ...this.read(name)]));
    // `echo` ends a line; the toolstack's list is in the order of a directory, which is not the driver's.
    if (text === 'echo' || text === 'xl pci-assignable-list') return printed();
    // The shell's write(2) fails, and it says so where nobody recorded it.
    const redirected = /^printf '(.*)' > \S*\/(\w+)$/.exec(text);
    if (redirected !== null) {
      storeAttribute(this.stub, redirected[2]!, redirected[1]!.replaceAll('\\n', '\n'));
      return printed();
    }
    throw new Error(`unknown command ${text}`);
  }

  read(attribute: string): string[] {
    const text = showAttribute(this.stub, attribute);
    return typeof text === 'number' ? [`error ${text}`] : lines(text);
  }

  /** The id list on one line, cut where the recorded line is. */
  listed(recorded: string): string {
    const slots = this.read('slots');
    const text = `== slots (${slots.length}): ${slots.map((slot) => `${slot} `).join('')}`;
    if (!recorded.endsWith(ABBREVIATED)) return text;
    return text.slice(0, recorded.length - ABBREVIATED.length) + ABBREVIATED;
  }

  /** A write(2), told as the transcripts tell it. */
  write(attribute: string, text: string): Done {
    const isParameter = attribute === 'permissive' && /^[01]\n$/.test(text);
    const result = isParameter ? this.setParameter(text) : this.store(attribute, text);
    const path = `${isParameter ? PARAMETERS : DIRECTORY}/${attribute}`;
    const told = result >= 0 ? String(result) : `-1 ${ERRNO[-result] ?? result}`;
    return { lines: [`write(${path}, ${JSON.stringify(text)}) = ${told}`], failed: result < 0 };
  }

  /** The module parameter, which the kernel lets root change at run time. */
  private setParameter(text: string): number {
    this.recorded.host.driver.parameters.permissive = text.startsWith('1');
    return text.length;
  }

  private store(attribute: string, text: string): number {
    const dev = this.recorded.find(text.trim());
    if (attribute === 'bind' || attribute === 'unbind') {
      if (dev === undefined || parseBdf(text.trim()) === undefined) return -19;
      const err = attribute === 'bind' ? this.recorded.bind(formatBdf(dev.bdf)) : this.stub.remove(dev);
      return err === 0 ? text.length : err;
    }
    return storeAttribute(this.stub, attribute, text);
  }
}
