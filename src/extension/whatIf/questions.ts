import type { AccessLog } from '../../backend/journal/accessLog';
import type { Machine } from '../../backend/machine';
import { parseBdf } from '../../backend/spec/bdf';
import { refusedWrites } from '../../backend/trial/refusedWrites';
import { hostOf } from '../../backend/trial/trial';
import type { Question } from '../../backend/trial/whatIf';
import { MAX_WRITES, type Question as ToldQuestion, type TriedAccess } from '../../protocol/whatIf';

/** The question as the engine takes it; undefined when its address is none. */
export const engineQuestion = ({ domid, guest, writes }: ToldQuestion): Question | undefined => {
  const bdf = parseBdf(guest);
  return bdf && { domid, guest: bdf, writes };
};

/** Writes in the log that the device lost for want of a field; none when the guest has no such device. */
export const lostWrites = (
  machine: Machine,
  log: AccessLog,
  { domid, guest }: Pick<ToldQuestion, 'domid' | 'guest'>,
): TriedAccess[] => {
  const bdf = parseBdf(guest);
  const host = bdf && hostOf(machine, { domid, guest: bdf });
  return host ? refusedWrites(log, { domid, host }, MAX_WRITES).map((write) => ({ ...write })) : [];
};
