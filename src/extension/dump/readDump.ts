import * as vscode from 'vscode';
import { decodeText } from '../../sources/text';

/** A dump of a whole server with -vvv is below 10 MiB; more than this is some other file. */
export const DUMP_LIMIT_MIB = 64;
const DUMP_LIMIT = DUMP_LIMIT_MIB * 1024 * 1024;

export type DumpText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

const tooLarge = (bytes: number): DumpText => ({
  ok: false,
  message: vscode.l10n.t(
    'It is {0} MiB long; dumps up to {1} MiB can be opened.',
    Math.ceil(bytes / 1024 / 1024),
    DUMP_LIMIT_MIB,
  ),
});

/** Text of a dump's bytes. */
export const dumpText = (bytes: Uint8Array): DumpText =>
  bytes.length > DUMP_LIMIT ? tooLarge(bytes.length) : { ok: true, text: decodeText(bytes) };

/**
 * Text of a dump: of the editor where it has unsaved changes, else of the file, on whatever file system it is.
 * A file that cannot be read gives a message for a person.
 */
export const readDump = async (uri: vscode.Uri): Promise<DumpText> => {
  const open = vscode.workspace.textDocuments.find(
    (document) =>
      document.uri.toString() === uri.toString() && (document.isDirty || document.uri.scheme === 'untitled'),
  );
  if (open) return { ok: true, text: open.getText() };
  try {
    const stat = await vscode.workspace.fs.stat(uri);
    if (stat.type & vscode.FileType.Directory)
      return { ok: false, message: vscode.l10n.t('It is a folder.') };
    if (stat.size > DUMP_LIMIT) return tooLarge(stat.size);
    return dumpText(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
};

/** Name of a file as the user knows it. */
export const fileName = (uri: vscode.Uri): string => uri.path.slice(uri.path.lastIndexOf('/') + 1);
