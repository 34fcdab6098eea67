import * as vscode from 'vscode';
import type { AccessLog } from '../../backend/journal/accessLog';
import { formatBdf, sameBdf, type Bdf } from '../../backend/spec/bdf';
import { layoutOf } from '../../backend/spec/layout';
import { hostOf } from '../../backend/trial/trial';
import { axesFor, type Question } from '../../backend/trial/whatIf';
import type { MachineChange } from '../../backend/view';
import { requestIdOf } from '../../protocol/messages';
import {
  parseWhatIfPageMessage,
  type Device,
  type Question as ToldQuestion,
  type Section,
  type WhatIfHostMessage,
  type WhatIfRequest,
} from '../../protocol/whatIf';
import { openedBy } from '../commands/quirkText';
import { functionTitle } from '../functionText';
import { Command } from '../ids';
import { structureOf } from '../inspector/describe';
import type { Session } from '../session';
import { Attempt, type Answer } from './attempt';
import { detailOf, planOf, presentQuirks, tableOf } from './describe';
import { givenTo } from './given';
import { DONE, refused, told, type Answered } from './answered';
import { engineQuestion, lostWrites } from './questions';
import { QuirkActions } from './quirkActions';

/** What the page needs of the rest of the extension. */
export interface WhatIfServices {
  readonly session: Session;
  readonly log: vscode.LogOutputChannel;
  readonly accessLog: () => AccessLog;
}

type State = Extract<WhatIfHostMessage, { type: 'state' }>;
type Problem = NonNullable<State['problem']>;

/** The machine has to be quiet for so long before everything is tried again. */
const QUIET_MS = 200;

