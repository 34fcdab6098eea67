import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatBdf } from '../../../src/backend/spec/bdf';
import type { FunctionDescription } from '../../../src/backend/description';
import { parseLspci } from '../../../src/sources/lspci';

/** Little-endian bytes at offsets, in an image whose every byte is known. */
export const imageOf = (
  length: number,
  ...runs: readonly (readonly [offset: number, ...bytes: number[]])[]
): { config: Uint8Array; known: Uint8Array } => {
  const config = new Uint8Array(length);
  for (const [offset, ...bytes] of runs) config.set(bytes, offset);
  return { config, known: new Uint8Array(length).fill(1) };
};

const sample = readFileSync(path.resolve('samples/q35/qemu-7.2-rich-vfs.lspci.txt'), 'utf8');

/** One function of the sample machine that QEMU gave. */
export const sampleFunction = (address: string): FunctionDescription => {
  const result = parseLspci(sample, 'sample');
  if (!result.ok) throw new Error('the sample does not parse');
  const found = result.machine.functions.find((fn) => formatBdf(fn.bdf) === address);
  if (!found) throw new Error(`the sample has no ${address}`);
  return found;
};

export const sampleFunctions = (): readonly FunctionDescription[] => {
  const result = parseLspci(sample, 'sample');
  if (!result.ok) throw new Error('the sample does not parse');
  return result.machine.functions;
};
