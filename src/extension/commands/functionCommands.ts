import * as vscode from 'vscode';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import type { FunctionState } from '../../backend/view';
import { PCIBACK } from '../functionText';
import { Command } from '../ids';
import type { Session } from '../session';
import { tell, type Actions, type Outcome } from './actions';
import { functionsIn, guestIn, pickFunction, pickGuest, presentIn, selectionIn } from './targets';

/** What the commands need of the rest of the extension. */
export interface FunctionCommandContext {
  readonly session: Session;
  readonly actions: Actions;
  readonly log: vscode.LogOutputChannel;
  /** Rows selected in a view. */
  readonly selectionOf: (view: string) => readonly unknown[];
  readonly openInspector: (bdf: Bdf) => void;
}

/** Names functions for a command: its arguments, else the selection where a key asked for it, else a choice. */
const resolve = async (
  { session, selectionOf }: FunctionCommandContext,
  args: readonly unknown[],
  placeHolder: string,
  none: string,
  fits: (state: FunctionState) => boolean,
): Promise<readonly Bdf[]> => {
  const view = selectionIn(args);
  if (view !== undefined) return presentIn(session, functionsIn([undefined, selectionOf(view)]));
  const named = functionsIn(args);
  if (named.length > 0) return presentIn(session, named);
  const picked = await pickFunction(session, placeHolder, none, fits);
  return picked ? [picked] : [];
};

const assign = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const { session, actions, log } = context;
  const functions = await resolve(
    context,
    args,
    vscode.l10n.t('Function to assign'),
    vscode.l10n.t('Every function is assigned already.'),
    (state) => !state.assignedTo,
  );
  if (functions.length === 0) return;
  const domid = guestIn(args) ?? (await pickGuest(session));
  if (domid === undefined) return;
  tell(
    functions.map((bdf) => actions.assign(domid, bdf)),
    log,
  );
};

/** A command that does one action on each of its functions. */
const each =
  (
    placeHolder: string,
    none: string,
    fits: (state: FunctionState) => boolean,
    action: (actions: Actions, bdf: Bdf) => Outcome,
  ) =>
  async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
    const functions = await resolve(context, args, placeHolder, none, fits);
    tell(
      functions.map((bdf) => action(context.actions, bdf)),
      context.log,
    );
  };

const copyAddress = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const functions = await resolve(
    context,
    args,
    vscode.l10n.t('Function whose address to copy'),
    vscode.l10n.t('The machine has no function.'),
    () => true,
  );
  if (functions.length > 0) await vscode.env.clipboard.writeText(functions.map(formatBdf).join('\n'));
};

const openInspector = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const functions = await resolve(
    context,
    args,
    vscode.l10n.t('Function to inspect'),
    vscode.l10n.t('The machine has no function.'),
    () => true,
  );
  for (const bdf of functions) context.openInspector(bdf);
};

/** Registers the commands on functions. Each takes an address or rows, or asks. */
export const registerFunctionCommands = (context: FunctionCommandContext): vscode.Disposable => {
  const register = (
    command: string,
    run: (context: FunctionCommandContext, args: readonly unknown[]) => Promise<void>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(command, (...args: unknown[]) => run(context, args));
  return vscode.Disposable.from(
    register(Command.openInspector, openInspector),
    register(Command.assign, assign),
    register(
      Command.detach,
      each(
        vscode.l10n.t('Function to detach'),
        vscode.l10n.t('No function is assigned.'),
        (state) => state.assignedTo !== undefined,
        (actions, bdf) => actions.detach(bdf),
      ),
    ),
    register(
      Command.seize,
      each(
        vscode.l10n.t('Function to bind to pciback'),
        vscode.l10n.t('Every function is bound to pciback already.'),
        (state) => state.driver !== PCIBACK,
        (actions, bdf) => actions.seize(bdf),
      ),
    ),
    register(
      Command.release,
      each(
        vscode.l10n.t('Function to release from pciback'),
        vscode.l10n.t('No function is bound to pciback.'),
        (state) => state.driver === PCIBACK,
        (actions, bdf) => actions.release(bdf),
      ),
    ),
    register(
      Command.setPermissive,
      each(
        vscode.l10n.t('Function to set to permissive'),
        vscode.l10n.t('No function is bound to pciback, or all are permissive.'),
        (state) => state.driver === PCIBACK && !state.permissive,
        (actions, bdf) => actions.permissive(bdf),
      ),
    ),
    register(Command.copyAddress, copyAddress),
  );
};
