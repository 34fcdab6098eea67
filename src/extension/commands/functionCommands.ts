import * as vscode from 'vscode';
import { formatBdf } from '../../backend/spec/bdf';
import { PCIBACK } from '../functionText';
import { Command } from '../ids';
import { each, functionsFor, type FunctionCommandContext } from './functionCommand';
import { injectAer, raiseLine } from './hardwareEvents';
import { tell } from './outcome';
import { addQuirk } from './quirk';
import { guestIn, pickGuest } from './targets';
import { createVirtualFunctions } from './virtualFunctions';

const assign = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const { session, actions, log } = context;
  const functions = await functionsFor(
    context,
    args,
    vscode.l10n.t('Function to assign'),
    vscode.l10n.t('Every function is assigned already.'),
    (state) => !state.assignedTo,
  );
  if (functions.length === 0) return;
  const domid = guestIn(args) ?? (await pickGuest(session, vscode.l10n.t('Guest to assign to')));
  if (domid === undefined) return;
  tell(
    functions.map((bdf) => actions.assign(domid, bdf)),
    log,
  );
};

const copyAddress = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const functions = await functionsFor(
    context,
    args,
    vscode.l10n.t('Function whose address to copy'),
    vscode.l10n.t('The machine has no function.'),
    () => true,
  );
  if (functions.length > 0) await vscode.env.clipboard.writeText(functions.map(formatBdf).join('\n'));
};

const openInspector = async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
  const functions = await functionsFor(
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
    register(
      Command.allowInterruptControl,
      each(
        vscode.l10n.t('Function whose guest may control interrupts'),
        vscode.l10n.t('No function is bound to pciback, or all have interrupt control.'),
        (state) => state.driver === PCIBACK && !state.allowInterruptControl,
        (actions, bdf) => actions.allowInterruptControl(bdf),
      ),
    ),
    register(
      Command.toggleIrqHandler,
      each(
        vscode.l10n.t('Function whose IRQ handler state to toggle'),
        vscode.l10n.t('No function is bound to pciback.'),
        (state) => state.driver === PCIBACK,
        (actions, bdf) => actions.toggleIrqHandler(bdf),
      ),
    ),
    register(
      Command.reset,
      each(
        vscode.l10n.t('Function to reset'),
        vscode.l10n.t('The machine has no function.'),
        () => true,
        (actions, bdf) => actions.reset(bdf),
      ),
    ),
    register(Command.createVirtualFunctions, createVirtualFunctions),
    register(Command.addQuirk, addQuirk),
    register(Command.raiseLine, raiseLine),
    register(Command.injectAer, injectAer),
    register(Command.copyAddress, copyAddress),
  );
};
