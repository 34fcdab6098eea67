import * as vscode from 'vscode';
import type { DriverState } from '../../backend/view';
import { attributesOf, DRIVER_DIRECTORY } from '../documents/documentText';
import { Command } from '../ids';
import type { Session } from '../session';
import { askChoice, askInTurn, askText, type Choice } from './ask';
import type { DriverActions } from './driverActions';
import { tell } from './outcome';

/** What the commands on driver and guests need of the rest of the extension. */
export interface DriverCommandContext {
  readonly session: Session;
  readonly driverActions: DriverActions;
  readonly log: vscode.LogOutputChannel;
}

type Topology = DriverState['topology'];

const isTopology = (value: unknown): value is Topology => value === 'vpci' || value === 'passthrough';

const load = ({ driverActions, log }: DriverCommandContext, change: Partial<DriverState>): void =>
  tell([driverActions.loadDriver(change)], log);

const selectProfile = async (context: DriverCommandContext, [given]: readonly unknown[]): Promise<void> => {
  const { machine } = context.session;
  const current = machine.driver().profile;
  let profile = typeof given === 'string' ? given : undefined;
  if (profile === undefined)
    await askInTurn([
      (place) =>
        askChoice(
          {
            ...place,
            title: vscode.l10n.t('Select Kernel Profile'),
            placeholder: vscode.l10n.t('Linux whose xen-pciback is loaded; seized functions stay hidden'),
            choices: [...machine.profiles()].reverse().map((name) => ({
              label: `Linux ${name}`,
              ...(name === current ? { description: vscode.l10n.t('loaded') } : {}),
              value: name,
            })),
            active: (name: string) => name === current,
          },
          (name) => (profile = name),
        ),
    ]);
  if (profile !== undefined) load(context, { profile });
};

const topologyChoices = (current: Topology): readonly Choice<Topology>[] => {
  const loaded = (topology: Topology): { description?: string } =>
    topology === current ? { description: vscode.l10n.t('loaded') } : {};
  return [
    {
      label: 'vpci',
      ...loaded('vpci'),
      detail: vscode.l10n.t('The guest sees one bus 0000:00; functions get free slots there.'),
      value: 'vpci',
    },
    {
      label: 'passthrough',
      ...loaded('passthrough'),
      detail: vscode.l10n.t('The guest sees functions at their host addresses.'),
      value: 'passthrough',
    },
  ];
};

const selectTopology = async (context: DriverCommandContext, [given]: readonly unknown[]): Promise<void> => {
  const current = context.session.machine.driver().topology;
  let topology = isTopology(given) ? given : undefined;
  if (topology === undefined)
    await askInTurn([
      (place) =>
        askChoice(
          {
            ...place,
            title: vscode.l10n.t('Select Topology'),
            placeholder: vscode.l10n.t('For all guests: a parameter of the module, set when it is loaded'),
            choices: topologyChoices(current),
            active: (value: Topology) => value === current,
          },
          (value) => (topology = value),
        ),
    ]);
  if (topology !== undefined) load(context, { topology });
};

const firstLine = (text: string | undefined): string => {
  if (text === undefined) return vscode.l10n.t('write only');
  const [line = '', ...more] = text.trimEnd().split('\n');
  return more.length > 0 ? `${line} …` : line;
};

const writeAttribute = async (
  { session, driverActions, log }: DriverCommandContext,
  [givenName, givenText]: readonly unknown[],
): Promise<void> => {
  let name = typeof givenName === 'string' ? givenName : undefined;
  let text = typeof givenText === 'string' ? givenText : undefined;
  if (name === undefined || text === undefined) {
    const title = vscode.l10n.t('Write Driver Attribute');
    const answered = await askInTurn([
      (place) =>
        askChoice(
          {
            ...place,
            title,
            placeholder: DRIVER_DIRECTORY,
            choices: attributesOf(session.machine).map((attribute) => ({
              label: attribute.name,
              description: firstLine(attribute.text),
              value: attribute.name,
            })),
          },
          (value) => (name = value),
        ),
      (place) =>
        askText(
          {
            ...place,
            title: `${title}: ${name ?? ''}`,
            prompt: vscode.l10n.t('Written as it stands, without a line end'),
            value: text ?? '',
            check: () => ({}),
          },
          (value) => (text = value),
        ),
    ]);
    if (!answered) return;
  }
  if (name !== undefined && text !== undefined) tell([driverActions.writeAttribute(name, text)], log);
};

/** Registers the commands on the driver as a whole. Those that ask take the answer as argument too. */
export const registerDriverCommands = (context: DriverCommandContext): vscode.Disposable => {
  const register = (
    command: string,
    run: (context: DriverCommandContext, args: readonly unknown[]) => Promise<void> | void,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(command, (...args: unknown[]) => run(context, args));
  return vscode.Disposable.from(
    register(Command.selectProfile, selectProfile),
    register(Command.selectTopology, selectTopology),
    register(Command.toggleModulePermissive, () =>
      tell([context.driverActions.toggleModulePermissive()], context.log),
    ),
    register(Command.writeAttribute, writeAttribute),
  );
};
