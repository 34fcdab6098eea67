import * as vscode from 'vscode';
import { formatBdf } from '../../backend/spec/bdf';
import type { AccessAction } from '../../protocol/accessLog';
import { functionsIn, pickFunction } from '../commands/targets';
import { Command } from '../ids';
import type { Session } from '../session';
import type { AccessAnswers } from './answers';
import { exportAccessLog } from './export';
import type { AccessRecorder } from './recorder';
import type { AccessLogView } from './view';

export interface AccessLogParts {
  readonly session: Session;
  readonly recorder: AccessRecorder;
  readonly answers: AccessAnswers;
  readonly view: AccessLogView;
}

/** Commands that act on a row: on the one whose menu was opened, else on the one that the view has chosen. */
const ROW_COMMANDS: Readonly<Record<string, AccessAction>> = {
  [Command.nextAccess]: 'next',
  [Command.previousAccess]: 'previous',
  [Command.copyAccess]: 'copy',
  [Command.copyAccessJson]: 'copyJson',
  [Command.openAccess]: 'open',
  [Command.whatIfAccess]: 'whatIf',
  [Command.filterAccessRegister]: 'filterRegister',
  [Command.filterAccessDevice]: 'filterDevice',
};

/** VS Code gives a webview's menu items the row's `data-vscode-context`. */
const seqIn = (argument: unknown): number | undefined =>
  typeof argument === 'object' && argument !== null && 'seq' in argument && Number.isInteger(argument.seq)
    ? (argument.seq as number)
    : undefined;

export const registerAccessLogCommands = ({
  session,
  recorder,
  answers,
  view,
}: AccessLogParts): vscode.Disposable =>
  vscode.Disposable.from(
    ...Object.entries(ROW_COMMANDS).map(([command, action]) =>
      vscode.commands.registerCommand(command, (argument: unknown) => view.act(action, seqIn(argument))),
    ),
    vscode.commands.registerCommand(Command.clearAccessLog, () => recorder.clear()),
    vscode.commands.registerCommand(Command.exportAccessLog, (argument: unknown) =>
      exportAccessLog(answers, argument instanceof vscode.Uri ? argument : undefined),
    ),
    vscode.commands.registerCommand(Command.showAccesses, async (...args: unknown[]) => {
      const [named] = functionsIn(args);
      const bdf =
        named ??
        (await pickFunction(
          session,
          vscode.l10n.t('Function whose accesses to show'),
          vscode.l10n.t('No function is assigned to a guest.'),
          ({ assignedTo }) => assignedTo !== undefined,
        ));
      if (bdf) await view.showDevice(formatBdf(bdf));
    }),
  );
