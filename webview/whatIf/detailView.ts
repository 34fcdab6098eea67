import type { Outcome, Structure, Width } from '../../src/protocol/model';
import type { Detail, Table, WriteResult } from '../../src/protocol/whatIf';
import { Places } from '../fields/locate';
import { hexOf } from '../fields/registerValue';
import { element, span } from '../ui/element';
import { button } from '../ui/toolkit';
import { bitTable } from '../verdict/bitTable';
import { ruleList } from '../verdict/ruleList';
import { outcomeParts } from './outcomeParts';
import { nowOf, samePlace } from './rows';
import { policyText, resultText, widthText, writeText } from './words';

export interface DetailEvents {
  /** Another of several writes is looked at. */
  readonly choose: (write: number) => void;
  readonly copy: (text: string) => void;
  /** Back to the table. */
  readonly back: () => void;
}

const WIDTH_LETTER: Readonly<Record<Width, string>> = { 1: 'b', 2: 'w', 4: 'l' };
const isWidth = (size: number): size is Width => size === 1 || size === 2 || size === 4;

/** Kernel log levels up to this one are warnings or worse. */
const WARNING = 4;

const line = (name: string, ...parts: readonly (HTMLElement | string)[]): HTMLElement =>
  element('div', { class: 'effects' }, span('effect-name', name), ...parts);

/** What stands behind the cell that is looked at: the accesses, bit by bit, and where they ended. */
export class DetailView {
  readonly root = element('section', {
    class: 'detail',
    attributes: { 'aria-label': 'Details of the cell', tabindex: '-1' },
  });
  private places = new Places([], 0);
  private host = '';

