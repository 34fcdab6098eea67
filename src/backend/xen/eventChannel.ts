/**
 * An inter-domain event channel whose backend end is bound with late EOI (bind_interdomain_evtchn_to_irqhandler_lateeoi):
 * masked from delivery until the driver's EOI; an event that comes meanwhile stays pending and is delivered at the EOI.
 */
export class EventChannel {
  /** Interrupt number of the backend's end. */
  readonly irq: number;
  private handler: (() => void) | undefined;
  private masked = false;
  private pending = false;
  /** Consecutive spurious EOIs (XSA-332); a normal EOI clears it. */
  spuriousCount = 0;
  /** Frontend's handler for notifications. */
  onNotify: (() => void) | null = null;

  constructor(readonly port: number) {
    this.irq = 256 + port;
  }

  bind(handler: () => void): void {
    this.handler = handler;
    this.masked = false;
    this.pending = false;
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

  /** The backend notifies the frontend. Dropped silently when the channel is unbound. */
  notify(): void {
    if (this.onNotify !== null) this.onNotify();
  }

  /** xen_irq_lateeoi */
  lateEoi(spurious: boolean): void {
    this.spuriousCount = spurious ? Math.min(this.spuriousCount + 1, 255) : 0;
    this.masked = false;
    if (this.pending) {
      this.pending = false;
      this.send();
    }
  }
}
