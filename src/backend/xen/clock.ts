/**
 * The engine's time: it stands still until somebody advances it, so that the same actions give the same machine.
 * Milliseconds since the machine was built.
 */
export class VirtualClock {
  private time = 0;
  private queue: { at: number; run: () => void }[] = [];

  get now(): number {
    return this.time;
  }

  /** Runs once when the clock has gone `delay` milliseconds further. */
  after(delay: number, run: () => void): void {
    this.queue.push({ at: this.time + delay, run });
    this.queue.sort((a, b) => a.at - b.at);
  }

  /** Lets time pass; what is due runs in order, each at its own time. */
  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (let next = this.queue[0]; next !== undefined && next.at <= end; next = this.queue[0]) {
      this.queue.shift();
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
}
