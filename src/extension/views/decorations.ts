import * as vscode from 'vscode';
import { parseBdf } from '../../backend/spec/bdf';
import { Color } from '../ids';
import { ownerText, standingOf } from '../functionText';
import type { AccessRecorder } from '../accessLog/recorder';
import { lostWriteCount } from '../counts';
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
      session.onDidChangeStanding((change) => this.changed.fire(change.functions?.map(functionUri))),
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

/** A badge has room for two characters. */
const MOST = 9;

/** A second badge beside the function's own: how many writes of its guests were refused or dropped. */
export class LostWriteDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[]>();
  private readonly subscriptions: vscode.Disposable[];
  /** Counts that VS Code was told of, by address. */
  private told = new Map<string, number>();
  readonly onDidChangeFileDecorations = this.changed.event;

  constructor(private readonly recorder: AccessRecorder) {
    this.subscriptions = [this.changed, recorder.onDidChange(() => this.follow())];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const bdf = bdfOfUri(uri);
    const count = bdf ? this.recorder.lostWritesOf(bdf) : 0;
    if (count === 0) return undefined;
    return new vscode.FileDecoration(count > MOST ? `${MOST}+` : String(count), lostWriteCount(count));
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private follow(): void {
    const counts = this.recorder.lostWritesByFunction();
    const functions = [...counts.keys(), ...this.told.keys()];
    const changed = functions.filter((address) => counts.get(address) !== this.told.get(address));
    this.told = counts;
    const uris = [...new Set(changed)].flatMap((address) => {
      const bdf = parseBdf(address);
      return bdf ? [functionUri(bdf)] : [];
    });
    if (uris.length > 0) this.changed.fire(uris);
  }
}
