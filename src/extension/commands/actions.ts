import * as vscode from 'vscode';
import type { PassthroughOptions } from '../../backend/description';
import type { AerEventName } from '../../backend/journal/entry';
import { formatBdf, formatShortBdf, type Bdf } from '../../backend/spec/bdf';
import type { ActionResult, FunctionState } from '../../backend/view';
import { logObserved } from '../driverLog';
import { withErrnoName } from '../errnoNames';
import { addressText, irqHandlerText, PCIBACK } from '../functionText';
import type { Session } from '../session';
import type { Outcome } from './outcome';

/**
 * The machine's actions on one function as the views and commands call them: each logs what the driver printed and
 * says what came of it.
 */
export class Actions {
  constructor(
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Gives the function to the guest. One that the guest has already stays as it is, whatever the options. */
  assign(domid: number, bdf: Bdf, options?: PassthroughOptions): Outcome {
    const owner = this.function(bdf)?.assignedTo;
    if (owner?.domid === domid)
      return this.said(
        bdf,
        vscode.l10n.t('has been with guest {0} as {1} already', domid, formatShortBdf(owner.guest)),
      );
    return this.done(
      bdf,
      () => this.session.machine.assign(domid, bdf, options),
      () => {
        const guest = this.function(bdf)?.assignedTo?.guest;
        return guest
          ? vscode.l10n.t('assigned to guest {0} as {1}', domid, formatShortBdf(guest))
          : vscode.l10n.t('assigned to guest {0}', domid);
      },
    );
  }

  /** Takes the function back from the guest that has it. */
  detach(bdf: Bdf): Outcome {
    const owner = this.function(bdf)?.assignedTo;
    if (!owner) return this.said(bdf, vscode.l10n.t('is not assigned to a guest'));
    return this.done(
      bdf,
      () => this.session.machine.detach(owner.domid, bdf),
      () => vscode.l10n.t('detached from guest {0}', owner.domid),
    );
  }

  /** Binds the function to pciback. */
  seize(bdf: Bdf): Outcome {
    if (this.function(bdf)?.driver === PCIBACK)
      return this.said(bdf, vscode.l10n.t('is bound to pciback already'));
    return this.done(
      bdf,
      () => this.session.machine.seize(bdf),
      () => vscode.l10n.t('bound to pciback'),
    );
  }

  /** Unbinds the function from pciback. */
  release(bdf: Bdf): Outcome {
    if (this.function(bdf)?.driver !== PCIBACK)
      return this.said(bdf, vscode.l10n.t('is not bound to pciback'));
    return this.done(
      bdf,
      () => this.session.machine.release(bdf),
      () => {
        const driver = this.function(bdf)?.driver;
        return driver === undefined
          ? vscode.l10n.t('released, no driver bound')
          : vscode.l10n.t('released to {0}', driver);
      },
    );
  }

  /** Lets the guest write registers that the driver does not know. */
  permissive(bdf: Bdf): Outcome {
    if (this.function(bdf)?.permissive) return this.said(bdf, vscode.l10n.t('is permissive already'));
    return this.done(
      bdf,
      () => this.session.machine.permissive(bdf),
      () => vscode.l10n.t('set to permissive'),
    );
  }

  /** Lets the guest write INTx disable and the enable bits of MSI and MSI-X itself. */
  allowInterruptControl(bdf: Bdf): Outcome {
    if (this.function(bdf)?.allowInterruptControl)
      return this.said(bdf, vscode.l10n.t('has interrupt control allowed already'));
    return this.done(
      bdf,
      () => this.attribute('allow_interrupt_control', formatBdf(bdf)),
      () => vscode.l10n.t('interrupt control allowed'),
    );
  }

  /** Flips the fake interrupt handler's flag; the driver neither requests nor frees the line. */
  toggleIrqHandler(bdf: Bdf): Outcome {
    return this.done(
      bdf,
      () => this.attribute('irq_handler_state', formatBdf(bdf)),
      () => vscode.l10n.t('IRQ handler {0}', irqHandlerText(this.function(bdf)?.irqHandler)),
    );
  }

  /** Writes `REG:SIZE:MASK`, hexadecimal, for the function. */
  addQuirk(bdf: Bdf, quirk: string): Outcome {
    const before = this.session.machine.showSysfs('quirks');
    return this.done(
      bdf,
      () => this.attribute('quirks', `${formatBdf(bdf)}-${quirk}`),
      () =>
        this.session.machine.showSysfs('quirks') === before
          ? vscode.l10n.t('quirk {0} taken, but nothing added: a field starts there already', quirk)
          : vscode.l10n.t('quirk {0} added', quirk),
    );
  }

  /** Resets the function by its own `reset` attribute. */
  reset(bdf: Bdf): Outcome {
    return this.done(
      bdf,
      () => this.session.machine.reset(bdf),
      () => vscode.l10n.t('reset'),
    );
  }

  /** Writes `sriov_numvfs`. */
  createVirtualFunctions(bdf: Bdf, count: number): Outcome {
    return this.done(
      bdf,
      () => this.session.machine.createVirtualFunctions(bdf, count),
      () => 'sriov_numvfs',
    );
  }

  raiseLine(bdf: Bdf, times: number, shared: boolean): Outcome {
    return this.done(
      bdf,
      () => this.session.machine.raiseLine(bdf, times, shared),
      () => vscode.l10n.t('line raised'),
    );
  }

  injectAer(bdf: Bdf, event: AerEventName, state: number, answer: number | undefined): Outcome {
    return this.done(
      bdf,
      () => this.session.machine.aer(bdf, event, state, answer),
      () => event,
    );
  }

  private function(bdf: Bdf): FunctionState | undefined {
    return this.session.machine.function(bdf);
  }

  /** Writes an attribute of the driver; what it said of its success is left out, the caller has better words. */
  private attribute(name: string, text: string): ActionResult {
    const result = this.session.machine.sysfs(name, text);
    return result.ok ? { ok: true, observed: result.observed } : result;
  }

  private said(bdf: Bdf, text: string): Outcome {
    return { ok: true, text: `${addressText(this.session, bdf)} ${text}` };
  }

  /** `text` is for success, where the engine tells nothing itself. */
  private done(bdf: Bdf, act: () => ActionResult, text: () => string): Outcome {
    // A VF goes with its PF's driver, which an action on another function may have unbound.
    if (!this.function(bdf))
      return {
        ok: false,
        text: vscode.l10n.t('{0} is not in {1}.', addressText(this.session, bdf), this.session.machine.name),
      };
    const result = act();
    logObserved(this.log, result.observed);
    if (result.ok) return this.said(bdf, result.told ?? text());
    return { ok: false, text: `${addressText(this.session, bdf)}: ${withErrnoName(result.message)}` };
  }
}
