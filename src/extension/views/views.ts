import * as vscode from 'vscode';
import type { Actions } from '../commands/actions';
import type { MachineOpener } from '../commands/machineCommands';
import { driverText } from '../functionText';
import { View } from '../ids';
import type { Session } from '../session';
import { GuestsDrag, MachineDrag } from './dragAndDrop';
import { GuestsTree, type GuestNode } from './guestsTree';
import type { MachineNode } from './machineNodes';
import { MachineTree } from './machineTree';

/** The two views of the PCI container, with their drag and drop. */
export class Views implements vscode.Disposable {
  private readonly machine: vscode.TreeView<MachineNode>;
  private readonly guests: vscode.TreeView<GuestNode>;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly session: Session,
    actions: Actions,
    opener: MachineOpener,
    log: vscode.LogOutputChannel,
  ) {
    const machineTree = new MachineTree(session);
    const guestsTree = new GuestsTree(session);
    this.machine = vscode.window.createTreeView<MachineNode>(View.machine, {
      treeDataProvider: machineTree,
      dragAndDropController: new MachineDrag(actions, log, (uri) => opener.openDump(uri)),
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.guests = vscode.window.createTreeView<GuestNode>(View.guests, {
      treeDataProvider: guestsTree,
      dragAndDropController: new GuestsDrag(session, actions, log),
      canSelectMany: true,
    });
    const describe = (): void => this.describe();
    this.subscriptions = [
      machineTree,
      guestsTree,
      this.machine,
      this.guests,
      session.onDidReplaceMachine(describe),
      session.onDidChangeStanding(describe),
    ];
    this.describe();
  }

  /** Rows selected in the view with this id. */
  selectionOf(view: string): readonly unknown[] {
    return view === View.machine ? this.machine.selection : view === View.guests ? this.guests.selection : [];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private describe(): void {
    const { machine } = this.session;
    this.machine.description = `${machine.name} · ${driverText(machine.driver())}`;
    const message = machine.guests().some(({ devices }) => devices.length > 0)
      ? ''
      : vscode.l10n.t('No function is assigned. Drag one here, or choose Assign Device to Guest.');
    // VS Code draws the view anew for every assignment, also of the same text.
    if (this.guests.message !== message) this.guests.message = message;
  }
}
