import { decodeStructure, type HostFacts } from '../../backend/spec/decode/decodeStructure';
import type { PlacedStructure } from '../../backend/spec/layout';
import type { DecodedLine, Image } from '../../protocol/model';

/**
 * The decoded lines of an image, structure by structure. Working them all out takes over a millisecond, and most
 * changes touch one register: what a structure's bytes gave is kept until they change.
 */
export class DecodedImage {
  private readonly kept = new Map<
    string,
    { readonly facts: string; readonly image: Image; readonly lines: DecodedLine[] }
  >();

  /** One list for each structure, in order. */
  lines(structures: readonly PlacedStructure[], image: Image, facts: HostFacts): DecodedLine[][] {
    const factsText = JSON.stringify(facts, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    return structures.map((structure) => {
      const { kind, id, offset, length } = structure;
      const key = `${kind} ${id} ${offset} ${length}`;
      const now = { bytes: part(image.bytes, structure), known: part(image.known, structure) };
      const before = this.kept.get(key);
      if (
        before?.facts === factsText &&
        equal(before.image.bytes, now.bytes) &&
        equal(before.image.known, now.known)
      )
        return before.lines;
      const lines = decodeStructure(structure, image.bytes, image.known, facts).map(
        ({ label, text, register }) => ({
          label,
          text,
          registers: register === '' ? [] : register.split(' '),
        }),
      );
      this.kept.set(key, { facts: factsText, image: now, lines });
      return lines;
    });
  }
}

const part = (bytes: Uint8Array, { offset, length }: PlacedStructure): Uint8Array =>
  bytes.slice(offset, offset + length);

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** Both images of a function. */
export class DecodedFunction {
  readonly hardware = new DecodedImage();
  readonly guest = new DecodedImage();
}
