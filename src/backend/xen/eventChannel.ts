import type { VirtualClock } from './clock';

/**
 * An inter-domain event channel whose backend end is bound with late EOI (bind_interdomain_evtchn_to_irqhandler_lateeoi):
 * masked from delivery until the driver's EOI; an event that comes meanwhile stays pending and is delivered at the EOI.
 * Spurious EOIs in a row postpone the unmasking, each twice as long as the one before (XSA-332).
 */

/** Timer ticks per second of the host kernel, and milliseconds of one. */
const HZ = 250;
const JIFFY_MS = 1000 / HZ;
/** Spurious events in a row that are let pass: spurious_threshold of a xenbus device. */
const SPURIOUS_THRESHOLD = 1;
const COUNT_LIMIT = 255;

export class EventChannel {
  /** Interrupt number of the backend's end. */
  readonly irq: number;
  private handler: (() => void) | undefined;
  private masked = false;
  private pending = false;
  private spurious = 0;
  /** Statistics of the device in sysfs: spurious events, and jiffies by which EOIs were delayed. */
  spuriousEvents = 0;
  jiffiesDelayed = 0;
  /** Frontend's handler for notifications. */
  onNotify: (() => void) | null = null;

  constructor(
    readonly port: number,
    private readonly clock: VirtualClock,
  ) {
    this.irq = 256 + port;
  }

  bind(handler: () => void): void {
    this.handler = handler;
    this.masked = false;
    this.pending = false;
    this.spurious = 0;
  }
  unbind(): void {
    this.handler = undefined;
  }

  /** The frontend kicks the backend. */
  send(): void {
    if (this.handler === undefined) return;
    if (this.masked) {
      this.pending = true;
      return;
    }
    this.deliver();
  }

  /** Delivery itself: masks the channel and runs the driver's handler. */
  deliver(): void {
    this.masked = true;
    this.handler?.();
  }

  /** The backend notifies the frontend. Dropped silently when nobody listens. */
  notify(): void {
    if (this.onNotify !== null) this.onNotify();
  }

  /** xen_irq_lateeoi */
  lateEoi(spurious: boolean): void {
    const delay = spurious ? this.spuriousDelay() : 0;
    if (!spurious) this.spurious = 0;
    if (delay === 0) this.unmask();
    else this.clock.after(delay * JIFFY_MS, () => this.unmask());
  }

  /** Jiffies by which this spurious EOI is postponed. */
  private spuriousDelay(): number {
    this.spuriousEvents++;
    if (2 ** this.spurious < 4 * HZ && this.spurious < COUNT_LIMIT) this.spurious++;
    if (this.spurious <= SPURIOUS_THRESHOLD) return 0;
    const delay = Math.min(2 ** (this.spurious - 1 - SPURIOUS_THRESHOLD), HZ);
    this.jiffiesDelayed += delay;
    return delay;
  }

  private unmask(): void {
    this.masked = false;
    if (!this.pending) return;
    this.pending = false;
    this.send();
  }
}
