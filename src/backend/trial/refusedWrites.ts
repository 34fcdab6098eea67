import { addressKey } from '../journal/accessColumns';
import type { AccessLog } from '../journal/accessLog';
import type { Bdf } from '../spec/bdf';
import type { Access } from './cuts';
import { isFieldless } from './quirkGenerator';

/** A guest and the host's function that it was given. */
export interface Given {
  readonly domid: number;
  readonly host: Bdf;
}

/**
 * Writes in the log that lost bits for want of a field, oldest first and each once: none of them changed anything
 * where it was lost, so a repetition says nothing new. Of more than `limit` the newest. What undo took back does not
 * count.
 */
export const refusedWrites = (log: AccessLog, { domid, host }: Given, limit: number): readonly Access[] => {
  const key = addressKey(host);
  const found = new Map<string, Access>();
  for (let seq = log.end - 1; seq >= log.first && found.size < limit; seq--) {
    const slot = log.slotOf(seq);
    if (log.columns.host[slot] !== key || log.columns.domid[slot] !== domid) continue;
    const row = log.row(seq);
    if (row === undefined || row.op !== 'conf_write' || row.undone) continue;
    if (row.verdict === undefined || !isFieldless(row.verdict)) continue;
    const { offset, size, sent: value } = row;
    const text = `${offset} ${size} ${value}`;
    if (!found.has(text)) found.set(text, { offset, size, value });
  }
  return [...found.values()].reverse();
};
