import type { StructureReader } from './register';
import type { Width } from './uint';

/**
 * What was read to come to a result, so that the result can be kept for as long as the same reads give the same. Exact
 * for whatever depends on its reads alone: as long as each gives the same, the next is the same too.
 */
export class ReadLog {
  private readonly reads = new Map<number, { offset: number; width: Width; value: number }>();

  /** The reader, which from now on leaves its reads here. */
  follow(read: StructureReader): StructureReader {
    return (offset, width) => {
      const value = read(offset, width);
      this.reads.set(8 * offset + width, { offset, width, value });
      return value;
    };
  }

  /** True when every read would give the same again. */
  holds(read: StructureReader): boolean {
    for (const { offset, width, value } of this.reads.values())
      if (read(offset, width) !== value) return false;
    return true;
  }
}
