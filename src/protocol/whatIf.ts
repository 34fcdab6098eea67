import * as v from 'valibot';
import { addressSchema, idSchema, outcomeSchema, structureSchema } from './model';
import { parse, type Parsed } from './parse';
import { verdictOutcomeSchema } from './verdict';

/**
 * Messages between the extension and the page that tries writes under other circumstances. The page has the form,
 * the host has the machine: the page asks a question and is told the table, the sentences and the quirk plan; what
 * stands behind a cell it asks for when somebody looks.
 */

const u8 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xff));
const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = (maximum: number) => v.pipe(v.string(), v.maxLength(maximum));

/** Writes of one question. More than a person reads; a log may have many more. */
export const MAX_WRITES = 256;

/** As a guest asks: any offset and size, of which the driver refuses most. */
export const triedAccessSchema = v.object({ offset: u32, size: u32, value: u32 });
export type TriedAccess = v.InferOutput<typeof triedAccessSchema>;

export const questionSchema = v.object({
  domid: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0x7fff)),
  /** As the guest addresses the device. */
  guest: addressSchema,
  /** In order. */
  writes: v.pipe(v.array(triedAccessSchema), v.maxLength(MAX_WRITES)),
});
export type Question = v.InferOutput<typeof questionSchema>;

/** As src/backend/trial/whatIf.ts names them. */
export const policySchema = v.picklist(['asIs', 'normal', 'interruptControl', 'quirk', 'permissive']);
export type Policy = v.InferOutput<typeof policySchema>;
export const widthChoiceSchema = v.picklist(['asked', 'pieces', 1, 2, 4]);
export type WidthChoice = v.InferOutput<typeof widthChoiceSchema>;

const placeFields = { profile: text(32), policy: policySchema, width: widthChoiceSchema };
export const placeSchema = v.object(placeFields);
export type Place = v.InferOutput<typeof placeSchema>;

export const cellSchema = v.object({
  ...placeFields,
  outcome: v.picklist([...verdictOutcomeSchema.options, 'impossible']),
  /** Bits, counted over all writes. */
  wanted: count,
  done: count,
  believed: count,
  /** How it differs from what happens now. */
  change: v.picklist(['same', 'more', 'less', 'other', 'impossible']),
  /** Names of the errors that the guest was told. */
  errors: v.array(v.string()),
  /** Bytes of the device that change though no write names them. */
  beside: count,
  /** Cells with the same number cannot be told apart from outside. */
  fate: count,
  /** Why it could not be tried. */
  why: v.exactOptional(v.string()),
  /** There is nothing that a quirk could open, or the kernel's driver does not have the policy. */
  missing: v.exactOptional(v.picklist(['quirk', 'policy'])),
});
export type Cell = v.InferOutput<typeof cellSchema>;

export const tableSchema = v.object({
  /** Kernel releases, newest first. */
  profiles: v.array(v.string()),
  loaded: v.string(),
  policies: v.array(policySchema),
  widths: v.array(widthChoiceSchema),
  /** Every combination of the axes. */
  cells: v.array(cellSchema),
  /** What the device has been given, in words; empty for a newly seized one. */
  given: v.array(v.string()),
  /** Lines of the quirk policy, with the driver that is loaded. */
  quirks: v.array(v.string()),
  summary: v.array(v.string()),
});
export type Table = v.InferOutput<typeof tableSchema>;

const pictureSchema = v.object({ guest: v.exactOptional(u32), device: v.exactOptional(u32) });

const writeResultSchema = v.object({
  write: triedAccessSchema,
  outcome: verdictOutcomeSchema,
  wanted: u32,
  done: u32,
  believed: u32,
  after: pictureSchema,
});
export type WriteResult = v.InferOutput<typeof writeResultSchema>;

/** What stands behind a cell. */
export const detailSchema = v.object({
  place: placeSchema,
  writes: v.array(writeResultSchema),
  /** Which of the writes `accesses` are of. */
  chosen: count,
  /** The accesses that it was made in, with their verdicts. */
  accesses: v.array(outcomeSchema),
  beside: v.array(v.object({ offset: u32, before: u8, after: u8 })),
  refusedEarlier: count,
  why: v.exactOptional(v.string()),
  /** Lines for the shell that bring the device there. */
  shell: v.array(v.string()),
});
export type Detail = v.InferOutput<typeof detailSchema>;

export const quirkPlanSchema = v.object({
  lines: v.array(
    v.object({
      /** As the `quirks` attribute takes it. */
      text: v.string(),
      shell: v.string(),
      /** Registers that it opens, in words. */
      opens: v.string(),
      /** Bits of the writes that come about only with it. */
      gained: count,
    }),
  ),
  writes: v.array(
    v.object({
      before: writeResultSchema,
      after: writeResultSchema,
      effect: v.picklist(['opened', 'more', 'reaches', 'closed', 'unneeded']),
      /** Rules that hold back what does not come about even so. */
      reasons: v.array(v.string()),
    }),
  ),
  beside: count,
  /** Quirk fields that the device has already. */
  present: v.array(v.string()),
});
export type QuirkPlan = v.InferOutput<typeof quirkPlanSchema>;

