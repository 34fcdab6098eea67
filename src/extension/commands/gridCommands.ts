import * as vscode from 'vscode';
import type { PageAction } from '../../protocol/messages';
import { Command } from '../ids';
import type { Inspectors } from '../inspector/panel';

/** What each command makes the inspector's page do. */
const ACTIONS: readonly (readonly [string, () => PageAction | Thenable<PageAction>])[] = [
  [Command.copyBytes, () => ({ action: 'copy' })],
  [Command.copyAsHex, () => ({ action: 'copy', format: 'hex' })],
  [Command.copyAsLspci, () => ({ action: 'copy', format: 'lspci' })],
  [Command.copyAsC, () => ({ action: 'copy', format: 'c' })],
  [Command.copyAsSetpci, () => ({ action: 'copy', format: 'setpci' })],
  [Command.copyAsJson, () => ({ action: 'copy', format: 'json' })],
  [Command.pasteBytes, async () => ({ action: 'paste', text: await vscode.env.clipboard.readText() })],
  [Command.goTo, () => ({ action: 'goTo' })],
  [Command.find, () => ({ action: 'find' })],
  [Command.clearMarks, () => ({ action: 'clearMarks' })],
];

/** The address that the page put into its `data-vscode-context`; the palette gives none. */
const addressIn = (context: unknown): string | undefined => {
  if (typeof context !== 'object' || context === null || !('address' in context)) return undefined;
  return typeof context.address === 'string' ? context.address : undefined;
};

/** Commands of the grid, from its context menu or, for the active inspector, from the palette. */
export const registerGridCommands = (inspectors: Inspectors): vscode.Disposable =>
  vscode.Disposable.from(
    ...ACTIONS.map(([command, action]) =>
      vscode.commands.registerCommand(command, async (context: unknown) =>
        inspectors.act(addressIn(context), await action()),
      ),
    ),
  );
