import type { Outcome, Width } from '../../src/protocol/model';
import type { Remedy, Verdict } from '../../src/protocol/verdict';
import { hexOf, valueAt } from '../fields/registerValue';
import { element, span } from '../ui/element';
import { button } from '../ui/toolkit';
import type { View } from '../view';
import { bitTable } from './bitTable';
import { remedyList } from './remedyList';
import { isWidth, ruleList } from './ruleList';
import { headline, lostBits, OUTCOMES } from './verdictText';

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

interface Tone {
  readonly mark: string;
  readonly tone: string;
}
const FAILED: Tone = { mark: '✗', tone: 'failed' };
const DONE: Tone = { mark: '✓', tone: 'done' };

const toneOf = ({ verdict, refused, err }: Outcome): Tone => {
  if (verdict) return OUTCOMES[verdict.outcome];
  return refused !== undefined || (err !== undefined && err.code !== 0) ? FAILED : DONE;
};

/** What the strip asks of the page. */
export interface StripEvents {
  /** What would bring the write about: the remedies, or why they cannot be told. */
  readonly remedies: (outcome: Outcome) => Promise<readonly Remedy[] | string>;
  readonly apply: (sysfs: NonNullable<Remedy['sysfs']>) => void;
  readonly copy: (text: string) => void;
  readonly whatIf: (outcome: Outcome) => void;
}

/**
 * The last operation, its verdict, and everything that it caused, in the drivers' own words. While a write is
 * typed, what it would come to.
 */
export class OutcomeStrip {
  readonly root = element('section', { class: 'outcome', attributes: { 'aria-label': 'Last operation' } });
  /** Read out when it changes; the rest is there to be explored. */
  private readonly spoken = element('div', { class: 'spoken', attributes: { role: 'status' } });
  private readonly body = element('div', { class: 'outcome-body' });
  /** What stood there before a dry run. */
  private last:
    { readonly nodes: readonly Node[]; readonly className: string; readonly spoken: string } | undefined;
  private turn = 0;

  constructor(
    private readonly view: View,
    private readonly events: StripEvents,
  ) {
    this.root.append(this.spoken, this.body);
    this.say(
      'Type a hex value over a cell to write it. Enter or F2 edits, R reads, F7 goes to the next difference.',
    );
  }

  /** A plain sentence: a hint, an edit that was given up, a failure of the extension itself. */
  say(text: string, problem = false): void {
    this.turn++;
    this.last = undefined;
    this.put(problem ? 'failed' : '', [], text);
  }

  show(outcome: Outcome): void {
    this.last = undefined;
    this.put(toneOf(outcome).tone, this.parts(outcome), this.sentence(outcome));
  }

  /** What a write that is being typed would come to. `endPreview` brings back what stood here. */
  preview(outcome: Outcome): void {
    this.last ??= {
      nodes: [...this.body.childNodes],
      className: this.root.className,
      spoken: this.spoken.className,
    };
    this.put(`${toneOf(outcome).tone} dry-run`, this.parts(outcome), '');
  }

  endPreview(): void {
    if (!this.last) return;
    this.body.replaceChildren(...this.last.nodes);
    this.root.className = this.last.className;
    this.spoken.className = this.last.spoken;
    this.last = undefined;
  }

  private put(tone: string, parts: readonly Node[], spoken: string): void {
    this.root.className = `outcome ${tone}`.trim();
    this.body.replaceChildren(...parts);
    // A sentence by itself is shown as well as read out.
    this.spoken.className = parts.length === 0 ? 'plain' : 'spoken';
    if (spoken !== '') this.spoken.textContent = spoken;
  }

  private sentence(outcome: Outcome): string {
    const { verdict } = outcome;
    return `${opText(outcome)}: ${resultText(outcome)}. ${verdict ? headline(outcome, verdict) : ''}`;
  }

  private parts(outcome: Outcome): readonly Node[] {
    const { verdict, size } = outcome;
    const parts: (HTMLElement | undefined | false)[] = [
      this.head(outcome),
      verdict && this.explanation(outcome, verdict, size),
      this.effects(outcome),
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
    return parts.filter((part) => part !== undefined && part !== false);
  }

  private head(outcome: Outcome): HTMLElement {
    const { verdict } = outcome;
    const head = element(
      'div',
      { class: 'op' },
      span('mark', toneOf(outcome).mark),
      outcome.dryRun === true && span('dry', 'Dry run'),
      verdict && element('strong', { class: 'headline', text: headline(outcome, verdict) }),
      element(
        'span',
        { class: 'op-text' },
        span('code', opText(outcome)),
        span('arrow', ' → '),
        span('code result', resultText(outcome)),
      ),
    );
    return head;
  }

  /** The bits and the rules that they met; for a write that lost some, what would help. */
  private explanation(outcome: Outcome, verdict: Verdict, size: number): HTMLElement {
    const rules = element(
      'div',
      { class: 'explanation-rules' },
      ruleList(verdict, this.view.places, outcome.offset, size),
    );
    if (isWrite(outcome) && outcome.dryRun !== true) rules.append(this.remedies(outcome, verdict));
    // A size that the driver does not know has rules, but no bits to show them in.
    const bits = isWidth(size) && bitTable(verdict, size, outcome.sent);
    return element('div', { class: 'explanation' }, bits, rules);
  }

  private remedies(outcome: Outcome, verdict: Verdict): HTMLElement {
    const place = element('div', { class: 'remedies-place' });
    const whatIf = button(
      'What if…',
      () => this.events.whatIf(outcome),
      'secondary',
      'What if… this write under every policy, width and kernel',
    );
    if (lostBits(verdict) === 0 && verdict.outcome !== 'refused') {
      place.append(whatIf);
      return place;
    }
    const turn = ++this.turn;
    place.append(span('plain', 'Trying what would bring it about…'));
    void this.events.remedies(outcome).then((found) => {
      if (turn !== this.turn) return;
      place.replaceChildren(
        typeof found === 'string' ? span('plain', found) : remedyList(found, this.events),
        whatIf,
      );
    });
    return place;
  }

  private effects(outcome: Outcome): HTMLElement | undefined {
    const line = element('div', { class: 'effects' });
    const would = outcome.dryRun === true;
    if (outcome.writes.length > 0) {
      line.append(span('effect-name', would ? 'Would reach the device:' : 'Reached the device:'));
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
    } else if (isWrite(outcome) && outcome.through === 'guest')
      line.append(
        span('effect-name', would ? 'No write would reach the device.' : 'No write reached the device.'),
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

  /** After a write: what both sides hold at the place then. */
  private readBack(outcome: Outcome): HTMLElement | undefined {
    const { size, offset, verdict } = outcome;
    if (!isWrite(outcome) || !isWidth(size)) return undefined;
    const text = (value: number | undefined): string =>
      value === undefined ? 'unknown' : hexOf(value, 8 * size);
    const { guest, hardware } = this.view;
    const after = verdict?.after ?? {
      guest: guest && valueAt(guest, offset, size),
      device: valueAt(hardware, offset, size),
    };
    const line = element(
      'div',
      { class: 'effects' },
      span('effect-name', outcome.dryRun === true ? 'Then:' : 'Now:'),
    );
    if (guest) line.append(span('', 'guest'), span('code', text(after.guest)));
    line.append(span('', 'hardware'), span('code', text(after.device)));
    return line;
  }
}
