import { EBUSY } from './codes';

/** Interrupt lines of the host: who asked for them, and what happens when they fire. */

/** Returns true when the interrupt was handled. */
export type IrqHandler = () => boolean;

export class IrqLines {
  private readonly handlers = new Map<number, { name: string; handler: IrqHandler }[]>();
  /** While true every request fails with -EBUSY, as when the line is held unshared. */
  refuseAll = false;

  /** request_irq(IRQF_SHARED): 0 or a negative errno. */
  request(irq: number, name: string, handler: IrqHandler): number {
    if (this.refuseAll) return -EBUSY;
    const list = this.handlers.get(irq) ?? [];
    list.push({ name, handler });
    this.handlers.set(irq, list);
    return 0;
  }

  /** free_irq: removes the handler of that name; nothing when it was not installed. */
  free(irq: number, name: string): void {
    const list = this.handlers.get(irq);
    const at = list?.findIndex((h) => h.name === name) ?? -1;
    if (at >= 0) list?.splice(at, 1);
  }

  /** Fires the line once: every handler runs. */
  raise(irq: number): { handled: number; none: number } {
    let handled = 0;
    let none = 0;
    for (const h of this.handlers.get(irq) ?? [])
      if (h.handler()) handled++;
      else none++;
    return { handled, none };
  }
}
