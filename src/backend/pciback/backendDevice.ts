import type { HostKernel } from '../host/hostKernel';
import { KERN_WARNING } from '../host/kernelLog';
import type { EventChannel } from '../xen/eventChannel';
import type { MsiMapping } from '../xen/msiMapping';
import type { SharedPage } from '../xen/pciif';
import {
  OP_BUS,
  OP_CMD,
  OP_DEVFN,
  OP_DOMAIN,
  OP_ERR,
  OP_MSIX_ENTRIES,
  OP_OFFSET,
  OP_SIZE,
  OP_VALUE,
  OP_WORDS,
  WORD_OP,
  XEN_PCIB_active,
  XEN_PCI_ERR_dev_not_found,
  XEN_PCI_ERR_not_implemented,
  XEN_PCI_OP_conf_read,
  XEN_PCI_OP_conf_write,
  XEN_PCI_OP_enable_msix,
  XEN_PCIF_active,
} from '../xen/pciif';
import { controlIsr, type LineShared } from './controlIsr';
import { INTERRUPT_OPERATIONS, type OperationContext } from './operations';
import type { DriverProfile } from './profiles';
import type { SeizedDevice } from './seizedDevice';
import type { Topology } from './topology';

/**
 * One backend device per guest: serving requests from the shared page (pciback_ops.c).
 * Policy: the request is copied once and only the copy is looked at (XSA-155). Work runs until no request is
 * waiting, then one late EOI; an event without work gets a spurious EOI (XSA-332).
 * Functions: xen_pcibk_handle_event, xen_pcibk_test_and_schedule_op, xen_pcibk_do_op, xen_pcibk_do_one_op,
 * xen_pcibk_test_op_pending, xen_pcibk_lateeoi.
 */

/** Told of what crosses the event channel and the wait queue. */
export interface BackendListener {
  notified(): void;
  eoi(spurious: boolean): void;
  aerWoken(): void;
}

/** Each word is fetched once. The entries come along only with the command that looks at them. */
const copyRequest = (op: Int32Array, page: Int32Array): void => {
  for (let i = 0; i < OP_MSIX_ENTRIES; i++) op[i] = page[i]!;
  if (op[OP_CMD] === XEN_PCI_OP_enable_msix)
    for (let i = OP_MSIX_ENTRIES; i < OP_WORDS; i++) op[i] = page[i]!;
};

export class BackendDevice implements OperationContext {
  page: SharedPage | undefined;
  channel: EventChannel | undefined;
  listener: BackendListener | null = null;
  /** Interrupt that the channel is bound to; -1 while none is. */
  evtchnIrq = -1;
  /** PDEVF_op_active, PCIB_op_pending and EOI_pending of the driver. */
  private opActive = false;
  aerPending = false;
  private eoiPending = false;
  /** Private copy of the request. */
  private readonly op = new Int32Array(OP_WORDS);

  constructor(
    readonly domid: number,
    readonly topology: Topology,
    private readonly host: HostKernel,
    private readonly msi: MsiMapping,
    readonly profile: DriverProfile,
    readonly lineShared: LineShared,
    readonly mayWarn: OperationContext['mayWarn'],
  ) {}

  get isOpActive(): boolean {
    return this.opActive;
  }

  pirqOf = (irq: number): number => this.msi.pirqOf(irq);

  /** The event channel's interrupt. */
  handleEvent(irq: number): void {
    if (this.evtchnIrq !== irq) this.evtchnIrq = irq;
    if (this.profile.lateEoi) {
      if (this.eoiPending) this.host.log.print(KERN_WARNING, 'IRQ while EOI pending');
      this.eoiPending = true;
    } else if (this.channel !== undefined) this.channel.lateEoi(false);
    this.testAndScheduleOp();
  }

  /** Takes the waiting request, if there is one and none is being served. */
  private testOpPending(): boolean {
    const { page } = this;
    if (page === undefined || !(page.flags & XEN_PCIF_active) || this.opActive) return false;
    this.opActive = true;
    return true;
  }

  private testAndScheduleOp(): void {
    let eoi = true;
    if (this.testOpPending()) {
      this.doOp();
      eoi = false;
    }
    if (this.aerPending && this.page !== undefined && !(this.page.flags & XEN_PCIB_active)) {
      if (this.listener !== null) this.listener.aerWoken();
      eoi = false;
    }
    if (eoi) this.lateEoi(true);
  }

  /** The work item: serves requests until none waits, then one EOI. */
  private doOp(): void {
    do this.doOneOp();
    while (this.testOpPending());
    this.lateEoi(false);
  }

  lateEoi(spurious: boolean): void {
    if (!this.eoiPending) return;
    this.eoiPending = false;
    if (this.listener !== null) this.listener.eoi(spurious);
    if (this.channel !== undefined) this.channel.lateEoi(spurious);
  }

  private doOneOp(): void {
    const page = this.page;
    if (page === undefined) return;
    // Before XSA-155 the request was worked on where the guest can still change it.
    const op = this.profile.privateOpCopy ? this.op : page.op;
    if (this.profile.privateOpCopy) copyRequest(op, page.op);
    const cmd = op[OP_CMD]!;
    const vectors = op[OP_VALUE]!;
    const device = this.topology.get(op[OP_DOMAIN]! >>> 0, op[OP_BUS]! >>> 0, op[OP_DEVFN]! >>> 0);
    const err = device === undefined ? XEN_PCI_ERR_dev_not_found : this.serve(device, cmd, op);

    const { words } = page;
    words[WORD_OP + OP_ERR] = err;
    words[WORD_OP + OP_VALUE] = op[OP_VALUE]!;
    if (cmd === XEN_PCI_OP_enable_msix && err === 0)
      this.writeBackVectors(page, this.profile.vectorWriteBack === 'requested' ? vectors : op[OP_VALUE]!);
    page.clearFlag(XEN_PCIF_active);
    this.notify();
    this.opActive = false;
  }

  private serve(device: SeizedDevice, cmd: number, op: Int32Array): number {
    const { data, configSpace } = device;
    const wasEnabled = data.enableIntx;
    let err: number;
    if (cmd === XEN_PCI_OP_conf_read) {
      err = configSpace.read(op[OP_OFFSET]!, op[OP_SIZE]!);
      op[OP_VALUE] = configSpace.value;
    } else if (cmd === XEN_PCI_OP_conf_write) {
      err = configSpace.write(op[OP_OFFSET]!, op[OP_SIZE]!, op[OP_VALUE]! >>> 0);
    } else {
      err = INTERRUPT_OPERATIONS.get(cmd)?.(this, device, op) ?? XEN_PCI_ERR_not_implemented;
    }
    if (err === 0 && data.enableIntx !== wasEnabled) controlIsr(device.dev, data, false, this);
    return err;
  }

  /** Only the vector half of each entry, and only as many as the request asked for. */
  private writeBackVectors(page: SharedPage, count: number): void {
    if (!this.profile.privateOpCopy) return;
    for (let i = 0; i < count; i++) {
      const at = WORD_OP + OP_MSIX_ENTRIES + i;
      page.words[at] = (page.words[at]! & ~0xffff) | (this.op[OP_MSIX_ENTRIES + i]! & 0xffff);
    }
  }

  notify(): void {
    if (this.listener !== null) this.listener.notified();
    if (this.channel !== undefined) this.channel.notify();
  }
}
