import * as v from 'valibot';

/** A verdict as the page tells it: what became of each bit of an access, by which rule, and what would help. */

const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));

/** As src/backend/verdict/rules.ts names them. */
export const fateSchema = v.picklist([
  'written',
  'acted',
  'cleared',
  'shadowed',
  'emulated',
  'same',
  'masked',
  'ignored',
  'dropped',
  'kept',
  'refused',
  'read',
]);
export type Fate = v.InferOutput<typeof fateSchema>;

/** As src/backend/verdict/verdict.ts names them. */
export const verdictOutcomeSchema = v.picklist([
  'all',
  'believed',
  'partly',
  'nothing',
  'refused',
  'same',
  'read',
]);
export type VerdictOutcome = v.InferOutput<typeof verdictOutcomeSchema>;

/** Bits that met the same rule. Masks are in bits of the request. */
export const verdictPartSchema = v.object({
  code: v.string(),
  layer: v.string(),
  fate: fateSchema,
  mask: u32,
  /** The rule in words. */
  text: v.string(),
  /** File and function of the kernel that hold it. */
  where: v.exactOptional(v.string()),
});
export type VerdictPart = v.InferOutput<typeof verdictPartSchema>;

/** Absent where an access fails, or nobody has the device. */
const pictureSchema = v.object({ guest: v.exactOptional(u32), device: v.exactOptional(u32) });

export const verdictSchema = v.object({
  outcome: verdictOutcomeSchema,
  parts: v.array(verdictPartSchema),
  wanted: u32,
  done: u32,
  believed: u32,
  before: pictureSchema,
  after: pictureSchema,
});
export type Verdict = v.InferOutput<typeof verdictSchema>;

/** Attributes of the driver that a remedy may write. */
export const remedyAttributeSchema = v.picklist(['quirks', 'permissive', 'allow_interrupt_control']);

export const remedySchema = v.object({
  /** As src/backend/trial/remedies.ts names them. */
  kind: v.picklist([
    'width',
    'value',
    'first',
    'request',
    'interruptControl',
    'quirk',
    'permissive',
    'profile',
    'advice',
  ]),
  text: v.string(),
  /** Kernel release whose driver it is. */
  profile: v.exactOptional(v.string()),
  /** That driver is older than the one that is loaded. */
  older: v.exactOptional(v.boolean()),
  /** Writes to an attribute of the driver that are the remedy, and the shell's lines for them. */
  sysfs: v.exactOptional(
    v.object({
      attribute: remedyAttributeSchema,
      lines: v.array(v.pipe(v.string(), v.maxLength(64))),
      shell: v.array(v.string()),
    }),
  ),
  outcome: verdictOutcomeSchema,
  done: u32,
});
export type Remedy = v.InferOutput<typeof remedySchema>;
