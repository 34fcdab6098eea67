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

/** Runs something and waits until VS Code says that tabs changed. */
const changing = (run: () => Thenable<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => end(new Error('no tab changed')), 5000);
    const subscription = vscode.window.tabGroups.onDidChangeTabs(() => end());
    const end = (error?: Error): void => {
      clearTimeout(late);
      subscription.dispose();
      if (error) reject(error);
      else resolve();
    };
    run().then(undefined, (error: unknown) => end(error instanceof Error ? error : new Error(String(error))));
  });
const show = (): Thenable<unknown> => vscode.commands.executeCommand(Command.showTopology);

describe('bus topology', () => {
  afterEach(async () => {
    await vscode.window.tabGroups.close(tabs());
    await sampleSession();
  });

  it('opens in one editor, which asking again brings to the front', async () => {
    await sampleSession();
    await changing(show);
    assert.deepEqual(
      tabs().map(({ label, isActive }) => [label, isActive]),
      [['PCI Bus Topology', true]],
    );
    await changing(() => vscode.commands.executeCommand('workbench.action.files.newUntitledFile'));
    assert.equal(tabs()[0]?.isActive, false);
    await changing(show);
    assert.deepEqual(
      tabs().map(({ isActive }) => isActive),
      [true],
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('can be closed and opened again', async () => {
    await changing(show);
    await changing(() => vscode.window.tabGroups.close(tabs()));
    assert.equal(tabs().length, 0);
    await changing(show);
    assert.equal(tabs().length, 1);
  });
});
