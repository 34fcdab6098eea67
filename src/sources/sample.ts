import * as v from 'valibot';
import type { FunctionDescription, MachineDescription } from '../backend/description';
import { type Bdf, formatBdf, parseBdf } from '../backend/spec/bdf';

/**
 * The bundled machine's file: per function the bytes as hexadecimal text, with trailing zeros left out. Every byte of
 * it is known. Made by scripts/make-sample.ts.
 */
const hexText = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})*$/));
const address = v.pipe(
  v.string(),
  v.check((text) => parseBdf(text) !== undefined, 'not a PCI address'),
);
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));

const sampleFunction = v.strictObject({
  bdf: address,
  size: v.picklist([256, 4096]),
  config: hexText,
  rw: v.optional(hexText),
  w1c: v.optional(hexText),
  /** Bytes by BAR number, 6 for the ROM, 7 to 12 for the VF BARs. */
  barSizes: v.optional(
    v.record(v.pipe(v.string(), v.regex(/^(?:[0-9]|1[0-2])$/)), v.pipe(v.number(), v.minValue(1))),
  ),
  vpd: v.optional(hexText),
  irq: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  driver: v.optional(v.string()),
  physicalFunction: v.optional(address),
  vendorId: v.optional(id),
  deviceId: v.optional(id),
});
const sample = v.strictObject({
  name: v.string(),
  /** Where the bytes and masks come from, for whoever opens the file. */
  about: v.string(),
  functions: v.pipe(v.array(sampleFunction), v.minLength(1)),
});

export type SampleFile = v.InferOutput<typeof sample>;
type SampleFunction = SampleFile['functions'][number];

const bytesOf = (text: string, size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < text.length / 2 && i < size; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
};

const textOf = (bytes: Uint8Array): string => {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return Array.from(bytes.subarray(0, end), (byte) => byte.toString(16).padStart(2, '0')).join('');
};

const functionOf = (fn: SampleFunction): FunctionDescription => ({
  bdf: parseBdf(fn.bdf) as Bdf,
  config: bytesOf(fn.config, fn.size),
  known: new Uint8Array(fn.size).fill(1),
  ...(fn.rw !== undefined && { rw: bytesOf(fn.rw, fn.size) }),
  ...(fn.w1c !== undefined && { w1c: bytesOf(fn.w1c, fn.size) }),
  ...(fn.barSizes && {
    barSizes: Object.fromEntries(Object.entries(fn.barSizes).map(([bar, size]) => [bar, BigInt(size)])),
  }),
  ...(fn.vpd !== undefined && { vpd: bytesOf(fn.vpd, fn.vpd.length / 2) }),
  ...(fn.irq !== undefined && { irq: fn.irq }),
  ...(fn.driver !== undefined && { driver: fn.driver }),
  ...(fn.physicalFunction !== undefined && { physicalFunction: parseBdf(fn.physicalFunction) as Bdf }),
  ...(fn.vendorId !== undefined && { vendorId: fn.vendorId }),
  ...(fn.deviceId !== undefined && { deviceId: fn.deviceId }),
});

/** The bundled sample machine from its parsed JSON. Throws when the file is not one: it ships with the program. */
export const readSample = (json: unknown): MachineDescription => {
  const file = v.parse(sample, json);
  return { name: file.name, functions: file.functions.map(functionOf) };
};

/** The file for a machine whose bytes are all known. */
export const writeSample = (machine: MachineDescription, about: string): SampleFile => ({
  name: machine.name,
  about,
  functions: machine.functions.map((fn) => ({
    bdf: formatBdf(fn.bdf),
    size: fn.config.length <= 256 ? 256 : 4096,
    config: textOf(fn.config),
    ...(fn.rw && { rw: textOf(fn.rw) }),
    ...(fn.w1c && { w1c: textOf(fn.w1c) }),
    ...(fn.barSizes && {
      barSizes: Object.fromEntries(Object.entries(fn.barSizes).map(([bar, size]) => [bar, Number(size)])),
    }),
    ...(fn.vpd && { vpd: textOf(fn.vpd) }),
    ...(fn.irq !== undefined && { irq: fn.irq }),
    ...(fn.driver !== undefined && { driver: fn.driver }),
    ...(fn.physicalFunction && { physicalFunction: formatBdf(fn.physicalFunction) }),
    ...(fn.vendorId !== undefined && { vendorId: fn.vendorId }),
    ...(fn.deviceId !== undefined && { deviceId: fn.deviceId }),
  })),
});
