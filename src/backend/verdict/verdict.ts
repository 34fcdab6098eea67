import { and, andNot, or, shl, shr, u32, xor } from '../spec/uint';
import type { Decision, DecisionCode, Layer } from './decision';
import { RULES, type Fate } from './rules';

/**
 * What became of every bit of one configuration access, put together from what the layers told while they decided
 * and from what guest and device hold before and after. Masks and values are in the bits of the request: bit 0 is
 * bit 0 of the byte at its offset.
 */

/** Bits of the request with the same fate for the same reason. */
export interface VerdictPart {
  readonly layer: Layer;
  readonly code: DecisionCode;
  readonly fate: Fate;
  readonly mask: number;
}

/** What guest and device hold in the bytes of the request; undefined where an access fails. */
export interface Picture {
  /** What a read by the guest gives. */
  readonly guest: number | undefined;
  readonly device: number | undefined;
}

/**
 * all: everything that the guest wanted to change came about. believed: the guest reads back what it wrote, the
 * device does not have it. partly: some of it. nothing: none of it, though the guest was told success. refused: the
 * guest was told an error. same: the guest wanted no change. read: it was a read.
 */
export type Outcome = 'all' | 'believed' | 'partly' | 'nothing' | 'refused' | 'same' | 'read';

export interface Verdict {
  readonly outcome: Outcome;
  /** No part overlaps another; together they cover the request. From low to high bits. */
  readonly parts: readonly VerdictPart[];
  /** Bits that the guest wanted to change: those that differ from what it reads, and set bits that a written 1 clears. */
  readonly wanted: number;
  /** Wanted bits that came about. */
  readonly done: number;
  /** Wanted bits that the guest reads back as written though the device does not have them. */
  readonly believed: number;
  readonly before: Picture;
  readonly after: Picture;
}

export interface AccessFacts {
  readonly op: 'conf_read' | 'conf_write';
  readonly offset: number;
  /** 1, 2 or 4; others are refused and have no bits. */
  readonly size: number;
  readonly sent: number;
  readonly err: number;
  readonly decisions: readonly Decision[];
  readonly before: Picture;
  readonly after: Picture;
  /** Bits of the request that a written 1 clears in the device, and bits that it takes as written. */
  readonly w1c: number;
  readonly rw: number;
  /** Bits of the request that read 0 and start something in the device when 1 is written; asked for when it matters. */
  readonly starts?: () => number;
}

/** Sizes that the driver refuses have bits too, so that a refusal has something to be about: those of 1 to 4 bytes. */
const requestMask = (size: number): number => u32(2 ** (8 * Math.min(Math.max(size, 1), 4)) - 1);

/** A mask at `from` in bits of a request at `to`; the distance may be negative. */
const moved = (mask: number, from: number, to: number): number =>
  from >= to ? shl(mask, 8 * (from - to)) : shr(mask, 8 * (to - from));

interface Told {
  readonly layer: Layer;
  readonly code: DecisionCode;
  readonly mask: number;
}

/** A later decision on a bit replaces an earlier one: fields are merged in the driver's order. */
const layered = (facts: AccessFacts, request: number): readonly Told[] => {
  const told: Told[] = [];
  let seen = 0;
  for (const d of [...facts.decisions].reverse()) {
    const mask = andNot(and(moved(d.mask, d.offset, facts.offset), request), seen);
    if (mask === 0) continue;
    seen = or(seen, mask);
    told.push({ layer: d.layer, code: d.code, mask });
  }
  const rest = andNot(request, seen);
  if (rest !== 0) told.push({ layer: 'pciback', code: 'outside-field', mask: rest });
  return told;
};

