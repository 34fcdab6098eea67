import * as vscode from 'vscode';
import type { AccessAnswers } from './answers';
import { rowJson } from './describe';

/** Rows that are written in one go; between them the extension host does other work. */
const CHUNK = 2000;

/** Where the file goes: beside the workspace's own files when there is a workspace. */
const chooseFile = (): Thenable<vscode.Uri | undefined> => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = 'access-log.jsonl';
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Access Log as JSON Lines'),
    saveLabel: vscode.l10n.t('Export'),
    filters: { [vscode.l10n.t('JSON lines')]: ['jsonl'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, name) } : {}),
  });
};

/** All rows or, when the view shows only some, those that a person chooses; undefined when the person leaves. */
const chooseRows = async (answers: AccessAnswers): Promise<readonly number[] | undefined> => {
  const { log } = answers.context;
  const all = Array.from({ length: log.end - log.first }, (_, i) => log.first + i);
  const shown = answers.shown();
  if (shown.length === all.length) return all;
  const pick = await vscode.window.showQuickPick(
    [
      { label: vscode.l10n.t('All rows'), description: String(all.length), rows: all },
      { label: vscode.l10n.t('Rows that the filter shows'), description: String(shown.length), rows: shown },
    ],
    { placeHolder: vscode.l10n.t('Rows to export') },
  );
  return pick?.rows;
};

const linesOf = async (answers: AccessAnswers, rows: readonly number[]): Promise<Uint8Array> => {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < rows.length; at += CHUNK) {
    const { context } = answers;
    let text = '';
    for (const seq of rows.slice(at, at + CHUNK)) {
      const row = context.log.row(seq);
      // One that fell out while the others were written.
      if (row) text += `${JSON.stringify(rowJson(context, row))}\n`;
    }
    chunks.push(encoder.encode(text));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};

/** Writes the log as JSON lines: into `file` all of it, else what and where the person chooses. */
export const exportAccessLog = async (
  answers: AccessAnswers,
  file: vscode.Uri | undefined,
): Promise<void> => {
  const { log } = answers.context;
  if (log.end === log.first) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The access log is empty.'));
    return;
  }
  const rows = file
    ? Array.from({ length: log.end - log.first }, (_, i) => log.first + i)
    : await chooseRows(answers);
  const target = rows && (file ?? (await chooseFile()));
  if (!target) return;
  try {
    await vscode.workspace.fs.writeFile(target, await linesOf(answers, rows));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('The access log cannot be written. {0}', text));
    return;
  }
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('{0} accesses written to {1}', rows.length, vscode.workspace.asRelativePath(target)),
    5000,
  );
};
