import type { Machine } from '../../backend/machine';
import { formatBdf } from '../../backend/spec/bdf';
import { chainsOf } from '../../backend/spec/chainLint';
import type { PlacedStructure } from '../../backend/spec/layout';
import type { BitFieldSpec } from '../../backend/spec/register';
import { RULES, ruleText } from '../../backend/verdict/rules';
import type { Picture, Verdict } from '../../backend/verdict/verdict';
import type { ActionResult, ConfigImage, ConfigOp, FunctionState, Observations } from '../../backend/view';
import type { Chain, Head, Image, Outcome, Snapshot, Structure, Width } from '../../protocol/model';
import type { Verdict as ToldVerdict } from '../../protocol/verdict';

import type { DecodedFunction } from './decoded';

/** Turns what the engine shows into what the page is told. No vscode here. */

const valuesOf = (values: BitFieldSpec['values']): [number, string][] =>
  Object.entries(values ?? {}).map(([value, meaning]) => [Number(value), meaning]);

/** A placed structure as pages are told it. */
export const structureOf = (placed: PlacedStructure): Structure => ({
  kind: placed.kind,
  id: placed.id,
  ...(placed.version === undefined ? {} : { version: placed.version }),
  offset: placed.offset,
  length: placed.length,
  name: placed.name,
  title: placed.title,
  registers: placed.registers.map((register) => ({
    name: register.name,
    title: register.title,
    offset: register.offset,
    width: register.width,
    access: register.access,
    source: register.source,
    fields: register.fields.map((field) => ({
      name: field.name,
      title: field.title,
      lsb: field.lsb,
      width: field.width,
      access: field.access,
      values: valuesOf(field.values),
      shift: field.shift ?? 0,
    })),
  })),
});

const told = new WeakMap<readonly PlacedStructure[], Structure[]>();

/** The same list for the same list: hundreds of registers, which hardly ever change. */
const structuresOf = (placed: readonly PlacedStructure[]): Structure[] => {
  const structures = told.get(placed) ?? placed.map(structureOf);
  told.set(placed, structures);
  return structures;
};

/** Copies: the engine may write its arrays on, the page's picture must not follow unseen. */
const imageOf = (image: ConfigImage): Image => ({ bytes: image.bytes.slice(), known: image.known.slice() });

const headOf = (machine: Machine, state: FunctionState, title: string): Head => {
  const { assignedTo } = state;
  const { undo, redo } = machine.undoable();
  const owner = assignedTo && {
    domid: assignedTo.domid,
    name: machine.guests().find((guest) => guest.domid === assignedTo.domid)?.name ?? '',
    address: formatBdf(assignedTo.guest),
  };
  return {
    address: formatBdf(state.bdf),
    title,
    ...(owner ? { owner } : {}),
    ...(state.driver === undefined ? {} : { driver: state.driver }),
    ...(state.originalDriver === undefined ? {} : { originalDriver: state.originalDriver }),
    permissive: state.permissive,
    allowInterruptControl: state.allowInterruptControl,
    powerState: state.powerState,
    ...(undo === undefined ? {} : { undo }),
    ...(redo === undefined ? {} : { redo }),
    pipeline: owner ? [owner.name, 'pcifront', 'shared page', 'pciback', 'device'] : ['host', 'device'],
  };
};

const chainOf = ({ bytes, known }: Image): Chain => {
  const { firstPointer, capabilities, extended, unlinked, findings } = chainsOf(bytes, known);
  return {
    ...(firstPointer && { firstPointer }),
    capabilities: [...capabilities],
    extended: [...extended],
    unlinked: unlinked.map(({ evidence: _, ...node }) => node),
    findings: [...findings],
  };
};

/** Everything that the page shows of the function, at the page's own revision. */
export const snapshotOf = (
  machine: Machine,
  state: FunctionState,
  title: string,
  revision: number,
  decoded: DecodedFunction,
): Snapshot => {
  const { bdf, assignedTo } = state;
  const hardware = imageOf(machine.realImage(bdf));
  const seen = assignedTo && machine.guestImage(assignedTo.domid, bdf);
  const guest = seen && imageOf(seen);
  const placed = machine.layout(bdf);
  const facts = machine.kernelFacts(bdf);
  return {
    revision,
    head: headOf(machine, state, title),
    structures: structuresOf(placed),
    chains: { hardware: chainOf(hardware), ...(guest ? { guest: chainOf(guest) } : {}) },
    decoded: {
      hardware: decoded.hardware.lines(placed, hardware, facts),
      ...(guest ? { guest: decoded.guest.lines(placed, guest, facts) } : {}),
    },
    hardware,
    reset: imageOf(machine.resetImage(bdf)),
    ...(guest ? { guest } : {}),
    access: machine.accessMap(bdf),
  };
};

const observedBy = (observed: Observations): Pick<Outcome, 'writes' | 'log' | 'notifications' | 'eoi'> => ({
  writes: observed.writes.map(({ bdf, offset, width, value }) => ({
    address: formatBdf(bdf),
    offset,
    width,
    value,
  })),
  log: observed.log.map(({ level, text }) => ({ level, text })),
  notifications: observed.notifications,
  eoi: [...observed.eoi],
});

const pictureOf = ({ guest, device }: Picture): ToldVerdict['before'] => ({
  ...(guest === undefined ? {} : { guest }),
  ...(device === undefined ? {} : { device }),
});

/** A verdict with the words of its rules. */
export const verdictText = (verdict: Verdict): ToldVerdict => ({
  outcome: verdict.outcome,
  parts: verdict.parts.map(({ code, layer, fate, mask }) => {
    const { where } = RULES[code];
    const text = ruleText(code, verdict.outcome === 'refused');
    return { code, layer, fate, mask, text, ...(where === undefined ? {} : { where }) };
  }),
  wanted: verdict.wanted,
  done: verdict.done,
  believed: verdict.believed,
  before: pictureOf(verdict.before),
  after: pictureOf(verdict.after),
});

/** A guest's operation as the page tells it. */
export const guestOutcome = (op: ConfigOp): Outcome => ({
  op: op.op,
  through: 'guest',
  address: formatBdf(op.guest),
  offset: op.offset,
  size: op.size,
  ...(op.op === 'conf_write' ? { sent: op.sent } : { value: op.value }),
  err: { code: op.err, name: op.errName },
  ...(op.verdict === undefined ? {} : { verdict: verdictText(op.verdict) }),
  ...observedBy(op.observed),
});

/** A write by the host, past every driver. */
export const hardwareWriteOutcome = (
  state: FunctionState,
  offset: number,
  size: Width,
  sent: number,
  result: ActionResult,
): Outcome => ({
  op: 'write',
  through: 'hardware',
  address: formatBdf(state.bdf),
  offset,
  size,
  sent,
  ...(result.ok ? {} : { refused: result.message }),
  ...observedBy(result.observed),
});

/** What the hardware holds at an offset; without a value when a byte of it is not known. */
export const hardwareReadOutcome = (
  state: FunctionState,
  offset: number,
  size: Width,
  image: ConfigImage,
): Outcome => {
  let value: number | undefined = 0;
  for (let i = size - 1; i >= 0; i--) {
    const byte = image.bytes[offset + i];
    value =
      value === undefined || byte === undefined || image.known[offset + i] !== 1
        ? undefined
        : value * 0x100 + byte;
  }
  return {
    op: 'read',
    through: 'hardware',
    address: formatBdf(state.bdf),
    offset,
    size,
    ...(value === undefined ? {} : { value }),
    writes: [],
    log: [],
    notifications: 0,
    eoi: [],
  };
};
