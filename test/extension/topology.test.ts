import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command, TOPOLOGY_PANEL } from '../../src/extension/ids';
import { sampleSession } from './api';

/** Topology tabs. VS Code puts a prefix before the panel's type. */
const tabs = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      (tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith(TOPOLOGY_PANEL),
    );

/** Runs something and waits until the tabs are so: VS Code tells of one change in several events. */
const changing = (run: () => Thenable<unknown>, so: () => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => end(new Error('the tabs did not come to be so')), 5000);
    const look = (): void => {
      if (so()) end();
    };
    const subscription = vscode.window.tabGroups.onDidChangeTabs(look);
    const end = (error?: Error): void => {
      clearTimeout(late);
      subscription.dispose();
      if (error) reject(error);
      else resolve();
    };
    run().then(look, (error: unknown) => end(error instanceof Error ? error : new Error(String(error))));
  });
const active = (): boolean => tabs().length === 1 && tabs()[0]?.isActive === true;
const show = (): Thenable<unknown> => vscode.commands.executeCommand(Command.showTopology);

describe('bus topology', () => {
  afterEach(async () => {
    await vscode.window.tabGroups.close(tabs());
    await sampleSession();
  });

  it('opens in one editor, which asking again brings to the front', async () => {
    await sampleSession();
    await changing(show, active);
    assert.deepEqual(
      tabs().map(({ label, isActive }) => [label, isActive]),
      [['PCI Bus Topology', true]],
    );
    await changing(
      () => vscode.commands.executeCommand('workbench.action.files.newUntitledFile'),
      () => tabs()[0]?.isActive === false,
    );
    await changing(show, active);
    assert.equal(tabs().length, 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('can be closed and opened again', async () => {
    await changing(show, active);
    await changing(
      () => vscode.window.tabGroups.close(tabs()),
      () => tabs().length === 0,
    );
    await changing(show, active);
    assert.equal(tabs().length, 1);
  });
});
