import * as vscode from 'vscode';
import type { Machine } from '../../backend/machine';
import { Command, SCHEME } from '../ids';
import type { Session } from '../session';
import { DRIVER_DIRECTORY, sysfsText, xenstoreText } from './documentText';

const uriOf = (path: string): vscode.Uri => vscode.Uri.from({ scheme: SCHEME, path });

interface MachineDocument {
  readonly command: string;
  readonly uri: vscode.Uri;
  readonly text: (machine: Machine) => string;
}

const DOCUMENTS: readonly MachineDocument[] = [
  { command: Command.showXenstore, uri: uriOf('/xenstore'), text: xenstoreText },
  { command: Command.showSysfs, uri: uriOf(DRIVER_DIRECTORY), text: sysfsText },
];

/** Read-only documents of what the machine shows in text. They follow the machine while they are open. */
export class MachineDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly session: Session) {
    const refresh = (): void => this.refresh();
    this.subscriptions = [
      this.changed,
      session.onDidReplaceMachine(refresh),
      session.onDidChange(refresh),
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      ...DOCUMENTS.map(({ command, uri }) =>
        vscode.commands.registerCommand(command, () =>
          vscode.window.showTextDocument(uri, { preview: false }),
        ),
      ),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return DOCUMENTS.find((document) => document.uri.path === uri.path)?.text(this.session.machine);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private refresh(): void {
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
    for (const { uri } of DOCUMENTS) if (open.has(uri.toString())) this.changed.fire(uri);
  }
}
