import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { MachineDescription } from '../backend/description';
import type { JournalEntry } from '../backend/journal/entry';
import type { Machine } from '../backend/machine';
import { formatBdf } from '../backend/spec/bdf';
import type { Origin, Session } from './session';

const KEY = 'confspace.session';
const VERSION = 1;

/** Longer journals are kept without their register writes: workspace state is read whole when a window opens. */
export const JOURNAL_LIMIT = 5000;

/** Writing the state at once after each of many actions would write it as many times. */
const SAVE_DELAY_MS = 250;

/** What a window needs to be as it was: where the machine came from, and what was done to it. */
interface SavedSession {
  readonly version: typeof VERSION;
  /** `sample` or the URI of a dump. */
  readonly origin: string;
  /** Of the description's bytes, to notice that the file is another now. */
  readonly digest: string;
  readonly journal: readonly JournalEntry[];
}

const SAMPLE = 'sample';

const digestOf = (description: MachineDescription): string => {
  const hash = createHash('sha256');
  for (const { bdf, config, known } of description.functions)
    hash.update(formatBdf(bdf)).update(config).update(known);
  return hash.digest('hex');
};

/** What happened to devices. The other actions decide who has which function, and how the driver treats it. */
const EVENTS: ReadonlySet<JournalEntry['action']> = new Set([
  'confWrite',
  'hardwareWrite',
  'reset',
  'raiseLine',
  'aer',
] as const);

const isOwnership = ({ action }: JournalEntry): boolean => !EVENTS.has(action);

const boundedJournal = (journal: readonly JournalEntry[]): readonly JournalEntry[] =>
  journal.length <= JOURNAL_LIMIT ? journal : journal.filter(isOwnership).slice(-JOURNAL_LIMIT);

/** Keeps the session in the workspace's state, so that a reloaded window shows the same machine. */
export class SessionStore implements vscode.Disposable {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly subscriptions: vscode.Disposable[] = [];
  private session: Session | undefined;
  private digest: { readonly machine: Machine; readonly text: string } | undefined;

  constructor(
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Where the machine of the last window came from; the sample when nothing was kept. */
  savedOrigin(): Origin {
    const saved = this.saved();
    return !saved || saved.origin === SAMPLE
      ? { kind: 'sample' }
      : { kind: 'dump', uri: vscode.Uri.parse(saved.origin) };
  }

  /** Does again on a newly built machine what was done to it in the last window. */
  restore(machine: Machine): void {
    const saved = this.saved();
    if (!saved || saved.journal.length === 0) return;
    const same = saved.digest === digestOf(machine.description);
    const entries = same ? saved.journal : saved.journal.filter(isOwnership);
    if (!same)
      this.log.info(
        vscode.l10n.t('{0} has changed: assignments are restored, register writes are not.', machine.name),
      );
    const refused = machine.replay(entries);
    this.log.info(vscode.l10n.t('Restored {0} actions, {1} refused', entries.length, refused));
  }

  /** From now on keeps what happens in the session. */
  follow(session: Session): void {
    this.session = session;
    const later = (): void => {
      this.timer ??= setTimeout(() => void this.save(), SAVE_DELAY_MS);
    };
    this.subscriptions.push(session.onDidChange(later), session.onDidReplaceMachine(later));
  }

  /** Writes what is not yet written. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.session) return;
    const { machine, origin } = this.session;
    if (this.digest?.machine !== machine) this.digest = { machine, text: digestOf(machine.description) };
    const saved: SavedSession = {
      version: VERSION,
      origin: origin.kind === 'sample' ? SAMPLE : origin.uri.toString(),
      digest: this.digest.text,
      journal: boundedJournal(machine.journal()),
    };
    await this.state.update(KEY, saved);
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private saved(): SavedSession | undefined {
    const saved = this.state.get<SavedSession>(KEY);
    return saved?.version === VERSION && typeof saved.origin === 'string' && Array.isArray(saved.journal)
      ? saved
      : undefined;
  }
}
