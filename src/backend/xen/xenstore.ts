import { ENOENT, EINVAL, ERANGE } from '../host/codes';
import { scan } from '../host/scan';

/**
 * A xenstore: keys by absolute path, watches on subtrees. Watch events queue and are delivered by drain(), never
 * inside the write that caused them. What a guest may see and write is in domainStore.ts, transactions in
 * transaction.ts.
 */

export type WatchCallback = (path: string) => void;

interface Watch {
  readonly path: string;
  readonly callback: WatchCallback;
}

/** A scanned value: ok, or a negative errno as the kernel's xenbus helpers give. */
export type Scanned<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly err: number };

/** What %d and %u take: no plus sign, and a minus sign only when signed. */
const SIGNED = /^\s*(-?\d+)/;
const UNSIGNED = /^\s*(\d+)/;

export class Xenstore {
  private readonly keys = new Map<string, string>();
  /** Number of the last change of each key, also of removed ones: what a transaction checks. */
  private readonly changes = new Map<string, number>();
  private counter = 0;
  private readonly watches = new Set<Watch>();
  private readonly queue: { watch: Watch; path: string }[] = [];
  private draining = false;

  read(path: string): string | undefined {
    return this.keys.get(path);
  }

  write(path: string, value: string): void {
    this.keys.set(path, value);
    this.touched(path);
    this.fire(path);
  }

  private touched(path: string): void {
    this.changes.set(path, ++this.counter);
  }

  /** Number of the last change of a key; 0 when it never changed. */
  changeOf(path: string): number {
    return this.changes.get(path) ?? 0;
  }

  /** Removes the key and everything below it; who watches something below is told too. */
  remove(path: string): void {
    for (const key of [...this.keys.keys()]) {
      if (key !== path && !key.startsWith(`${path}/`)) continue;
      this.keys.delete(key);
      this.touched(key);
      for (const w of this.watches)
        if (w.path === key && key !== path) this.queue.push({ watch: w, path: key });
    }
    this.fire(path);
  }

  /** Every key at or below `path`, sorted. */
  list(path: string): readonly (readonly [string, string])[] {
    return [...this.keys].filter(([k]) => k === path || k.startsWith(`${path}/`)).sort();
  }

  /** Calls back for every change at or below `path`. Returns what ends the watch. */
  watch(path: string, callback: WatchCallback): () => void {
    const watch = { path, callback };
    this.watches.add(watch);
    return () => {
      this.watches.delete(watch);
    };
  }

  private fire(path: string): void {
    for (const w of this.watches)
      if (path === w.path || path.startsWith(`${w.path}/`)) this.queue.push({ watch: w, path });
  }

  /** Delivers queued watch events until none is left. Not re-entrant: a nested call leaves it to the outer one. */
  drain(): void {
    if (this.draining) return;
    this.draining = true;
    try {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift())
        if (this.watches.has(next.watch)) next.watch.callback(next.path);
    } finally {
      this.draining = false;
    }
  }

  /** xenbus_scanf "%d": missing -ENOENT, no number -ERANGE. */
  scanDecimal(path: string): Scanned<number> {
    return Xenstore.number(this.keys.get(path), SIGNED);
  }
  /** xenbus_scanf "%u": the same without a sign. */
  scanUnsigned(path: string): Scanned<number> {
    return Xenstore.number(this.keys.get(path), UNSIGNED);
  }
  /** "%d" of a value that was read. */
  static decimal(text: string | undefined): Scanned<number> {
    return Xenstore.number(text, SIGNED);
  }

  private static number(text: string | undefined, form: RegExp): Scanned<number> {
    if (text === undefined) return { ok: false, err: -ENOENT };
    const m = form.exec(text);
    return m ? { ok: true, value: Number(m[1]) } : { ok: false, err: -ERANGE };
  }

  /**
   * xenbus_scanf of hexadecimal numbers with literal separators, e.g. separators "::." for "%x:%x:%x.%x".
   * Missing -ENOENT, no number at all -ERANGE, too few -EINVAL.
   */
  scanHex(path: string, separators: string): Scanned<number[]> {
    const text = this.keys.get(path);
    if (text === undefined) return { ok: false, err: -ENOENT };
    const { count, values } = scan(text, ['', ...separators].map((c) => `${c}%x`).join(''));
    if (count === 0) return { ok: false, err: -ERANGE };
    return count === separators.length + 1 ? { ok: true, value: [...values] } : { ok: false, err: -EINVAL };
  }
}
