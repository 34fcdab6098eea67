import * as vscode from 'vscode';
import type { Machine } from '../backend/machine';
import type { DumpProblems } from './dump/dumpProblems';
import { buildFromDump, buildSample, emptyMachine } from './openMachine';
import type { Origin } from './session';
import type { SessionStore } from './sessionStore';

export interface Started {
  readonly machine: Machine;
  readonly origin: Origin;
}

/** The sample, or a machine without functions when the extension's own file is damaged. */
const startWithSample = async (extensionUri: vscode.Uri, log: vscode.LogOutputChannel): Promise<Machine> => {
  try {
    return await buildSample(extensionUri);
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(vscode.l10n.t('The sample machine cannot be read.'));
    return emptyMachine();
  }
};

/** The machine of the last window where it can be read again, else the sample. Nothing of what was done to it yet. */
const reopen = async (
  extensionUri: vscode.Uri,
  origin: Origin,
  dumpProblems: DumpProblems,
  log: vscode.LogOutputChannel,
): Promise<Started> => {
  if (origin.kind === 'dump') {
    const opened = await buildFromDump(origin.uri, dumpProblems);
    if (opened.ok) return { machine: opened.machine, origin };
    dumpProblems.keepOnly();
    log.warn(opened.message);
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} The sample machine is open instead.', opened.message),
    );
  }
  return { machine: await startWithSample(extensionUri, log), origin: { kind: 'sample' } };
};

/** Builds the machine that a window begins with, and does again what was done to it before the window closed. */
export const startMachine = async (
  extensionUri: vscode.Uri,
  store: SessionStore,
  dumpProblems: DumpProblems,
  log: vscode.LogOutputChannel,
): Promise<Started> => {
  const wanted = store.savedOrigin();
  const started = await reopen(extensionUri, wanted, dumpProblems, log);
  if (started.origin.kind !== wanted.kind) return started;
  try {
    store.restore(started.machine);
    return started;
  } catch (error) {
    // State that an older version wrote must not keep the extension from starting.
    log.error(error instanceof Error ? error : String(error));
    return reopen(extensionUri, wanted, dumpProblems, log);
  }
};
