import * as vscode from 'vscode';
import { lostWriteCount } from '../counts';
import { FocusCommand } from '../ids';
import type { AccessRecorder } from './recorder';

/** How many writes of guests were refused or dropped, in the status bar while there are any. */
export class LostWritesStatus implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly recorder: AccessRecorder) {
    this.item = vscode.window.createStatusBarItem('confspace.lostWrites', vscode.StatusBarAlignment.Left);
    this.item.name = vscode.l10n.t('Refused and dropped PCI writes');
    this.item.command = FocusCommand.accessLog;
    this.subscription = recorder.onDidChange(() => this.update());
    this.update();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const { lostWrites } = this.recorder.log;
    if (lostWrites === 0) {
      this.item.hide();
      return;
    }
    const text = lostWriteCount(lostWrites);
    this.item.text = `$(circle-slash) ${lostWrites}`;
    this.item.tooltip = vscode.l10n.t('{0}. Show the access log', text);
    this.item.accessibilityInformation = { label: text };
    this.item.show();
  }
}
