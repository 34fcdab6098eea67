import {
  ALL_ACCESSES,
  type AccessFilter,
  type AccessWindow,
  type OutcomeChoice,
} from '../../src/protocol/accessLog';
import { element, setText } from '../ui/element';

/** The filter above the rows. Lists are the browser's own: the toolkit's would be cut off in a low panel. */

const OUTCOMES: readonly (readonly [OutcomeChoice, string])[] = [
  ['any', 'All outcomes'],
  ['lost', 'Refused or dropped writes'],
  ['short', 'Writes that fell short'],
  ['hidden', 'Not in the kernel log'],
  ['refused', 'refused'],
  ['nothing', 'nothing'],
  ['partly', 'partly'],
  ['believed', 'believed'],
  ['same', 'same'],
  ['all', 'all'],
];

const HELP = [
  'Words that all have to be found, in addresses, guest, operation, register, outcome or error.',
  'One column: device: guest: op: register: offset: size: value: outcome: err: code: warning: is:undone',
  '!word leaves rows out, "two words" are one.',
].join('\n');

/** Typing pauses this long before the rows are filtered. */
const PAUSE_MS = 80;

const option = (value: string, label: string): HTMLOptionElement => {
  const made = element('option', { text: label });
  made.value = value;
  return made;
};

const select = (label: string): HTMLSelectElement =>
  element('select', { title: label, attributes: { 'aria-label': label } });

export interface FilterEvents {
  readonly changed: (filter: AccessFilter) => void;
  /** From the text down into the rows. */
  readonly leave: () => void;
}

export class FilterBar {
  readonly root = element('div', { class: 'filter', attributes: { role: 'search', 'aria-label': 'Filter' } });
  private readonly text = element('input', {
    class: 'filter-text',
    title: HELP,
    attributes: {
      type: 'text',
      'aria-label': 'Filter accesses',
      placeholder: 'Filter (e.g. 03:00.0 COMMAND, outcome:nothing, !conf_read)',
      spellcheck: 'false',
    },
  });
  private readonly device = select('Device');
  private readonly outcome = select('Outcome');
  private readonly reads = element('input', { attributes: { type: 'checkbox' } });
  private devices = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private current: AccessFilter = ALL_ACCESSES;

  constructor(private readonly events: FilterEvents) {
    this.outcome.append(...OUTCOMES.map(([value, label]) => option(value, label)));
    this.device.append(option('', 'All devices'));
    this.root.append(
      this.text,
      this.device,
      this.outcome,
      element('label', { class: 'reads' }, this.reads, 'Reads'),
    );
    this.text.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.changed(), PAUSE_MS);
    });
    this.text.addEventListener('keydown', (event) => this.onKey(event));
    for (const control of [this.device, this.outcome, this.reads])
      control.addEventListener('change', () => this.changed());
    this.set(ALL_ACCESSES);
  }

  get filter(): AccessFilter {
    return this.current;
  }
  get isNarrow(): boolean {
    return JSON.stringify(this.current) !== JSON.stringify(ALL_ACCESSES);
  }

  /** Shows another filter; the page is not told. */
  set(filter: AccessFilter): void {
    this.current = filter;
    this.text.value = filter.text;
    this.outcome.value = filter.outcome;
    this.reads.checked = filter.reads;
    if (![...this.device.options].some(({ value }) => value === filter.device))
      this.device.append(option(filter.device, filter.device.replace(/^0000:/, '')));
    this.device.value = filter.device;
  }

  /** The functions that there are to choose. */
  offer(devices: AccessWindow['devices']): void {
    const chosen = this.current.device;
    const all =
      devices.some(({ address }) => address === chosen) || chosen === ''
        ? devices
        : [...devices, { address: chosen, label: chosen.replace(/^0000:/, '') }];
    const text = JSON.stringify(all);
    if (text === this.devices) return;
    this.devices = text;
    this.device.replaceChildren(
      option('', 'All devices'),
      ...all.map(({ address, label }) => option(address, label)),
    );
    this.device.value = chosen;
  }

  focus(): void {
    this.text.focus();
    this.text.select();
  }

  private changed(): void {
    clearTimeout(this.timer);
    this.current = {
      text: this.text.value.slice(0, 1000),
      device: this.device.value,
      outcome: this.outcome.value as OutcomeChoice,
      reads: this.reads.checked,
    };
    this.events.changed(this.current);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.text.value !== '') {
      this.text.value = '';
      this.changed();
    } else if (event.key === 'Enter') this.changed();
    else if (event.key === 'ArrowDown') {
      this.changed();
      this.events.leave();
    } else return;
    event.preventDefault();
  }
}

const number = new Intl.NumberFormat('en');

/** `12 of 3,456 · 13 refused or dropped · kernel log tells of 1`. */
export class Counts {
  readonly root = element('div', { class: 'counts' });

  show(window: AccessWindow): void {
    const shown = window.end - window.start;
    const parts = [
      shown === window.total
        ? `${number.format(shown)} ${shown === 1 ? 'access' : 'accesses'}`
        : `${number.format(shown)} of ${number.format(window.total)}`,
    ];
    if (window.fallen > 0) parts.push(`${number.format(window.fallen)} older fell out`);
    if (window.lost > 0) parts.push(`${number.format(window.lost)} refused or dropped`);
    if (window.warned + window.hidden > 0)
      parts.push(`kernel log has ${number.format(window.warned)}, hides ${number.format(window.hidden)}`);
    setText(this.root, parts.join(' · '));
    this.root.title = [
      'Refused or dropped: writes of guests of which nothing came about.',
      'pciback warns of a write that no field takes once for each device; it hides the later ones.',
    ].join('\n');
  }
}
