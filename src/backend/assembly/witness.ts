import type { Access, WarningMark } from '../journal/access';
import type { JournalEntry } from '../journal/entry';
import type { FrontendListener } from '../guest/pcifront';
import type { SeizedDevice } from '../pciback/seizedDevice';
import type { Verdict } from '../verdict/verdict';
import type { Observations } from '../view';
import { explained } from './explained';
import type { PvGuest } from './pvGuest';

/** Tells of what a guest's frontend does, request by request, with the verdict of each configuration access. */

/** What the driver's one warning has to do with an access, from the device's flag before and after it. */
export const warningMark = (
  warnedBefore: boolean,
  device: SeizedDevice | undefined,
  verdict: Verdict | undefined,
): WarningMark | undefined => {
  if (!warnedBefore) return device?.data.warnedOnWrite ? 'printed' : undefined;
  return verdict?.parts.some(({ code }) => code === 'no-field') ? 'hidden' : undefined;
};

/** Listens to the guest's frontend. observed: where the messages of the requests appear while they are made. */
export const witness = (
  guest: PvGuest,
  entry: JournalEntry,
  observed: Observations,
  tell: (access: Access) => void,
): FrontendListener => ({
  request: ({ op, at, offset, size, sent }, submit) => {
    const device = guest.deviceAt(at);
    const warned = device?.data.warnedOnWrite ?? false;
    const from = observed.log.length;
    const { answer, verdict } =
      op === 'conf_read' || op === 'conf_write'
        ? explained(device, { op, offset, size, sent }, () => ({ result: submit() }))
        : { answer: { result: submit() }, verdict: undefined };
    const { err, value } = answer.result;
    tell({
      domid: guest.domid,
      op,
      guest: at,
      host: device?.dev.bdf,
      offset,
      size,
      sent,
      value,
      err,
      verdict,
      log: observed.log.slice(from),
      warning: warningMark(warned, device, verdict),
      entry,
    });
    return answer.result;
  },
});
