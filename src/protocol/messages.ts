import * as v from 'valibot';
import {
  accessMapSchema,
  addressSchema,
  askSchemas,
  decodedSchema,
  chainsSchema,
  headSchema,
  idSchema,
  outcomeSchema,
  revisionSchema,
  runSchema,
  snapshotSchema,
  structureSchema,
  widthSchema,
} from './model';
import { parse, type Parsed } from './parse';
import { remedyAttributeSchema, remedySchema } from './verdict';

/**
 * One message protocol between the extension and the inspector page: schemas give both the types and the
 * validation. Every request has an id and is answered exactly once, with a result or with a message, so that
 * a request cannot hang.
 */

/** Commands that the page may ask the host to run on its function. The host maps them to command ids of its own. */
export const pageCommandSchema = v.picklist(['assign', 'detach', 'permissive', 'showLog']);
export type PageCommand = v.InferOutput<typeof pageCommandSchema>;

/** What the page can ask for. */
export const requestSchema = v.variant('kind', [
  v.object({
    kind: v.literal('confRead'),
    offset: askSchemas.offset,
    size: widthSchema,
  }),
  v.object({
    kind: v.literal('confWrite'),
    offset: askSchemas.offset,
    size: widthSchema,
    value: askSchemas.u32,
  }),
  v.object({
    kind: v.literal('hardwareRead'),
    offset: askSchemas.offset,
    size: widthSchema,
  }),
  v.object({
    kind: v.literal('hardwareWrite'),
    offset: askSchemas.offset,
    size: widthSchema,
    value: askSchemas.u32,
  }),
  /** What a conf_write would come to, on a machine of its own. Answered with an outcome. */
  v.object({
    kind: v.literal('dryRun'),
    offset: askSchemas.offset,
    size: widthSchema,
    value: askSchemas.u32,
  }),
  /** What would let a conf_write through, tried one by one. Answered with `remedies`. */
  v.object({
    kind: v.literal('remedies'),
    offset: askSchemas.offset,
    size: widthSchema,
    value: askSchemas.u32,
  }),
  /** Writes a remedy's lines to the driver's attribute. Answered with `told`. */
  v.object({
    kind: v.literal('remedy'),
    attribute: remedyAttributeSchema,
    lines: v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(16)),
  }),
  /** Opens the what-if table on a conf_write. */
  v.object({
    kind: v.literal('whatIf'),
    offset: askSchemas.offset,
    size: widthSchema,
    value: askSchemas.u32,
  }),
  v.object({ kind: v.literal('command'), command: pageCommandSchema }),
  /** Takes back the machine's last action, or does it again. Answered with `told`. */
  v.object({ kind: v.literal('undo') }),
  v.object({ kind: v.literal('redo') }),
  /** Puts a text on the clipboard: pages may not always do so themselves. */
  v.object({ kind: v.literal('copy'), text: v.pipe(v.string(), v.maxLength(1_000_000)) }),
]);
export type Request = v.InferOutput<typeof requestSchema>;

/** What a request gives back: an outcome for accesses, a sentence for undo and redo, nothing for the others. */
export const replySchema = v.variant('kind', [
  v.object({ kind: v.literal('outcome'), outcome: outcomeSchema }),
  v.object({ kind: v.literal('told'), text: v.string() }),
  v.object({ kind: v.literal('remedies'), remedies: v.array(remedySchema) }),
  v.object({ kind: v.literal('done') }),
]);
export type Reply = v.InferOutput<typeof replySchema>;

export const pageMessageSchema = v.variant('type', [
  /** The page can take messages. */
  v.object({ type: v.literal('ready') }),
  /** A revision was skipped, or a change did not fit: send everything. `have` is the page's revision. */
  v.object({ type: v.literal('resync'), have: revisionSchema }),
  v.object({ type: v.literal('request'), id: idSchema, request: requestSchema }),
  /** Something went wrong in the page; goes to the log. */
  v.object({ type: v.literal('problem'), message: v.string() }),
]);
export type PageMessage = v.InferOutput<typeof pageMessageSchema>;

/** Forms in which the grid's selection is copied. */
export const copyFormatSchema = v.picklist(['hex', 'lspci', 'c', 'setpci', 'json']);
export type CopyFormat = v.InferOutput<typeof copyFormatSchema>;

