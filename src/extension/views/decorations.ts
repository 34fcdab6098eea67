import * as vscode from 'vscode';
import { Color } from '../ids';
import { ownerText, standingOf } from '../functionText';
import { bdfOfUri, functionUri } from '../functionUri';
import type { Session } from '../session';

/** Badges of functions: G where a guest has one, P where pciback has it, with ! where it is permissive. */
export class FunctionDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChangeFileDecorations = this.changed.event;

  constructor(private readonly session: Session) {
    this.subscriptions = [
      this.changed,
      session.onDidReplaceMachine(() => this.changed.fire(undefined)),
      session.onDidChange((change) => this.changed.fire(change.functions?.map(functionUri))),
    ];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const bdf = bdfOfUri(uri);
    const state = bdf && this.session.machine.function(bdf);
    if (!state) return undefined;
    const badge = (who: string): string => (state.permissive ? `${who}!` : who);
    switch (standingOf(state)) {
      case 'assigned':
        return new vscode.FileDecoration(badge('G'), ownerText(state), new vscode.ThemeColor(Color.assigned));
      case 'seized':
        return new vscode.FileDecoration(badge('P'), ownerText(state), new vscode.ThemeColor(Color.seized));
      case 'free':
        return undefined;
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}
