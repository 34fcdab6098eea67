import {
  ALL_ACCESSES,
  type AccessAction,
  type AccessFilter,
  type AccessRequest,
  type AccessRow,
  type AccessWindow,
} from '../../src/protocol/accessLog';
import { element, setAttribute } from '../ui/element';
import { DetailPane } from './detail';
import { EmptyNote } from './emptyNote';
import { Counts, FilterBar } from './filterBar';
import { LogHost, type LogNews } from './host';
import { RowList } from './rowList';
import { toggle } from './toggle';

performance.mark('confspace:start');

/** The page of the access log: asks for the rows that are on the screen, once per frame at most. */
class LogPage {
  private readonly host = new LogHost();
  private readonly list = new RowList({
    want: (from, limit) => this.want(from, limit),
    chosen: (row) => this.showDetail(row),
    open: (row, focus) => void this.run({ kind: 'open', seq: row.seq, focus }),
    copy: () => void this.copy('text'),
    following: (follow) => {
      setAttribute(this.followButton, 'aria-pressed', String(follow));
      this.save();
    },
  });
  private readonly bar = new FilterBar({
    changed: () => this.refilter(),
    leave: () => this.list.focus(),
  });
  private readonly counts = new Counts();
  private readonly detail = new DetailPane({
    open: (seq) => void this.run({ kind: 'open', seq, focus: true }),
    go: (seq) => this.goTo(seq),
    showHidden: () => this.narrow({ outcome: 'hidden' }),
  });
  private readonly empty = new EmptyNote({
    command: (command) => void this.run({ kind: 'command', command }),
    clearFilter: () => this.setFilter(ALL_ACCESSES),
  });
  private readonly followButton = toggle('follow', 'Follow new accesses', true, (on) =>
    this.list.setFollow(on),
  );
  private readonly detailButton = toggle('detail', 'Show the verdict beside the rows', true, (on) =>
    this.showPane(on),
  );
  private readonly said = element('div', { class: 'said', attributes: { role: 'status' } });
  private readonly main = element(
    'main',
    { class: 'log-main' },
    this.list.root,
    this.empty.root,
    this.detail.root,
  );

  /** Something is not as the page shows it: ask again for what is on the screen. */
  private stale = false;
  private missing: { readonly from: number | undefined; readonly limit: number } | undefined;
  /** A row to be found under a filter that is new. */
  private finding: number | undefined;
  private asking = false;
  private taking = false;
  private frame = 0;
  private pane = true;
  private detailTurn = 0;
  private detailShown = '';