/** What the device made of bits that reached it as the guest sent them. */
const deviceParts = (facts: AccessFacts, reached: number): readonly Told[] => {
  const { before, after, sent, w1c, rw } = facts;
  if (after.device === undefined || before.device === undefined) return [];
  const clears = and(reached, w1c);
  const one = and(clears, sent);
  const plain = andNot(reached, w1c);
  const differing = and(plain, xor(after.device, sent));
  const commands = andNot(and(differing, sent), rw);
  const started = commands === 0 ? 0 : and(commands, facts.starts?.() ?? 0);
  const missed = andNot(differing, started);
  const parts: readonly (readonly [DecisionCode, number])[] = [
    ['device-cleared', andNot(and(one, before.device), after.device)],
    ['device-already-clear', andNot(one, or(before.device, after.device))],
    ['device-not-cleared', and(andNot(clears, sent), before.device)],
    ['device-started', started],
    ['device-read-only', andNot(missed, rw)],
    ['device-changed', or(and(missed, rw), and(one, after.device))],
  ];
  return parts.filter(([, mask]) => mask !== 0).map(([code, mask]) => ({ layer: 'device', code, mask }));
};

const partOf = ({ layer, code, mask }: Told): VerdictPart => ({ layer, code, fate: RULES[code].fate, mask });

const lowestFirst = (a: VerdictPart, b: VerdictPart): number => u32(a.mask & -a.mask) - u32(b.mask & -b.mask);

const writtenParts = (facts: AccessFacts, request: number): readonly VerdictPart[] => {
  const told = layered(facts, request).map(partOf);
  const reached = told.reduce((mask, part) => (part.fate === 'written' ? or(mask, part.mask) : mask), 0);
  const own = deviceParts(facts, reached).map(partOf);
  const taken = own.reduce((mask, part) => or(mask, part.mask), 0);
  return [
    ...told
      .map((part) => (part.fate === 'written' ? { ...part, mask: andNot(part.mask, taken) } : part))
      .filter((part) => part.mask !== 0),
    ...own,
  ].sort(lowestFirst);
};

const outcomeOf = (facts: AccessFacts, wanted: number, done: number, believed: number): Outcome => {
  if (facts.err !== 0) return 'refused';
  if (wanted === 0) return 'same';
  if (done === wanted) return 'all';
  if (done === 0 && believed === wanted) return 'believed';
  return done === 0 && believed === 0 ? 'nothing' : 'partly';
};

/** Puts the verdict together. Never throws. */
export const verdictOf = (facts: AccessFacts): Verdict => {
  const { op, size, sent, before, after } = facts;
  const request = requestMask(size);
  if (op === 'conf_read') {
    const parts = layered(facts, request).map(partOf).sort(lowestFirst);
    return {
      outcome: facts.err === 0 ? 'read' : 'refused',
      parts,
      wanted: 0,
      done: 0,
      believed: 0,
      before,
      after,
    };
  }
  const parts = writtenParts(facts, request);
  const known = before.guest ?? before.device ?? andNot(request, sent);
  const wanted = and(or(andNot(xor(sent, known), facts.w1c), and(and(facts.w1c, sent), known)), request);
  const fated = (...fates: readonly Fate[]): number =>
    parts.reduce((mask, part) => (fates.includes(part.fate) ? or(mask, part.mask) : mask), 0);
  // A bit that a written 1 clears agrees with a 1 when it is clear.
  const agrees = (value: number | undefined): number =>
    value === undefined ? 0 : u32(xor(~xor(value, sent), facts.w1c));
  // What a kernel function did is judged by the device: it may have had reasons of its own to leave a bit. What the
  // driver only keeps for the guest has come about where the device happens to hold the same.
  const judged = fated('acted', 'same', 'shadowed');
  const both = and(agrees(after.device), agrees(after.guest));
  const done = and(
    wanted,
    or(
      fated('written', 'cleared', 'emulated'),
      or(and(fated('acted', 'same'), agrees(after.device)), and(fated('shadowed'), both)),
    ),
  );
  const believed = andNot(and(wanted, and(judged, agrees(after.guest))), done);
  return { outcome: outcomeOf(facts, wanted, done, believed), parts, wanted, done, believed, before, after };
};
