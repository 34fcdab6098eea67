import { addressKey } from '../../backend/journal/accessColumns';
import type { Machine } from '../../backend/machine';
import type { Bdf } from '../../backend/spec/bdf';
import { layoutOf, type PlacedStructure } from '../../backend/spec/layout';
import { hex } from '../../backend/spec/uint';

const SPACE = 4096;

/** What the catalogue calls the bytes of the machine's functions. Structures do not move, so each is laid out once. */
export class RegisterNames {
  private readonly byFunction = new Map<number, readonly PlacedStructure[]>();
  /** Per function, by offset and size: rows of a log repeat themselves. */
  private readonly texts = new Map<number, Map<number, string>>();

  constructor(private readonly machine: Machine) {}

  /** Structures of the function, with the registers that `size` bytes at `offset` touch; none where nothing is known. */
  touched(host: Bdf, offset: number, size: number): readonly PlacedStructure[] {
    const end = offset + size;
    return this.layout(host)
      .filter((s) => s.offset < end && s.offset + s.length > offset)
      .map((structure) => ({
        ...structure,
        registers: structure.registers.filter((r) => r.offset < end && r.offset + r.width > offset),
      }));
  }

  /** `COMMAND STATUS`, `PM PMCSR`, `#2e+0x08` where no register is known; empty where nothing is. */
  text(host: Bdf, offset: number, size: number): string {
    if (offset < 0 || size < 1 || offset >= SPACE) return '';
    const key = addressKey(host);
    let texts = this.texts.get(key);
    if (texts === undefined) this.texts.set(key, (texts = new Map()));
    const at = Math.min(size, SPACE) * SPACE + offset;
    let text = texts.get(at);
    if (text === undefined) {
      text = this.say(host, offset, size);
      if (this.byFunction.has(key)) texts.set(at, text);
    }
    return text;
  }

  private layout(host: Bdf): readonly PlacedStructure[] {
    const key = addressKey(host);
    const known = this.byFunction.get(key);
    if (known !== undefined) return known;
    // A function that is not there now may come again.
    if (this.machine.function(host) === undefined) return [];
    const { bytes, known: given } = this.machine.realImage(host);
    const layout = layoutOf(bytes, given);
    this.byFunction.set(key, layout);
    return layout;
  }

  private say(host: Bdf, offset: number, size: number): string {
    return this.touched(host, offset, size)
      .map(({ kind, name, offset: start, registers }) => {
        const names = registers.map((register) => register.name).join(' ');
        if (kind === 'header') return names;
        return names === '' ? `${name}+0x${hex(Math.max(0, offset - start), 2)}` : `${name} ${names}`;
      })
      .filter((text) => text !== '')
      .join(' ');
  }
}
