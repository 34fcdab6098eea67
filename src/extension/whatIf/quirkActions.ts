import * as vscode from 'vscode';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import { logObserved } from '../driverLog';
import { withErrnoName } from '../errnoNames';
import type { Session } from '../session';
import { refused, told, type Answered } from './answered';

/** Writes quirk lines to the machine's driver, and takes them back while nothing else has happened. */
export class QuirkActions {
  /** Lines that were written last, and the machine's revision since. */
  private applied: { readonly count: number; readonly revision: number } | undefined;

  constructor(
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Each line is an action of its own, as it is on a real host; the first that the driver refuses ends it. */
  apply(host: Bdf | undefined, lines: readonly string[]): Answered {
    const { machine } = this.session;
    if (!host || !lines.every((line) => line.startsWith(`${formatBdf(host)}-`)))
      return refused(vscode.l10n.t('A remedy for another function is not written from here.'));
    let count = 0;
    for (const line of lines) {
      const result = machine.sysfs('quirks', line);
      logObserved(this.log, result.observed);
      count++;
      this.applied = { count, revision: machine.revision };
      if (!result.ok) return refused(withErrnoName(result.message));
    }
    return told(
      count === 1 ? vscode.l10n.t('1 quirk applied.') : vscode.l10n.t('{0} quirks applied.', count),
    );
  }

  undo(): Answered {
    const { machine } = this.session;
    if (this.applied?.revision !== machine.revision)
      return refused(vscode.l10n.t('The machine has changed since: undo in the inspector, step by step.'));
    const { count } = this.applied;
    this.applied = undefined;
    for (let i = 0; i < count; i++) {
      const result = machine.undo();
      if (!result.ok) return refused(result.message);
    }
    return told(
      count === 1 ? vscode.l10n.t('1 quirk taken back.') : vscode.l10n.t('{0} quirks taken back.', count),
    );
  }
}
