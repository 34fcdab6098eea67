import { AccessLog, ACCESS_LIMIT } from '../src/backend/journal/accessLog';
import { Machine } from '../src/backend/machine';
import type { MachineDescription } from '../src/backend/description';
import type { Bdf } from '../src/backend/spec/bdf';
import { RegisterNames } from '../src/extension/accessLog/registers';
import { RowWindows } from '../src/extension/accessLog/window';
import { ALL_ACCESSES } from '../src/protocol/accessLog';

/** What the access log costs when it is full: memory, a window of rows, a filter over all of them. */

const GUEST = 1;
const DEVICES = 2;
const TRIES = 15;
const WINDOW = 200;
const FACTS = { devices: [], assigned: true };

/** The first functions that the guest can have, as it sees them. */
const assignSome = (machine: Machine): readonly Bdf[] => {
  for (const { bdf, headerType } of machine.functions()) {
    if ((machine.guests()[0]?.devices.length ?? 0) === DEVICES) break;
    if (headerType === 0) machine.assign(GUEST, bdf);
  }
  return machine.guests()[0]?.devices.map(({ guest }) => guest) ?? [];
};

/** Reads and, each third time, writes of all widths over all of the header and the capabilities. */
const access = (machine: Machine, guests: readonly Bdf[], i: number): void => {
  const guest = guests[i % guests.length]!;
  const size = [1, 2, 4][i % 3]!;
  const offset = ((i * 52) % 0x100) & ~(size - 1);
  if (i % 7 < 2) machine.confWrite(GUEST, guest, offset, size, (i * 2654435761) >>> 0);
  else machine.confRead(GUEST, guest, offset, size);
};

const median = (run: (i: number) => void): number => {
  const times = Array.from({ length: TRIES }, (_, i) => {
    const start = performance.now();
    run(i);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return Number((times[TRIES >> 1] ?? 0).toFixed(2));
};

const accessesUs = (machine: Machine, guests: readonly Bdf[], count: number): number => {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) access(machine, guests, i);
  const { user, system } = process.cpuUsage(start);
  return Number(((user + system) / count).toFixed(1));
};

export const measureAccessLog = (description: MachineDescription): Record<string, number> => {
  const machine = new Machine(description);
  const guests = assignSome(machine);
  accessesUs(machine, guests, 5000);
  const withoutLogUs = accessesUs(machine, guests, 20_000);
  const log = new AccessLog();
  machine.onAccess(log);
  const withLogUs = accessesUs(machine, guests, ACCESS_LIMIT);
  const context = { log, registers: new RegisterNames(machine), guestName: () => 'guest' };
  const windows = new RowWindows();
  const ask = (text: string, from: number): void => {
    const filter = { ...ALL_ACCESSES, text };
    windows.window(context, { kind: 'rows', filter, from, limit: WINDOW }, FACTS);
  };
  ask('', 0);
  return {
    rows: log.end - log.first,
    megabytes: Number((log.bytes / 1e6).toFixed(1)),
    accessWithoutLogUs: withoutLogUs,
    accessWithLogUs: withLogUs,
    windowOf200Ms: median((i) => ask('', 5000 * i)),
    newFilterMs: median((i) => ask(`command${' '.repeat(i)}`, 0)),
  };
};
