import * as vscode from 'vscode';
import { FocusCommand } from '../ids';
import type { Session } from '../session';

/** One status bar item: which machine is open and how many functions its guests have. */
export class MachineStatus implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly session: Session) {
    this.item = vscode.window.createStatusBarItem('confspace.status', vscode.StatusBarAlignment.Left);
    this.item.name = vscode.l10n.t('PCI machine');
    this.item.command = FocusCommand.machine;
    const update = (): void => this.update();
    this.subscriptions = [
      this.item,
      session.onDidReplaceMachine(update),
      session.onDidChangeStanding(update),
    ];
    this.update();
    this.item.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private update(): void {
    const { machine } = this.session;
    const guests = machine.guests();
    const assigned = guests.reduce((sum, guest) => sum + guest.devices.length, 0);
    const [first] = guests;
    const owner =
      guests.length === 1 && first
        ? vscode.l10n.t('guest {0}: {1} assigned', first.domid, assigned)
        : vscode.l10n.t('{0} guests: {1} assigned', guests.length, assigned);
    this.item.text = `$(circuit-board) ${machine.name} · ${owner}`;
    this.item.tooltip = vscode.l10n.t('Show the PCI machine');
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('PCI machine {0}, {1}', machine.name, owner),
    };
  }
}
