import * as vscode from 'vscode';
import { parseBdf, type Bdf } from '../../backend/spec/bdf';
import { parseTopologyPageMessage, type TopologyHostMessage } from '../../protocol/topology';
import { standingOf, viewItemOf } from '../functionText';
import { Command, TOPOLOGY_PANEL } from '../ids';
import { pageHtml, pageRoots, type Page } from '../page';
import type { Session } from '../session';
import { topologyOf } from './describe';

const PAGE: Page = { name: 'topology', title: 'PCI bus topology' };

/** Changes come in bursts (a guest's driver writes and writes), and the picture is told whole. */
const PAUSE_MS = 40;

/** The bus topology of the machine that is open, in an editor of its own. There is one such editor at most. */
export class TopologyPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private ready = false;
  /** What the page has, as text. */
  private told = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: Session,
    private readonly openInspector: (bdf: Bdf) => void,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const later = (): void => {
      if (this.ready) this.timer ??= setTimeout(() => this.tell(), PAUSE_MS);
    };
    this.subscriptions = [
      vscode.commands.registerCommand(Command.showTopology, () => this.show()),
      vscode.window.registerWebviewPanelSerializer(TOPOLOGY_PANEL, {
        deserializeWebviewPanel: (panel) => {
          if (this.panel) panel.dispose();
          else this.adopt(panel);
          return Promise.resolve();
        },
      }),
      session.onDidChange(later),
      session.onDidReplaceMachine(later),
      session.onDidChangeNames(later),
    ];
  }

  show(): void {
    if (this.panel) {
      this.panel.reveal();
      return;
    }
    this.adopt(
      vscode.window.createWebviewPanel(TOPOLOGY_PANEL, '', vscode.ViewColumn.Active, this.options()),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
    this.panel?.dispose();
  }

  private options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: pageRoots(this.extensionUri) };
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.title = vscode.l10n.t('PCI Bus Topology');
    const icon = vscode.Uri.joinPath(this.extensionUri, 'media', 'icon.png');
    panel.iconPath = { light: icon, dark: icon };
    panel.webview.options = this.options();
    panel.webview.onDidReceiveMessage((message: unknown) => this.take(message));
    panel.onDidChangeViewState(() => {
      // A hidden page is thrown away; it says so when there is a new one.
      if (!panel.visible) this.forget();
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.forget();
    });
    // Last: the page may speak as soon as it has its document.
    panel.webview.html = pageHtml(panel.webview, this.extensionUri, PAGE);
  }

  private forget(): void {
    this.ready = false;
    this.told = '';
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.ready || !this.panel) return;
    const { machine, names } = this.session;
    const topology = topologyOf(machine, names, (state) => ({
      standing: standingOf(state),
      item: viewItemOf(state),
    }));
    const text = JSON.stringify(topology);
    if (text === this.told) return;
    this.told = text;
    const message: TopologyHostMessage = { type: 'topology', topology };
    this.panel.webview.postMessage(message).then(
      (delivered) => {
        // Not taken: the page was gone. It says so when it comes back.
        if (!delivered) this.forget();
      },
      (error: unknown) => this.log.error(`Topology: ${String(error)}`),
    );
  }

  private take(input: unknown): void {
    const parsed = parseTopologyPageMessage(input);
    if (!parsed.ok) {
      this.log.error(`Topology: ${parsed.message}`);
      return;
    }
    const message = parsed.value;
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.told = '';
        this.tell();
        break;
      case 'open': {
        const bdf = parseBdf(message.address);
        if (bdf && this.session.machine.function(bdf)) this.openInspector(bdf);
        break;
      }
      case 'problem':
        this.log.error(`Topology: ${message.message}`);
        break;
    }
  }
}
