import type { Outcome, Width } from '../src/protocol/model';
import { hexOf, valueAt } from './fields/registerValue';
import { element, span } from './ui/element';
import type { View } from './view';

const WIDTH_LETTER: Readonly<Record<Width, string>> = { 1: 'b', 2: 'w', 4: 'l' };

const digits = (size: number): number => (size === 1 || size === 2 || size === 4 ? 8 * size : 32);

/** Kernel log levels up to this one are warnings or worse. */
const WARNING = 4;

const EOI = ['normal EOI', 'spurious EOI'] as const;

const opText = (outcome: Outcome): string => {
  const parts = [
    outcome.op,
    outcome.address,
    'offset',
    hexOf(outcome.offset, 8),
    'size',
    String(outcome.size),
  ];
  if (outcome.sent !== undefined) parts.push('value', hexOf(outcome.sent, digits(outcome.size)));
  return parts.join(' ');
};

/** What came of it for the one who asked. */
const resultText = (outcome: Outcome): string => {
  const parts: string[] = [];
  if (outcome.err) parts.push(outcome.err.name);
  if (outcome.refused !== undefined) parts.push(outcome.refused);
  if (outcome.sent === undefined && outcome.refused === undefined)
    parts.push(
      outcome.value === undefined ? 'value unknown' : `value ${hexOf(outcome.value, digits(outcome.size))}`,
    );
  return parts.length > 0 ? parts.join(' ') : 'done';
};

const isWrite = (outcome: Outcome): boolean => outcome.sent !== undefined;
const failed = (outcome: Outcome): boolean =>
  outcome.refused !== undefined || (outcome.err !== undefined && outcome.err.code !== 0);
/** Nothing reached the hardware and the guest was told that all is well. */
const silentlyDropped = (outcome: Outcome): boolean =>
  isWrite(outcome) && outcome.through === 'guest' && !failed(outcome) && outcome.writes.length === 0;

/** The last operation and everything that it caused, in the drivers' own words. */
export class OutcomeStrip {
  readonly root = element('section', {
    class: 'outcome',
    attributes: { role: 'status', 'aria-live': 'polite', 'aria-label': 'Last operation' },
  });

  constructor(private readonly view: View) {
    this.say(
      'Type a hex value over a cell to write it. Enter or F2 edits, R reads, F7 goes to the next difference.',
    );
  }

  /** A plain sentence: a hint, an edit that was given up, a failure of the extension itself. */
  say(text: string, problem = false): void {
    this.root.className = problem ? 'outcome failed' : 'outcome';
    this.root.replaceChildren(element('div', { class: 'plain', text }));
  }

  show(outcome: Outcome): void {
    const dropped = silentlyDropped(outcome);
    this.root.className = failed(outcome) ? 'outcome failed' : dropped ? 'outcome dropped' : 'outcome done';
    const mark = failed(outcome) ? '✗' : dropped ? '⊘' : '✓';
    const lines: (HTMLElement | undefined)[] = [
      element(
        'div',
        { class: 'op' },
        span('mark', mark),
        ' ',
        span('code', opText(outcome)),
        span('arrow', ' → '),
        span('code result', resultText(outcome)),
      ),
      this.effects(outcome, dropped),
      this.readBack(outcome),
      ...outcome.log.map((line) =>
        element(
          'div',
          { class: line.level <= WARNING ? 'log warning' : 'log' },
          span('log-mark', line.level <= WARNING ? '⚠' : 'ℹ'),
          span('code', line.text),
        ),
      ),
    ];
    this.root.replaceChildren(...lines.filter((line) => line !== undefined));
  }

  private effects(outcome: Outcome, dropped: boolean): HTMLElement | undefined {
    const line = element('div', { class: 'effects' });
    if (outcome.writes.length > 0) {
      line.append(span('effect-name', 'Reached the device:'));
      for (const write of outcome.writes) {
        const own = write.address === this.view.head?.address ? '' : `${write.address} `;
        const bits = 8 * write.width;
        line.append(
          span(
            'code',
            `${own}${hexOf(write.offset, 8)}.${WIDTH_LETTER[write.width]} = ${hexOf(write.value, bits)}`,
          ),
        );
      }
    } else if (dropped)
      line.append(element('strong', { text: 'The guest was told success. No write reached the device.' }));
    else if (isWrite(outcome) && outcome.through === 'guest')
      line.append(
        element('strong', {
          text: `The guest was told ${outcome.err?.name ?? 'nothing'}. No write reached the device.`,
        }),
      );
    if (outcome.through === 'guest') {
      const { notifications } = outcome;
      const told = notifications === 1 ? '1 notification' : `${notifications} notifications`;
      line.append(
        span('effect-note', [told, ...outcome.eoi.map((kind) => EOI[kind === 0 ? 0 : 1])].join(', ')),
      );
    }
    return line.childNodes.length > 0 ? line : undefined;
  }

  /** After a write: what both sides hold at the place now. */
  private readBack(outcome: Outcome): HTMLElement | undefined {
    const { size } = outcome;
    if (!isWrite(outcome) || (size !== 1 && size !== 2 && size !== 4)) return undefined;
    const text = (value: number | undefined): string =>
      value === undefined ? 'unknown' : hexOf(value, 8 * size);
    const line = element('div', { class: 'effects' }, span('effect-name', 'Now:'));
    if (this.view.guest)
      line.append(span('', 'guest'), span('code', text(valueAt(this.view.guest, outcome.offset, size))));
    line.append(span('', 'hardware'), span('code', text(valueAt(this.view.hardware, outcome.offset, size))));
    return line;
  }
}
