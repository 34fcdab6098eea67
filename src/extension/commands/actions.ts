import * as vscode from 'vscode';
import { formatShortBdf, type Bdf } from '../../backend/spec/bdf';
import type { ActionResult, FunctionState } from '../../backend/view';
import { logObserved } from '../driverLog';
import { addressText, PCIBACK } from '../functionText';
import type { Session } from '../session';

/** What an action on one function came to. `text` is for a person, in the driver's words where it refused. */
export interface Outcome {
  readonly bdf: Bdf;
  readonly ok: boolean;
  readonly text: string;
}

/** The machine's actions as the views and commands call them: each logs what the driver printed and says what came of it. */
export class Actions {
  constructor(
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Gives the function to the guest. One that the guest has already stays as it is. */
  assign(domid: number, bdf: Bdf): Outcome {
    const owner = this.function(bdf)?.assignedTo;
    if (owner?.domid === domid)
      return this.said(
        bdf,
        vscode.l10n.t('has been with guest {0} as {1} already', domid, formatShortBdf(owner.guest)),
      );
    return this.done(bdf, this.session.machine.assign(domid, bdf), () => {
      const guest = this.function(bdf)?.assignedTo?.guest;
      return guest
        ? vscode.l10n.t('assigned to guest {0} as {1}', domid, formatShortBdf(guest))
        : vscode.l10n.t('assigned to guest {0}', domid);
    });
  }

  /** Takes the function back from the guest that has it. */
  detach(bdf: Bdf): Outcome {
    const owner = this.function(bdf)?.assignedTo;
    if (!owner) return this.said(bdf, vscode.l10n.t('is not assigned to a guest'));
    return this.done(bdf, this.session.machine.detach(owner.domid, bdf), () =>
      vscode.l10n.t('detached from guest {0}', owner.domid),
    );
  }

  /** Binds the function to pciback. */
  seize(bdf: Bdf): Outcome {
    if (this.function(bdf)?.driver === PCIBACK)
      return this.said(bdf, vscode.l10n.t('is bound to pciback already'));
    return this.done(bdf, this.session.machine.seize(bdf), () => vscode.l10n.t('bound to pciback'));
  }

  /** Unbinds the function from pciback. */
  release(bdf: Bdf): Outcome {
    if (this.function(bdf)?.driver !== PCIBACK)
      return this.said(bdf, vscode.l10n.t('is not bound to pciback'));
    return this.done(bdf, this.session.machine.release(bdf), () => {
      const driver = this.function(bdf)?.driver;
      return driver === undefined
        ? vscode.l10n.t('released, no driver bound')
        : vscode.l10n.t('released to {0}', driver);
    });
  }

  /** Lets the guest write registers that the driver does not know. */
  permissive(bdf: Bdf): Outcome {
    if (this.function(bdf)?.permissive) return this.said(bdf, vscode.l10n.t('is permissive already'));
    return this.done(bdf, this.session.machine.permissive(bdf), () => vscode.l10n.t('set to permissive'));
  }

  private function(bdf: Bdf): FunctionState | undefined {
    return this.session.machine.function(bdf);
  }

  private said(bdf: Bdf, text: string): Outcome {
    return { bdf, ok: true, text: `${addressText(this.session, bdf)} ${text}` };
  }

  private done(bdf: Bdf, result: ActionResult, text: () => string): Outcome {
    logObserved(this.log, result.observed);
    if (result.ok) return this.said(bdf, text());
    return { bdf, ok: false, text: `${addressText(this.session, bdf)}: ${result.message}` };
  }
}

/** How long the status bar shows what was done. */
const SHOWN_MS = 5000;

/** Shows success in the status bar and failure in a notification, one for all functions. */
export const tell = (outcomes: readonly Outcome[], log: vscode.LogOutputChannel): void => {
  const failed = outcomes.filter(({ ok }) => !ok);
  const done = outcomes.filter(({ ok }) => ok);
  const [only] = done;
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
