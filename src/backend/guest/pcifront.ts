import { XEN_PCIB_AERHANDLER, XEN_PCIF_active, XEN_PCI_ERR_dev_not_found, XEN_PCI_MAGIC } from '../xen/pciif';
import type { XenPlatform } from '../xen/platform';
import { backendDirectory, frontendDirectory } from '../xen/toolstack';
import { XenbusState } from '../xen/xenbusState';
import type { Bdf } from '../spec/bdf';
import { RequestPage } from './requestPage';

/** How long a frontend waits for an answer, and how often it looks. */
const TIMEOUT_MS = 2000;
const POLL_MS = 1;

/**
 * A PV guest's frontend (xen-pcifront).
 * Policy: it grants a page, offers a channel, publishes both and follows the backend's state; a request that the
 * backend does not answer is taken back and counts as device not found.
 * Functions: pcifront_probe, pcifront_publish_info, pcifront_backend_changed, pcifront_connect,
 * pcifront_detach_devices, do_pci_op.
 */
export class Pcifront {
  readonly ring: RequestPage;
  private readonly directory: string;
  private readonly endWatch: () => void;

  constructor(
    private readonly platform: XenPlatform,
    readonly domid: number,
  ) {
    this.ring = new RequestPage(platform, domid);
    this.ring.page.setFlag(XEN_PCIB_AERHANDLER);
    this.directory = frontendDirectory(domid);
    const { xenstore } = platform;
    const backendState = `${backendDirectory(domid)}/state`;
    this.endWatch = xenstore.watch(backendState, () => {
      const state = xenstore.scanDecimal(backendState);
      this.backendChanged(state.ok ? state.value : XenbusState.Unknown);
    });
    xenstore.write(`${this.directory}/pci-op-ref`, String(this.ring.grantReference));
    xenstore.write(`${this.directory}/event-channel`, String(this.ring.channel.port));
    xenstore.write(`${this.directory}/magic`, XEN_PCI_MAGIC);
    this.switchState(XenbusState.Initialised);
  }

  private get state(): number {
    const state = this.platform.xenstore.scanDecimal(`${this.directory}/state`);
    return state.ok ? state.value : XenbusState.Unknown;
  }

  private switchState(state: number): void {
    if (this.state !== state) this.platform.xenstore.write(`${this.directory}/state`, String(state));
  }

  private backendChanged(state: number): void {
    const own = this.state;
    if (state === XenbusState.Connected && own === XenbusState.Initialised)
      this.switchState(XenbusState.Connected);
    else if (state === XenbusState.Closing && own < XenbusState.Closing) this.switchState(XenbusState.Closed);
    else if (
      state === XenbusState.Reconfiguring &&
      (own === XenbusState.Initialised || own === XenbusState.Connected)
    )
      this.switchState(XenbusState.Reconfiguring);
    else if (state === XenbusState.Reconfigured && own === XenbusState.Reconfiguring)
      this.switchState(XenbusState.Connected);
  }

  /** One conf_read: err and value as the guest finds them in the page. */
  configRead(at: Bdf, offset: number, size: number): { err: number; value: number } {
    return this.result(this.ring.configRead(at, offset, size));
  }
  configWrite(at: Bdf, offset: number, size: number, value: number): { err: number; value: number } {
    return this.result(this.ring.configWrite(at, offset, size, value));
  }

  private result(answered: boolean): { err: number; value: number } {
    if (answered || this.answeredInTime()) return { err: this.ring.err, value: this.ring.value };
    this.ring.page.clearFlag(XEN_PCIF_active);
    return { err: XEN_PCI_ERR_dev_not_found, value: this.ring.value };
  }

  /** Waits as the frontend does: two seconds at most, while the channel may be held back. */
  private answeredInTime(): boolean {
    for (let waited = 0; waited < TIMEOUT_MS && this.ring.active; waited += POLL_MS)
      this.platform.clock.advance(POLL_MS);
    return !this.ring.active;
  }

  /** The guest lets go of the device. */
  close(): void {
    this.endWatch();
    this.ring.close();
  }
}
