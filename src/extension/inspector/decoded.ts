import { decodeStructure, type HostFacts } from '../../backend/spec/decode/decodeStructure';
import { structureReader, type PlacedStructure } from '../../backend/spec/layout';
import { ReadLog } from '../../backend/spec/readLog';
import type { DecodedLine, Image } from '../../protocol/model';

interface Kept {
  readonly facts: string;
  /** Which of the structure's own bytes were known. */
  readonly known: Uint8Array;
  readonly reads: ReadLog;
  readonly lines: DecodedLine[];
}

/**
 * The decoded lines of an image, structure by structure. Working them all out takes over a millisecond, and most
 * changes touch one register: the lines of a structure are kept until a byte changes that they come from. That may be
 * one outside of the structure: lspci looks at the BARs for the Express capability.
 */
export class DecodedImage {
  private kept = new Map<PlacedStructure, Kept>();

  /** One list for each structure, in order; the same objects where nothing changed. */
  lines(structures: readonly PlacedStructure[], { bytes, known }: Image, facts: HostFacts): DecodedLine[][] {
    const factsText = JSON.stringify(facts, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    const read = structureReader(bytes, known, 0);
    const kept = structures.map((structure): [PlacedStructure, Kept] => {
      const own = known.slice(structure.offset, structure.offset + structure.length);
      const before = this.kept.get(structure);
      if (before?.facts === factsText && equal(before.known, own) && before.reads.holds(read))
        return [structure, before];
      const reads = new ReadLog();
      const lines = decodeStructure(structure, bytes, known, facts, reads.follow(read)).map(
        ({ label, text, register }) => ({
          label,
          text,
          registers: register === '' ? [] : register.split(' '),
        }),
      );
      return [structure, { facts: factsText, known: own, reads, lines }];
    });
    this.kept = new Map(kept);
    return kept.map(([, { lines }]) => lines);
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** Both images of a function. */
export class DecodedFunction {
  readonly hardware = new DecodedImage();
  readonly guest = new DecodedImage();
}
