import { expect } from 'vitest';
import type { Width } from '../../../src/backend/spec/uint';
import { parseRawRequests, RawGuest, type RawRequest } from './rawRequests';
import { describeSeized, lspciSlots, RecordedHost } from './recordedHost';
import { itReplays, readCapture } from './transcript';

/** pv-protocol/b06*-rawop.txt: raw requests of every kind, with the backend's replies. */

const FIRST = 'pv-protocol/b06-rawop.txt';
const SECOND = 'pv-protocol/b06b-rawop.txt';
const LSPCI = ['pv-vpci/b01-stages.txt', 'dom0/a04-seize-every-kind.txt'];

/** In the order in which they are in the guest, as functions of its virtual slots 0 to 3. */
const DEVICES = ['01:00.0', '07:01.0', '02:00.0', '05:00.1'];

type Registers = readonly (readonly [number, Width])[];
const CONFIG_WRITES: Registers = [
  [0x04, 2],
  [0x10, 4],
  [0x40, 4],
  [0xcc, 2],
  [0xd2, 2],
  [0xa2, 2],
];
const INTERRUPTS: Readonly<Record<string, Registers>> = {
  '01:00.0': [
    [0x04, 2],
    [0xd2, 2],
    [0xa2, 2],
  ],
  '07:01.0': [[0x04, 2]],
  '02:00.0': [
    [0x04, 2],
    [0x42, 2],
  ],
};

const lookAt = ({ request, real }: RawRequest): Parameters<RawGuest['play']>[1] => {
  if (real === undefined) return undefined;
  const bdf = DEVICES[request.devfn >> 3]!;
  const handlers = real.includes('ing:');
  return { bdf, registers: handlers ? INTERRUPTS[bdf]! : CONFIG_WRITES, handlers };
};

/** Requests that the engine answers otherwise, by file and line, with what it gives and why. */
const DIFFERENT: Readonly<Record<string, Readonly<Record<number, Partial<RawRequest>>>>> = {
  [FIRST]: {
    // A negative offset passes the kernel's range check, which is signed, and x86 reads the register of its low bits;
    // the engine refuses every offset outside 0..0xfff as it does 0x1000.
    154: { reply: 'err=-22 value=0xffffffff info=0x0' },
  },
  [SECOND]: {},
};

for (const [file, domid] of [
  [FIRST, 1],
  [SECOND, 2],
] as const)
  itReplays(`${file}: raw requests are answered as they were`, [file, ...LSPCI], () => {
    const slots = LSPCI.flatMap((from) => lspciSlots(readCapture(from)));
    const recorded = new RecordedHost(DEVICES.map((bdf) => describeSeized(slots, bdf)));
    recorded.seize(...DEVICES);
    const guest = new RawGuest(recorded, domid, DEVICES);
    for (const request of parseRawRequests(readCapture(file))) {
      const different = DIFFERENT[file]?.[request.line];
      expect(guest.play(request, lookAt(request))).toEqual({ ...request, ...different });
    }
  });
