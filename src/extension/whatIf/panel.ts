import * as vscode from 'vscode';
import { parseWhatIfState, type Question, type Section } from '../../protocol/whatIf';
import { WHAT_IF_PANEL } from '../ids';
import { pageHtml, pageRoots, type Page } from '../page';
import { WhatIfPage, type WhatIfServices } from './whatIfPage';

const PAGE: Page = { name: 'whatIf', title: 'PCI what if' };

/** The what-if panel of this window: there is at most one. */
export class WhatIfPanel implements vscode.Disposable {
  private shown: WhatIfPage | undefined;
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly services: WhatIfServices,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(WHAT_IF_PANEL, {
      deserializeWebviewPanel: (panel, state) => {
        this.restore(panel, state);
        return Promise.resolve();
      },
    });
  }

  /** Shows the panel with another question and section; without them with what it has. */
  open(question: Question | undefined, section?: Section): void {
    if (this.shown) {
      this.shown.ask(question, section);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      WHAT_IF_PANEL,
      vscode.l10n.t('What If'),
      vscode.ViewColumn.Active,
      { enableScripts: true, localResourceRoots: pageRoots(this.context.extensionUri) },
    );
    this.show(panel, question, section);
  }

  dispose(): void {
    this.serializer.dispose();
    this.shown?.dispose();
    this.shown = undefined;
  }

  /** A panel that VS Code kept over a reload of the window. */
  private restore(panel: vscode.WebviewPanel, state: unknown): void {
    if (this.shown) {
      panel.dispose();
      return;
    }
    const parsed = parseWhatIfState(state ?? {});
    if (!parsed.ok) this.services.log.warn(parsed.message);
    panel.webview.options = { enableScripts: true, localResourceRoots: pageRoots(this.context.extensionUri) };
    if (parsed.ok) this.show(panel, parsed.value.question, parsed.value.section);
    else this.show(panel, undefined, undefined);
  }

  private show(
    panel: vscode.WebviewPanel,
    question: Question | undefined,
    section: Section | undefined,
  ): void {
    const icon = vscode.Uri.joinPath(this.context.extensionUri, 'media', 'icon.png');
    panel.iconPath = { light: icon, dark: icon };
    const page = new WhatIfPage(panel, this.services, question, section);
    this.shown = page;
    panel.onDidDispose(() => {
      page.dispose();
      if (this.shown === page) this.shown = undefined;
    });
    // Last: the page may speak as soon as it has its document.
    panel.webview.html = pageHtml(panel.webview, this.context.extensionUri, PAGE);
  }
}
