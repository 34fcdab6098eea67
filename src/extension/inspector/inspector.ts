import * as vscode from 'vscode';
import { CONFIG_SPACE_BYTES } from '../../backend/device/pciFunction';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import {
  copyFormatSchema,
  parsePageMessage,
  requestIdOf,
  type CopyFormat,
  type HostMessage,
  type PageAction,
  type Request,
} from '../../protocol/messages';
import type { Snapshot } from '../../protocol/model';
import { addressText, functionTitle } from '../functionText';
import { Setting } from '../ids';
import type { Session } from '../session';
import { DecodedFunction } from './decoded';
import { snapshotOf } from './describe';
import { messageBetween } from './difference';
import { answer } from './answer';

/** The setting, or its default when somebody wrote something else there. */
const copyFormat = (): CopyFormat => {
  const chosen = vscode.workspace.getConfiguration().get(Setting.copyFormat);
  return copyFormatSchema.options.find((format) => format === chosen) ?? 'hex';
};

/** The page draws once in a frame. */
const FRAME_MS = 16;

/** One panel: a function of the machine that is open, and the page that shows it. */
export class Inspector implements vscode.Disposable {
  /** What the page has; undefined when it has to be told everything. */
  private told: Snapshot | undefined;
  /** The page's own count: machines count anew, the page must not mistake one for the other. */
  private revision = 0;
  private readonly decoded = new DecodedFunction();
  private ready = false;
  /** What the page is to select once it shows the function. */
  private selecting: HostMessage | undefined;
  /** Changes wait to be told. */
  private scheduled = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** When the page was told last, of `performance.now()`. */
  private toldAt = -Infinity;
  private disposed = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    readonly bdf: Bdf,
    private readonly panel: vscode.WebviewPanel,
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.take(message)),
      panel.onDidChangeViewState(() => {
        // A hidden page is thrown away; it says so when there is a new one.
        if (!panel.visible) this.forget();
      }),
      session.onDidChange(() => this.schedule()),
      session.onDidReplaceMachine(() => {
        this.told = undefined;
        this.schedule();
      }),
      session.onDidChangeNames(() => this.schedule()),
    ];
    this.showTitle();
  }

  reveal(column?: vscode.ViewColumn, preserveFocus = false): void {
    this.panel.reveal(column, preserveFocus);
  }

  /** Selects bytes in the page, as soon as there is one. Bytes that no configuration space has are not selected. */
  select(offset: number, size: number, focus: boolean): void {
    const width = size === 2 || size === 4 ? size : 1;
    if (offset < 0 || offset + width > CONFIG_SPACE_BYTES) return;
    this.selecting = { type: 'do', what: { action: 'select', offset, width, focus } };
    this.tellSelection();
  }

  private tellSelection(): void {
    if (!this.selecting || !this.told) return;
    this.send(this.selecting);
    this.selecting = undefined;
  }

  get active(): boolean {
    return this.panel.active;
  }

  act(what: PageAction): void {
    if (this.ready) this.send({ type: 'do', what });
  }

  tellSettings(): void {
    if (this.ready) this.send({ type: 'settings', copyFormat: copyFormat() });
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private forget(): void {
    this.ready = false;
    this.told = undefined;
  }

  /** Tells at once what changes now and then; what changes faster than the page draws is told together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const due = (): void => {
      if (this.scheduled) this.tell();
    };
    const wait = this.toldAt + FRAME_MS - performance.now();
    if (wait > 0) this.timer = setTimeout(due, wait);
    else queueMicrotask(due);
  }

  /** Brings title and page up to date. */
  private tell(): void {
    this.scheduled = false;
    clearTimeout(this.timer);
    if (this.disposed) return;
    this.showTitle();
    if (!this.ready) return;
    const { machine } = this.session;
    const state = machine.function(this.bdf);
    if (!state) {
      this.told = undefined;
      this.send({ type: 'gone', address: formatBdf(this.bdf), machine: machine.name });
      return;
    }
    const now = snapshotOf(
      machine,
      state,
      functionTitle(this.session, state),
      this.revision + 1,
      this.decoded,
    );
    const message = messageBetween(this.told, now);
    if (!message) return;
    this.revision = now.revision;
    this.told = now;
    this.toldAt = performance.now();
    this.send(message);
    this.tellSelection();
  }

  private showTitle(): void {
    const { machine } = this.session;
    const owner = machine.function(this.bdf)?.assignedTo;
    const guest = owner && machine.guests().find((candidate) => candidate.domid === owner.domid);
    const address = addressText(this.session, this.bdf);
    const title = guest ? `${address} ${guest.name}` : address;
    if (this.panel.title !== title) this.panel.title = title;
  }

  private send(message: HostMessage): void {
    this.panel.webview.postMessage(message).then(
      (delivered) => {
        // Not taken: the page was gone. It asks anew when it comes back.
        if (!delivered) this.told = undefined;
      },
      (error: unknown) => this.log.error(`Inspector ${formatBdf(this.bdf)}: ${String(error)}`),
    );
  }

  private take(input: unknown): void {
    const parsed = parsePageMessage(input);
    if (!parsed.ok) {
      this.log.error(`Inspector ${formatBdf(this.bdf)}: ${parsed.message}`);
      const id = requestIdOf(input);
      if (id !== undefined) this.send({ type: 'failed', id, message: parsed.message });
      return;
    }
    const message = parsed.value;
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.told = undefined;
        this.tellSettings();
        this.tell();
        break;
      case 'resync':
        this.log.debug(`Inspector ${formatBdf(this.bdf)}: page at ${message.have} asks for everything`);
        this.told = undefined;
        this.tell();
        break;
      case 'problem':
        this.log.error(`Inspector ${formatBdf(this.bdf)}: ${message.message}`);
        break;
      case 'request':
        void this.answer(message.id, message.request);
        break;
    }
  }

  /** Answers exactly once, whatever happens. */
  private async answer(id: number, request: Request): Promise<void> {
    try {
      const answered = await answer({ session: this.session, bdf: this.bdf, log: this.log }, request);
      // The page has the new bytes before it shows what came of it.
      this.tell();
      if (answered.ok) this.send({ type: 'reply', id, reply: answered.reply });
      else this.send({ type: 'failed', id, message: answered.message });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.log.error(error instanceof Error ? error : text);
      this.send({ type: 'failed', id, message: `The extension failed: ${text}` });
    }
  }
}
