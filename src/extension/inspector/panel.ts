import * as vscode from 'vscode';
import { formatBdf, parseBdf, type Bdf } from '../../backend/spec/bdf';
import { parsePageState, type PageAction } from '../../protocol/messages';
import { Setting, WEBVIEW_PANEL } from '../ids';
import { pageHtml, pageRoots, type Page } from '../page';
import type { Session } from '../session';
import { Inspector } from './inspector';

const PAGE: Page = { name: 'inspector', title: 'PCI inspector' };

/** The inspector panels of this window: one for each function that was opened. */
export class Inspectors implements vscode.Disposable {
  private readonly byAddress = new Map<string, Inspector>();
  private readonly serializer: vscode.Disposable;
  private readonly settings: vscode.Disposable;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(WEBVIEW_PANEL, {
      deserializeWebviewPanel: (panel, state) => {
        this.restore(panel, state);
        return Promise.resolve();
      },
    });
    this.settings = vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(Setting.copyFormat)) return;
      for (const inspector of this.byAddress.values()) inspector.tellSettings();
    });
  }

  /**
   * Shows the function's panel, in `column` if given, else where it is or beside nothing: in the active group.
   * preserveFocus: what has the focus keeps it.
   */
  open(bdf: Bdf, column?: vscode.ViewColumn, preserveFocus = false): void {
    const shown = this.byAddress.get(formatBdf(bdf));
    if (shown) {
      shown.reveal(column, preserveFocus);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      WEBVIEW_PANEL,
      formatBdf(bdf),
      { viewColumn: column ?? vscode.ViewColumn.Active, preserveFocus },
      { enableScripts: true, localResourceRoots: pageRoots(this.context.extensionUri) },
    );
    this.inspect(bdf, panel);
  }

  /** Makes the page of the function's panel do something, or that of the active panel when no address is given. */
  act(address: string | undefined, what: PageAction): void {
    const inspector =
      address === undefined
        ? [...this.byAddress.values()].find((candidate) => candidate.active)
        : this.byAddress.get(address);
    inspector?.act(what);
  }

  /** Opens the function's panel and selects bytes there; `focus` goes there too. */
  showBytes(bdf: Bdf, offset: number, size: number, focus: boolean): void {
    this.open(bdf, undefined, !focus);
    this.byAddress.get(formatBdf(bdf))?.select(offset, size, focus);
  }

  /** Functions that have a panel, in the order in which they were opened. */
  get inspected(): readonly string[] {
    return [...this.byAddress.keys()];
  }

  dispose(): void {
    this.serializer.dispose();
    this.settings.dispose();
    for (const inspector of this.byAddress.values()) inspector.dispose();
    this.byAddress.clear();
  }

  /** A panel that VS Code kept over a reload of the window. */
  private restore(panel: vscode.WebviewPanel, state: unknown): void {
    const parsed = parsePageState(state);
    const bdf = parsed.ok ? parseBdf(parsed.value.address) : undefined;
    if (!bdf || this.byAddress.has(formatBdf(bdf))) {
      this.log.warn(parsed.ok ? `Inspector for ${parsed.value.address} is open already` : parsed.message);
      panel.dispose();
      return;
    }
    panel.webview.options = { enableScripts: true, localResourceRoots: pageRoots(this.context.extensionUri) };
    this.inspect(bdf, panel);
  }

  private inspect(bdf: Bdf, panel: vscode.WebviewPanel): void {
    const key = formatBdf(bdf);
    const icon = vscode.Uri.joinPath(this.context.extensionUri, 'media', 'icon.png');
    panel.iconPath = { light: icon, dark: icon };
    const inspector = new Inspector(bdf, panel, this.session, this.log);
    this.byAddress.set(key, inspector);
    panel.onDidDispose(() => {
      inspector.dispose();
      if (this.byAddress.get(key) === inspector) this.byAddress.delete(key);
    });
    // Last: the page may speak as soon as it has its document.
    panel.webview.html = pageHtml(panel.webview, this.context.extensionUri, PAGE);
  }
}
