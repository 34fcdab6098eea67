// npm run bench: prints JSON. Nanoseconds of CPU per configuration access and per whole request, with 1 and 32
// devices; time to open the sample dump; the spread of repeated runs; a calibration, so that machines compare.
// Exit 1 when a checksum is not the real driver's.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Machine } from '../src/backend/machine';
import { parseLspci } from '../src/sources/lspci';
import { measureAccessLog } from './accessLog';
import { calibrate, REFERENCE_CALIBRATION } from './calibrate';
import {
  accessPass,
  checksum,
  CHECKSUMS,
  readOperations,
  guestsPass,
  requestPass,
  setUp,
  setUpGuests,
} from './operations';

const root = process.env['CONFSPACE_ROOT'] ?? '.';
const RUNS = 15;
const WARM_UP = 3;
/** The real C driver at -O2 where the calibration prints 1.25. */
const C_DRIVER = { access: { 1: 62, 32: 81 }, request: { 1: 179, 32: 211 } } as const;

interface Timing {
  /** Best run. */
  readonly ns: number;
  readonly medianNs: number;
  /** (slowest - fastest) / fastest of the runs. */
  readonly spread: number;
}

const round = (v: number, digits = 1): number => Number(v.toFixed(digits));

const timed = (operations: number, pass: () => void): Timing => {
  for (let i = 0; i < WARM_UP; i++) pass();
  const runs = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage();
    pass();
    const used = process.cpuUsage(start);
    return ((used.user + used.system) * 1e3) / operations;
  }).sort((a, b) => a - b);
  const best = runs[0] ?? 0;
  const worst = runs[runs.length - 1] ?? 0;
  return {
    ns: round(best),
    medianNs: round(runs[runs.length >> 1] ?? 0),
    spread: round((worst - best) / best, 2),
  };
};

const list = readOperations(path.join(root, 'bench/bench-ops.jsonl.gz'));
const operations = list.offset.length;
const wrong: string[] = [];
for (const count of [1, 32])
  for (const passthrough of [false, true]) {
    const sum = checksum(list, setUp(list, count, passthrough));
    if (sum !== CHECKSUMS[count])
      wrong.push(`${count} devices${passthrough ? ', passthrough' : ''}: ${sum}, not ${CHECKSUMS[count]}`);
  }

const calibration = calibrate();
const scale = REFERENCE_CALIBRATION / calibration;
const measure = (count: 1 | 32): Record<string, unknown> => {
  const bench = setUp(list, count, false);
  const access = timed(operations, () => accessPass(list, bench));
  const request = timed(operations, () => requestPass(list, bench));
  return {
    access: { ...access, calibratedNs: round(access.ns * scale), cDriverNs: C_DRIVER.access[count] },
    request: { ...request, calibratedNs: round(request.ns * scale), cDriverNs: C_DRIVER.request[count] },
  };
};

const calibrated = (timing: Timing): Record<string, unknown> => ({
  ...timing,
  calibratedNs: round(timing.ns * scale),
});
const guests = (count: number): Record<string, unknown> => {
  const all = setUpGuests(list, count);
  return calibrated(timed(operations, () => guestsPass(list, all)));
};
/** Accesses with every decision told to somebody. */
const explained = (): Record<string, unknown> => {
  const bench = setUp(list, 1, false);
  let told = 0;
  for (const { configSpace } of bench.devices) configSpace.sink = { decided: () => void told++ };
  return calibrated(timed(operations, () => accessPass(list, bench)));
};

const dump = readFileSync(path.join(root, 'samples/workspace/q35-rich.lspci.txt'), 'utf8');
const open = timed(1e6, () => {
  const parsed = parseLspci(dump, 'q35-rich');
  if (!parsed.ok) throw new Error(parsed.message);
  new Machine(parsed.machine);
});

const rich = parseLspci(dump, 'q35-rich');
if (!rich.ok) throw new Error(rich.message);

console.log(
  JSON.stringify(
    {
      node: process.version,
      operations,
      calibration: round(calibration, 3),
      referenceCalibration: REFERENCE_CALIBRATION,
      checksums: wrong.length === 0 ? 'equal to the real driver' : wrong,
      devices1: measure(1),
      devices32: measure(32),
      requestGuests1: guests(1),
      requestGuests256: guests(256),
      accessExplained: explained(),
      accessLog: measureAccessLog(rich.machine),
      openDump: { bytes: dump.length, ms: open.ns, medianMs: open.medianNs, spread: open.spread },
    },
    undefined,
    2,
  ),
);
process.exitCode = wrong.length === 0 ? 0 : 1;
