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

/** What stands in the directory of this path; nothing where it is none. */
const entriesOf = ({ path }: vscode.Uri): readonly [string, vscode.FileType][] => {
  const directory = path.endsWith('/') ? path : `${path}/`;
  return DOCUMENTS.filter(({ uri }) => uri.path.startsWith(directory)).map(({ uri }) => {
    const [name = '', ...below] = uri.path.slice(directory.length).split('/');
    return [name, below.length > 0 ? vscode.FileType.Directory : vscode.FileType.File];
  });
};

/**
 * Read-only files of what the machine shows in text. They follow the machine while an editor watches them. Files and
 * not provided documents, because VS Code opens files again after a reload.
 */
export class MachineDocuments implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  private readonly subscriptions: vscode.Disposable[];
  private readonly opened = Date.now();
  private changes = 0;
  readonly onDidChangeFile = this.changed.event;

  constructor(private readonly session: Session) {
    const refresh = (): void => this.refresh();
    this.subscriptions = [
      this.changed,
      session.onDidReplaceMachine(refresh),
      session.onDidChange(refresh),
      // What changed between the reading and the opening was told to nobody.
      vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        if (DOCUMENTS.some((document) => document.uri.toString() === uri.toString())) this.tell([uri]);
      }),
      vscode.workspace.registerFileSystemProvider(SCHEME, this, { isReadonly: true, isCaseSensitive: true }),
      ...DOCUMENTS.map(({ command, uri }) =>
        vscode.commands.registerCommand(command, () =>
          vscode.window.showTextDocument(uri, { preview: false }),
        ),
      ),
    ];
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    // Every change is a new time: editors read again only what is newer.
    const times = { ctime: this.opened, mtime: this.opened + this.changes };
    return entriesOf(uri).length > 0
      ? { ...times, type: vscode.FileType.Directory, size: 0 }
      : { ...times, type: vscode.FileType.File, size: this.readFile(uri).length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const document = DOCUMENTS.find(({ uri: { path } }) => path === uri.path);
    if (!document) throw vscode.FileSystemError.FileNotFound(uri);
    return new TextEncoder().encode(document.text(this.session.machine));
  }

  /** Changes come from the session alone; who watches what makes no difference. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    const entries = entriesOf(uri);
    if (entries.length === 0) throw vscode.FileSystemError.FileNotFound(uri);
    return [...entries];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private refresh(): void {
    this.changes++;
    const shown = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
    const changed = DOCUMENTS.map(({ uri }) => uri).filter((uri) => shown.has(uri.toString()));
    if (changed.length > 0) this.tell(changed);
  }

  private tell(uris: readonly vscode.Uri[]): void {
    this.changed.fire(uris.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }
}
