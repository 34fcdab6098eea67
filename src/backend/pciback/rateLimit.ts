/**
 * The kernel's rate limit for repeated messages: at most 10 in 5 seconds for each place that prints
 * (DEFAULT_RATELIMIT_BURST, _INTERVAL), and a count of what was held back when the next interval begins.
 */

const BURST = 10;
const INTERVAL_MS = 5000;

export class RateLimit {
  private began = -Infinity;
  private printed = 0;
  private suppressed = 0;

  /** `place` is the function that prints, as the kernel names it in the count. */
  constructor(private readonly place: string) {}

  /** Whether a message may be printed at `now` (milliseconds of the virtual clock); `tell` prints the count. */
  allow(now: number, tell: (text: string) => void): boolean {
    if (now - this.began >= INTERVAL_MS) {
      if (this.suppressed > 0) tell(`${this.place}: ${this.suppressed} callbacks suppressed`);
      this.began = now;
      this.printed = 0;
      this.suppressed = 0;
    }
    if (this.printed < BURST) {
      this.printed++;
      return true;
    }
    this.suppressed++;
    return false;
  }
}
