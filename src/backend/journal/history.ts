import { JOURNAL_LIMIT, type JournalEntry } from './entry';

/**
 * The journal with its undone tail: what was done, in order, and what undo took back and redo can do again. A new
 * action ends what could be redone.
 */
export class History {
  private done: JournalEntry[] = [];
  private undone: JournalEntry[] = [];
  private full = false;

  /** Oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.done;
  }
  /** False when actions went past JOURNAL_LIMIT: the entries alone no longer lead to the machine as it is. */
  get complete(): boolean {
    return !this.full;
  }

  add(entry: JournalEntry): void {
    this.undone = [];
    if (this.done.length < JOURNAL_LIMIT) this.done.push(entry);
    else this.full = true;
  }

  /** The entry that `takeBack` would take; undefined when there is none or the journal is not complete. */
  get last(): JournalEntry | undefined {
    return this.complete ? this.done.at(-1) : undefined;
  }
  /** The entry that `takeAgain` would take. */
  get next(): JournalEntry | undefined {
    return this.undone.at(-1);
  }

  /** Moves the last entry to those that can be redone. */
  takeBack(): JournalEntry | undefined {
    const entry = this.last;
    if (entry === undefined) return undefined;
    this.done.pop();
    this.undone.push(entry);
    return entry;
  }
  /** Moves the entry that was undone last back to the end. */
  takeAgain(): JournalEntry | undefined {
    const entry = this.undone.pop();
    if (entry !== undefined) this.done.push(entry);
    return entry;
  }
}