/** A device that a guest has. */
export const deviceSchema = v.object({
  domid: count,
  guestName: v.string(),
  guest: addressSchema,
  host: addressSchema,
  /** As lspci prints it after the slot. */
  title: v.string(),
});
export type Device = v.InferOutput<typeof deviceSchema>;

export const sectionSchema = v.picklist(['table', 'quirks']);
export type Section = v.InferOutput<typeof sectionSchema>;

export const whatIfRequestSchema = v.variant('kind', [
  /** Tries this from now on, anew whenever the machine changes. */
  v.object({ kind: v.literal('ask'), question: questionSchema }),
  v.object({ kind: v.literal('stop') }),
  v.object({ kind: v.literal('detail'), place: placeSchema, write: count }),
  /** Takes the lost writes of the device in the access log for the writes of the question. */
  v.object({ kind: v.literal('refused') }),
  v.object({ kind: v.literal('applyQuirks'), lines: v.pipe(v.array(text(64)), v.maxLength(MAX_WRITES)) }),
  v.object({ kind: v.literal('copy'), text: text(100_000) }),
  v.object({ kind: v.literal('assign') }),
  /** Takes back what `applyQuirks` did last, while nothing else has happened since. */
  v.object({ kind: v.literal('undoQuirks') }),
]);
export type WhatIfRequest = v.InferOutput<typeof whatIfRequestSchema>;

export const whatIfReplySchema = v.variant('kind', [
  v.object({ kind: v.literal('done') }),
  v.object({ kind: v.literal('told'), text: v.string() }),
  v.object({ kind: v.literal('detail'), detail: detailSchema }),
]);
export type WhatIfReply = v.InferOutput<typeof whatIfReplySchema>;

export const whatIfPageMessageSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('request'), id: idSchema, request: whatIfRequestSchema }),
  v.object({ type: v.literal('problem'), message: v.string() }),
]);
export type WhatIfPageMessage = v.InferOutput<typeof whatIfPageMessageSchema>;

export const whatIfHostMessageSchema = v.variant('type', [
  v.object({
    type: v.literal('state'),
    machine: v.string(),
    devices: v.array(deviceSchema),
    question: v.exactOptional(questionSchema),
    /** Of the device of the question, to name offsets; empty when it is not there. */
    structures: v.array(structureSchema),
    /** Bytes of its configuration space. */
    size: count,
    /** Why nothing can be tried. */
    problem: v.exactOptional(
      v.object({
        kind: v.picklist(['noDevices', 'notThere', 'journalFull', 'noWrites']),
        text: v.string(),
      }),
    ),
    section: v.exactOptional(sectionSchema),
    /** The question came from elsewhere than the form: the form shows it. */
    fill: v.boolean(),
  }),
  v.object({ type: v.literal('progress'), done: count, total: count }),
  /** It was stopped before its end. */
  v.object({ type: v.literal('stopped') }),
  v.object({ type: v.literal('result'), table: tableSchema, plan: quirkPlanSchema }),
  v.object({ type: v.literal('reply'), id: idSchema, reply: whatIfReplySchema }),
  v.object({ type: v.literal('failed'), id: idSchema, message: v.string() }),
]);
export type WhatIfHostMessage = v.InferOutput<typeof whatIfHostMessageSchema>;

/** What the page keeps in VS Code over a reload of the window; its host reads the question. */
export const whatIfStateSchema = v.object({
  question: v.exactOptional(questionSchema),
  section: v.exactOptional(sectionSchema),
  /** Rows that are alike are shown as one. */
  fold: v.exactOptional(v.boolean()),
  /** The cell that is looked at. */
  place: v.exactOptional(placeSchema),
});
export type WhatIfState = v.InferOutput<typeof whatIfStateSchema>;

/** Reads a message from the page. Never throws. */
export const parseWhatIfPageMessage = (input: unknown): Parsed<WhatIfPageMessage> =>
  parse(whatIfPageMessageSchema, 'Message from the page', input);

/** Reads a message from the extension. Never throws. */
export const parseWhatIfHostMessage = (input: unknown): Parsed<WhatIfHostMessage> =>
  parse(whatIfHostMessageSchema, 'Message from the extension', input);

/** Reads what the page kept over a reload. Never throws. */
export const parseWhatIfState = (input: unknown): Parsed<WhatIfState> =>
  parse(whatIfStateSchema, 'Saved state', input);
