import type { AccessDetail } from '../../src/protocol/accessLog';
import { Places } from '../fields/locate';
import { element, span } from '../ui/element';
import { bitTable } from '../verdict/bitTable';
import { ruleList } from '../verdict/ruleList';
import { headline } from '../verdict/verdictText';
import { markOf } from './rowText';

/** Kernel log levels up to this one are warnings or worse. */
const WARNING = 4;
const SPACE = 4096;

export interface DetailEvents {
  readonly open: (seq: number) => void;
  /** Goes to another row. */
  readonly go: (seq: number) => void;
  /** Shows what the driver's warning hides. */
  readonly showHidden: () => void;
}

const isWidth = (size: number): size is 1 | 2 | 4 => size === 1 || size === 2 || size === 4;

/** `conf_write 00:00.0 COMMAND 0x04.w = 0x0406`, in the order of the columns. */
const opLine = ({ row }: AccessDetail): string =>
  [
    row.op,
    row.at,
    row.registers,
    row.place,
    row.value === '' ? '' : `${row.op === 'conf_read' ? '→' : '='} ${row.value}`,
  ]
    .filter((part) => part !== '')
    .join(' ');

/** What one access came to, bit by bit, with the rules that decided and what the kernel said. */
export class DetailPane {
  readonly root = element('section', {
    class: 'detail',
    attributes: { 'aria-label': 'Verdict of the chosen access', tabindex: '0' },
  });

  constructor(private readonly events: DetailEvents) {
    this.clear();
  }

  clear(): void {
    this.root.className = 'detail';
    this.root.replaceChildren(
      element('p', { class: 'plain', text: 'Choose an access to see what became of each bit, and why.' }),
    );
  }

  show(detail: AccessDetail): void {
    const { row, verdict, size } = detail;
    const mark = markOf(row);
    this.root.className = `detail ${mark.tone}`;
    const asked = row.op === 'conf_read' ? { op: row.op } : {};
    const line = verdict ? headline({ ...asked, ...(row.err && { err: row.err }) }, verdict) : '';
    const parts: (HTMLElement | undefined | false)[] = [
      element(
        'div',
        { class: 'detail-head' },
        span('sign', mark.sign),
        element('strong', { text: line === '' ? mark.word : line }),
      ),
      element(
        'div',
        { class: 'detail-op' },
        span('code', `#${row.seq} ${row.guest} ${opLine(detail)}`),
        row.err !== undefined && span('code result', ` → ${row.err.name}`),
      ),
      row.undone && element('div', { class: 'plain', text: 'Taken back by undo.' }),
      verdict &&
        isWidth(size) &&
        element(
          'div',
          { class: 'explanation' },
          bitTable(verdict, size, detail.sent),
          ruleList(verdict, new Places(detail.structures, SPACE), detail.offset, size),
        ),
      verdict && !isWidth(size) && element('div', { class: 'plain', text: row.reason }),
      this.warning(detail),
      ...(row.warning === 'printed' ? [] : this.logLines(detail)),
      row.host !== undefined &&
        row.place !== '' &&
        this.link('Show in inspector', () => this.events.open(row.seq)),
    ];
    this.root.replaceChildren(...parts.filter((part) => part !== undefined && part !== false));
    this.root.scrollTop = 0;
  }

  /** The driver's one warning: where it was given, in its own words, or where to find it. */
  private warning(detail: AccessDetail): HTMLElement | undefined {
    const { warning, hides = 0 } = detail.row;
    if (warning === 'printed')
      return element(
        'div',
        { class: 'driver-warning' },
        element('div', {
          class: 'driver-warning-head',
          text: 'The kernel log has this, once for the device:',
        }),
        ...this.logLines(detail),
        hides === 0
          ? span('plain', 'It hides every later write that no field takes. There was none yet.')
          : this.link(
              hides === 1 ? 'It hides 1 later write' : `It hides ${hides} later writes`,
              this.events.showHidden,
            ),
      );
    if (warning !== 'hidden') return undefined;
    const { warnedAt } = detail;
    return element(
      'div',
      { class: 'driver-warning' },
      span('', 'Not in the kernel log: pciback has warned of this device already'),
      warnedAt === undefined
        ? span('', ', before this log began.')
        : element(
            'span',
            {},
            ', at ',
            this.link(`#${warnedAt}`, () => this.events.go(warnedAt)),
            '.',
          ),
    );
  }

  private logLines({ log }: AccessDetail): HTMLElement[] {
    return log.map(({ level, text }) =>
      element(
        'div',
        { class: level <= WARNING ? 'log warning' : 'log' },
        span('log-mark', level <= WARNING ? '⚠' : 'ℹ'),
        span('code', text),
      ),
    );
  }

  private link(text: string, run: () => void): HTMLElement {
    const made = element('button', { class: 'link', text, attributes: { type: 'button' } });
    made.addEventListener('click', run);
    return made;
  }
}
