import type { HostKernel } from '../host/hostKernel';
import { VirtualClock } from './clock';
import { DeviceOwners } from './deviceOwners';
import type { EventChannel } from './eventChannel';
import { MsiMapping } from './msiMapping';
import type { SharedPage } from './pciif';
import { Xenstore } from './xenstore';

/** What the hypervisor and the toolstack's daemons give to both ends: xenstore, grants, event channels, MSI mapping. */
export class XenPlatform {
  readonly clock = new VirtualClock();
  readonly xenstore = new Xenstore();
  readonly owners = new DeviceOwners();
  readonly msi: MsiMapping;
  /** Whether the hypervisor says that a line is shared with another domain. */
  lineShared = true;
  private readonly grants = new Map<string, SharedPage>();
  private readonly channels = new Map<string, EventChannel>();
  private nextReference = 8;
  private nextPort = 1;

  constructor(readonly host: HostKernel) {
    this.msi = new MsiMapping(this.owners);
    host.vectorMapper = this.msi;
  }

  /** A domain grants a page; the grant reference. */
  grant(domid: number, page: SharedPage): number {
    const reference = this.nextReference++;
    this.grants.set(`${domid}:${reference}`, page);
    return reference;
  }
  endGrant(domid: number, reference: number): void {
    this.grants.delete(`${domid}:${reference}`);
  }
  mapPage(domid: number, reference: number): SharedPage | undefined {
    return this.grants.get(`${domid}:${reference}`);
  }

  /** A domain offers a channel; its port. */
  offerChannel(domid: number, make: (port: number) => EventChannel): EventChannel {
    const channel = make(this.nextPort++);
    this.channels.set(`${domid}:${channel.port}`, channel);
    return channel;
  }
  closeChannel(domid: number, port: number): void {
    this.channels.delete(`${domid}:${port}`);
  }
  bindChannel(domid: number, port: number): EventChannel | undefined {
    return this.channels.get(`${domid}:${port}`);
  }
}