  constructor(private readonly events: DetailEvents) {
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.events.back();
      event.preventDefault();
    });
  }

  /** Of the device that is asked about. */
  update(structures: readonly Structure[], size: number, host: string): void {
    this.places = new Places(structures, size);
    this.host = host;
  }

  clear(text = ''): void {
    this.root.replaceChildren(element('p', { class: 'plain', text }));
  }

  focus(): void {
    this.root.focus();
  }

  show(table: Table, detail: Detail): void {
    const focused = document.activeElement;
    const inList = focused?.classList.contains('detail-writes') === true;
    const { place, why, writes, chosen } = detail;
    const result = writes[chosen];
    const several = writes.length > 1;
    this.root.replaceChildren(
      this.head(table, detail),
      ...(why === undefined
        ? []
        : [element('p', { text: `${why.charAt(0).toUpperCase()}${why.slice(1)}.` })]),
      ...(detail.shell.length === 0 ? [] : [this.shell(detail.shell, place.policy)]),
      ...this.caveats(table, detail),
      ...(several ? [this.writes(writes, chosen)] : []),
      ...(result && !several ? [this.result(result)] : []),
      ...detail.accesses.map((access) => this.access(access)),
      ...(result ? [this.after(result)] : []),
      ...(detail.beside.length === 0 ? [] : [this.beside(detail)]),
    );
    if (inList) this.root.querySelector<HTMLElement>('.detail-writes')?.focus();
    this.root.scrollTop = 0;
  }

  private head(table: Table, { place }: Detail): HTMLElement {
    const now = samePlace(place, nowOf(table));
    return element(
      'h2',
      {},
      `Linux ${place.profile} · ${widthText(place.width)} · ${policyText(table, place.policy).toLowerCase()}`,
      now && span('cell-now', 'now'),
    );
  }

  private caveats(table: Table, { place, refusedEarlier }: Detail): readonly HTMLElement[] {
    const texts = [
      ...(place.profile === table.loaded
        ? []
        : [`Tried on a machine that has run with the driver of Linux ${place.profile} from the start.`]),
      ...(refusedEarlier === 0
        ? []
        : [
            refusedEarlier === 1
              ? 'That driver refuses 1 of the earlier actions.'
              : `That driver refuses ${refusedEarlier} of the earlier actions.`,
          ]),
      ...(place.policy === 'normal'
        ? ['Tried on a machine on which the device was never given anything.']
        : []),
    ];
    return texts.length === 0 ? [] : [element('p', { class: 'plain', text: texts.join(' ') })];
  }

  private shell(lines: readonly string[], policy: string): HTMLElement {
    const text = lines.join('\n');
    return element(
      'div',
      { class: 'shell' },
      element('pre', { class: 'code', text }),
      button('Copy', () => this.events.copy(text), 'secondary', `Copy the lines for ${policy}`),
    );
  }

  /** Several writes as a list, of which one is looked at. */
  private writes(writes: readonly WriteResult[], chosen: number): HTMLElement {
    const list = element('ul', {
      class: 'writes detail-writes',
      attributes: {
        role: 'listbox',
        tabindex: '0',
        'aria-label': 'Writes and what they came to',
        'aria-activedescendant': `detail-write-${chosen}`,
      },
    });
    list.append(
      ...writes.map((result, i) => {
        const text = resultText(result);
        return element(
          'li',
          {
            attributes: {
              role: 'option',
              id: `detail-write-${i}`,
              'aria-selected': String(i === chosen),
            },
          },
          span('write-number', String(i + 1)),
          span('code', writeText(result.write)),
          element('span', { class: `write-result tone-${text.tone}` }, ...outcomeParts(text)),
        );
      }),
    );
    const choose = (at: number): void => {
      if (at !== chosen && at >= 0 && at < writes.length) this.events.choose(at);
    };
    list.addEventListener('click', (event) => {
      const item = event.target instanceof Element ? event.target.closest('li') : null;
      list.focus();
      if (item) choose([...list.children].indexOf(item));
    });
    list.addEventListener('keydown', (event) => {
      const to: Readonly<Record<string, number>> = {
        ArrowDown: chosen + 1,
        ArrowUp: chosen - 1,
        Home: 0,
        End: writes.length - 1,
      };
      const next = to[event.key];
      if (next === undefined) return;
      choose(next);
      event.preventDefault();
    });
    queueMicrotask(() => list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }));
    return list;
  }

  private result(result: WriteResult): HTMLElement {
    const text = resultText(result);
    return element('p', { class: `detail-result tone-${text.tone}` }, ...outcomeParts(text));
  }

  private access(access: Outcome): HTMLElement {
    const { verdict, offset, size, sent, err } = access;
    const bits = isWidth(size) ? 8 * size : 32;
    const made = element(
      'div',
      { class: 'detail-access' },
      element(
        'h3',
        { class: 'code' },
        `conf_write ${hexOf(offset, 8)}${isWidth(size) ? `.${WIDTH_LETTER[size]}` : ` size ${size}`} = ${hexOf(sent ?? 0, bits)}`,
        span('arrow', ' → '),
        element('span', { class: err?.code === 0 ? '' : 'tone-failed', text: err?.name ?? '' }),
      ),
    );
    if (verdict) {
      if (isWidth(size) && offset % size === 0)
        made.append(
          element(
            'div',
            { class: 'explanation' },
            bitTable(verdict, size, sent),
            ruleList(verdict, this.places, offset, size),
          ),
        );
      else
        made.append(
          ...[...new Set(verdict.parts.map(({ text }) => text))].map((text) => element('p', { text })),
        );
    }
    made.append(
      access.writes.length === 0
        ? line('No write reached the device.')
        : line(
            'Reached the device:',
            ...access.writes.map((write) =>
              span(
                'code',
                `${write.address === this.host ? '' : `${write.address} `}${hexOf(write.offset, 8)}.${WIDTH_LETTER[write.width]} = ${hexOf(write.value, 8 * write.width)}`,
              ),
            ),
          ),
      ...access.log.map(({ level, text }) =>
        element(
          'div',
          { class: level <= WARNING ? 'log warning' : 'log' },
          span('log-mark', level <= WARNING ? '⚠' : 'ℹ'),
          span('code', text),
        ),
      ),
    );
    return made;
  }

  /** In the bytes of the write, however it was made. */
  private after({ write, after }: WriteResult): HTMLElement {
    const bits = 8 * Math.min(4, write.size);
    const text = (value: number | undefined): HTMLElement =>
      span('code', value === undefined ? 'unknown' : hexOf(value, bits));
    return line(
      'Afterwards:',
      element('span', {}, 'guest reads ', text(after.guest)),
      element('span', {}, 'device ', text(after.device)),
    );
  }

  private beside({ beside }: Detail): HTMLElement {
    const byte = (value: number): string => value.toString(16).padStart(2, '0');
    const made = line(
      'Changed beside it:',
      ...beside.map(({ offset, before, after }) =>
        span('code', `${hexOf(offset, 8)}: ${byte(before)} → ${byte(after)}`),
      ),
    );
    made.classList.add('beside');
    return made;
  }
}
