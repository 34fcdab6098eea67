import type { Machine } from '../../backend/machine';
import { planQuirks, type QuirkPlan } from '../../backend/trial/quirkPlan';
import { cellCount, whatIf, type Axes, type Cell, type Question } from '../../backend/trial/whatIf';

/** What a question came to. */
export interface Answer {
  readonly axes: Axes;
  readonly cells: readonly Cell[];
  readonly plan: QuirkPlan;
}

/** How long trials go on before the host does something else: a frame. */
const SLICE_MS = 12;

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One run through a table. Others get their turn between the trials; it can be stopped then. */
export class Attempt {
  private stopped = false;

  constructor(
    private readonly machine: Machine,
    private readonly question: Question,
    private readonly axes: Axes,
    private readonly progress: (done: number, total: number) => void,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** The answer; 'stopped' when it was stopped, undefined when the machine cannot be rebuilt from its journal. */
  async run(): Promise<Answer | 'stopped' | undefined> {
    const { machine, question, axes } = this;
    const total = cellCount(axes);
    const cells: Cell[] = [];
    this.progress(0, total);
    let began = performance.now();
    for (const cell of whatIf(machine, question, axes)) {
      cells.push(cell);
      if (performance.now() - began < SLICE_MS) continue;
      this.progress(cells.length, total);
      await breath();
      if (this.stopped) return 'stopped';
      began = performance.now();
    }
    await breath();
    if (this.stopped) return 'stopped';
    const plan = cells.length === total ? planQuirks(machine, question) : undefined;
    return plan && { axes, cells, plan };
  }
}
