import {
  AER_ERR,
  SH_INFO_MAX_VEC,
  WORD_AER_OP,
  XEN_PCIB_active,
  XEN_PCIB_AERHANDLER,
  XEN_PCIF_active,
  XEN_PCI_ERR_dev_not_found,
  XEN_PCI_MAGIC,
  XEN_PCI_OP_disable_msi,
  XEN_PCI_OP_disable_msix,
  XEN_PCI_OP_enable_msi,
  XEN_PCI_OP_enable_msix,
} from '../xen/pciif';
import { EINVAL } from '../host/codes';
import type { XenPlatform } from '../xen/platform';
import { backendDirectory, frontendDirectory } from '../xen/toolstack';
import { inTransaction } from '../xen/transaction';
import { XenbusState } from '../xen/xenbusState';
import { devfnOf, type Bdf } from '../spec/bdf';
import { s32 } from '../spec/uint';
import { RequestPage } from './requestPage';
import { scanRoots, type GuestFunction } from './scan';

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
    inTransaction(xenstore, (transaction) => {
      transaction.write(`${this.directory}/pci-op-ref`, String(this.ring.grantReference));
      transaction.write(`${this.directory}/event-channel`, String(this.ring.channel.port));
      transaction.write(`${this.directory}/magic`, XEN_PCI_MAGIC);
    });
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

  /** Enables one MSI vector: its PIRQ, or -22 as the guest's PCI core gets it. */
  enableMsi(at: Bdf): number {
    const { err, value } = this.submit(at, XEN_PCI_OP_enable_msi, 0);
    return err === 0 && value !== 0 ? value : -EINVAL;
  }
  disableMsi(at: Bdf): void {
    this.submit(at, XEN_PCI_OP_disable_msi, 0);
  }

  /** Enables MSI-X for these table entries: PIRQs in order of asking, or the error as the guest's PCI core gets it. */
  enableMsix(at: Bdf, entries: readonly number[]): readonly number[] | number {
    if (entries.length > SH_INFO_MAX_VEC) return -EINVAL;
    const { err, value } = this.submit(at, XEN_PCI_OP_enable_msix, entries.length, entries);
    if (err !== 0) return err;
    if (value !== 0) return s32(value);
    const vectors = entries.map((_, i) => this.ring.vector(i));
    return vectors.includes(0) ? -EINVAL : vectors;
  }
  disableMsix(at: Bdf): void {
    this.submit(at, XEN_PCI_OP_disable_msix, 0);
  }

  private submit(
    at: Bdf,
    cmd: number,
    value: number,
    entries?: readonly number[],
  ): { err: number; value: number } {
    const { domain, bus } = at;
    const request = { cmd, domain, bus, devfn: devfnOf(at), value };
    return this.result(this.ring.submit(entries === undefined ? request : { ...request, entries }));
  }

  /** Scans the roots that the backend published. */
  scan(): readonly GuestFunction[] {
    const { xenstore } = this.platform;
    const directory = backendDirectory(this.domid);
    const count = xenstore.scanDecimal(`${directory}/root_num`);
    const roots = [];
    for (let i = 0; count.ok && i < count.value; i++) {
      const root = xenstore.scanHex(`${directory}/root-${i}`, ':');
      if (root.ok) roots.push({ domain: root.value[0] ?? 0, bus: root.value[1] ?? 0 });
    }
    return scanRoots(this, roots);
  }

  /**
   * The AER worker: when the backend asks, the guest driver's verdict goes into the page, the flag is cleared and the
   * backend kicked. Nothing when no request waits. verdict 1..6; unvalidated, as the backend takes it.
   */
  answerAer(verdict: number): void {
    const { page, channel } = this.ring;
    if (!(page.flags & XEN_PCIB_active)) return;
    page.words[WORD_AER_OP + AER_ERR] = verdict;
    page.clearFlag(XEN_PCIB_active);
    channel.send();
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