/** What a command or menu of VS Code makes the page do. */
export const pageActionSchema = v.variant('action', [
  /** Without a format: in the one that the settings name. */
  v.object({ action: v.literal('copy'), format: v.exactOptional(copyFormatSchema) }),
  v.object({ action: v.literal('paste'), text: v.string() }),
  v.object({ action: v.literal('goTo') }),
  v.object({ action: v.literal('find') }),
  /** Forget which bytes changed. */
  v.object({ action: v.literal('clearMarks') }),
  /** Bytes that another view names; `focus` goes there too. */
  v.object({
    action: v.literal('select'),
    offset: askSchemas.offset,
    width: widthSchema,
    focus: v.boolean(),
  }),
]);
export type PageAction = v.InferOutput<typeof pageActionSchema>;

export const hostMessageSchema = v.variant('type', [
  v.object({ type: v.literal('snapshot'), snapshot: snapshotSchema }),
  v.object({
    type: v.literal('changed'),
    /** The revision that the runs apply to. */
    from: revisionSchema,
    revision: revisionSchema,
    hardware: v.array(runSchema),
    guest: v.array(runSchema),
    head: v.exactOptional(headSchema),
    structures: v.exactOptional(v.array(structureSchema)),
    chains: v.exactOptional(chainsSchema),
    decoded: v.exactOptional(decodedSchema),
    /** The whole map anew, when a bit of it changed. */
    access: v.exactOptional(accessMapSchema),
  }),
  v.object({ type: v.literal('do'), what: pageActionSchema }),
  /** Settings that the page goes by; told when it is ready and when they change. */
  v.object({ type: v.literal('settings'), copyFormat: copyFormatSchema }),
  /** The function is not in the machine that is open. */
  v.object({
    type: v.literal('gone'),
    address: addressSchema,
    machine: v.string(),
  }),
  v.object({ type: v.literal('reply'), id: idSchema, reply: replySchema }),
  v.object({ type: v.literal('failed'), id: idSchema, message: v.string() }),
]);
export type HostMessage = v.InferOutput<typeof hostMessageSchema>;

/** The tabs beside the grid. */
export const paneTabSchema = v.picklist(['fields', 'chain']);
export type PaneTab = v.InferOutput<typeof paneTabSchema>;

/** Most significant byte last in configuration space, as PCI has it, or first, as the bytes stand. */
export const byteOrderSchema = v.picklist(['little', 'big']);
export type ByteOrder = v.InferOutput<typeof byteOrderSchema>;

/** How the field list writes numbers. */
export const numberFormatSchema = v.picklist(['hex', 'decimal', 'binary']);
export type NumberFormat = v.InferOutput<typeof numberFormatSchema>;

/** What the page keeps in VS Code over a reload of the window, and its host reads to find the function again. */
export const pageStateSchema = v.object({
  address: addressSchema,
  mode: v.exactOptional(v.picklist(['guest', 'hardware', 'both', 'differences'])),
  width: v.exactOptional(widthSchema),
  /** In which groups of 2 and 4 bytes are shown and typed. */
  byteOrder: v.exactOptional(byteOrderSchema),
  /** The grid shows how each bit takes a write. */
  access: v.exactOptional(v.boolean()),
  numberFormat: v.exactOptional(numberFormatSchema),
  /** Offset of the active cell. */
  selection: v.exactOptional(askSchemas.offset),
  /** Scroll position of the grid and of the field list, in pixels. */
  scroll: v.exactOptional(v.tuple([v.number(), v.number()])),
  tab: v.exactOptional(paneTabSchema),
});
export type PageState = v.InferOutput<typeof pageStateSchema>;

/** Reads a message from the page. Never throws. */
export const parsePageMessage = (input: unknown): Parsed<PageMessage> =>
  parse(pageMessageSchema, 'Message from the page', input);

/** Reads a message from the extension. Never throws. */
export const parseHostMessage = (input: unknown): Parsed<HostMessage> =>
  parse(hostMessageSchema, 'Message from the extension', input);

/** Reads what the page kept over a reload. Never throws. */
export const parsePageState = (input: unknown): Parsed<PageState> =>
  parse(pageStateSchema, 'Saved state', input);

/** The id of a request that could not be read, so that it can be refused rather than left waiting. */
export const requestIdOf = (input: unknown): number | undefined => {
  const result = v.safeParse(v.object({ type: v.literal('request'), id: idSchema }), input);
  return result.success ? result.output.id : undefined;
};
