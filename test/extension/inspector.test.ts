import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Command, WEBVIEW_PANEL } from '../../src/extension/ids';
import { fileWith, networkDump, sampleSession } from './api';

const ADDRESS = '0000:00:03.0';
const OTHER = '0000:00:04.0';

/** Inspector tabs, by title. VS Code puts a prefix before the panel's type. */
const tabs = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      (tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith(WEBVIEW_PANEL),
    );
const titles = (): string[] => tabs().map((tab) => tab.label);

/** Ends when `actual` gives what is wanted of the tabs; fails with what it gives when that does not come. */
const becomes = (actual: () => unknown, wanted: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    const same = (): boolean => JSON.stringify(actual()) === JSON.stringify(wanted);
    if (same()) {
      resolve();
      return;
    }
    const end = (error?: Error): void => {
      clearTimeout(late);
      subscriptions.dispose();
      if (error) reject(error);
      else resolve();
    };
    const late = setTimeout(
      () => end(new assert.AssertionError({ actual: actual(), expected: wanted, operator: 'deepEqual' })),
      5000,
    );
    const look = (): void => {
      if (same()) end();
    };
    const subscriptions = vscode.Disposable.from(
      vscode.window.tabGroups.onDidChangeTabs(look),
      vscode.window.tabGroups.onDidChangeTabGroups(look),
    );
  });
const settled = (wanted: readonly string[]): Promise<void> => becomes(titles, wanted);
const run = (command: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(command, ...args);
const twoNics = (): Promise<vscode.Uri> =>
  fileWith('nics.txt', networkDump('00:03.0') + networkDump('00:04.0'));

describe('inspector panels', () => {
  const closeAll = async (): Promise<void> => {
    await vscode.window.tabGroups.close(tabs());
    await settled([]);
  };
  beforeEach(async () => {
    await closeAll();
    await sampleSession();
    await run(Command.openDump, await twoNics());
  });
  after(async () => {
    await closeAll();
    await sampleSession();
  });

  it('are one for each function: opening again shows the one that is there', async () => {
    await run(Command.openInspector, ADDRESS);
    await settled(['00:03.0']);
    await run(Command.openInspector, OTHER);
    await settled(['00:03.0', '00:04.0']);
    await run(Command.openInspector, ADDRESS);
    await becomes(() => vscode.window.tabGroups.activeTabGroup.activeTab?.label, '00:03.0');
    assert.deepEqual(titles(), ['00:03.0', '00:04.0']);
  });

  it('are titled with the guest that has the function', async () => {
    await run(Command.openInspector, ADDRESS);
    await settled(['00:03.0']);
    await run(Command.assign, ADDRESS);
    await settled(['00:03.0 guest1']);
    await run(Command.detach, ADDRESS);
    await settled(['00:03.0']);
  });

  it('stay when another machine is opened, with the function or without it', async () => {
    await run(Command.openInspector, ADDRESS);
    await run(Command.assign, ADDRESS);
    await settled(['00:03.0 guest1']);
    await run(Command.openDump, await twoNics());
    await settled(['00:03.0']);
    await run(Command.openDump, await fileWith('one.txt', networkDump('00:05.0')));
    await settled(['00:03.0']);
  });

  it('that were closed can be opened again', async () => {
    await run(Command.openInspector, ADDRESS);
    await settled(['00:03.0']);
    await closeAll();
    await run(Command.openInspector, ADDRESS);
    await settled(['00:03.0']);
  });
});
