/** The kernel's rate limit for repeated messages: at most 10 in 5 seconds (DEFAULT_RATELIMIT_BURST, _INTERVAL). */

const BURST = 10;
const INTERVAL_MS = 5000;

export class RateLimit {
  private began = -Infinity;
  private printed = 0;

  /** Whether a message may be printed at `now` (milliseconds of the virtual clock). */
  allow(now: number): boolean {
    if (now - this.began >= INTERVAL_MS) {
      this.began = now;
      this.printed = 0;
    }
    return this.printed++ < BURST;
  }
}
