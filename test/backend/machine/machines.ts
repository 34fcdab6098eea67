import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FunctionDescription, MachineDescription } from '../../../src/backend/description';
import { Machine } from '../../../src/backend/machine';
import { parseBdf, type Bdf } from '../../../src/backend/spec/bdf';
import { writeLe, type Width } from '../../../src/backend/spec/uint';
import { readSample } from '../../../src/sources/sample';

/** Machines for tests: the bundled sample, and small ones made of registers. */

export const at = (text: string): Bdf => {
  const bdf = parseBdf(text);
  if (bdf === undefined) throw new Error(`${text} is not an address`);
  return bdf;
};

const json: unknown = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../../media/sample-machine.json'), 'utf8'),
);
export const sampleMachine = (): Machine => new Machine(readSample(json));

/** Functions of the sample: an e1000e on Express, a conventional card, an igb with VFs, its VF, an NVMe drive with VFs, a root port. */
export const NIC = at('0000:03:00.0');
export const CARD = at('0000:05:01.0');
export const IGB = at('0000:02:00.0');
export const VF = at('0000:02:10.0');
export const NVME = at('0000:01:00.0');
export const ROOT_PORT = at('0000:00:03.0');

export type RegisterValue = readonly [offset: number, width: Width, value: number];

/** A function with these registers, of which the source gave the first `known` bytes. */
export const functionOf = (
  address: string,
  registers: readonly RegisterValue[],
  { size = 256, known }: { readonly size?: number; readonly known?: number } = {},
): FunctionDescription => {
  const config = new Uint8Array(size);
  for (const [offset, width, value] of registers) writeLe(config, offset, width, value);
  return { bdf: at(address), config, known: new Uint8Array(size).fill(1, 0, known ?? size) };
};

/** A bridge from its own bus to `secondary`. */
export const bridgeTo = (address: string, secondary: number): FunctionDescription =>
  functionOf(address, [
    [0x00, 4, 0x00011234],
    [0x0e, 1, 1],
    [0x18, 1, at(address).bus],
    [0x19, 1, secondary],
    [0x1a, 1, secondary],
  ]);

export const machineOf = (...functions: readonly FunctionDescription[]): Machine => {
  const description: MachineDescription = { name: 'test machine', functions };
  return new Machine(description);
};
