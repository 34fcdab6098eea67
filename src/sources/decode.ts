import { compareBdf, formatBdf } from '../backend/spec/bdf';
import { capabilityName, extendedCapabilityName } from '../backend/spec/capabilityIds';
import { headerTypeOf, walkCapabilities, walkExtendedCapabilities } from '../backend/spec/chain';
import { hex, readLe } from '../backend/spec/uint';
import { type Block, readBlocks } from './lspciBlocks';
import type { PciIds } from './pciIds';

/** One device as lspci lists it, in the words of lspci. */
export interface DecodedDevice {
  readonly dump: string;
  /** `dddd:bb:dd.f`. */
  readonly slot: string;
  /** As `lspci -nnv` prints it. */
  readonly title: string;
  /** Bytes that lspci would print: 64, 128, 256 or 4096; 0 for a device without rows. */
  readonly configBytes: number;
  readonly headerType: number | null;
  readonly multiFunction: boolean;
  readonly vendor: string;
  readonly device: string;
  /** Class, subclass and programming interface. */
  readonly cls: string;
  readonly capabilities: readonly { readonly offset: number; readonly id: number; readonly name: string }[];
  readonly extCapabilities: readonly {
    readonly offset: number;
    readonly id: number;
    readonly ver: number;
    readonly name: string;
  }[];
  readonly flags: readonly string[];
}

const HEADER_TYPE = 0x0e;
const CARDBUS = 2;

/** How many bytes lspci shows of a space of which `length` bytes were given. */
const shownBytes = (length: number, headerType: number | undefined): number =>
  length >= 4096
    ? 4096
    : length >= 256
      ? 256
      : length >= 128 && headerType === CARDBUS
        ? 128
        : length >= 64
          ? 64
          : 0;

const decodeBlock = (block: Block, dump: string, ids: PciIds): DecodedDevice => {
  const { heading, bytes, length } = block;
  // lspci reads a gap inside the dump as ff, and nothing behind its end.
  const known = new Uint8Array(bytes.length).fill(1, 0, length);
  const headerType = headerTypeOf(bytes, known);
  const empty = length === 0;
  const { found, problems } = walkCapabilities(bytes, known);
  const extended = walkExtendedCapabilities(bytes, known, found).found;
  const classCode = empty ? 0xffffff : readLe(bytes, 0x08, 4) >>> 8;
  return {
    dump,
    slot: formatBdf(heading),
    title: ids.titleWithIds({
      vendorId: empty ? 0xffff : readLe(bytes, 0, 2),
      deviceId: empty ? 0xffff : readLe(bytes, 2, 2),
      classCode,
      revision: empty ? 0xff : (bytes[0x08] ?? 0),
    }),
    configBytes: shownBytes(length, headerType),
    headerType: headerType ?? null,
    multiFunction: known[HEADER_TYPE] === 1 && ((bytes[HEADER_TYPE] ?? 0) & 0x80) !== 0,
    vendor: hex(empty ? 0xffff : readLe(bytes, 0, 2), 4),
    device: hex(empty ? 0xffff : readLe(bytes, 2, 2), 4),
    cls: hex(classCode, 6),
    capabilities: found.map(({ offset, id }) => ({
      offset,
      id,
      name: capabilityName(id)?.title ?? `Capability ID 0x${hex(id, 2)}`,
    })),
    extCapabilities: extended.map(({ offset, id, version }) => ({
      offset,
      id,
      ver: version,
      name: extendedCapabilityName(id)?.title ?? `Extended Capability ID 0x${hex(id, 2)}`,
    })),
    flags: problems.map((problem) =>
      problem.kind === 'truncated'
        ? 'caps <access denied> (config shorter than capability)'
        : `caps ${problem.kind}: ${problem.message}`,
    ),
  };
};

/** Every device of a dump in lspci's order, by address: duplicates and devices without bytes too, as `lspci -F` lists them. */
export const decodeDump = (text: string, dump: string, ids: PciIds): DecodedDevice[] =>
  readBlocks(text)
    .blocks.filter((block) => block.heading.strict || block.length > 0)
    .sort((a, b) => compareBdf(a.heading, b.heading))
    .map((block) => decodeBlock(block, dump, ids));
