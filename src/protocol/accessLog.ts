import * as v from 'valibot';
import { addressSchema, idSchema, structureSchema } from './model';
import { parse, type Parsed } from './parse';
import { verdictOutcomeSchema, verdictSchema } from './verdict';

/**
 * Messages between the extension and the page of the access log. The host has the rows and says only that there is
 * news; the page asks for the window that it shows. Rows are named by ordinals, which count what the filter shows
 * and stay when old rows fall out; another `generation` means that they count anew.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const i32 = v.pipe(v.number(), v.integer(), v.minValue(-0x80000000), v.maxValue(0x7fffffff));
const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
const direction = v.picklist([1, -1]);

/** Rows that one window may have. */
export const WINDOW_LIMIT = 500;
/** Rows that are copied at once. */
export const COPY_LIMIT = 10_000;

/**
 * lost: refused or dropped whole. short: any write that did not come about in full. hidden: what the driver's one
 * warning for the device hides. refused: any operation with an error. The others as verdicts name them.
 */
export const outcomeChoiceSchema = v.picklist([
  'any',
  'lost',
  'short',
  'refused',
  'nothing',
  'partly',
  'believed',
  'all',
  'same',
  'hidden',
]);
export type OutcomeChoice = v.InferOutput<typeof outcomeChoiceSchema>;

export const accessFilterSchema = v.object({
  /** Words that all have to be found; see the view's help for `key:word` and `!word`. */
  text: v.pipe(v.string(), v.maxLength(1000)),
  /** Host address; empty for all devices. */
  device: v.union([v.literal(''), addressSchema]),
  outcome: outcomeChoiceSchema,
  reads: v.boolean(),
});
export type AccessFilter = v.InferOutput<typeof accessFilterSchema>;

export const ALL_ACCESSES: AccessFilter = { text: '', device: '', outcome: 'any', reads: true };

const seqSchema = v.pipe(v.number(), v.integer(), v.minValue(1));

export const accessRequestSchema = v.variant('kind', [
  v.object({
    kind: v.literal('rows'),
    filter: accessFilterSchema,
    /** Ordinal of the first row; absent for the last `limit` rows. */
    from: v.exactOptional(count),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(WINDOW_LIMIT)),
    /** A row to be found again under this filter. */
    find: v.exactOptional(seqSchema),
  }),
  /** The next row that touches what this one touches. */
  v.object({ kind: v.literal('seek'), filter: accessFilterSchema, seq: seqSchema, direction }),
  v.object({ kind: v.literal('detail'), seq: seqSchema }),
  /** Shows the row's register in the inspector; `focus` goes there too. */
  v.object({ kind: v.literal('open'), seq: seqSchema, focus: v.boolean() }),
  /** Rows from one ordinal to another, both included; more than COPY_LIMIT are not copied. */
  v.object({
    kind: v.literal('copy'),
    filter: accessFilterSchema,
    from: count,
    to: count,
    format: v.picklist(['text', 'json']),
  }),
  /** Tries the writes among these rows that go where row `seq` goes, under every policy, width and kernel. */
  v.object({
    kind: v.literal('whatIf'),
    filter: accessFilterSchema,
    from: count,
    to: count,
    seq: seqSchema,
  }),
  v.object({ kind: v.literal('command'), command: v.picklist(['clear', 'export', 'assign']) }),
]);
export type AccessRequest = v.InferOutput<typeof accessRequestSchema>;

export const accessOpSchema = v.picklist([
  'conf_read',
  'conf_write',
  'enable_msi',
  'disable_msi',
  'enable_msix',
  'disable_msix',
  'aer_detected',
  'aer_mmio',
  'aer_slotreset',
  'aer_resume',
]);

export const accessRowSchema = v.object({
  ordinal: count,
  seq: seqSchema,
  guest: v.string(),
  /** Addresses as they are shown; no host where the guest has no device. */
  at: v.string(),
  host: v.exactOptional(v.string()),
  op: accessOpSchema,
  /** Names from the catalogue; empty where there are none. */
  registers: v.string(),
  /** `0x04.w`; empty where the operation has no offset. */
  place: v.string(),
  /** What was written, or what came back; empty where nothing did. */
  value: v.string(),
  outcome: v.exactOptional(verdictOutcomeSchema),
  /** Absent for answers to AER. */
  err: v.exactOptional(v.object({ code: i32, name: v.string() })),
  /** The rule that decided, or what the kernel said. */
  reason: v.string(),
  warning: v.exactOptional(v.picklist(['printed', 'hidden'])),
  /** Of the row at which the driver warned: writes that it did not mention afterwards. */
  hides: v.exactOptional(count),
  undone: v.boolean(),
});
export type AccessRow = v.InferOutput<typeof accessRowSchema>;

