import * as vscode from 'vscode';
import { compareBdf, formatBdf, parseBdf, sameBdf, type Bdf } from '../../backend/spec/bdf';
import type { FunctionState } from '../../backend/view';
import { deviceCount } from '../counts';
import { addressText, functionTitle, ownerText } from '../functionText';
import type { Session } from '../session';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isBdf = (value: unknown): value is Bdf =>
  isRecord(value) && ['domain', 'bus', 'device', 'function'].every((part) => typeof value[part] === 'number');

/** The function that a command's argument names: an address as text or as numbers, a row of a view, or a place in a page. */
const bdfOf = (argument: unknown): Bdf | undefined => {
  if (typeof argument === 'string') return parseBdf(argument);
  if (isBdf(argument)) return argument;
  if (!isRecord(argument)) return undefined;
  if (typeof argument['address'] === 'string') return parseBdf(argument['address']);
  return isBdf(argument['bdf']) ? argument['bdf'] : undefined;
};

/** Functions that the arguments name, without repetition. VS Code gives the row clicked and then all selected rows. */
export const functionsIn = (args: readonly unknown[]): readonly Bdf[] => {
  const [clicked, selected] = args;
  const named = (Array.isArray(selected) && selected.length > 0 ? selected : [clicked]).flatMap(
    (argument) => {
      const bdf = bdfOf(argument);
      return bdf ? [bdf] : [];
    },
  );
  return named.filter((bdf, i) => named.findIndex((other) => sameBdf(bdf, other)) === i).sort(compareBdf);
};

/** The guest that a row of the Guests view names. */
export const guestIn = ([clicked]: readonly unknown[]): number | undefined =>
  isRecord(clicked) && typeof clicked['domid'] === 'number' ? clicked['domid'] : undefined;

/** The view whose selection a keybinding's argument names; undefined when it names none. */
export const selectionIn = ([argument]: readonly unknown[]): string | undefined =>
  isRecord(argument) && typeof argument['selectionOf'] === 'string' ? argument['selectionOf'] : undefined;

interface FunctionPick extends vscode.QuickPickItem {
  readonly bdf: Bdf;
}

/** Asks for one of the functions that fit; undefined when the user leaves. Says so when none fits. */
export const pickFunction = async (
  session: Session,
  placeHolder: string,
  none: string,
  fits: (state: FunctionState) => boolean,
): Promise<Bdf | undefined> => {
  const picks = session.machine
    .functions()
    .filter(fits)
    .map((state): FunctionPick => ({
      bdf: state.bdf,
      label: addressText(session, state.bdf),
      description: functionTitle(session, state),
      detail: ownerText(state),
    }));
  if (picks.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const pick = await vscode.window.showQuickPick(picks, { placeHolder, matchOnDescription: true });
  return pick?.bdf;
};

/**
 * The only guest, or the one that the user chooses among several; undefined when the user leaves or there is none.
 * `always` asks for the only one too, where taking it unasked would be a surprise.
 */
export const pickGuest = async (
  session: Session,
  placeHolder: string,
  always = false,
): Promise<number | undefined> => {
  const guests = session.machine.guests();
  const [first] = guests;
  if (!first) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The machine has no guest.'));
    return undefined;
  }
  if (guests.length === 1 && !always) return first.domid;
  const pick = await vscode.window.showQuickPick(
    guests.map(({ domid, name, devices }) => ({
      domid,
      label: name,
      description: `domid ${domid}, ${deviceCount(devices.length)}`,
    })),
    { placeHolder },
  );
  return pick?.domid;
};

/** Functions of the machine among those named; the others are said to be missing. */
export const presentIn = (session: Session, named: readonly Bdf[]): readonly Bdf[] => {
  const missing = named.filter((bdf) => !session.machine.function(bdf));
  if (missing.length > 0)
    void vscode.window.showErrorMessage(
      vscode.l10n.t('{0} is not in {1}.', missing.map(formatBdf).join(', '), session.machine.name),
    );
  return named.filter((bdf) => session.machine.function(bdf));
};
