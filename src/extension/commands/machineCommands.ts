import * as vscode from 'vscode';
import { functionCount, problemCount } from '../counts';
import type { DumpProblems } from '../dump/dumpProblems';
import { Command, FocusCommand, View } from '../ids';
import { buildFromDump, buildSample } from '../openMachine';
import type { MachineSession } from '../session';

/** How long the status bar shows what was opened. */
const SHOWN_MS = 5000;

/** Opens machines: each call either replaces the machine or leaves it and says why. */
export class MachineOpener {
  /** Counts calls, so that of two that overlap the later one wins. */
  private latest = 0;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: MachineSession,
    private readonly dumpProblems: DumpProblems,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** True when the dump is now the machine. */
  async openDump(uri: vscode.Uri): Promise<boolean> {
    const call = ++this.latest;
    const opened = await vscode.window.withProgress({ location: { viewId: View.machine } }, () =>
      buildFromDump(uri, this.dumpProblems),
    );
    if (call !== this.latest) return false;
    if (!opened.ok) {
      this.refuse(opened.message);
      return false;
    }
    this.dumpProblems.keepOnly(uri);
    this.session.open(opened.machine, { kind: 'dump', uri });
    const functions = functionCount(opened.machine.functions().length);
    const problems = opened.problems === 0 ? '' : `, ${problemCount(opened.problems)}`;
    this.say(`${opened.machine.name}: ${functions}${problems}`);
    return true;
  }

  async openSample(): Promise<void> {
    const call = ++this.latest;
    const machine = await buildSample(this.extensionUri);
    if (call !== this.latest) return;
    this.dumpProblems.keepOnly();
    this.session.open(machine, { kind: 'sample' });
    this.say(`${machine.name}: ${functionCount(machine.functions().length)}`);
  }

  private say(text: string): void {
    this.log.info(text);
    vscode.window.setStatusBarMessage(text, SHOWN_MS);
  }

  private refuse(message: string): void {
    this.log.error(message);
    void vscode.window.showErrorMessage(message);
  }
}

const chooseFile = async (): Promise<vscode.Uri | undefined> => {
  const files = await vscode.window.showOpenDialog({
    canSelectMany: false,
    openLabel: vscode.l10n.t('Open Dump'),
    title: vscode.l10n.t('Open lspci Dump'),
    filters: {
      [vscode.l10n.t('lspci dumps')]: ['txt', 'log', 'lspci', 'dump', 'pci', 'out'],
      [vscode.l10n.t('All files')]: ['*'],
    },
  });
  return files?.[0];
};

/** Registers the commands that open machines and show the log. */
export const registerMachineCommands = (
  opener: MachineOpener,
  log: vscode.LogOutputChannel,
): vscode.Disposable =>
  vscode.Disposable.from(
    vscode.commands.registerCommand(Command.openDump, async (argument: unknown) => {
      const uri = argument instanceof vscode.Uri ? argument : await chooseFile();
      if (uri && (await opener.openDump(uri))) await vscode.commands.executeCommand(FocusCommand.machine);
    }),
    vscode.commands.registerCommand(Command.openSample, async () => {
      await opener.openSample();
      await vscode.commands.executeCommand(FocusCommand.machine);
    }),
    vscode.commands.registerCommand(Command.showLog, () => log.show()),
  );
