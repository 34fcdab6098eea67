import type * as vscode from 'vscode';
import type { Bdf } from '../../backend/spec/bdf';
import type { FunctionState } from '../../backend/view';
import type { Session } from '../session';
import type { Actions } from './actions';
import { tell, type Outcome } from './outcome';
import { functionsIn, pickFunction, presentIn, selectionIn } from './targets';

/** What the commands on functions need of the rest of the extension. */
export interface FunctionCommandContext {
  readonly session: Session;
  readonly actions: Actions;
  readonly log: vscode.LogOutputChannel;
  /** Rows selected in a view. */
  readonly selectionOf: (view: string) => readonly unknown[];
  readonly openInspector: (bdf: Bdf) => void;
}

/** Names functions for a command: its arguments, else the selection where a key asked for it, else a choice. */
export const functionsFor = async (
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

/** A command that does one action on each of its functions. */
export const each =
  (
    placeHolder: string,
    none: string,
    fits: (state: FunctionState) => boolean,
    action: (actions: Actions, bdf: Bdf) => Outcome,
  ) =>
  async (context: FunctionCommandContext, args: readonly unknown[]): Promise<void> => {
    const functions = await functionsFor(context, args, placeHolder, none, fits);
    tell(
      functions.map((bdf) => action(context.actions, bdf)),
      context.log,
    );
  };
