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

/** Little-endian bytes of 32-bit values. */
export const dwords = (...values: readonly number[]): number[] =>
  values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));

/** An Express function whose one extended capability stands at 100h; `body` follows its header. */
export const withExtended = (
  id: number,
  body: readonly number[],
  { version = 1, portType = 0, lanes = 1 }: { version?: number; portType?: number; lanes?: number } = {},
): { config: Uint8Array; known: Uint8Array } =>
  imageOf(
    4096,
    [0x00, 0x34, 0x12, 0x78, 0x56],
    [0x06, 0x10],
    [0x34, 0x40],
    [0x40, 0x10, 0x00, (portType << 4) | 2],
    [0x4c, ...dwords((lanes << 4) | 4)],
    [0x100, ...dwords((version << 16) | id), ...body],
  );

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
