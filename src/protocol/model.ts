import * as v from 'valibot';
import { verdictSchema } from './verdict';

/**
 * What the inspector page is told of one function. The schemas are the types: each side validates what arrives
 * with the same schema that the other side compiled against.
 */

const u8 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xff));
const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
/** Offsets in a configuration space: 0..4095. */
const offset = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xfff));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const revisionSchema = count;
export const idSchema = count;

/**
 * Access widths in bytes that configuration space knows. A guest may ask for others; its driver refuses them.
 */
export const widthSchema = v.picklist([1, 2, 4]);
export type Width = v.InferOutput<typeof widthSchema>;

/** `dddd:bb:dd.f`, domains above 0xffff with more digits. Text, because the page only shows it and gives it back. */
export const addressSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/, 'not a PCI address'),
);

/** Bytes travel as Uint8Array. A check by tag, since the array may come from another realm. */
const bytes = (maximum: number) =>
  v.pipe(
    v.custom<Uint8Array>(
      (input) => Object.prototype.toString.call(input) === '[object Uint8Array]',
      'not bytes',
    ),
    v.check((input) => input.length <= maximum, `more than ${maximum} bytes`),
  );

export const imageSchema = v.pipe(
  v.object({
    bytes: bytes(4096),
    /** 1 = known. */
    known: bytes(4096),
  }),
  v.check((image) => image.bytes.length === image.known.length, 'bytes and known differ in length'),
);
export type Image = v.InferOutput<typeof imageSchema>;

/** Consecutive bytes of an image that changed. */
export const runSchema = v.pipe(
  v.object({ offset, bytes: bytes(4096), known: bytes(4096) }),
  v.check((run) => run.bytes.length > 0 && run.bytes.length === run.known.length, 'run lengths differ'),
  v.check((run) => run.offset + run.bytes.length <= 4096, 'run goes past the end of configuration space'),
);
export type Run = v.InferOutput<typeof runSchema>;

/** As src/backend/spec/register.ts names them. */
export const accessSchema = v.picklist([
  'RO',
  'ROS',
  'RW',
  'RWS',
  'RW1C',
  'RW1CS',
  'HwInit',
  'WO',
  'RsvdP',
  'RsvdZ',
]);
export type Access = v.InferOutput<typeof accessSchema>;

const bit = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(31));

export const bitFieldSchema = v.pipe(
  v.object({
    name: v.string(),
    title: v.string(),
    lsb: bit,
    width: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(32)),
    access: accessSchema,
    /** Value and meaning, in order of value; empty when the specification does not enumerate them. */
    values: v.array(v.tuple([u32, v.string()])),
    /** Low bits of an address or offset that the field leaves out: people read and type it with them. */
    shift: bit,
  }),
  v.check((field) => field.lsb + field.width <= 32, 'field goes past bit 31'),
  v.check((field) => field.width + field.shift <= 32, 'shifted field goes past bit 31'),
);
export type BitField = v.InferOutput<typeof bitFieldSchema>;

export const registerSchema = v.pipe(
  v.object({
    name: v.string(),
    title: v.string(),
    /** From the start of configuration space. */
    offset,
    width: widthSchema,
    access: accessSchema,
    fields: v.array(bitFieldSchema),
    source: v.string(),
  }),
  v.check((r) => r.fields.every((f) => f.lsb + f.width <= 8 * r.width), 'a field goes past its register'),
);
export type Register = v.InferOutput<typeof registerSchema>;

export const structureSchema = v.object({
  kind: v.picklist(['header', 'capability', 'extendedCapability']),
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff)),
  version: v.exactOptional(u8),
  offset,
  length: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4096)),
  name: v.string(),
  title: v.string(),
  registers: v.array(registerSchema),
});
export type Structure = v.InferOutput<typeof structureSchema>;

/** One line of lspci -vvv of a structure, without its indentation. */
export const decodedLineSchema = v.object({
  /** Empty in a line that continues the one above. */
  label: v.string(),
  text: v.string(),
  /** Names of the registers of the structure that the text comes from. */
  registers: v.array(v.string()),
});
export type DecodedLine = v.InferOutput<typeof decodedLineSchema>;

/** Decoded lines of each structure, in the order of the structures. */
export const decodedSchema = v.object({
  hardware: v.array(v.array(decodedLineSchema)),
  guest: v.exactOptional(v.array(v.array(decodedLineSchema))),
});
export type Decoded = v.InferOutput<typeof decodedSchema>;

/** The guest that owns the function, and the address that it sees. */
export const ownerSchema = v.object({
  domid: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0x7fff)),
  name: v.string(),
  address: addressSchema,
});
export type Owner = v.InferOutput<typeof ownerSchema>;

/** The head of the page: who the function is and who stands between it and its guest. */
export const headSchema = v.object({
  address: addressSchema,
  /** As lspci prints it after the slot. */
  title: v.string(),
  owner: v.exactOptional(ownerSchema),
  driver: v.exactOptional(v.string()),
  originalDriver: v.exactOptional(v.string()),
  permissive: v.boolean(),
  allowInterruptControl: v.boolean(),
  powerState: v.string(),
  /** Hops of a guest's access, from guest to device. */
  pipeline: v.array(v.string()),
  /** What undo would take back and redo would do again, e.g. `conf_write 0x04`; absent when there is nothing. */
  undo: v.exactOptional(v.string()),
  redo: v.exactOptional(v.string()),
});
export type Head = v.InferOutput<typeof headSchema>;

