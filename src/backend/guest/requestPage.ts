import type { Bdf } from '../spec/bdf';
import { devfnOf } from '../spec/bdf';
import { EventChannel } from '../xen/eventChannel';
import {
  OP_BUS,
  OP_CMD,
  OP_DEVFN,
  OP_DOMAIN,
  OP_ERR,
  OP_INFO,
  OP_MSIX_ENTRIES,
  OP_OFFSET,
  OP_SIZE,
  OP_VALUE,
  SharedPage,
  SH_INFO_MAX_VEC,
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

export class RequestPage {
  readonly page = new SharedPage();
  readonly channel: EventChannel;
  readonly grantReference: number;

  constructor(
    private readonly platform: XenPlatform,
    readonly domid: number,
  ) {
    this.grantReference = platform.grant(domid, this.page);
    this.channel = platform.offerChannel(domid, (port) => new EventChannel(port));
  }

  /** Takes the page and the channel away again. */
  close(): void {
    this.platform.endGrant(this.domid, this.grantReference);
    this.platform.closeChannel(this.domid, this.channel.port);
  }

  /** Fills the request without telling anybody. */
  fill(request: Request): void {
    const { words } = this.page;
    words[WORD_OP + OP_CMD] = request.cmd;
    words[WORD_OP + OP_ERR] = 0;
    words[WORD_OP + OP_DOMAIN] = request.domain;
    words[WORD_OP + OP_BUS] = request.bus;
    words[WORD_OP + OP_DEVFN] = request.devfn;
    words[WORD_OP + OP_OFFSET] = request.offset ?? 0;
    words[WORD_OP + OP_SIZE] = request.size ?? 0;
    words[WORD_OP + OP_VALUE] = request.value ?? 0;
    words[WORD_OP + OP_INFO] = 0;
    const entries = request.entries ?? [];
    for (let i = 0; i < SH_INFO_MAX_VEC; i++)
      words[WORD_OP + OP_MSIX_ENTRIES + i] = ((entries[i] ?? 0) & 0xffff) << 16;
    this.page.setFlag(XEN_PCIF_active);
  }

  /** Fills the request and kicks the backend. True when the backend has answered. */
  submit(request: Request): boolean {
    this.fill(request);
    this.channel.send();
    return !this.active;
  }

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

  configRead(at: Bdf, offset: number, size: number): boolean {
    const { domain, bus } = at;
    return this.submit({ cmd: XEN_PCI_OP_conf_read, domain, bus, devfn: devfnOf(at), offset, size });
  }
  configWrite(at: Bdf, offset: number, size: number, value: number): boolean {
    const { domain, bus } = at;
    return this.submit({ cmd: XEN_PCI_OP_conf_write, domain, bus, devfn: devfnOf(at), offset, size, value });
  }
}
