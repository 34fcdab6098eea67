import type { PageCommand, PaneTab, Request } from '../src/protocol/messages';
import { ChainView } from './chain/chainView';
import type { Outcome, Width } from '../src/protocol/model';
import type { Remedy } from '../src/protocol/verdict';
import type { RegisterWrite } from './fields/fieldEditor';
import { FieldList } from './fields/fieldList';
import { HexGrid } from './grid/hexGrid';
import { HeadView } from './head';
import { Host, type HostNews } from './host';
import { Toolbar } from './toolbar';
import { element } from './ui/element';
import { Tabs } from './ui/tabs';
import { DryRun } from './verdict/dryRun';
import { OutcomeStrip } from './verdict/outcomeStrip';
import { View, type Dirty, type Mode } from './view';

performance.mark('confspace:start');

const isWidth = (size: number): size is Width => size === 1 || size === 2 || size === 4;

/** The inspector page: puts the parts together, and draws once per frame what the host told. */
class Page {
  private readonly host = new Host();
  private readonly view = new View();
  private readonly head = new HeadView(this.view, (command) => this.command(command));
  private readonly toolbar = new Toolbar(this.view, {
    mode: (mode) => this.setMode(mode),
    width: (width) => {
      this.view.width = width;
      this.view.selection = this.view.cellOf(this.view.selection);
      this.grid.build();
      this.afterChoice();
    },
    read: () => this.read(this.view.selection),
    difference: (direction) => this.goToDifference(direction),
  });
  private readonly grid = new HexGrid(this.view, {
    select: (offset) => this.select(offset),
    write: (offset, value) => this.write(offset, this.view.width, value),
    read: (offset) => this.read(offset),
    typing: (offset, value) => this.dryRun.typed(offset, this.view.width, value),
    cancelled: (text) => this.givenUp(text),
    scrolled: () => this.save(),
  });
  private readonly fields = new FieldList(this.view, {
    select: (offset, width) => this.selectBytes(offset, width),
    write: (write) => this.writeRegister(write),
    typing: ({ register }, write) => {
      if (register) this.dryRun.typed(register.offset, register.width, write?.value);
    },
    cancelled: (text) => this.givenUp(text),
    scrolled: () => this.save(),
  });
  private readonly chain = new ChainView(this.view, {
    select: (offset, width) => this.selectBytes(offset, width),
  });
  /** What stands beside the grid: one tab for each way to look at the bytes. */
  private readonly pane = new Tabs<PaneTab>(
    'Beside the bytes',
    [
      { id: 'fields', label: 'Fields', content: this.fields.root, shown: () => this.showFields() },
      { id: 'chain', label: 'Chain', content: this.chain.root },
    ],
    () => this.save(),
  );
  private readonly strip = new OutcomeStrip(this.view, {
    remedies: (outcome) => this.remediesFor(outcome),
    apply: ({ attribute, lines }) => void this.ask({ kind: 'remedy', attribute, lines }),
    copy: (text) => void this.host.ask({ kind: 'copy', text }),
    whatIf: () => undefined,
  });
  private readonly dryRun = new DryRun(this.host, this.view, this.strip);
  private readonly main = element('main', { class: 'main' }, this.grid.root, this.pane.root);
  private readonly gone = element('div', { class: 'gone', attributes: { role: 'alert' } });

  private pending: { layout: boolean; bytes: Set<number> } | undefined;
  private frame = 0;
  private saving = 0;
  private restored = false;
  /** Where the field list is scrolled to; it has no scroll position while another tab is shown. */
  private fieldScroll = 0;

