import type { Bdf } from '../spec/bdf';
import { devfnOf } from '../spec/bdf';
import { EventChannel } from '../xen/eventChannel';
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
  SharedPage,
  WORD_OP,
  XEN_PCI_OP_conf_read,
  XEN_PCI_OP_conf_write,
  XEN_PCIF_active,
} from '../xen/pciif';
import type { XenPlatform } from '../xen/platform';

/** The guest's end of the protocol: the page that it granted, the channel that it offered, and requests on them. */

/** A request as the guest puts it into the page; what is not given is zero. */
export interface Request {
  readonly cmd: number;
  readonly domain: number;
  readonly bus: number;
  readonly devfn: number;
  readonly offset?: number;
  readonly size?: number;
  readonly value?: number;
  /** MSI-X entry numbers, with vector 0. */
  readonly entries?: readonly number[];
}

/** Where a guest makes its request up; what a request does not use stays zero. One for all, as nobody waits in it. */
const copy = new Int32Array(OP_WORDS);

export class RequestPage {
  readonly page = new SharedPage();
  readonly channel: EventChannel;
  readonly grantReference: number;
  /** The entries in the page are not zero: the next request clears them, as copying the whole structure would. */
  private entriesInPage = false;

  constructor(
    private readonly platform: XenPlatform,
    readonly domid: number,
  ) {
    this.grantReference = platform.grant(domid, this.page);
    this.channel = platform.offerChannel(domid, (port) => new EventChannel(port, platform.clock));
  }

  /** Takes the page and the channel away again. */
  close(): void {
    this.platform.endGrant(this.domid, this.grantReference);
    this.platform.closeChannel(this.domid, this.channel.port);
  }

  /** Fills the request without telling anybody: the whole structure is copied into the page, as the frontend does. */
  fill(request: Request): void {
    const { entries } = request;
    if (entries !== undefined)
      for (let i = 0; i < entries.length; i++) copy[OP_MSIX_ENTRIES + i] = (entries[i]! & 0xffff) << 16;
    this.put(
      request.cmd,
      request.domain,
      request.bus,
      request.devfn,
      request.offset ?? 0,
      request.size ?? 0,
      request.value ?? 0,
      entries !== undefined,
    );
    if (entries !== undefined) copy.fill(0, OP_MSIX_ENTRIES);
  }

  private put(
    cmd: number,
    domain: number,
    bus: number,
    devfn: number,
    offset: number,
    size: number,
    value: number,
    withEntries: boolean,
  ): void {
    const { page } = this;
    copy[OP_CMD] = cmd;
    copy[OP_DOMAIN] = domain;
    copy[OP_BUS] = bus;
    copy[OP_DEVFN] = devfn;
    copy[OP_OFFSET] = offset;
    copy[OP_SIZE] = size;
    copy[OP_VALUE] = value;
    if (this.entriesInPage || withEntries) page.op.set(copy);
    else for (let i = 0; i < OP_MSIX_ENTRIES; i++) page.op[i] = copy[i]!;
    this.entriesInPage = withEntries;
    page.setFlag(XEN_PCIF_active);
  }

  /** Fills the request and kicks the backend. True when the backend has answered. */
  submit(request: Request): boolean {
    this.fill(request);
    return this.kick();
  }

  private kick(): boolean {
    this.channel.send();
    return !this.active;
  }

  /** The request waits for the backend. */
  get active(): boolean {
    return (this.page.flags & XEN_PCIF_active) !== 0;
  }

  get err(): number {
    return this.page.words[WORD_OP + OP_ERR]!;
  }
  get value(): number {
    return this.page.words[WORD_OP + OP_VALUE]! >>> 0;
  }
  vector(i: number): number {
    return this.page.words[WORD_OP + OP_MSIX_ENTRIES + i]! & 0xffff;
  }

  /** conf_read of `size` bytes at `offset`. True when the backend has answered. */
  configRead(at: Bdf, offset: number, size: number): boolean {
    this.put(XEN_PCI_OP_conf_read, at.domain, at.bus, devfnOf(at), offset, size, 0, false);
    return this.kick();
  }
  /** conf_write of the low `size` bytes of `value`. True when the backend has answered. */
  configWrite(at: Bdf, offset: number, size: number, value: number): boolean {
    this.put(XEN_PCI_OP_conf_write, at.domain, at.bus, devfnOf(at), offset, size, value, false);
    return this.kick();
  }
}
