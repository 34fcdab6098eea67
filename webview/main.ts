import type { PageCommand, PaneTab, Request } from '../src/protocol/messages';
import type { Answer } from '../src/protocol/requests';
import { ChainView } from './chain/chainView';
import type { Outcome, Width } from '../src/protocol/model';
import type { Remedy } from '../src/protocol/verdict';
import type { RegisterWrite } from './fields/fieldEditor';
import { FieldList } from './fields/fieldList';
import { GridPane } from './grid/gridPane';
import { HeadView } from './head';
import { Host, type HostNews } from './host';
import { element } from './ui/element';
import { HoverCard, type Hovered } from './ui/hoverCard';
import { keepFocus } from './ui/keepFocus';
import { Tabs } from './ui/tabs';
import { DryRun } from './verdict/dryRun';
import { OutcomeStrip } from './verdict/outcomeStrip';
import { View, type Dirty } from './view';

performance.mark('confspace:start');

const isWidth = (size: number): size is Width => size === 1 || size === 2 || size === 4;

/** The inspector page: puts the parts together, and draws once per frame what the host told. */
class Page {
  private readonly host = new Host();
  private readonly view = new View();
  private readonly head = new HeadView(this.view, (command) => this.command(command));
  private readonly bytes = new GridPane(this.view, {
    selected: () => {
      this.fields.reveal(this.view.selection);
      this.chain.showSelection();
    },
    turned: () => this.showChrome(),
    ask: (request) => this.ask(request),
    askSilently: (request) => this.host.ask(request),
    typing: (offset, width, value) => this.dryRun.typed(offset, width, value),
    cancelled: (text) => this.givenUp(text),
    say: (text, problem) => this.strip.say(text, problem),
    save: () => this.save(),
  });
  private readonly fields = new FieldList(this.view, {
    select: (offset, width) => this.selectBytes(offset, width),
    write: (write) => this.writeRegister(write),
    format: (format) => {
      this.view.numberFormat = format;
      this.fields.update();
      this.save();
    },
    typing: ({ register }, write) => {
      if (register) this.dryRun.typed(register.offset, register.width, write?.value);
    },
    cancelled: (text) => this.givenUp(text),
    scrolled: () => this.save(),
  });
  private readonly chain: ChainView = new ChainView(this.view, {
    select: (offset, width) => this.selectBytes(offset, width),
    found: (count) =>
      this.pane.setBadge(
        'chain',
        count === 0 ? '' : String(count),
        count === 1 ? '1 finding' : `${count} findings`,
      ),
  });
  /** What stands beside the grid: one tab for each way to look at the bytes. */
  private readonly pane = new Tabs<PaneTab>(
    'Beside the bytes',
    [
      { id: 'fields', label: 'Fields', content: this.fields.root, shown: () => this.showFields() },
      { id: 'chain', label: 'Chain', content: this.chain.root, shown: () => this.chain.update() },
    ],
    () => this.save(),
  );
  private readonly strip = new OutcomeStrip(this.view, {
    remedies: (outcome) => this.remediesFor(outcome),
    apply: ({ attribute, lines }) => void this.ask({ kind: 'remedy', attribute, lines }),
    copy: (text) => void this.host.ask({ kind: 'copy', text }),
    whatIf: ({ offset, size, sent }) => {
      if (sent !== undefined && isWidth(size)) void this.ask({ kind: 'whatIf', offset, size, value: sent });
    },
  });
  private readonly card = new HoverCard();
  private readonly dryRun = new DryRun(this.host, this.view, this.strip);
  private readonly main = element('main', { class: 'main' }, this.bytes.root, this.pane.root);
  private readonly gone = element('div', { class: 'gone', attributes: { role: 'alert' } });

  private pending: { layout: boolean; bytes: Set<number> } | undefined;
  private frame = 0;
  private saving = 0;
  private restored = false;
  private hasPainted = false;
  /** Where the field list is scrolled to; it has no scroll position while another tab is shown. */
  private fieldScroll = 0;

  start(): void {
    this.gone.hidden = true;
    document.body.append(
      this.gone,
      element('header', {}, this.head.root, this.head.hint, this.head.banner, this.bytes.head),
      this.main,
      this.strip.root,
    );
    const saved = this.host.savedState;
    if (saved?.mode) this.view.chosenMode = saved.mode;
    if (saved?.width) this.view.width = saved.width;
    if (saved?.byteOrder) this.view.byteOrder = saved.byteOrder;
    if (saved?.access !== undefined) this.view.showAccess = saved.access;
    if (saved?.selection !== undefined) this.view.startAt(saved.selection);
    if (saved?.tab) this.pane.show(saved.tab);
    if (saved?.numberFormat) this.view.numberFormat = saved.numberFormat;
    this.card.attach(this.fields.scroll, (target) => this.fields.hovered(target));
    this.card.attach(this.bytes.root, (target) => this.hoveredCell(target));
    document.body.append(this.card.root);
    this.shows('nothing');
    keepFocus(() => this.bytes.focus());
    this.host.listen((news) => this.take(news));
  }

  private take(news: HostNews): void {
    if (news.type === 'gone') {
      this.showGone(news.address, news.machine);
      return;
    }
    if (news.type === 'do') {
      this.bytes.act(news.what);
      return;
    }
    if (news.type === 'settings') {
      this.bytes.setCopyFormat(news.copyFormat);
      return;
    }
    const dirty = this.view.take(news);
    if (!dirty) {
      this.host.resync(this.view.revision);
      return;
    }
    this.collect(dirty);
  }