  start(): void {
    document.body.append(
      element('h1', { class: 'spoken', text: 'PCI access log' }),
      element(
        'header',
        { class: 'log-bar' },
        this.bar.root,
        this.counts.root,
        element('div', { class: 'toggles' }, this.followButton, this.detailButton),
      ),
      this.main,
      this.said,
    );
    document.body.addEventListener('keydown', (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
        this.bar.focus();
        event.preventDefault();
      }
    });
    window.addEventListener('focus', () => {
      // As a list of VS Code's own takes the focus of its view.
      if (document.activeElement === document.body) this.list.focus();
    });
    const saved = this.host.savedState;
    if (saved) {
      this.bar.set(saved.filter);
      this.list.setFollow(saved.follow);
    }
    this.showPane(saved?.detail ?? true);
    this.host.listen((news) => this.take(news));
  }

  private take(news: LogNews): void {
    switch (news.type) {
      case 'changed':
        this.stale = true;
        this.schedule();
        break;
      case 'filter':
        this.setFilter(news.filter);
        break;
      case 'do':
        void this.act(news.action, news.seq ?? this.list.activeSeq);
        break;
    }
  }

  private want(from: number | undefined, limit: number): void {
    this.missing = { from, limit };
    if (this.frame !== 0 || this.asking) return;
    // Scrolling is a frame of its own already. An answer that leaves rows missing waits for the next.
    if (this.taking) this.schedule();
    else void this.fetch();
  }

  private schedule(): void {
    if (this.frame !== 0 || this.asking) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      void this.fetch();
    });
  }

  /** Asks for one window; what was wanted meanwhile is asked for when it is here. */
  private async fetch(): Promise<void> {
    const fresh = this.stale;
    const { from, limit } = (fresh ? undefined : this.missing) ?? this.list.wanted;
    const find = this.finding;
    this.stale = false;
    this.missing = undefined;
    this.finding = undefined;
    this.asking = true;
    const answer = await this.host.ask({
      kind: 'rows',
      filter: this.bar.filter,
      ...(from === undefined ? {} : { from }),
      limit,
      ...(find === undefined ? {} : { find }),
    });
    this.asking = false;
    if (!answer.ok) this.say(answer.failed, true);
    else if (answer.reply.kind === 'rows') this.show(answer.reply, fresh);
    if (this.stale || this.missing) this.schedule();
  }

  private show(window: AccessWindow, fresh: boolean): void {
    this.bar.offer(window.devices);
    this.counts.show(window);
    this.empty.show(window, this.bar.isNarrow);
    this.list.root.hidden = window.end === window.start;
    this.main.classList.toggle('no-rows', window.end === window.start);
    this.taking = true;
    this.list.take(window, fresh);
    this.taking = false;
    document.body.dataset['rows'] = String(window.end);
  }

  private refilter(): void {
    this.finding = this.list.chosenSeq;
    this.stale = true;
    this.save();
    this.schedule();
  }

  private setFilter(filter: AccessFilter): void {
    this.bar.set(filter);
    this.refilter();
  }

  private narrow(more: Partial<AccessFilter>): void {
    this.setFilter({ ...this.bar.filter, ...more });
  }

  /** Goes to a row, dropping the filter when that hides it. */
  private goTo(seq: number): void {
    this.bar.set(ALL_ACCESSES);
    this.list.setFollow(false);
    this.refilter();
    this.finding = seq;
  }

  private async act(action: AccessAction, seq: number | undefined): Promise<void> {
    if (seq === undefined) {
      this.say('No access is chosen.');
      return;
    }
    switch (action) {
      case 'next':
      case 'previous':
        return this.seek(seq, action === 'next' ? 1 : -1);
      case 'open':
        return this.run({ kind: 'open', seq, focus: true });
      case 'copy':
      case 'copyJson':
        return this.copy(action === 'copy' ? 'text' : 'json');
      case 'whatIf':
        return this.whatIf(seq);
      case 'filterRegister':
      case 'filterDevice':
        return this.filterBy(seq, action);
    }
  }

  private async seek(seq: number, direction: 1 | -1): Promise<void> {
    const answer = await this.host.ask({ kind: 'seek', filter: this.bar.filter, seq, direction });
    if (!answer.ok) this.say(answer.failed);
    else if (answer.reply.kind === 'found') {
      this.say('');
      this.list.choose(answer.reply.ordinal, true);
    }
  }

  private async filterBy(seq: number, action: 'filterRegister' | 'filterDevice'): Promise<void> {
    const answer = await this.host.ask({ kind: 'detail', seq });
    if (!answer.ok || answer.reply.kind !== 'detail') return;
    const { row, device, offset, structures } = answer.reply.detail;
    const registers = structures.flatMap((structure) => structure.registers);
    // Another access may touch only some of several registers, but then it touches the first byte or is another's.
    const place = registers.length === 1 ? `register:"${row.registers}"` : `offset:0x${offset.toString(16)}`;
    this.narrow({
      device: device ?? '',
      text: action === 'filterRegister' && row.place !== '' ? place : '',
    });
  }

  /** Copies the rows that are selected. */
  private async copy(format: 'text' | 'json'): Promise<void> {
    const { selection } = this.list;
    if (!selection) return;
    await this.run(
      { kind: 'copy', filter: this.bar.filter, ...selection, format },
      format === 'json' ? 'Copied as JSON.' : 'Copied.',
    );
  }

  /** Tries the writes that are selected and go where row `seq` goes. */
  private async whatIf(seq: number): Promise<void> {
    const { selection } = this.list;
    if (selection) await this.run({ kind: 'whatIf', filter: this.bar.filter, ...selection, seq });
  }

  /** A request of which only a failure is told, and success in these words. */
  private async run(request: AccessRequest, success = ''): Promise<void> {
    const answer = await this.host.ask(request);
    this.say(answer.ok ? success : answer.failed, !answer.ok);
  }

  private say(text: string, problem = false): void {
    this.said.textContent = text;
    this.said.classList.toggle('failed', problem);
  }

  private showPane(on: boolean): void {
    this.pane = on;
    this.main.classList.toggle('with-detail', on);
    setAttribute(this.detailButton, 'aria-pressed', String(on));
    this.showDetail(this.list.activeRow);
    this.save();
  }

  /** The chosen row's verdict. Asked for again only when the row is another, or another than before. */
  private showDetail(row: AccessRow | undefined): void {
    if (!this.pane) return;
    const key = row === undefined ? '' : JSON.stringify({ ...row, ordinal: 0 });
    if (key === this.detailShown) return;
    this.detailShown = key;
    const turn = ++this.detailTurn;
    if (row === undefined) {
      this.detail.clear();
      return;
    }
    void this.host.ask({ kind: 'detail', seq: row.seq }).then((answer) => {
      if (turn !== this.detailTurn) return;
      if (answer.ok && answer.reply.kind === 'detail') this.detail.show(answer.reply.detail);
      else this.detail.clear();
    });
  }

  private save(): void {
    this.host.save({ filter: this.bar.filter, follow: this.list.isFollowing, detail: this.pane });
  }
}

new LogPage().start();
