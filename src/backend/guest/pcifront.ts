import {
  AER_BUS,
  AER_CMD,
  AER_DEVFN,
  AER_DOMAIN,
  AER_ERR,
  OPERATION_NAMES,
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
import { bdfOf, devfnOf, type Bdf } from '../spec/bdf';
import { s32, u32 } from '../spec/uint';
import { RequestPage } from './requestPage';
import { scanRoots, type GuestFunction } from './scan';

/** How long a frontend waits for an answer, and how often it looks. */
const TIMEOUT_MS = 2000;
const POLL_MS = 1;

/** What the guest finds in the page when its request has been answered. */
export interface Answer {
  readonly err: number;
  readonly value: number;
}

/** A request of the frontend, or its answer to the backend's AER request. What it does not use is zero. */
export interface FrontendRequest {
  readonly op: (typeof OPERATION_NAMES)[keyof typeof OPERATION_NAMES];
  readonly at: Bdf;
  readonly offset: number;
  readonly size: number;
  readonly sent: number;
}

/** Stands by while the frontend makes a request: `submit` makes it and has to be called once. */
export interface FrontendListener {
  request(request: FrontendRequest, submit: () => Answer): Answer;
}

type InterruptCommand =
  | typeof XEN_PCI_OP_enable_msi
  | typeof XEN_PCI_OP_disable_msi
  | typeof XEN_PCI_OP_enable_msix
  | typeof XEN_PCI_OP_disable_msix;

/**
 * A PV guest's frontend (xen-pcifront).
 * Policy: it grants a page, offers a channel, publishes both and follows the backend's state; a request that the
 * backend does not answer is taken back and counts as device not found.
 * Functions: pcifront_probe, pcifront_publish_info, pcifront_backend_changed, pcifront_connect,
 * pcifront_detach_devices, do_pci_op.
 */
export class Pcifront {
  readonly ring: RequestPage;
  /** Nothing is told, and nothing allocated, while nobody listens. */
  listener: FrontendListener | null = null;
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
  configRead(at: Bdf, offset: number, size: number): Answer {
    if (this.listener !== null)
      return this.listener.request({ op: 'conf_read', at, offset, size, sent: 0 }, () =>
        this.result(this.ring.configRead(at, offset, size)),
      );
    return this.result(this.ring.configRead(at, offset, size));
  }
  configWrite(at: Bdf, offset: number, size: number, value: number): Answer {
    if (this.listener !== null)
      return this.listener.request({ op: 'conf_write', at, offset, size, sent: u32(value) }, () =>
        this.result(this.ring.configWrite(at, offset, size, value)),
      );
    return this.result(this.ring.configWrite(at, offset, size, value));
  }

  private result(answered: boolean): Answer {
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

  private submit(at: Bdf, cmd: InterruptCommand, value: number, entries?: readonly number[]): Answer {
    const { domain, bus } = at;
    const request = { cmd, domain, bus, devfn: devfnOf(at), value };
    const submit = (): Answer =>
      this.result(this.ring.submit(entries === undefined ? request : { ...request, entries }));
    if (this.listener === null) return submit();
    return this.listener.request({ op: OPERATION_NAMES[cmd], at, offset: 0, size: 0, sent: value }, submit);
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
    const asked = (word: number): number => page.words[WORD_AER_OP + word]!;
    const op = OPERATION_NAMES[asked(AER_CMD) as keyof typeof OPERATION_NAMES];
    const at = bdfOf(u32(asked(AER_DOMAIN)), asked(AER_BUS), asked(AER_DEVFN));
    const submit = (): Answer => {
      page.words[WORD_AER_OP + AER_ERR] = verdict;
      page.clearFlag(XEN_PCIB_active);
      channel.send();
      return { err: 0, value: verdict };
    };
    if (this.listener === null) submit();
    else this.listener.request({ op, at, offset: 0, size: 0, sent: asked(AER_ERR) }, submit);
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
