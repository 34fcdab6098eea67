import type { FunctionDescription, MachineDescription } from '../backend/description';
import { type Bdf, compareBdf, formatBdf } from '../backend/spec/bdf';
import { headerTypeOf } from '../backend/spec/chain';
import { readLe } from '../backend/spec/uint';
import { type Block, readBlocks } from './lspciBlocks';
import { type Details, newDetails } from './lspciDetails';
import { headingIds } from './lspciHeading';
import type { ProblemList, SourceProblem } from './problem';
import { virtualFunctionPlaces, withVfBarSizes } from './virtualFunctions';

export type { SourceProblem } from './problem';

export type LspciResult =
  | {
      readonly ok: true;
      readonly machine: MachineDescription;
      readonly problems: readonly SourceProblem[];
      /** Line, from 1, of the hex row that gave a byte; undefined when none did. */
      readonly lineOf: (bdf: Bdf, offset: number) => number | undefined;
    }
  | { readonly ok: false; readonly message: string; readonly problems: readonly SourceProblem[] };

/** The shortest space that a conventional function has, and the longest. */
const CONVENTIONAL = 256;
const EXTENDED = 4096;
/** Bytes of the predefined header, which `lspci -x` prints. */
const HEADER = 64;
const BASE_ADDRESS_0 = 0x10;
/** BARs by header type; type 2 has one, the CardBus socket's. */
const BAR_COUNT: Readonly<Record<number, number>> = { 0: 6, 1: 2, 2: 1 };

/**
 * Turns lspci output into a machine: any text that holds `lspci -x`, `-xxx` or `-xxxx`, with or without -v text and
 * with other text around it. `name` is what the machine is called in messages and views. Damaged rows are reported
 * and their bytes are unknown; ok is false only when no function has bytes. Never throws.
 */
export const parseLspci = (text: string, name: string): LspciResult => {
  const { blocks, problems } = readBlocks(text);
  const chosen = choose(blocks, problems);
  if (chosen.size === 0) return { ok: false, message: nothingRead(blocks, name), problems: problems.all() };
  const functions = [...chosen.values()]
    .map(({ block, details }) => describe(block, details))
    .sort((a, b) => compareBdf(a.bdf, b.bdf));
  return {
    ok: true,
    machine: { name, functions: withVfBarSizes(withVfs(functions, chosen, problems)) },
    problems: problems.all(),
    lineOf: (bdf, offset) => {
      const block = chosen.get(formatBdf(bdf))?.block;
      return block?.known[offset] === 1 ? block.lines[offset >> 4] : undefined;
    },
  };
};

interface Chosen {
  readonly block: Block;
  readonly details: Details;
}

const nothingRead = (blocks: readonly Block[], name: string): string => {
  const listed = blocks.filter((block) => block.heading.strict).length;
  return listed > 0
    ? `${name} lists ${listed} PCI ${listed === 1 ? 'device' : 'devices'} but no bytes. Run "sudo lspci -vvvxxxx" to print them.`
    : `${name} holds no lspci hex dump: no line such as "00:1f.2 SATA controller" with rows such as "00: 86 80 22 29" below it. Run "sudo lspci -vvvxxxx" to print one.`;
};

const bdfOfBlock = ({ heading }: Block): Bdf | undefined =>
  heading.device <= 0x1f && heading.function <= 7
    ? { domain: heading.domain, bus: heading.bus, device: heading.device, function: heading.function }
    : undefined;

/** The block that stands for each address: the first with bytes. Reports what is left out and what is missing. */
const choose = (blocks: readonly Block[], problems: ProblemList): ReadonlyMap<string, Chosen> => {
  const chosen = new Map<string, Chosen>();
  const without = new Map<string, Block[]>();
  for (const block of blocks) {
    const bdf = bdfOfBlock(block);
    if (!bdf) {
      if (block.length > 0)
        problems.add({
          line: block.line,
          severity: 'error',
          message: 'A device has a number from 00 to 1f and a function from 0 to 7; this one is left out.',
        });
      continue;
    }
    const slot = formatBdf(bdf);
    const before = chosen.get(slot);
    if (block.length === 0) {
      if (block.heading.strict) without.set(slot, [...(without.get(slot) ?? []).slice(0, 3), block]);
    } else if (before)
      problems.add({
        line: block.line,
        severity: 'warning',
        message: `${slot} was given before, in line ${before.block.line}; this one is left out.`,
      });
    else {
      chosen.set(slot, { block, details: block.details });
      reportGaps(block, slot, problems);
    }
  }
  for (const [slot, listed] of without) {
    const found = chosen.get(slot);
    if (found) chosen.set(slot, { block: found.block, details: completed(found.details, listed) });
    else
      for (const block of listed)
        problems.add({
          line: block.line,
          severity: 'warning',
          message: `${slot} has no bytes and is not loaded. lspci prints them with -x, -xxx or -xxxx.`,
        });
  }
  return chosen;
};

