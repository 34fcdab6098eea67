import type { Register, Structure } from '../../src/protocol/model';

/** What stands at an offset. */
export interface Place {
  readonly structure: Structure;
  /** Its number in the order of the layout; the grid tints by it. */
  readonly index: number;
  readonly register: Register | undefined;
}

/** Finds the structure and register at each offset, from tables made once per layout. */
export class Places {
  private readonly at: (Place | undefined)[];

  /** size: 256 or 4096. Where structures overlap, the later one in the chain owns the byte, as it was placed last. */
  constructor(
    readonly structures: readonly Structure[],
    size: number,
  ) {
    this.at = new Array<Place | undefined>(size).fill(undefined);
    structures.forEach((structure, index) => {
      const bare: Place = { structure, index, register: undefined };
      const end = Math.min(size, structure.offset + structure.length);
      for (let i = structure.offset; i < end; i++) this.at[i] = bare;
      for (const register of structure.registers) {
        const place: Place = { structure, index, register };
        for (let i = 0; i < register.width && register.offset + i < size; i++)
          this.at[register.offset + i] = place;
      }
    });
  }

  find(offset: number): Place | undefined {
    return this.at[offset];
  }

  /** Distinct registers that `width` bytes at `offset` touch, in order. */
  registersIn(offset: number, width: number): readonly Register[] {
    const found = new Set<Register>();
    for (let i = 0; i < width; i++) {
      const register = this.at[offset + i]?.register;
      if (register) found.add(register);
    }
    return [...found];
  }
}
