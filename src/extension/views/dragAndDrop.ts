import * as vscode from 'vscode';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import type { Actions } from '../commands/actions';
import { tell } from '../commands/outcome';
import { functionsIn } from '../commands/targets';
import { dumpText } from '../dump/readDump';
import { SCHEME } from '../ids';
import type { Session } from '../session';
import type { GuestNode } from './guestsTree';
import type { MachineNode } from './machineNodes';

/** Addresses of functions dragged from the Machine view, one per line. */
const HOST_MIME = 'application/vnd.confspace.host-functions';
/** Addresses of functions dragged from the Guests view. Apart, so that a row dropped where it came from does nothing. */
const GUEST_MIME = 'application/vnd.confspace.guest-functions';
const URI_LIST_MIME = 'text/uri-list';
/** Lets files from outside VS Code in; each then comes under its own type. */
const FILES_MIME = 'files';

/** Puts the functions of the rows into the drag, if there are any. */
const carry = (mime: string, rows: readonly unknown[], dataTransfer: vscode.DataTransfer): void => {
  const functions = functionsIn([undefined, rows]);
  if (functions.length > 0)
    dataTransfer.set(mime, new vscode.DataTransferItem(functions.map(formatBdf).join('\n')));
};

/** Lines of every item of this type: VS Code puts an empty one of its own before the one that the drag carries. */
const linesOf = async (mime: string, dataTransfer: vscode.DataTransfer): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const [type, item] of dataTransfer)
    if (type === mime) lines.push(...(await item.asString()).split(/\r?\n/));
  return lines.filter((line) => line !== '');
};

const carried = async (mime: string, dataTransfer: vscode.DataTransfer): Promise<readonly Bdf[]> =>
  functionsIn([undefined, await linesOf(mime, dataTransfer)]);

const fileIn = (dataTransfer: vscode.DataTransfer): vscode.DataTransferFile | undefined => {
  for (const [, item] of dataTransfer) {
    const file = item.asFile();
    if (file) return file;
  }
  return undefined;
};

/** The first file in the drag: a file of the Explorer, or one from outside, which may come without a place. */
const droppedFile = async (dataTransfer: vscode.DataTransfer): Promise<vscode.Uri | undefined> => {
  // VS Code adds the URIs of dragged rows, which name functions and not files.
  const uri = (await linesOf(URI_LIST_MIME, dataTransfer))
    .filter((line) => !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line))
    .find(({ scheme }) => scheme !== SCHEME);
  const file = fileIn(dataTransfer);
  if (uri ?? file?.uri) return uri ?? file?.uri;
  if (!file) return undefined;
  const dump = dumpText(await file.data());
  if (dump.ok) return (await vscode.workspace.openTextDocument({ content: dump.text })).uri;
  void vscode.window.showErrorMessage(vscode.l10n.t('{0} cannot be opened. {1}', file.name, dump.message));
  return undefined;
};

/** Functions leave the Machine view; files, and functions that a guest had, come in. */
export class MachineDrag implements vscode.TreeDragAndDropController<MachineNode> {
  readonly dragMimeTypes = [HOST_MIME];
  readonly dropMimeTypes = [GUEST_MIME, URI_LIST_MIME, FILES_MIME];

  constructor(
    private readonly actions: Actions,
    private readonly log: vscode.LogOutputChannel,
    private readonly openDump: (uri: vscode.Uri) => Promise<boolean>,
  ) {}

  handleDrag(rows: readonly MachineNode[], dataTransfer: vscode.DataTransfer): void {
    carry(HOST_MIME, rows, dataTransfer);
  }

  async handleDrop(_target: MachineNode | undefined, dataTransfer: vscode.DataTransfer): Promise<void> {
    const functions = await carried(GUEST_MIME, dataTransfer);
    if (functions.length > 0) {
      tell(
        functions.map((bdf) => this.actions.detach(bdf)),
        this.log,
      );
      return;
    }
    const uri = await droppedFile(dataTransfer);
    if (uri) await this.openDump(uri);
  }
}

/** Functions dropped on a guest, or on one of its slots, are assigned to it. */
export class GuestsDrag implements vscode.TreeDragAndDropController<GuestNode> {
  readonly dragMimeTypes = [GUEST_MIME];
  readonly dropMimeTypes = [HOST_MIME];

  constructor(
    private readonly session: Session,
    private readonly actions: Actions,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  handleDrag(rows: readonly GuestNode[], dataTransfer: vscode.DataTransfer): void {
    carry(GUEST_MIME, rows, dataTransfer);
  }

  async handleDrop(target: GuestNode | undefined, dataTransfer: vscode.DataTransfer): Promise<void> {
    const guests = this.session.machine.guests();
    const domid = target?.domid ?? (guests.length === 1 ? guests[0]?.domid : undefined);
    if (domid === undefined) return;
    const functions = await carried(HOST_MIME, dataTransfer);
    tell(
      functions.map((bdf) => this.actions.assign(domid, bdf)),
      this.log,
    );
  }
}