/** The panel's page: what it asks is tried, and tried again when the machine changes under it. */
export class WhatIfPage implements vscode.Disposable {
  private ready = false;
  /** The form has to show the question, which came from elsewhere. */
  private fill = true;
  /** The section that a command asked for, until the page has been told. */
  private wanted: Section | undefined;
  private attempt: Attempt | undefined;
  private answer: Answer | undefined;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private readonly quirks: QuirkActions;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly services: WhatIfServices,
    private question: ToldQuestion | undefined,
    private section: Section | undefined,
  ) {
    const { session } = services;
    this.wanted = section;
    this.quirks = new QuirkActions(session, services.log);
    this.subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.take(message)),
      panel.onDidChangeViewState(() => {
        // A hidden page is thrown away; it says so when there is a new one.
        if (!panel.visible) this.hide();
      }),
      session.onDidChange((change) => this.follow(change)),
      session.onDidReplaceMachine(() => this.startSoon()),
      session.onDidChangeNames(() => this.tellState()),
    ];
    this.showTitle();
  }

  /** Another question, from a command. */
  ask(question: ToldQuestion | undefined, section: Section | undefined): void {
    if (question) this.question = question;
    this.section = this.wanted = section ?? this.section;
    this.fill = true;
    this.panel.reveal();
    this.start();
  }

  dispose(): void {
    this.hide();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private hide(): void {
    this.ready = false;
    this.fill = true;
    this.attempt?.stop();
    this.attempt = undefined;
    clearTimeout(this.waiting);
  }

  private get host(): Bdf | undefined {
    const question = this.question && engineQuestion(this.question);
    return question && hostOf(this.services.session.machine, question);
  }

  private follow({ functions }: MachineChange): void {
    const { host } = this;
    if (functions === undefined || host === undefined || functions.some((bdf) => sameBdf(bdf, host)))
      this.startSoon();
    else this.tellState();
  }

  private startSoon(): void {
    this.attempt?.stop();
    this.attempt = undefined;
    this.answer = undefined;
    clearTimeout(this.waiting);
    if (this.ready) this.waiting = setTimeout(() => this.start(), QUIET_MS);
  }

  /** Tells how things stand and tries the question anew. */
  private start(): void {
    clearTimeout(this.waiting);
    this.attempt?.stop();
    this.attempt = undefined;
    this.answer = undefined;
    this.showTitle();
    if (!this.ready) return;
    const problem = this.tellState();
    const question = this.question && engineQuestion(this.question);
    const { machine } = this.services.session;
    const axes = question && axesFor(machine, question);
    if (problem || !question || !axes) return;
    const attempt = new Attempt(machine, question, axes, (done, total) =>
      this.send({ type: 'progress', done, total }),
    );
    this.attempt = attempt;
    attempt.run().then(
      (answer) => {
        if (this.attempt !== attempt || answer === 'stopped') return;
        this.attempt = undefined;
        this.answer = answer;
        if (answer) this.tellAnswer(question, answer);
        else this.tellState();
      },
      (error: unknown) => this.failed(error),
    );
  }

  private tellAnswer(question: Question, { axes: { host, ...axes }, cells, plan }: Answer): void {
    const { machine } = this.services.session;
    const image = machine.realImage(host);
    this.send({
      type: 'result',
      table: tableOf(question, { host, ...axes }, cells, givenTo(machine, host), image.known),
      plan: planOf(plan, (line) => openedBy(image, line), presentQuirks(machine, host), image.known),
    });
  }

  private devices(): Device[] {
    const { session } = this.services;
    return session.machine.guests().flatMap(({ domid, name, devices }) =>
      devices.map(({ guest, host }) => {
        const state = session.machine.function(host);
        return {
          domid,
          guestName: name,
          guest: formatBdf(guest),
          host: formatBdf(host),
          title: state ? functionTitle(session, state) : '',
        };
      }),
    );
  }

  private problem(devices: readonly Device[]): Problem | undefined {
    const { machine } = this.services.session;
    if (devices.length === 0)
      return {
        kind: 'noDevices',
        text: vscode.l10n.t('No guest has a device. Assign one to try its writes.'),
      };
    const { question, host } = this;
    if (question && !host)
      return {
        kind: 'notThere',
        text: vscode.l10n.t(
          '{0} has no device at {1} now. Choose another device above.',
          machine.guests().find(({ domid }) => domid === question.domid)?.name ??
            vscode.l10n.t('guest {0}', question.domid),
          question.guest,
        ),
      };
    if (!machine.canFork)
      return {
        kind: 'journalFull',
        text: vscode.l10n.t(
          'This machine has had too many actions to be built again, so nothing can be tried on a copy of it.',
        ),
      };
    if (!question || question.writes.length === 0)
      return {
        kind: 'noWrites',
        text:
          this.section === 'quirks'
            ? vscode.l10n.t(
                'The access log has no write to this device that was lost for want of a field. Type one above to try it.',
              )
            : vscode.l10n.t('Type a write above to try it.'),
      };
    return undefined;
  }

  /** Tells the page how things stand; what keeps the question from being tried. */
  private tellState(): Problem | undefined {
    this.showTitle();
    const { machine } = this.services.session;
    const devices = this.devices();
    const problem = this.problem(devices);
    const { host } = this;
    const image = host && machine.realImage(host);
    if (this.ready)
      this.send({
        type: 'state',
        machine: machine.name,
        devices,
        ...(this.question ? { question: this.question } : {}),
        structures: image ? layoutOf(image.bytes, image.known).map(structureOf) : [],
        size: image?.bytes.length ?? 0,
        ...(problem ? { problem } : {}),
        ...(this.wanted ? { section: this.wanted } : {}),
        fill: this.fill,
      });
    if (this.ready) {
      this.fill = false;
      this.wanted = undefined;
    }
    return problem;
  }

  private showTitle(): void {
    const { question } = this;
    const guest =
      question && this.services.session.machine.guests().find(({ domid }) => domid === question.domid);
    const title = guest
      ? vscode.l10n.t('What If: {0} {1}', question.guest.replace(/^0000:/, ''), guest.name)
      : vscode.l10n.t('What If');
    if (this.panel.title !== title) this.panel.title = title;
  }

  private send(message: WhatIfHostMessage): void {
    this.panel.webview.postMessage(message).then(undefined, (error: unknown) => this.failed(error));
  }

  private failed(error: unknown): void {
    this.services.log.error(error instanceof Error ? error : String(error));
  }

  private take(input: unknown): void {
    const parsed = parseWhatIfPageMessage(input);
    if (!parsed.ok) {
      this.services.log.error(`What If: ${parsed.message}`);
      const id = requestIdOf(input);
      if (id !== undefined) this.send({ type: 'failed', id, message: parsed.message });
      return;
    }
    const message = parsed.value;
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.start();
        break;
      case 'problem':
        this.services.log.error(`What If: ${message.message}`);
        break;
      case 'request':
        void this.reply(message.id, message.request);
        break;
    }
  }

  /** Answers exactly once, whatever happens. */
  private async reply(id: number, request: WhatIfRequest): Promise<void> {
    try {
      const answered = await this.answerTo(request);
      if (answered.ok) this.send({ type: 'reply', id, reply: answered.reply });
      else this.send({ type: 'failed', id, message: answered.message });
    } catch (error) {
      this.failed(error);
      const text = error instanceof Error ? error.message : String(error);
      this.send({ type: 'failed', id, message: vscode.l10n.t('The extension failed: {0}', text) });
    }
  }

  private async answerTo(request: WhatIfRequest): Promise<Answered> {
    switch (request.kind) {
      case 'ask':
        this.question = request.question;
        this.start();
        return DONE;
      case 'stop':
        this.attempt?.stop();
        this.attempt = undefined;
        this.send({ type: 'stopped' });
        return DONE;
      case 'detail':
        return this.detail(request);
      case 'refused':
        return this.takeRefused();
      case 'applyQuirks':
        return this.quirks.apply(this.host, request.lines);
      case 'undoQuirks':
        return this.quirks.undo();
      case 'copy':
        await vscode.env.clipboard.writeText(request.text);
        return DONE;
      case 'assign':
        await vscode.commands.executeCommand(Command.assign);
        return DONE;
    }
  }

  private detail({ place, write }: Extract<WhatIfRequest, { kind: 'detail' }>): Answered {
    const question = this.question && engineQuestion(this.question);
    const cell = this.answer?.cells.find(
      ({ profile, policy, width }) =>
        profile === place.profile && policy === place.policy && width === place.width,
    );
    if (!question || !cell || !this.answer)
      return refused(vscode.l10n.t('This has not been tried on the machine as it is now.'));
    const { host } = this.answer.axes;
    const { known } = this.services.session.machine.realImage(host);
    return {
      ok: true,
      reply: { kind: 'detail', detail: detailOf(question, host, cell, write, known) },
    };
  }

  private takeRefused(): Answered {
    const { question, host } = this;
    if (!question || !host) return refused(vscode.l10n.t('Choose a device first.'));
    const { session, accessLog } = this.services;
    const writes = lostWrites(session.machine, accessLog(), question);
    if (writes.length === 0)
      return refused(
        vscode.l10n.t('The access log has no write to this device that was lost for want of a field.'),
      );
    this.question = { ...question, writes };
    this.fill = true;
    this.start();
    return told(
      writes.length === 1
        ? vscode.l10n.t('1 write taken from the access log.')
        : vscode.l10n.t('{0} writes taken from the access log.', writes.length),
    );
  }
}
