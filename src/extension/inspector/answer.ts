import * as vscode from 'vscode';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import { remediesFor, shellLine, type Remedy } from '../../backend/trial/remedies';
import type { TriedWrite } from '../../backend/trial/trial';
import type { ActionResult } from '../../backend/view';
import type { PageCommand, Reply, Request } from '../../protocol/messages';
import type { Remedy as ToldRemedy } from '../../protocol/verdict';
import { logObserved } from '../driverLog';
import { Command } from '../ids';
import type { Session } from '../session';
import { guestOutcome } from './describe';
import { access } from './requests';

/** What the page asks for, answered on the function of its panel. */

/** An answer, or why there is none, for the person. */
export type Answered =
  { readonly ok: true; readonly reply: Reply } | { readonly ok: false; readonly message: string };

/** The commands that a page can run, on its own function. */
const COMMANDS: Readonly<Record<PageCommand, string>> = {
  assign: Command.assign,
  detach: Command.detach,
  permissive: Command.setPermissive,
  showLog: Command.showLog,
};

interface Asked {
  readonly session: Session;
  readonly bdf: Bdf;
  readonly log: vscode.LogOutputChannel;
}
type Of<K extends Request['kind']> = Extract<Request, { kind: K }>;

const refused = (message: string): Answered => ({ ok: false, message });
const told = (text: string): Answered => ({ ok: true, reply: { kind: 'told', text } });
const DONE: Answered = { ok: true, reply: { kind: 'done' } };

const notAssigned = (): Answered =>
  refused(vscode.l10n.t('The function is not assigned to a guest any more.'));
const journalFull = (): Answered =>
  refused(
    vscode.l10n.t(
      'This machine has had too many actions to be built again, so nothing can be tried on a copy of it.',
    ),
  );

/** The page's write as its guest makes it; undefined when no guest has the function. */
const guestWrite = (
  { session, bdf }: Asked,
  { offset, size, value }: Pick<Of<'dryRun'>, 'offset' | 'size' | 'value'>,
): TriedWrite | undefined => {
  const owner = session.machine.function(bdf)?.assignedTo;
  return owner && { domid: owner.domid, guest: owner.guest, offset, size, value };
};

const dryRun = (asked: Asked, request: Of<'dryRun'>): Answered => {
  const write = guestWrite(asked, request);
  if (!write) return notAssigned();
  const fork = asked.session.machine.fork();
  if (!fork) return journalFull();
  const { domid, guest, offset, size, value } = write;
  const outcome = guestOutcome(fork.machine.confWrite(domid, guest, offset, size, value));
  return { ok: true, reply: { kind: 'outcome', outcome: { ...outcome, dryRun: true } } };
};

const ATTRIBUTES: Readonly<Partial<Record<Remedy['kind'], NonNullable<ToldRemedy['sysfs']>['attribute']>>> = {
  quirk: 'quirks',
  permissive: 'permissive',
  interruptControl: 'allow_interrupt_control',
};

const toldRemedy = ({
  kind,
  text,
  sysfs,
  older,
  outcome,
  done,
  circumstances: { profile },
}: Remedy): ToldRemedy => {
  const attribute = ATTRIBUTES[kind];
  return {
    kind,
    text,
    outcome,
    done,
    ...(profile === undefined ? {} : { profile }),
    ...(older === undefined ? {} : { older }),
    ...(sysfs === undefined || attribute === undefined
      ? {}
      : {
          sysfs: {
            attribute,
            lines: [...sysfs.lines],
            shell: sysfs.lines.map((line) => shellLine(attribute, line)),
          },
        }),
  };
};

/** Lets the host breathe: a long journal makes each trial take a while. */
const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const remedies = async (asked: Asked, request: Of<'remedies'>): Promise<Answered> => {
  const write = guestWrite(asked, request);
  if (!write) return notAssigned();
  const { machine } = asked.session;
  if (!machine.canFork) return journalFull();
  const { revision } = machine;
  const found: ToldRemedy[] = [];
  for (const remedy of remediesFor(machine, write)) {
    if (remedy) found.push(toldRemedy(remedy));
    await breath();
    if (asked.session.machine !== machine || machine.revision !== revision)
      return refused(vscode.l10n.t('The machine changed while remedies were tried.'));
  }
  return { ok: true, reply: { kind: 'remedies', remedies: found } };
};

const applyRemedy = ({ session, bdf, log }: Asked, { attribute, lines }: Of<'remedy'>): Answered => {
  const own = formatBdf(bdf);
  if (!lines.every((line) => line === own || line.startsWith(`${own}-`)))
    return refused(vscode.l10n.t('A remedy for another function is not written from here.'));
  for (const line of lines) {
    const result = session.machine.sysfs(attribute, line);
    logObserved(log, result.observed);
    if (!result.ok) return refused(result.message);
  }
  return told(vscode.l10n.t('{0} written to {1}.', lines.join(', '), attribute));
};

const history = ({ log }: Asked, result: ActionResult): Answered => {
  logObserved(log, result.observed);
  return result.ok ? told(result.told ?? '') : refused(result.message);
};

type Answers = {
  readonly [K in Request['kind']]: (asked: Asked, request: Of<K>) => Answered | Promise<Answered>;
};

const made = ({ session, bdf, log }: Asked, request: Parameters<typeof access>[2]): Answered => {
  const accessed = access(session.machine, bdf, request, log);
  return accessed.ok
    ? { ok: true, reply: { kind: 'outcome', outcome: accessed.outcome } }
    : refused(accessed.message);
};

const ANSWERS: Answers = {
  confRead: made,
  confWrite: made,
  hardwareRead: made,
  hardwareWrite: made,
  dryRun,
  remedies,
  remedy: applyRemedy,
  whatIf: async (asked, request) => {
    const write = guestWrite(asked, request);
    if (!write) return notAssigned();
    const { domid, guest, offset, size, value } = write;
    await vscode.commands.executeCommand(Command.whatIf, { domid, guest, writes: [{ offset, size, value }] });
    return DONE;
  },
  command: async ({ bdf }, { command }) => {
    await vscode.commands.executeCommand(COMMANDS[command], bdf);
    return DONE;
  },
  undo: (asked) => history(asked, asked.session.machine.undo()),
  redo: (asked) => history(asked, asked.session.machine.redo()),
  copy: async (_asked, { text }) => {
    await vscode.env.clipboard.writeText(text);
    return DONE;
  },
};

/** Answers one request. Throws only what a command or the clipboard throws. */
export const answer = <K extends Request['kind']>(
  asked: Asked,
  request: Of<K>,
): Answered | Promise<Answered> => {
  const kind: K = request.kind as K;
  return ANSWERS[kind](asked, request);
};
