import type { SeizedDevice } from '../pciback/seizedDevice';
import type { Decision } from '../verdict/decision';
import { verdictOf, type AccessFacts, type Picture, type Verdict } from '../verdict/verdict';
import { readLe, type Width } from '../spec/uint';

/** Runs one configuration access with somebody listening, and puts together what became of its bits. */

type Request = Pick<AccessFacts, 'op' | 'offset' | 'size' | 'sent'>;

interface Answered {
  readonly result: { readonly err: number };
}

const isAccess = ({ offset, size }: Request): boolean =>
  (size === 1 || size === 2 || size === 4) && offset >= 0 && offset % size === 0 && offset + size <= 4096;

/** Reading has no effect on either side. */
const pictureOf = ({ configSpace, dev }: SeizedDevice, { offset, size }: Request): Picture => ({
  guest: configSpace.read(offset, size) === 0 ? truncated(configSpace.value, size) : undefined,
  device: dev.configRead(offset, size) === 0 ? dev.value : undefined,
});

/** A read's value may hold more bits than were asked for, as the driver leaves them. */
const truncated = (value: number, size: number): number => (size === 4 ? value : value % 2 ** (8 * size));

const NOTHING: Picture = { guest: undefined, device: undefined };

/** The access, and its verdict when the guest has the device. */
export const explained = <T extends Answered>(
  device: SeizedDevice | undefined,
  request: Request,
  access: () => T,
): { readonly answer: T; readonly verdict: Verdict } => {
  const decisions: Decision[] = [];
  const { offset, size } = request;
  if (device === undefined) {
    const answer = access();
    decisions.push({
      layer: 'pciback',
      code: 'no-such-device',
      offset,
      mask: 0xffffffff,
      value: request.sent,
      result: answer.result.err,
    });
    const facts = { ...request, decisions, before: NOTHING, after: NOTHING, w1c: 0, rw: 0 };
    return { answer, verdict: verdictOf({ ...facts, err: answer.result.err }) };
  }
  const real = isAccess(request);
  const { fn } = device.dev;
  const masks = real
    ? { w1c: readLe(fn.w1c, offset, size as Width), rw: readLe(fn.rw, offset, size as Width) }
    : { w1c: 0, rw: 0 };
  const before = real ? pictureOf(device, request) : NOTHING;
  device.configSpace.sink = { decided: (decision) => decisions.push(decision) };
  let answer: T;
  try {
    answer = access();
  } finally {
    device.configSpace.sink = null;
  }
  const after = real ? pictureOf(device, request) : NOTHING;
  const { err } = answer.result;
  return { answer, verdict: verdictOf({ ...request, decisions, before, after, err, ...masks }) };
};
