import * as vscode from 'vscode';
import type { ActionResult, DriverState } from '../../backend/view';
import { logObserved } from '../driverLog';
import { withErrnoName } from '../errnoNames';
import { driverText } from '../functionText';
import type { Session } from '../session';
import type { Outcome } from './outcome';

/** The machine's actions on guests and on the driver as a whole, with what came of them in words. */
export class DriverActions {
  constructor(
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** A new PV guest; its domid where it could be made. */
  createGuest(name: string): Outcome & { readonly domid?: number } {
    const outcome = this.done(this.session.machine.createGuest(name), vscode.l10n.t('{0} created', name));
    const domid = this.session.machine.guests().find((guest) => guest.name === name)?.domid;
    return outcome.ok && domid !== undefined ? { ...outcome, domid } : outcome;
  }

  destroyGuest(domid: number): Outcome {
    return this.done(this.session.machine.destroyGuest(domid), vscode.l10n.t('guest {0} destroyed', domid));
  }

  /** Loads the driver anew with some of its parameters changed. */
  loadDriver(change: Partial<DriverState>): Outcome {
    const { machine } = this.session;
    const wanted = { ...machine.driver(), ...change };
    const result = machine.loadDriver(wanted.profile, wanted.topology === 'passthrough', wanted.permissive);
    const told = result.ok ? { ok: true as const, observed: result.observed } : result;
    return this.done(told, vscode.l10n.t('pciback loaded: {0}', driverText(machine.driver())));
  }

  /** Turns the module parameter `permissive` over. */
  toggleModulePermissive(): Outcome {
    const { machine } = this.session;
    return this.done(machine.modulePermissive(!machine.driver().permissive), driverText(machine.driver()));
  }

  /** Writes an attribute as the text stands, without a line end. */
  writeAttribute(attribute: string, text: string): Outcome {
    return this.done(this.session.machine.sysfs(attribute, text), attribute);
  }

  private done(result: ActionResult, text: string): Outcome {
    logObserved(this.log, result.observed);
    return result.ok
      ? { ok: true, text: result.told ?? text }
      : { ok: false, text: withErrnoName(result.message) };
  }
}
