import * as vscode from 'vscode';
import type { DumpProblems } from '../dump/dumpProblems';
import { Command } from '../ids';
import type { Actions } from './actions';
import { askInTurn, askText } from './ask';
import type { DriverCommandContext } from './driverCommands';
import { importXl } from './importXl';
import { tell } from './outcome';
import { guestIn, pickGuest } from './targets';

export interface GuestCommandContext extends DriverCommandContext {
  readonly actions: Actions;
  readonly dumpProblems: DumpProblems;
}

/** Names that xl takes without quoting trouble. */
const GUEST_NAME = /^[\w.+-]+$/;

const createGuest = async (
  { session, driverActions, log }: GuestCommandContext,
  [given]: readonly unknown[],
): Promise<void> => {
  const names = session.machine.guests().map((guest) => guest.name);
  let free = names.length + 1;
  while (names.includes(`guest${free}`)) free++;
  let name = typeof given === 'string' ? given : undefined;
  if (name === undefined)
    await askInTurn([
      (place) =>
        askText(
          {
            ...place,
            title: vscode.l10n.t('Create Guest'),
            prompt: vscode.l10n.t(
              'Name of the PV guest. Its slots are {0}, as the driver is loaded.',
              session.machine.driver().topology,
            ),
            value: `guest${free}`,
            check: (text) => {
              if (names.includes(text)) return { fault: vscode.l10n.t('A guest named {0} exists.', text) };
              return GUEST_NAME.test(text)
                ? {}
                : { fault: vscode.l10n.t('Letters, digits and . _ + - only') };
            },
          },
          (text) => (name = text),
        ),
    ]);
  if (name !== undefined) tell([driverActions.createGuest(name)], log);
};

const destroyGuest = async (
  { session, driverActions, log }: GuestCommandContext,
  args: readonly unknown[],
): Promise<void> => {
  const domid =
    guestIn(args) ??
    (typeof args[0] === 'number'
      ? args[0]
      : await pickGuest(session, vscode.l10n.t('Guest to destroy'), true));
  if (domid === undefined) return;
  if (session.machine.guests().some((guest) => guest.domid === domid))
    tell([driverActions.destroyGuest(domid)], log);
  else tell([{ ok: false, text: vscode.l10n.t('There is no guest with domid {0}.', domid) }], log);
};

/** Registers the commands on guests. Those that ask take the answer as argument too. */
export const registerGuestCommands = (context: GuestCommandContext): vscode.Disposable => {
  const register = (
    command: string,
    run: (context: GuestCommandContext, args: readonly unknown[]) => Promise<void>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(command, (...args: unknown[]) => run(context, args));
  return vscode.Disposable.from(
    register(Command.createGuest, createGuest),
    register(Command.destroyGuest, destroyGuest),
    register(Command.importXl, importXl),
  );
};
