import * as vscode from 'vscode';
import { PCIBACK } from './functionText';
import { ContextKey } from './ids';
import type { Session } from './session';

/** Keeps the keys that enable commands true to the machine. */
export class ContextKeys implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private readonly shown = new Map<string, boolean>();

  constructor(private readonly session: Session) {
    const update = (): void => this.update();
    this.subscriptions = [session.onDidReplaceMachine(update), session.onDidChangeStanding(update)];
    this.update();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private update(): void {
    const functions = this.session.machine.functions();
    const seized = functions.filter(({ driver }) => driver === PCIBACK).length;
    const assigned = functions.filter(({ assignedTo }) => assignedTo).length;
    this.set(ContextKey.noFunctions, functions.length === 0);
    this.set(ContextKey.noSriov, !functions.some(({ sriov }) => sriov));
    this.set(ContextKey.noneSeized, seized === 0);
    this.set(ContextKey.allSeized, seized === functions.length);
    this.set(ContextKey.noGuests, this.session.machine.guests().length === 0);
    this.set(ContextKey.noneAssigned, assigned === 0);
    this.set(ContextKey.allAssigned, assigned === functions.length);
  }

  private set(key: string, value: boolean): void {
    if (this.shown.get(key) === value) return;
    this.shown.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
