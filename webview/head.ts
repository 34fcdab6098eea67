import type { Head } from '../src/protocol/model';
import type { PageCommand } from '../src/protocol/messages';
import { element, span } from './ui/element';
import { button } from './ui/toolkit';
import type { View } from './view';

const fact = (name: string, value: string, mark = false): HTMLElement =>
  element(
    'span',
    { class: mark ? 'fact marked' : 'fact' },
    span('fact-name', name),
    span('fact-value', value),
  );

const facts = (head: Head): readonly HTMLElement[] => {
  const driver =
    head.driver === undefined
      ? 'none'
      : head.originalDriver !== undefined && head.originalDriver !== head.driver
        ? `${head.driver} (was ${head.originalDriver})`
        : head.driver;
  return [
    fact('Host', head.address),
    fact(
      'Guest',
      head.owner ? `${head.owner.name} (domid ${head.owner.domid}) ${head.owner.address}` : 'not assigned',
    ),
    fact('Driver', driver),
    fact('Power', head.powerState),
    fact('Permissive', head.permissive ? 'on' : 'off', head.permissive),
    fact('Interrupt control', head.allowInterruptControl ? 'on' : 'off', head.allowInterruptControl),
  ];
};

/** The head of the page: which function, who owns it, and what stands between guest and device. */
export class HeadView {
  readonly root = element('div', { class: 'head' });
  readonly banner = element('div', { class: 'banner', attributes: { role: 'note' } });
  readonly hint = element('div', { class: 'hint' });

  constructor(
    private readonly view: View,
    command: (command: PageCommand) => void,
  ) {
    this.hint.append(
      span('', 'Not assigned to a guest: only the hardware is shown.'),
      button('Assign to Guest...', () => command('assign')),
    );
    this.banner.hidden = this.hint.hidden = true;
  }

  update(): void {
    const { head } = this.view;
    if (!head) return;
    const pipeline = element('div', { class: 'pipeline', attributes: { 'aria-label': 'Way of an access' } });
    head.pipeline.forEach((hop, i) => {
      if (i > 0) pipeline.append(span('arrow', '→'));
      pipeline.append(span('hop', hop));
    });
    this.root.replaceChildren(
      element('h1', {}, span('slot', head.address.replace(/^0000:/, '')), ` ${head.title}`),
      element('div', { class: 'facts' }, ...facts(head)),
      pipeline,
    );
    const hardware = this.view.target === 'hardware';
    this.hint.hidden = head.owner !== undefined;
    this.banner.hidden = !hardware;
    this.banner.replaceChildren(
      span('banner-mark', '⚠'),
      span(
        '',
        head.owner ? 'Edits write the hardware, past pciback' : 'Edits write the hardware, past every driver',
      ),
    );
  }
}
