import type { Place, Question, Section, Table, WhatIfRequest } from '../../src/protocol/whatIf';
import { element, setAttribute, setText, span } from '../ui/element';
import { Tabs } from '../ui/tabs';
import { button } from '../ui/toolkit';
import { DetailView } from './detailView';
import { QuestionForm } from './form';
import { WhatIfHost, type WhatIfNews } from './host';
import { legend } from './legend';
import { countText } from './planText';
import { QuirkView } from './quirkView';
import { TableView } from './tableView';

type State = Extract<WhatIfNews, { type: 'state' }>;
type Result = Extract<WhatIfNews, { type: 'result' }>;

/** The what-if page: the writes above, what would become of them and the quirks for them below. */
class Page {
  private readonly host = new WhatIfHost();
  private readonly form = new QuestionForm({
    ask: (question) => this.ask(question),
    assign: () => void this.request({ kind: 'assign' }),
    fromLog: () => void this.takeFromLog(),
  });
  private readonly table = new TableView({
    look: (place) => this.look(place, 0),
    open: () => this.detail.focus(),
  });
  private readonly detail = new DetailView({
    choose: (write) => this.place && this.look(this.place, write),
    copy: (text) => void this.request({ kind: 'copy', text }),
    back: () => this.table.focus(),
  });
  private readonly quirks = new QuirkView({
    apply: (lines) => void this.act({ kind: 'applyQuirks', lines: [...lines] }, true),
    undo: () => void this.act({ kind: 'undoQuirks' }, false),
    copy: (text) => void this.request({ kind: 'copy', text }),
  });
  private readonly summary = element('p', { class: 'summary', attributes: { role: 'status' } });
  private readonly problem = element('div', { class: 'problem-note', attributes: { role: 'alert' } });
  private readonly progress = element('div', { class: 'progress' });
  private readonly progressBar = element('div', {
    class: 'progress-bar',
    attributes: { role: 'progressbar', 'aria-label': 'Trying', 'aria-valuemin': '0' },
  });
  private readonly progressText = span('progress-text', '');
  private readonly foldTool = element('button', {
    class: 'tool',
    text: 'Fold alike rows',
    title: 'Show kernels and widths that cannot be told apart as one row',
    attributes: { type: 'button' },
  });
  private readonly tableSection = element('div', { class: 'table-section' });
  private readonly tabs = new Tabs<Section>(
    'What would come of it',
    [
      { id: 'table', label: 'What if', content: this.tableSection },
      { id: 'quirks', label: 'Quirks', content: this.quirks.root },
    ],
    () => this.save(),
  );

  private readonly answers = element('main', { class: 'answers' }, this.tabs.root);

  private fold = true;
  private question: Question | undefined;
  private shown: Table | undefined;
  private place: Place | undefined;
  /** Counts what was asked for in the details, so that an answer that comes late is not shown. */
  private looked = 0;

  start(): void {
    const saved = this.host.savedState ?? {};
    this.fold = saved.fold ?? true;
    this.table.want(saved.place);
    if (saved.section) this.tabs.show(saved.section);
    const fill = element('span', { class: 'progress-fill' });
    this.progressBar.append(fill);
    this.progress.append(
      this.progressBar,
      this.progressText,
      button('Stop', () => void this.request({ kind: 'stop' })),
    );
    this.progress.hidden = this.problem.hidden = true;
    this.foldTool.addEventListener('click', () => this.setFold(!this.fold));
    this.tableSection.append(
      element('div', { class: 'summary-row' }, this.summary, this.foldTool),
      element(
        'div',
        { class: 'table-and-detail' },
        element('div', { class: 'table-side' }, this.table.root, legend()),
        this.detail.root,
      ),
    );
    document.body.append(
      element('header', {}, element('h1', { class: 'spoken', text: 'What if' }), this.form.root),
      this.problem,
      this.progress,
      this.answers,
    );
    this.setFold(this.fold);
    document.body.classList.add('waiting');
    this.host.listen((news) => this.take(news));
  }

  private take(news: WhatIfNews): void {
    switch (news.type) {
      case 'state':
        this.takeState(news);
        break;
      case 'progress':
        this.showProgress(news.done, news.total);
        break;
      case 'stopped':
        this.endProgress();
        break;
      case 'result':
        this.takeResult(news);
        break;
    }
  }

