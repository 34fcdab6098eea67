// Makes media/sample-machine.json, the machine that is there when nothing was opened:
// `node scripts/tool.mjs scripts/make-sample.ts`. Bytes, BAR sizes, interrupts, drivers and VFs are those of a Linux
// guest in QEMU (samples/workspace/q35-rich.lspci.txt); write masks were measured on QEMU's devices by writing ones and
// zeros to every register (samples/q35/writemask.json).
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FunctionDescription } from '../src/backend/description';
import { deriveMasks } from '../src/backend/device/masks';
import { virtualFunctionMask } from '../src/backend/device/virtualFunction';
import { formatBdf } from '../src/backend/spec/bdf';
import { HEADER_END, walkCapabilities, walkExtendedCapabilities } from '../src/backend/spec/chain';
import { hex, readLe, writeLe } from '../src/backend/spec/uint';
import { parseLspci } from '../src/sources/lspci';
import { writeSample } from '../src/sources/sample';
import { withVpd } from './sampleVpd';

const root = process.env['CONFSPACE_ROOT'] ?? process.cwd();
const read = (file: string): string => readFileSync(path.join(root, 'samples', file), 'utf8');

const ABOUT =
  "A Linux guest in QEMU's q35 machine (lspci -nnvvvxxxx; two VFs each of an NVMe controller and an 82576). " +
  'rw: measured on QEMU 7.2 where the device was measured, limited from 40 up to bits that the specification has writable, ' +
  'because QEMU makes bytes that no capability owns writable and hardware does not. VPD of 02:00.0 was added at e0, where ' +
  'a real 82576 has it; QEMU has none. Made by scripts/make-sample.ts.';

const load = (file: string, name: string): readonly FunctionDescription[] => {
  const result = parseLspci(read(file), name);
  if (!result.ok) throw new Error(result.message);
  return result.machine.functions;
};

/** `vendor:device` to `first-last` byte offsets (hexadecimal) to the writable bits of each dword in that range. */
type Measured = Readonly<Record<string, Readonly<Record<string, string>>>>;
const measured = JSON.parse(read('q35/writemask.json')) as Measured;

const idsOf = ({ config }: FunctionDescription): string =>
  `${hex(readLe(config, 0, 2), 4)}:${hex(readLe(config, 2, 2), 4)}`;

const measuredMask = (ids: string, size: number): Uint8Array | undefined => {
  const ranges = measured[ids];
  if (!ranges) return undefined;
  const mask = new Uint8Array(size);
  for (const [range, value] of Object.entries(ranges)) {
    const [first = 0, last = 0] = range.split('-').map((offset) => parseInt(offset, 16));
    for (let at = first; at < last; at += 4) writeLe(mask, at, 4, parseInt(value, 16));
  }
  return mask;
};

/** The measured machine is another one: a mask fits only where the capabilities stand at the same offsets. */
const chainOf = ({ config, known }: FunctionDescription): string =>
  JSON.stringify([walkCapabilities(config, known).found, walkExtendedCapabilities(config, known).found]);
const measuredFunctions = load('q35/qemu-7.2-rich-vfs.lspci.txt', 'measured machine');
const sameLayout = (fn: FunctionDescription): boolean =>
  measuredFunctions.some((other) => idsOf(other) === idsOf(fn) && chainOf(other) === chainOf(fn));

const withMasks = (fn: FunctionDescription): FunctionDescription => {
  const { rw, w1c } = deriveMasks(fn.config, fn.known, fn.barSizes);
  if (fn.physicalFunction) return { ...fn, rw: virtualFunctionMask(rw), w1c };
  const mask = measuredMask(idsOf(fn), fn.config.length);
  const fits = mask !== undefined && sameLayout(fn);
  console.log(`${formatBdf(fn.bdf)} ${idsOf(fn)} ${fits ? 'measured' : 'from the register catalogue'}`);
  if (!mask || !fits) return { ...fn, rw, w1c };
  const limited = mask.map(
    (bits, at) => (bits & (at < HEADER_END ? 0xff : (rw[at] ?? 0)) & ~(w1c[at] ?? 0)) >>> 0,
  );
  return { ...fn, rw: limited, w1c };
};

const functions = load('workspace/q35-rich.lspci.txt', 'Sample machine').map(withVpd).map(withMasks);
const file = writeSample({ name: 'Sample machine', functions }, ABOUT);
const out = path.join(root, 'media/sample-machine.json');
writeFileSync(out, `${JSON.stringify(file, undefined, 1)}\n`);
console.log(`${functions.length} functions in ${path.relative(root, out)}`);