/** Text and bytes of a device often come from two runs of lspci (`-vvv`, then `-xxxx`): the one completes the other. */
const completed = (details: Details, listed: readonly Block[]): Details =>
  [details, ...listed.map((block) => block.details)].reduce<Details>(
    (all, next) => ({
      ...all,
      sizes: all.sizes.size > 0 ? all.sizes : next.sizes,
      unnumbered: all.unnumbered.length > 0 ? all.unnumbered : next.unnumbered,
      irq: all.irq ?? next.irq,
      driver: all.driver ?? next.driver,
    }),
    newDetails(),
  );

/** Reports rows that are missing between rows that are there. */
const reportGaps = (block: Block, slot: string, problems: ProblemList): void => {
  const gaps: string[] = [];
  for (let at = 0; at < block.length; at++) {
    if (block.known[at] === 1) continue;
    const first = at;
    while (at < block.length && block.known[at] !== 1) at++;
    gaps.push(first === at - 1 ? hexOffset(first) : `${hexOffset(first)}-${hexOffset(at - 1)}`);
  }
  if (gaps.length === 0) return;
  const shown = gaps.slice(0, 8).join(', ') + (gaps.length > 8 ? ', ...' : '');
  problems.add({
    line: block.line,
    severity: 'warning',
    message: `${slot}: bytes ${shown} are missing and stay unknown.`,
  });
};

const hexOffset = (offset: number): string => offset.toString(16).padStart(2, '0');

const describe = (block: Block, details: Details): FunctionDescription => {
  const size = block.length <= CONVENTIONAL ? CONVENTIONAL : EXTENDED;
  const barSizes = sizesOf(block, details);
  return {
    bdf: bdfOfBlock(block) as Bdf,
    config: block.bytes.slice(0, size),
    known: block.known.slice(0, size),
    sourceLine: block.line,
    ...(barSizes && { barSizes }),
    ...(details.irq !== undefined && { irq: details.irq }),
    ...(details.driver !== undefined && { driver: details.driver }),
  };
};

/** Sizes by BAR number; those of `lspci -v`, which prints no numbers, go to the BAR that holds the address. */
const sizesOf = (block: Block, details: Details): Record<number, bigint> | undefined => {
  const sizes: Record<number, bigint> = Object.fromEntries(details.sizes);
  const bars = block.length >= HEADER ? barAddresses(block) : [];
  for (const { address, io, size } of details.unnumbered) {
    const bar = bars.find((b) => b.io === io && b.address === address && sizes[b.index] === undefined);
    if (bar) sizes[bar.index] = size;
  }
  return Object.keys(sizes).length > 0 ? sizes : undefined;
};

/** Addresses in the BARs (PCI Local Bus 3.0 section 6.2.5.1). */
const barAddresses = ({ bytes, known }: Block): { index: number; io: boolean; address: bigint }[] => {
  const count = BAR_COUNT[headerTypeOf(bytes, known) ?? -1] ?? 0;
  const bars = [];
  for (let index = 0; index < count; index++) {
    const low = readLe(bytes, BASE_ADDRESS_0 + 4 * index, 4);
    const io = (low & 1) === 1;
    const wide = !io && (low & 6) === 4 && index + 1 < count;
    const high = wide ? readLe(bytes, BASE_ADDRESS_0 + 4 * index + 4, 4) : 0;
    bars.push({ index, io, address: (BigInt(high) << 32n) | BigInt((low & (io ? ~3 : ~15)) >>> 0) });
    if (wide) index++;
  }
  return bars;
};

/** Marks VFs and gives functions whose id registers read ffff the ids that the kernel knew. */
const withVfs = (
  functions: readonly FunctionDescription[],
  chosen: ReadonlyMap<string, Chosen>,
  problems: ProblemList,
): readonly FunctionDescription[] => {
  const places = virtualFunctionPlaces(functions);
  return functions.map((fn) => {
    const slot = formatBdf(fn.bdf);
    const place = places.get(slot);
    if (readLe(fn.config, 0, 4) !== 0xffffffff || fn.known[0] !== 1)
      // Some VFs answer with their ids although the specification has them read ffff.
      return place && readLe(fn.config, 2, 2) === place.deviceId
        ? { ...fn, physicalFunction: place.physicalFunction }
        : fn;
    const title = chosen.get(slot)?.block.heading.title ?? '';
    const listed = headingIds(title);
    // A heading written by lspci -F knows no more than the bytes.
    const ids = listed && listed.vendorId !== 0xffff ? listed : place;
    if (!ids)
      problems.add({
        line: fn.sourceLine ?? 1,
        severity: 'warning',
        message: fn.config.every((byte) => byte === 0xff)
          ? `${slot} reads all ones: it was powered down or gone when lspci ran.`
          : `${slot} reads vendor and device ffff, as a virtual function does, but no SR-IOV capability here places it.`,
      });
    return {
      ...fn,
      ...(place && { physicalFunction: place.physicalFunction }),
      ...(ids && { vendorId: ids.vendorId, deviceId: ids.deviceId }),
    };
  });
};
