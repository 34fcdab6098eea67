import type { SeizedDevice } from '../pciback/seizedDevice';
import type { Decision } from '../verdict/decision';
import { verdictOf, type AccessFacts, type Picture, type Verdict } from '../verdict/verdict';
import { layoutOf } from '../spec/layout';
import { or, readLe, shl, type Width } from '../spec/uint';

/** Runs one configuration access with somebody listening, and puts together what became of its bits. */

type Request = Pick<AccessFacts, 'op' | 'offset' | 'size' | 'sent'>;

interface Answered {
  readonly result: { readonly err: number };
}

const isAccess = ({ offset, size }: Request): boolean =>
  (size === 1 || size === 2 || size === 4) && offset >= 0 && offset % size === 0 && offset + size <= 4096;

/** Whether the request names bytes that there are, in a form that the driver refuses. */
const isMisshapen = ({ offset, size }: Request): boolean =>
  Number.isInteger(size) && size >= 1 && size <= 4 && offset >= 0 && offset + size <= 4096;

/** Reading has no effect on either side. */
const pictureOf = (device: SeizedDevice, request: Request): Picture => {
  const { offset, size } = request;
  if (isAccess(request)) return readPicture(device, offset, size);
  return isMisshapen(request) ? bytesPicture(device, offset, size) : NOTHING;
};

const readPicture = ({ configSpace, dev }: SeizedDevice, offset: number, size: number): Picture => ({
  guest: configSpace.read(offset, size) === 0 ? truncated(configSpace.value, size) : undefined,
  device: dev.configRead(offset, size) === 0 ? dev.value : undefined,
});

/** What stands in the bytes of a request that cannot be read in one piece. */
const bytesPicture = (device: SeizedDevice, offset: number, size: number): Picture => {
  const bytes = Array.from({ length: size }, (_, i) => readPicture(device, offset + i, 1));
  const joined = (side: keyof Picture): number | undefined =>
    bytes.reduceRight<number | undefined>((sum, { [side]: byte }) => {
      return sum === undefined || byte === undefined ? undefined : or(shl(sum, 8), byte);
    }, 0);
  return { guest: joined('guest'), device: joined('device') };
};

/** Bits of the request that read 0 and start something when 1 is written, as the catalogue has them. */
const startsIn = ({ dev: { fn } }: SeizedDevice, { offset, size }: Request): number => {
  const structures = layoutOf(fn.config.subarray(0, fn.configSize), new Uint8Array(fn.configSize).fill(1));
  let mask = 0;
  const add = (at: number, lsb: number, width: number): void => {
    for (let bit = 8 * (at - offset) + lsb, end = bit + width; bit < end; bit++)
      if (bit >= 0 && bit < 8 * size) mask = or(mask, shl(1, bit));
  };
  for (const { registers } of structures)
    for (const register of registers) {
      if (register.access === 'WO') add(register.offset, 0, 8 * register.width);
      for (const { lsb, width, access } of register.fields)
        if (access === 'WO') add(register.offset, lsb, width);
    }
  return mask;
};

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
  const before = pictureOf(device, request);
  device.configSpace.sink = { decided: (decision) => decisions.push(decision) };
  let answer: T;
  try {
    answer = access();
  } finally {
    device.configSpace.sink = null;
  }
  const after = pictureOf(device, request);
  const { err } = answer.result;
  const starts = (): number => (real ? startsIn(device, request) : 0);
  return { answer, verdict: verdictOf({ ...request, decisions, before, after, err, ...masks, starts }) };
};
