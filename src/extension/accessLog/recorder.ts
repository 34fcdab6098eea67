import * as vscode from 'vscode';
import type { Access } from '../../backend/journal/access';
import { addressKey, addressOf } from '../../backend/journal/accessColumns';
import { AccessLog } from '../../backend/journal/accessLog';
import type { Machine } from '../../backend/machine';
import { formatBdf, type Bdf } from '../../backend/spec/bdf';
import type { Session } from '../session';
import { RegisterNames } from './registers';

/** A frame: what happens within one is told at once. */
const FRAME_MS = 16;

/** The access log of the machine that is open. Another machine begins another log. */
export class AccessRecorder implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private unsubscribe: () => void = () => undefined;
  private current = new AccessLog();
  private names: RegisterNames;
  private readonly guestNames = new Map<number, string>();
  /** Guests whose names were looked up since undo could change them. */
  private readonly named = new Set<number>();
  private readonly functions = new Set<number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Something came, went or was marked. At most once in a frame, after the turn in which it happened. */
  readonly onDidChange = this.changed.event;

  constructor(session: Session) {
    this.names = new RegisterNames(session.machine);
    this.follow(session.machine);
    this.subscriptions = [this.changed, session.onDidReplaceMachine((machine) => this.follow(machine))];
  }

  get log(): AccessLog {
    return this.current;
  }
  get registers(): RegisterNames {
    return this.names;
  }

  /** The name that the guest had when it made its last access. */
  guestName(domid: number): string {
    return this.guestNames.get(domid) ?? `domain ${domid}`;
  }

  /** Functions that guests accessed. */
  get accessed(): readonly Bdf[] {
    return [...this.functions].sort((a, b) => a - b).map(addressOf);
  }

  /** Writes to the function that were refused or dropped whole since the log was begun or cleared. */
  lostWritesOf(bdf: Bdf): number {
    return this.current.lostWritesOf(addressKey(bdf));
  }

  /** The same for each function that has any, by address. */
  lostWritesByFunction(): Map<string, number> {
    const counts = this.accessed.map((bdf) => [formatBdf(bdf), this.lostWritesOf(bdf)] as const);
    return new Map(counts.filter(([, count]) => count > 0));
  }

  clear(): void {
    this.current.clear();
    this.functions.clear();
    this.schedule();
  }

  dispose(): void {
    this.unsubscribe();
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private follow(machine: Machine): void {
    this.unsubscribe();
    const log = (this.current = new AccessLog());
    this.names = new RegisterNames(machine);
    this.guestNames.clear();
    this.named.clear();
    this.functions.clear();
    this.unsubscribe = machine.onAccess({
      accessed: (access) => {
        this.name(machine, access);
        log.accessed(access);
        this.schedule();
      },
      undone: (entry) => {
        log.undone(entry);
        // Another guest may get the number of one that was never created.
        this.named.clear();
        this.schedule();
      },
      redone: (entry) => {
        log.redone(entry);
        this.schedule();
      },
    });
    this.schedule();
  }

  private name(machine: Machine, { domid, host }: Access): void {
    if (host !== undefined) this.functions.add(addressKey(host));
    if (this.named.has(domid)) return;
    this.named.add(domid);
    const guest = machine.guests().find((candidate) => candidate.domid === domid);
    if (guest) this.guestNames.set(domid, guest.name);
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire();
    }, FRAME_MS);
  }
}
