import type { HostMessage } from '../../protocol/messages';
import type { Decoded, Image, Run, Snapshot } from '../../protocol/model';
import { changedRuns } from '../../protocol/runs';

const NONE: Image = { bytes: new Uint8Array(0), known: new Uint8Array(0) };

/** Plain data, so their text decides whether they are equal. Layouts are large, but mostly the same object. */
const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Lines that did not change are the same objects (see DecodedImage). */
const sameLines = (a: Decoded, b: Decoded): boolean =>
  [
    [a.hardware, b.hardware],
    [a.guest ?? [], b.guest ?? []],
  ].every(
    ([left = [], right = []]) => left.length === right.length && left.every((lines, i) => lines === right[i]),
  );

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0);

/**
 * The message that takes the page from one picture to the next; undefined when nothing changed. A snapshot where
 * runs cannot say it: another owner, or another size.
 */
export const messageBetween = (before: Snapshot | undefined, after: Snapshot): HostMessage | undefined => {
  const snapshot = { type: 'snapshot', snapshot: after } as const;
  if (!before || (before.guest === undefined) !== (after.guest === undefined)) return snapshot;
  if (before.access && !after.access) return snapshot;
  if (!sameBytes(before.reset.bytes, after.reset.bytes)) return snapshot;
  const hardware = changedRuns(before.hardware, after.hardware);
  const guest: Run[] | undefined = changedRuns(before.guest ?? NONE, after.guest ?? NONE);
  if (!hardware || !guest) return snapshot;
  const head = !same(before.head, after.head);
  const structures = !same(before.structures, after.structures);
  const chains = !same(before.chains, after.chains);
  const decoded = !sameLines(before.decoded, after.decoded);
  const access = sameBytes(before.access, after.access) ? undefined : after.access;
  if (hardware.length === 0 && guest.length === 0 && !head && !structures && !chains && !decoded && !access)
    return undefined;
  return {
    type: 'changed',
    from: before.revision,
    revision: after.revision,
    hardware,
    guest,
    ...(head ? { head: after.head } : {}),
    ...(structures ? { structures: after.structures } : {}),
    ...(chains ? { chains: after.chains } : {}),
    ...(decoded ? { decoded: after.decoded } : {}),
    ...(access ? { access } : {}),
  };
};
