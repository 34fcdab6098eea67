import * as vscode from 'vscode';
import {
  ALL_ACCESSES,
  parseAccessPageMessage,
  type AccessAction,
  type AccessFilter,
  type AccessHostMessage,
  type AccessRequest,
} from '../../protocol/accessLog';
import { requestIdOf } from '../../protocol/messages';
import { lostWriteCount } from '../counts';
import { ContextKey, FocusCommand } from '../ids';
import { pageHtml, pageRoots, type Page } from '../page';
import type { Session } from '../session';
import type { AccessAnswers } from './answers';
import type { AccessRecorder } from './recorder';

const PAGE: Page = { name: 'accessLog', title: 'PCI access log' };

/** The view in the panel: a page that asks for the rows that it shows, and is told when there are others. */
export class AccessLogView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private ready = false;
  private focused = false;
  /** What the page is to do when there is one. */
  private waiting: AccessHostMessage[] = [];
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly recorder: AccessRecorder,
    private readonly answers: AccessAnswers,
    private readonly log: vscode.LogOutputChannel,
    session: Session,
  ) {
    this.subscriptions = [
      recorder.onDidChange(() => this.tell()),
      // While there are no rows the page says what is missing, which is no access that came.
      session.onDidChange(() => {
        if (recorder.log.end === recorder.log.first) this.tell();
      }),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: pageRoots(this.extensionUri) };
    webview.onDidReceiveMessage((message: unknown) => this.take(message));
    view.onDidChangeVisibility(() => {
      // A hidden page is thrown away; it says so when there is a new one.
      if (!view.visible) this.gone();
    });
    view.onDidDispose(() => {
      if (this.view === view) this.view = undefined;
      this.gone();
    });
    this.showBadge();
    webview.html = pageHtml(webview, this.extensionUri, PAGE);
  }

  /** Makes the page do something, and shows it before if need be. Going to another row goes to the view, too. */
  async act(action: AccessAction, seq: number | undefined): Promise<void> {
    await this.send({ type: 'do', action, ...(seq === undefined ? {} : { seq }) });
    if ((action === 'next' || action === 'previous') && !this.focused)
      await vscode.commands.executeCommand(FocusCommand.accessLog);
  }

  /** Shows the accesses to one function. `device` is its address. */
  async showDevice(device: AccessFilter['device']): Promise<void> {
    await this.send({ type: 'filter', filter: { ...ALL_ACCESSES, device } });
    await vscode.commands.executeCommand(FocusCommand.accessLog);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async send(message: AccessHostMessage): Promise<void> {
    if (this.ready) {
      this.post(message);
      return;
    }
    this.waiting = [message];
    await vscode.commands.executeCommand(FocusCommand.accessLog);
  }

  private gone(): void {
    this.ready = false;
    this.setFocused(false);
  }

  private setFocused(has: boolean): void {
    this.focused = has;
    void vscode.commands.executeCommand('setContext', ContextKey.accessLogFocus, has);
  }

  private tell(): void {
    this.showBadge();
    if (this.ready) this.post({ type: 'changed' });
  }

  private showBadge(): void {
    if (!this.view) return;
    const { lostWrites } = this.recorder.log;
    this.view.badge =
      lostWrites === 0 ? undefined : { value: lostWrites, tooltip: lostWriteCount(lostWrites) };
  }

  private post(message: AccessHostMessage): void {
    this.view?.webview.postMessage(message).then(undefined, (error: unknown) => {
      this.log.error(`Access log: ${String(error)}`);
    });
  }

  private take(input: unknown): void {
    const parsed = parseAccessPageMessage(input);
    if (!parsed.ok) {
      this.log.error(`Access log: ${parsed.message}`);
      const id = requestIdOf(input);
      if (id !== undefined) this.post({ type: 'failed', id, message: parsed.message });
      return;
    }
    const message = parsed.value;
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.post({ type: 'changed' });
        for (const waiting of this.waiting) this.post(waiting);
        this.waiting = [];
        break;
      case 'focus':
        this.setFocused(message.has);
        break;
      case 'problem':
        this.log.error(`Access log: ${message.message}`);
        break;
      case 'request':
        void this.answer(message.id, message.request);
        break;
    }
  }

  /** Answers exactly once, whatever happens. */
  private async answer(id: number, request: AccessRequest): Promise<void> {
    try {
      const answered = await this.answers.answer(request);
      if (answered.ok) this.post({ type: 'reply', id, reply: answered.reply });
      else this.post({ type: 'failed', id, message: answered.message });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.log.error(error instanceof Error ? error : text);
      this.post({ type: 'failed', id, message: `The extension failed: ${text}` });
    }
  }
}
