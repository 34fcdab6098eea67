import type { Machine } from '../backend/machine';
import { formatBdf, type Bdf } from '../backend/spec/bdf';
import type { MachineChange } from '../backend/view';

/**
 * What rows, badges and menus show of a machine: who has which function and how the driver treats it. Thousands of
 * register accesses change none of it, and VS Code is not to draw anything anew for them.
 */
export class Standings {
  private common: string;
  private functions: Map<string, string>;

  constructor(private readonly machine: Machine) {
    this.common = this.commonText();
    this.functions = this.allTexts();
  }

  /** The change with the functions that stand otherwise now; undefined when nothing does. */
  after(change: MachineChange): MachineChange | undefined {
    const common = this.commonText();
    const same = common === this.common;
    this.common = common;
    if (change.functions === undefined) {
      const before = this.functions;
      this.functions = this.allTexts();
      return same && sameTexts(before, this.functions) ? undefined : change;
    }
    const functions = change.functions.filter((bdf) => this.changes(bdf));
    return same && functions.length === 0 ? undefined : { ...change, functions };
  }

  private changes(bdf: Bdf): boolean {
    const address = formatBdf(bdf);
    const before = this.functions.get(address);
    const now = JSON.stringify(this.machine.function(bdf));
    if (now === undefined) this.functions.delete(address);
    else this.functions.set(address, now);
    return now !== before;
  }

  private commonText(): string {
    return JSON.stringify([this.machine.guests(), this.machine.driver()]);
  }

  private allTexts(): Map<string, string> {
    return new Map(this.machine.functions().map((state) => [formatBdf(state.bdf), JSON.stringify(state)]));
  }
}

const sameTexts = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([address, text]) => b.get(address) === text);
