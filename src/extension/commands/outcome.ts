import * as vscode from 'vscode';

/** What an action came to. `text` is for a person, in the driver's words where it refused. */
export interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

/** How long the status bar shows what was done. */
const SHOWN_MS = 5000;

/** Shows success in the status bar and failure in a notification, one for all. Both stand in the log. */
export const tell = (outcomes: readonly Outcome[], log: vscode.LogOutputChannel): void => {
  const failed = outcomes.filter(({ ok }) => !ok);
  const done = outcomes.filter(({ ok }) => ok);
  const [only] = done;
  for (const { text } of done) log.info(text);
  if (only)
    vscode.window.setStatusBarMessage(
      done.length === 1 ? only.text : vscode.l10n.t('{0}, and {1} more', only.text, done.length - 1),
      SHOWN_MS,
    );
  if (failed.length === 0) return;
  for (const { text } of failed) log.error(text);
  const showLog = vscode.l10n.t('Show Log');
  void vscode.window.showErrorMessage(failed.map(({ text }) => text).join('\n'), showLog).then((choice) => {
    if (choice === showLog) log.show();
  });
};
