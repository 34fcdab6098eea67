import type { Bdf } from '../spec/bdf';
import type { Verdict } from '../verdict/verdict';
import type { LogLine } from '../view';
import type { JournalEntry } from './entry';

/** What a guest asks through the shared page, by its name in the interface. The aer_ ones are its answers. */
export const ACCESS_OPS = [
  'conf_read',
  'conf_write',
  'enable_msi',
  'disable_msi',
  'enable_msix',
  'disable_msix',
  'aer_detected',
  'aer_mmio',
  'aer_slotreset',
  'aer_resume',
] as const;
export type AccessOp = (typeof ACCESS_OPS)[number];

/**
 * pciback warns of a write to which no field answers once for each device that it holds. printed: it did so at this
 * access. hidden: it would have, had it not done so before.
 */
export type WarningMark = 'printed' | 'hidden';

/** One operation of a guest and what came of it. */
export interface Access {
  readonly domid: number;
  readonly op: AccessOp;
  /** Address as the guest gave it. */
  readonly guest: Bdf;
  /** The function behind it; undefined when the guest has none there. */
  readonly host: Bdf | undefined;
  /** conf_read and conf_write only, signed 32 bits as the page carries them; 0 for the others. */
  readonly offset: number;
  readonly size: number;
  /** Value in the request: what is written, the number of MSI-X vectors, the channel state that AER asks about. */
  readonly sent: number;
  /** Value in the answer: what is read, a PIRQ, the guest's AER verdict. */
  readonly value: number;
  /** `err` in the page after the operation. */
  readonly err: number;
  /** conf_read and conf_write only. */
  readonly verdict: Verdict | undefined;
  /** Kernel messages that it caused. */
  readonly log: readonly LogLine[];
  readonly warning: WarningMark | undefined;
  /** The journal's entry that it belongs to; undefined for what the journal does not keep. The entry itself, not a copy. */
  readonly entry: JournalEntry | undefined;
}

/** Told of what guests do, as it happens. Replays that rebuild a machine are not told. */
export interface AccessListener {
  accessed(access: Access): void;
  /** undo took the entry back, with every access that belongs to it; redo did it again. */
  undone(entry: JournalEntry): void;
  redone(entry: JournalEntry): void;
}