/**
 * How each bit takes a write, bit 0 of the first byte first: one byte per bit. Low four bits what the device does
 * (`DEVICE_ACCESS`), high four bits what a guest's write meets before (`GUEST_FATE`).
 */
export const accessMapSchema = bytes(8 * 4096);
/** 0: nothing known, or no structure owns the bit. */
export const DEVICE_ACCESS = ['unknown', 'RO', 'RW', 'RW1C', 'WO', 'reserved'] as const;
/**
 * noGuest: no guest has the function. passes: on to the device as it is. acted: the kernel acts on it. emulated:
 * kept by the driver. ignored: a field of the driver that takes no writes. dropped: no field, not permissive.
 * refused: the whole write ends in an error. hidden: reads as zero, whatever the device holds.
 */
export const GUEST_FATE = [
  'noGuest',
  'passes',
  'acted',
  'emulated',
  'ignored',
  'dropped',
  'refused',
  'hidden',
] as const;
export type DeviceAccess = (typeof DEVICE_ACCESS)[number];
export type GuestFate = (typeof GUEST_FATE)[number];

/** A capability as a pointer leads to it, or as it stands unlinked. As src/backend/spec/unlinked.ts has it. */
export const chainNodeSchema = v.object({
  kind: v.picklist(['capability', 'extendedCapability']),
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff)),
  version: v.exactOptional(u8),
  offset,
  length: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4096)),
  name: v.string(),
  title: v.string(),
  /** As read; 0 ends the chain. */
  nextPointer: offset,
});
export type ChainNode = v.InferOutput<typeof chainNodeSchema>;

/** As src/backend/spec/chainLint.ts finds them. */
export const chainFindingSchema = v.object({
  kind: v.picklist([
    'loop',
    'broken',
    'intoHeader',
    'unaligned',
    'truncated',
    'unlinked',
    'overlap',
    'version',
    'notAnnounced',
    'noExpress',
  ]),
  severity: v.picklist(['error', 'warning', 'info']),
  /** Of the byte that is wrong, or that begins what the finding is about. */
  offset,
  message: v.string(),
  /** The other place that the finding is about. */
  related: v.exactOptional(offset),
});
export type ChainFinding = v.InferOutput<typeof chainFindingSchema>;

/** Both capability chains of one image. */
export const chainSchema = v.object({
  /** Absent when no list is announced. */
  firstPointer: v.exactOptional(v.object({ offset, value: u8 })),
  /** In chain order. */
  capabilities: v.array(chainNodeSchema),
  extended: v.array(chainNodeSchema),
  /** Structures that no pointer reaches, in order of offset. */
  unlinked: v.array(chainNodeSchema),
  /** In order of offset. */
  findings: v.array(chainFindingSchema),
});
export type Chain = v.InferOutput<typeof chainSchema>;

export const chainsSchema = v.object({
  hardware: chainSchema,
  /** Absent when no guest owns the function. */
  guest: v.exactOptional(chainSchema),
});
export type Chains = v.InferOutput<typeof chainsSchema>;

/** Everything that the page shows, at one revision. */
export const snapshotSchema = v.pipe(
  v.object({
    revision: revisionSchema,
    head: headSchema,
    /** Placed from what the hardware holds, in chain order, header first. */
    structures: v.array(structureSchema),
    chains: chainsSchema,
    decoded: decodedSchema,
    hardware: imageSchema,
    /** What the hardware holds after a reset of the function. */
    reset: imageSchema,
    /** Absent when no guest owns the function. */
    guest: v.exactOptional(imageSchema),
    /** Absent when it was not worked out. */
    access: v.exactOptional(accessMapSchema),
  }),
  v.check(
    ({ access, hardware }) => access === undefined || access.length === 8 * hardware.bytes.length,
    'access has not one byte per bit',
  ),
);
export type Snapshot = v.InferOutput<typeof snapshotSchema>;

const realWriteSchema = v.object({
  address: addressSchema,
  offset,
  width: widthSchema,
  value: u32,
});

/** The outcome of one configuration access, as the page tells it. */
export const outcomeSchema = v.object({
  op: v.picklist(['conf_read', 'conf_write', 'read', 'write']),
  /** Who asked: the guest through the protocol, or the host past every driver. */
  through: v.picklist(['guest', 'hardware']),
  /** As the one who asked addresses it. */
  address: addressSchema,
  /** As asked; a guest may ask for anything. */
  offset: v.pipe(v.number(), v.integer()),
  size: v.pipe(v.number(), v.integer()),
  /** Value sent by a write. */
  sent: v.exactOptional(u32),
  /** Value that came back from a read; absent when it is not known. */
  value: v.exactOptional(u32),
  /** `err` of the op as the driver left it, and its name. Absent for host accesses. */
  err: v.exactOptional(v.object({ code: v.pipe(v.number(), v.integer()), name: v.string() })),
  /** Why an access by the host was refused. */
  refused: v.exactOptional(v.string()),
  /** Configuration writes that reached a device. */
  writes: v.array(realWriteSchema),
  log: v.array(v.object({ level: v.pipe(v.number(), v.integer()), text: v.string() })),
  notifications: count,
  /** Late EOIs: 0 normal, 1 spurious. */
  eoi: v.array(v.pipe(v.number(), v.integer())),
  /** What became of every bit. Absent for accesses by the host. */
  verdict: v.exactOptional(verdictSchema),
  /** It was tried on a machine of its own; this one is as it was. */
  dryRun: v.exactOptional(v.boolean()),
});
export type Outcome = v.InferOutput<typeof outcomeSchema>;

/** Bounds for what the page asks; the engine's own bounds are the driver's. */
export const askSchemas = { offset, u32 };