  private takeState({ devices, question, structures, size, problem, section, fill }: State): void {
    document.body.classList.remove('waiting');
    this.question = question;
    this.form.update(devices, structures, size);
    if (fill) {
      this.form.fill(question);
      if (section) this.tabs.show(section);
    }
    const host = devices.find((d) => d.domid === question?.domid && d.guest === question.guest)?.host ?? '';
    this.detail.update(structures, size, host);
    this.problem.hidden = problem === undefined;
    setText(this.problem, problem?.text ?? '');
    document.body.dataset['problem'] = problem?.kind ?? '';
    if (problem) {
      this.endProgress();
      this.clear();
      if (fill && problem.kind === 'noWrites') this.form.focus();
    }
    this.save();
  }

  private clear(): void {
    this.shown = undefined;
    this.table.clear();
    this.detail.clear();
    this.quirks.clear();
    this.tabs.setBadge('quirks', '', '');
    this.summary.replaceChildren();
    delete document.body.dataset['painted'];
  }

  private showProgress(done: number, total: number): void {
    this.progress.hidden = false;
    setAttribute(this.answers, 'aria-busy', 'true');
    delete document.body.dataset['painted'];
    setText(this.progressText, `Trying ${done} of ${total}`);
    setAttribute(this.progressBar, 'aria-valuemax', String(total));
    setAttribute(this.progressBar, 'aria-valuenow', String(done));
    this.progressBar.style.setProperty('--done', total === 0 ? '0' : String(done / total));
  }

  private endProgress(): void {
    this.progress.hidden = true;
    setAttribute(this.answers, 'aria-busy', undefined);
  }

  private takeResult({ table, plan }: Result): void {
    this.endProgress();
    this.shown = table;
    const [first = '', ...rest] = table.summary;
    this.summary.replaceChildren(element('strong', { text: first }), ` ${rest.join(' ')}`);
    this.table.show(table, this.fold);
    this.quirks.show(plan);
    const lines = plan.lines.length;
    this.tabs.setBadge('quirks', lines === 0 ? '' : String(lines), countText(lines, 'line'));
    this.save();
    requestAnimationFrame(() => (document.body.dataset['painted'] = 'true'));
  }

  private setFold(fold: boolean): void {
    this.fold = fold;
    setAttribute(this.foldTool, 'aria-pressed', String(fold));
    if (this.shown) this.table.show(this.shown, fold);
    this.save();
  }

  private ask(question: Question): void {
    this.quirks.say('');
    void this.request({ kind: 'ask', question });
  }

  private look(place: Place, write: number): void {
    this.place = place;
    this.save();
    const turn = ++this.looked;
    void this.host.ask({ kind: 'detail', place, write }).then((answer) => {
      if (turn !== this.looked || !this.shown) return;
      if (answer.ok && answer.reply.kind === 'detail') this.detail.show(this.shown, answer.reply.detail);
      else if (!answer.ok) this.detail.clear(answer.failed);
    });
  }

  /** What was told; a refusal is said where `say` says things. */
  private async request(
    request: WhatIfRequest,
    say: (text: string, problem: boolean) => void = (text, problem) => this.form.say(text, problem),
  ): Promise<string> {
    const answer = await this.host.ask(request);
    if (!answer.ok) {
      say(answer.failed, true);
      return '';
    }
    return answer.reply.kind === 'told' ? answer.reply.text : '';
  }

  private async takeFromLog(): Promise<void> {
    const told = await this.request({ kind: 'refused' });
    if (told !== '') this.form.say(told);
  }

  /** Writes or takes back quirks. */
  private async act(request: WhatIfRequest, canUndo: boolean): Promise<void> {
    const told = await this.request(request, (text) => this.quirks.say(text, false, true));
    if (told !== '') this.quirks.say(told, canUndo);
  }

  private save(): void {
    this.host.save({
      ...(this.question ? { question: this.question } : {}),
      section: this.tabs.chosen,
      fold: this.fold,
      ...(this.place ? { place: this.place } : {}),
    });
  }
}

new Page().start();