  start(): void {
    this.gone.hidden = true;
    document.body.append(
      this.gone,
      element('header', {}, this.head.root, this.head.hint, this.head.banner, this.toolbar.root),
      this.main,
      this.strip.root,
    );
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'F7' || event.ctrlKey || event.metaKey || event.altKey) return;
      this.goToDifference(event.shiftKey ? -1 : 1);
      event.preventDefault();
    });
    const saved = this.host.savedState;
    if (saved?.mode) this.view.chosenMode = saved.mode;
    if (saved?.width) this.view.width = saved.width;
    if (saved?.selection !== undefined) this.view.selection = saved.selection;
    if (saved?.tab) this.pane.show(saved.tab);
    document.body.classList.add('waiting');
    this.host.listen((news) => this.take(news));
  }

  private take(news: HostNews): void {
    if (news.type === 'gone') {
      this.showGone(news.address, news.machine);
      return;
    }
    if (news.type === 'do' || news.type === 'settings') return;
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
    this.frame = 0;
    const dirty = this.pending;
    this.pending = undefined;
    if (!dirty) return;
    document.body.classList.remove('waiting', 'vanished');
    this.gone.hidden = true;
    if (dirty.layout) {
      this.grid.build();
      this.fields.build();
      this.chain.build();
    } else {
      this.grid.patch([...dirty.bytes]);
    }
    this.showChrome();
    this.frameSelection(false);
    if (!this.restored) this.restoreScroll();
    this.save();
    const { revision } = this.view;
    // The frame after this one begins when this one is on the screen.
    requestAnimationFrame(() => {
      document.body.dataset['painted'] = String(revision);
      performance.mark('confspace:painted');
    });
  }

  private showChrome(): void {
    document.body.dataset['mode'] = this.view.mode;
    document.body.dataset['target'] = this.view.target;
    this.head.update();
    this.toolbar.update();
    this.fields.update();
  }

  private showGone(address: string, machine: string): void {
    document.body.classList.remove('waiting');
    document.body.classList.add('vanished');
    this.gone.hidden = false;
    this.gone.replaceChildren(
      element('h1', { text: address.replace(/^0000:/, '') }),
      element('p', { text: `${machine} has no function at ${address}.` }),
      element('p', { text: 'The inspector shows it again when a machine that has it is opened.' }),
    );
    delete document.body.dataset['painted'];
  }

  private setMode(mode: Mode): void {
    this.view.chosenMode = mode;
    this.grid.patchAll();
    this.afterChoice();
  }

  private afterChoice(): void {
    this.showChrome();
    this.frameSelection(true);
    this.save();
  }

  /** Bytes that another part of the page names, without taking the focus from it. */
  private selectBytes(offset: number, width: number): void {
    this.view.selection = this.view.cellOf(offset);
    this.grid.showSelection(true, { offset, width });
    this.save();
  }

  /** The field list is shown again: back to where it was, or to the line that was chosen meanwhile. */
  private showFields(): void {
    this.fields.scroll.scrollTop = this.fieldScroll;
    this.fields.root.querySelector('.field-row.active')?.scrollIntoView({ block: 'nearest' });
  }

  private select(offset: number): void {
    this.view.selection = this.view.cellOf(offset);
    this.frameSelection(true);
    this.fields.reveal(this.view.selection);
    this.save();
  }

  /** Frames the register at the active cell. */
  private frameSelection(scroll: boolean): void {
    const register = this.view.places.find(this.view.selection)?.register;
    this.grid.showSelection(scroll, register && { offset: register.offset, width: register.width });
  }

  private goToDifference(direction: 1 | -1): void {
    const offset = this.view.differenceFrom(direction);
    if (offset === undefined) {
      this.strip.say('Guest and hardware give the same bytes.');
      return;
    }
    this.select(offset);
    this.grid.focusCell();
  }

  private read(offset: number): void {
    const kind = this.view.target === 'guest' ? 'confRead' : 'hardwareRead';
    void this.ask({ kind, offset, size: this.view.width });
  }

  private write(offset: number, size: 1 | 2 | 4, value: number): void {
    const kind = this.view.target === 'guest' ? 'confWrite' : 'hardwareWrite';
    void this.ask({ kind, offset, size, value });
  }

  private writeRegister(write: RegisterWrite): void {
    const { register } = write.line;
    if (register) this.write(register.offset, register.width, write.value);
  }

  private command(command: PageCommand): void {
    void this.ask({ kind: 'command', command });
  }

  private async ask(request: Request): Promise<void> {
    this.dryRun.cancel();
    const answer = await this.host.ask(request);
    if (!answer.ok) this.strip.say(answer.failed, true);
    else if (answer.reply.kind === 'outcome') this.strip.show(answer.reply.outcome);
    else if (answer.reply.kind === 'told') this.strip.say(answer.reply.text);
    // Whatever came of it, controls show what the device holds, not what was wished.
    this.fields.update();
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
    this.grid.root.scrollTop = grid;
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
        selection: this.view.selection,
        scroll: [this.grid.root.scrollTop, this.fieldScroll],
        tab: this.pane.chosen,
      });
    });
  }
}

new Page().start();
