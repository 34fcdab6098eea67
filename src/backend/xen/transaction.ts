import type { Xenstore } from './xenstore';

/**
 * A xenstore transaction: reads see the store and the transaction's own writes; the writes become visible together
 * when it ends, and only if no key that it read or wrote has changed meanwhile.
 */
export class Transaction {
  private readonly seen = new Map<string, number>();
  private readonly writes = new Map<string, string>();

  constructor(private readonly store: Xenstore) {}

  private note(path: string): void {
    if (!this.seen.has(path)) this.seen.set(path, this.store.changeOf(path));
  }

  read(path: string): string | undefined {
    this.note(path);
    return this.writes.get(path) ?? this.store.read(path);
  }

  write(path: string, value: string): void {
    this.note(path);
    this.writes.set(path, value);
  }

  /** Ends it: false (EAGAIN) when something changed meanwhile, with nothing written. */
  commit(): boolean {
    for (const [path, change] of this.seen) if (this.store.changeOf(path) !== change) return false;
    for (const [path, value] of this.writes) this.store.write(path, value);
    return true;
  }
}

/** Runs a transaction until it goes through, as every user of EAGAIN does. */
export const inTransaction = (store: Xenstore, body: (transaction: Transaction) => void): void => {
  for (;;) {
    const transaction = new Transaction(store);
    body(transaction);
    if (transaction.commit()) return;
  }
};