  private collect(dirty: Dirty): void {
    this.pending ??= { layout: false, bytes: new Set() };
    this.pending.layout ||= dirty.layout;
    for (const offset of dirty.bytes) this.pending.bytes.add(offset);
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const began = performance.now();
    this.frame = 0;
    const dirty = this.pending;
    this.pending = undefined;
    if (!dirty) return;
    this.shows('function');
    this.gone.hidden = true;
    this.bytes.draw({ ...dirty, bytes: [...dirty.bytes] });
    if (dirty.layout) this.fields.build();
    this.showChrome();
    if (!this.restored) this.restoreScroll();
    this.save();
    const { revision } = this.view;
    // The frame after this one begins when this one is on the screen.
    requestAnimationFrame(() => {
      document.body.dataset['painted'] = String(revision);
      if (!this.hasPainted) performance.mark('confspace:painted');
      this.hasPainted = true;
    });
    // For who observes it; kept, there would be one more for each change.
    performance.measure('confspace:draw', { start: began });
    performance.clearMeasures('confspace:draw');
  }

  private showChrome(): void {
    document.body.dataset['mode'] = this.view.mode;
    document.body.dataset['target'] = this.view.target;
    this.head.update();
    this.bytes.update();
    this.fields.update();
    this.chain.update();
  }

  /** For the style sheet. No class: the toolkit works its colours out anew whenever the body's class is set. */
  private shows(what: 'nothing' | 'function' | 'absence'): void {
    document.body.dataset['shows'] = what;
  }

  private showGone(address: string, machine: string): void {
    this.shows('absence');
    this.gone.hidden = false;
    this.gone.replaceChildren(
      element('h1', { text: address.replace(/^0000:/, '') }),
      element('p', { text: `${machine} has no function at ${address}.` }),
      element('p', { text: 'The inspector shows it again when a machine that has it is opened.' }),
    );
    delete document.body.dataset['painted'];
  }

  /** Bytes that another part of the page names. */
  private selectBytes(offset: number, width: number): void {
    this.bytes.selectBytes(offset, width);
    this.chain.showSelection();
  }

  /** The field list is shown again: back to where it was, or to the line that was chosen meanwhile. */
  private showFields(): void {
    this.fields.scroll.scrollTop = this.fieldScroll;
    this.fields.root.querySelector('.field-row.active')?.scrollIntoView({ block: 'nearest' });
  }

  private writeRegister(write: RegisterWrite): void {
    const { register } = write.line;
    if (!register) return;
    const kind = this.view.target === 'guest' ? 'confWrite' : 'hardwareWrite';
    void this.ask({ kind, offset: register.offset, size: register.width, value: write.value });
  }

  private command(command: PageCommand): void {
    void this.ask({ kind: 'command', command });
  }

  private async ask(request: Request): Promise<Answer> {
    this.dryRun.cancel();
    const operations = this.view.ages.count;
    const answer = await this.host.ask(request);
    if (!answer.ok) this.strip.say(answer.failed, true);
    else if (answer.reply.kind === 'outcome') this.strip.show(answer.reply.outcome);
    else if (answer.reply.kind === 'told') this.strip.say(answer.reply.text);
    if (answer.ok && (request.kind === 'confWrite' || request.kind === 'hardwareWrite'))
      this.bytes.wrote(operations);
    // Whatever came of it, controls show what the device holds, not what was wished.
    this.fields.update();
    return answer;
  }

  /** The register under the pointer in the grid. */
  private hoveredCell(target: Element): Hovered | undefined {
    const anchor = target.closest<HTMLElement>('.cell:not(.editing)');
    const offset = anchor?.dataset['offset'];
    const place = offset === undefined ? undefined : this.view.places.find(Number(offset));
    const register = place?.register;
    if (!anchor || !place || !register) return undefined;
    const key = `grid ${register.offset}`;
    return { anchor, key, content: () => this.fields.cardOf(place.structure, register) };
  }

  /** An edit ended without a write. */
  private givenUp(text: string): void {
    this.dryRun.cancel();
    this.strip.say(text);
  }

  /** The remedies for a write that was made, or why none can be told. */
  private async remediesFor(outcome: Outcome): Promise<readonly Remedy[] | string> {
    const { offset, size, sent } = outcome;
    if (sent === undefined || !isWidth(size)) return 'No remedy can be tried for an access of this size.';
    const answer = await this.host.ask({ kind: 'remedies', offset, size, value: sent });
    if (!answer.ok) return answer.failed;
    return answer.reply.kind === 'remedies' ? answer.reply.remedies : [];
  }

  private restoreScroll(): void {
    this.restored = true;
    const saved = this.host.savedState;
    if (!saved) return;
    const [grid, fields] = saved.scroll ?? [0, 0];
    this.bytes.scrollTop = grid;
    this.fieldScroll = this.fields.scroll.scrollTop = fields;
  }

  private save(): void {
    if (this.saving !== 0) return;
    this.saving = requestAnimationFrame(() => {
      this.saving = 0;
      const address = this.view.head?.address;
      if (address === undefined) return;
      if (this.pane.chosen === 'fields') this.fieldScroll = this.fields.scroll.scrollTop;
      this.host.save({
        address,
        mode: this.view.chosenMode,
        width: this.view.width,
        byteOrder: this.view.byteOrder,
        access: this.view.showAccess,
        numberFormat: this.view.numberFormat,
        selection: this.view.selection,
        scroll: [this.bytes.scrollTop, this.fieldScroll],
        tab: this.pane.chosen,
      });
    });
  }
}

new Page().start();
