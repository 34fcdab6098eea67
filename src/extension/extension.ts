import * as vscode from 'vscode';
import { AccessAnswers } from './accessLog/answers';
import { registerAccessLogCommands } from './accessLog/commands';
import { AccessRecorder } from './accessLog/recorder';
import { LostWritesStatus } from './accessLog/status';
import { AccessLogView } from './accessLog/view';
import { Actions } from './commands/actions';
import { DriverActions } from './commands/driverActions';
import { registerDriverCommands } from './commands/driverCommands';
import { registerFunctionCommands } from './commands/functionCommands';
import { registerGridCommands } from './commands/gridCommands';
import { registerGuestCommands } from './commands/guestCommands';
import { MachineOpener, registerMachineCommands } from './commands/machineCommands';
import { ContextKeys } from './contextKeys';
import { MachineDocuments } from './documents/documents';
import { DumpProblems } from './dump/dumpProblems';
import { Setting, View } from './ids';
import { Inspectors } from './inspector/panel';
import { readNames } from './names';
import { MachineSession, type Session } from './session';
import { SessionStore } from './sessionStore';
import { startMachine } from './start';
import { TopologyPanel } from './topology/panel';
import { FunctionDecorations, LostWriteDecorations } from './views/decorations';
import { MachineStatus } from './views/statusBar';
import { Views } from './views/views';
import { registerWhatIfCommands } from './whatIf/commands';
import { WhatIfPanel } from './whatIf/panel';

/** What other extensions and the tests get from `activate`. */
export interface Api {
  readonly session: Session;
  readonly accesses: AccessRecorder;
}

const LOG_NAME = 'PCI Config';

let store: SessionStore | undefined;

export const activate = async (context: vscode.ExtensionContext): Promise<Api> => {
  const { extensionUri, subscriptions } = context;
  const log = vscode.window.createOutputChannel(LOG_NAME, { log: true });
  const dumpProblems = new DumpProblems();
  const sessionStore = (store = new SessionStore(context.workspaceState, log));
  subscriptions.push(log, dumpProblems, sessionStore);

  const [names, started] = await Promise.all([
    readNames(extensionUri, log),
    startMachine(extensionUri, sessionStore, dumpProblems, log),
  ]);
  const session = new MachineSession(started.machine, started.origin, names);
  sessionStore.follow(session);
  const actions = new Actions(session, log);
  const driverActions = new DriverActions(session, log);
  const opener = new MachineOpener(extensionUri, session, dumpProblems, log);
  const views = new Views(session, actions, opener, log);
  const decorations = new FunctionDecorations(session);
  const inspectors = new Inspectors(context, session, log);
  const accesses = new AccessRecorder(session);
  const answers = new AccessAnswers(session, accesses, (bdf, offset, size, focus) =>
    inspectors.showBytes(bdf, offset, size, focus),
  );
  const accessLogView = new AccessLogView(extensionUri, accesses, answers, log, session);
  const lostWriteDecorations = new LostWriteDecorations(accesses);
  const whatIf = { session, log, accessLog: () => accesses.log };
  const whatIfPanel = new WhatIfPanel(context, whatIf);
  subscriptions.push(
    session,
    views,
    decorations,
    inspectors,
    accesses,
    accessLogView,
    lostWriteDecorations,
    new LostWritesStatus(accesses),
    vscode.window.registerWebviewViewProvider(View.accessLog, accessLogView),
    vscode.window.registerFileDecorationProvider(lostWriteDecorations),
    registerAccessLogCommands({ session, recorder: accesses, answers, view: accessLogView }),
    whatIfPanel,
    registerWhatIfCommands(whatIf, whatIfPanel),
    new MachineStatus(session),
    new TopologyPanel(extensionUri, session, (bdf) => inspectors.open(bdf), log),
    new ContextKeys(session),
    new MachineDocuments(session),
    vscode.window.registerFileDecorationProvider(decorations),
    registerMachineCommands(opener, log),
    registerGridCommands(inspectors),
    registerDriverCommands({ session, driverActions, log }),
    registerGuestCommands({ session, driverActions, log, actions, dumpProblems }),
    registerFunctionCommands({
      session,
      actions,
      log,
      selectionOf: (view) => views.selectionOf(view),
      openInspector: (bdf) => inspectors.open(bdf),
    }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration(Setting.pciIds)) session.rename(await readNames(extensionUri, log));
    }),
  );
  return { session, accesses };
};

/** Writes what the last moments changed, so that a reload finds it. */
export const deactivate = async (): Promise<void> => {
  await store?.save();
};