/** Everything about one row. */
export const accessDetailSchema = v.object({
  row: accessRowSchema,
  /** The function's host address; absent where the guest has no device. */
  device: v.exactOptional(addressSchema),
  offset: i32,
  size: i32,
  sent: v.exactOptional(u32),
  verdict: v.exactOptional(verdictSchema),
  /** Structures that the access touches, with the registers that it touches. */
  structures: v.array(structureSchema),
  log: v.array(v.object({ level: v.pipe(v.number(), v.integer()), text: v.string() })),
  /** Row at which the driver gave the one warning that hides this row; absent when that is not in the log. */
  warnedAt: v.exactOptional(seqSchema),
});
export type AccessDetail = v.InferOutput<typeof accessDetailSchema>;

export const accessReplySchema = v.variant('kind', [
  v.object({
    kind: v.literal('rows'),
    generation: count,
    /** Ordinals of the rows that the filter shows: the oldest, and the one after the newest. */
    start: count,
    end: count,
    rows: v.pipe(v.array(accessRowSchema), v.maxLength(WINDOW_LIMIT)),
    /** Where the row that was asked for stands, or the first after it. */
    found: v.exactOptional(count),
    /** Rows in the log, and rows that fell out of it. */
    total: count,
    fallen: count,
    /** Writes refused or dropped whole; writes that the driver warned of, and that its warnings hide. */
    lost: count,
    warned: count,
    hidden: count,
    /** Functions in the log. */
    devices: v.array(v.object({ address: addressSchema, label: v.string() })),
    /** Some function is assigned to a guest, so that there can be accesses. */
    assigned: v.boolean(),
  }),
  v.object({ kind: v.literal('found'), ordinal: count, seq: seqSchema }),
  v.object({ kind: v.literal('detail'), detail: accessDetailSchema }),
  v.object({ kind: v.literal('done') }),
]);
export type AccessReply = v.InferOutput<typeof accessReplySchema>;
export type AccessWindow = Extract<AccessReply, { kind: 'rows' }>;

export const accessPageMessageSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('request'), id: idSchema, request: accessRequestSchema }),
  v.object({ type: v.literal('focus'), has: v.boolean() }),
  v.object({ type: v.literal('problem'), message: v.string() }),
]);
export type AccessPageMessage = v.InferOutput<typeof accessPageMessageSchema>;

/** What a command or menu of VS Code makes the page do. Without a row: with the one that is chosen. */
export const accessActionSchema = v.picklist([
  'next',
  'previous',
  'copy',
  'copyJson',
  'open',
  'whatIf',
  'filterRegister',
  'filterDevice',
]);
export type AccessAction = v.InferOutput<typeof accessActionSchema>;

export const accessHostMessageSchema = v.variant('type', [
  /** There are other rows than before. */
  v.object({ type: v.literal('changed') }),
  v.object({ type: v.literal('do'), action: accessActionSchema, seq: v.exactOptional(seqSchema) }),
  v.object({ type: v.literal('filter'), filter: accessFilterSchema }),
  v.object({ type: v.literal('reply'), id: idSchema, reply: accessReplySchema }),
  v.object({ type: v.literal('failed'), id: idSchema, message: v.string() }),
]);
export type AccessHostMessage = v.InferOutput<typeof accessHostMessageSchema>;

/** What the page keeps while it is hidden, and over a reload of the window. */
export const accessPageStateSchema = v.object({
  filter: accessFilterSchema,
  follow: v.boolean(),
  detail: v.boolean(),
});
export type AccessPageState = v.InferOutput<typeof accessPageStateSchema>;

/** Reads a message from the page. Never throws. */
export const parseAccessPageMessage = (input: unknown): Parsed<AccessPageMessage> =>
  parse(accessPageMessageSchema, 'Message from the page', input);

/** Reads a message from the extension. Never throws. */
export const parseAccessHostMessage = (input: unknown): Parsed<AccessHostMessage> =>
  parse(accessHostMessageSchema, 'Message from the extension', input);

/** Reads what the page kept. Never throws. */
export const parseAccessPageState = (input: unknown): Parsed<AccessPageState> =>
  parse(accessPageStateSchema, 'Saved state', input);
