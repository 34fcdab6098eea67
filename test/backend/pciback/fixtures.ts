import {
  DEFAULT_XEN_HOST,
  hideParameter,
  XenHost,
  type XenHostOptions,
} from '../../../src/backend/assembly/xenHost';
import { RequestPage, type Request } from '../../../src/backend/guest/requestPage';
import type { PciDev } from '../../../src/backend/host/pciDev';
import {
  IORESOURCE_IO,
  IORESOURCE_MEM,
  IORESOURCE_MEM_64,
  IORESOURCE_PREFETCH,
  makeResource,
  PCI_ROM_RESOURCE,
  type Resource,
} from '../../../src/backend/host/resource';
import type { BackendDevice } from '../../../src/backend/pciback/backendDevice';
import type { SeizedDevice } from '../../../src/backend/pciback/seizedDevice';
import { showAttribute, storeAttribute } from '../../../src/backend/pciback/sysfs';
import { devfnOf, formatBdf, parseBdf, type Bdf } from '../../../src/backend/spec/bdf';
import { readLe, writeLe, type Width } from '../../../src/backend/spec/uint';
import type { LogLine, Observations } from '../../../src/backend/view';
import {
  XEN_PCIB_AERHANDLER,
  XEN_PCI_MAGIC,
  XEN_PCI_OP_conf_read,
  XEN_PCI_OP_conf_write,
  XEN_PCI_OP_disable_msi,
  XEN_PCI_OP_disable_msix,
  XEN_PCI_OP_enable_msi,
  XEN_PCI_OP_enable_msix,
} from '../../../src/backend/xen/pciif';
import {
  backendDirectory,
  createPciDevice,
  frontendDirectory,
  removePciDevice,
} from '../../../src/backend/xen/toolstack';
import { XenbusState } from '../../../src/backend/xen/xenbusState';

/** The devices and the guest of the driver's worked examples: NIC, NVME, BIG, VF, and a PV guest's raw end of the page. */

export const address = (text: string): Bdf => {
  const bdf = parseBdf(text);
  if (bdf === undefined) throw new Error(`${text} is not an address`);
  return bdf;
};

/** A register of the fixture: offset, width, value, writable bits, bits that a written 1 clears. */
type Register = readonly [offset: number, width: Width, value: number, rw?: number, w1c?: number];

/** Offsets of the capabilities that the fixtures have. */
export const PM = 0xc8;
export const MSI = 0xd0;
export const EXP = 0xe0;
export const MSIX = 0xa0;
export const VPD = 0x60;

const COMMAND_WRITABLE = 0x07ff;

/** What every fixture has: command, status with a capability list, cache line, latency, BIST. */
const header = (vendor: number, device: number, classCode: number, command: number): Register[] => [
  [0x00, 2, vendor],
  [0x02, 2, device],
  [0x04, 2, command, COMMAND_WRITABLE],
  [0x06, 2, 0x0010, 0, 0xf900],
  [0x08, 4, classCode << 8],
  [0x0c, 1, 0x10, 0xff],
  [0x0d, 1, 0x00, 0xff],
  [0x0f, 1, 0x00, 0x40],
  [0x3c, 1, 0x0b, 0xff],
];

const capability = (at: number, id: number, next: number): Register => [at, 2, id | (next << 8)];

const NIC_REGISTERS: readonly Register[] = [
  ...header(0x8086, 0x10d3, 0x020000, 0x0007),
  [0x10, 4, 0xfeb80000, 0xfffe0000],
  [0x18, 4, 0x0000e021, 0xffffffe0],
  [0x1c, 4, 0xfeba0000, 0xffffc000],
  [0x2c, 4, 0xa01f8086],
  [0x30, 4, 0xfeb40000, 0xffff0001],
  [0x34, 1, PM],
  [0x3d, 1, 1],
  capability(PM, 0x01, MSI),
  [PM + 2, 2, 0xc822],
  [PM + 4, 2, 0x2108, 0x1f03, 0x8000],
  capability(MSI, 0x05, EXP),
  [MSI + 2, 2, 0x0080, 0x0071],
  [MSI + 4, 4, 0, 0xfffffffc],
  [MSI + 8, 4, 0, 0xffffffff],
  [MSI + 12, 2, 0, 0xffff],
  capability(EXP, 0x10, MSIX),
  [EXP + 2, 2, 0x0002],
  [EXP + 4, 4, 0x10008cc1],
  [EXP + 8, 2, 0x2810, 0x7fff],
  capability(MSIX, 0x11, VPD),
  [MSIX + 2, 2, 0x0004, 0xc000],
  [MSIX + 4, 4, 0x00000003],
  capability(VPD, 0x03, 0),
  [VPD + 2, 2, 0, 0xffff],
  [VPD + 4, 4, 0, 0xffffffff],
  [0x100, 4, 0x14010001],
];

/** Made anew for every device: a resource can lose its claim. */
const nicResources = (): Readonly<Record<number, Resource>> => ({
  0: makeResource(0xfeb80000n, 0xfeb9ffffn, IORESOURCE_MEM, true),
  2: makeResource(0xe020n, 0xe03fn, IORESOURCE_IO | 1, true),
  3: makeResource(0xfeba0000n, 0xfeba3fffn, IORESOURCE_MEM, true),
  [PCI_ROM_RESOURCE]: makeResource(0xfeb40000n, 0xfeb4ffffn, IORESOURCE_MEM | IORESOURCE_PREFETCH, true),
});

interface Shape {
  readonly registers: readonly Register[];
  readonly resources?: Readonly<Record<number, Resource>>;
  readonly irq?: number;
  readonly physfn?: PciDev;
  readonly vendorId?: number;
  readonly deviceId?: number;
  readonly bridgesAbove?: readonly PciDev[];
}

/** Adds a function with these registers; bytes that no register names are zero and read-only. */
export const addShape = (host: XenHost, at: string, shape: Shape): PciDev => {
  const [config, rw, w1c] = [new Uint8Array(4096), new Uint8Array(4096), new Uint8Array(4096)];
  for (const [offset, width, value, writable = 0, clears = 0] of shape.registers) {
    writeLe(config, offset, width, value);
    writeLe(rw, offset, width, writable);
    writeLe(w1c, offset, width, clears);
  }
  const { physfn, vendorId, deviceId } = shape;
  return host.addFunction(
    { bdf: address(at), config, rw, w1c, configSize: 4096, vpd: Uint8Array.of(0x82, 0x04, 0x00, 0x4e) },
    { irq: shape.irq ?? 0, physfn, vendorId, deviceId },
    shape.resources ?? {},
    shape.bridgesAbove ?? [],
  );
};

/** NIC: I/O and memory BARs, ROM, PM, MSI, Express with FLR, MSI-X with 5 entries, VPD. Line 16, pin A. */
export const addNic = (host: XenHost, at = '0000:03:00.0', more: readonly Register[] = []): PciDev =>
  addShape(host, at, { registers: [...NIC_REGISTERS, ...more], resources: nicResources(), irq: 16 });

/** NVME: one 64-bit BAR above 4 GiB, no line. */
export const addNvme = (host: XenHost, at = '0000:04:00.0'): PciDev =>
  addShape(host, at, {
    registers: [
      ...header(0x8086, 0x0953, 0x010802, 0x0006),
      [0x10, 4, 0x20000004, 0xffffc000],
      [0x14, 4, 0x00000004, 0xffffffff],
    ],
    resources: {
      0: makeResource(0x4_2000_0000n, 0x4_2000_3fffn, IORESOURCE_MEM | IORESOURCE_MEM_64 | 4, true),
    },
  });

/** BIG: a prefetchable 64-bit BAR of 16 GiB. */
export const addBig = (host: XenHost, at = '0000:05:00.0'): PciDev =>
  addShape(host, at, {
    registers: [
      ...header(0x1002, 0x73bf, 0x030000, 0x0002),
      [0x10, 4, 0x0000000c, 0],
      [0x14, 4, 0x00000038, 0xfffffffc],
    ],
    resources: {
      0: makeResource(
        0x38_0000_0000n,
        0x3b_ffff_ffffn,
        IORESOURCE_MEM | IORESOURCE_MEM_64 | IORESOURCE_PREFETCH | 0xc,
        true,
      ),
    },
  });

/** VF: ids read ffff, COMMAND has only bus mastering, MSI-X with 3 entries, no line. */
export const addVf = (host: XenHost, physfn: PciDev, at = '0000:03:10.0'): PciDev =>
  addShape(host, at, {
    registers: [
      [0x00, 4, 0xffffffff],
      [0x04, 2, 0, 0x0004],
      [0x06, 2, 0x0010],
      [0x08, 4, 0x02000000],
      [0x34, 1, MSIX],
      capability(MSIX, 0x11, 0),
      [MSIX + 2, 2, 0x0002, 0xc000],
      [MSIX + 4, 4, 0x00000003],
    ],
    resources: { 3: makeResource(0xfec00000n, 0xfec03fffn, IORESOURCE_MEM, true) },
    physfn,
    vendorId: 0x8086,
    deviceId: 0x10ca,
  });

/** A function of which only the address, and that it is a bridge or not, matters. */
export const addPlain = (
  host: XenHost,
  at: string,
  more: Pick<Shape, 'physfn' | 'bridgesAbove'> & { readonly headerType?: number } = {},
): PciDev => addShape(host, at, { registers: [[0x0e, 1, more.headerType ?? 0]], ...more });

/** A reply as the guest finds it in the page, with what was seen meanwhile. */
export interface Reply {
  readonly err: number;
  readonly value: number;
  /** Writes that reached a bus accessor: offset, width, value. */
  readonly writes: readonly (readonly [number, number, number])[];
  readonly log: readonly LogLine[];
  readonly eoi: readonly number[];
  readonly notifications: number;
}

export const writesOf = ({ writes }: Observations): [number, number, number][] =>
  writes.map((w) => [w.offset, w.width, w.value]);

/** The raw end of a PV guest: no frontend logic, so that a test says exactly what goes into the page. */
export class Guest {
  constructor(
    readonly host: XenHost,
    readonly domid: number,
    readonly ring: RequestPage,
  ) {}

  get backend(): BackendDevice {
    const backend = this.host.driver.backend(this.domid)?.backend;
    if (backend === undefined) throw new Error(`no backend for domain ${this.domid}`);
    return backend;
  }

  /** Where the guest sees a host device. */
  at(dev: PciDev): Bdf {
    const device = seizedOf(this.host, dev);
    const at = this.backend.topology.find(device);
    if (at === undefined) throw new Error(`${dev.name} is not in the guest`);
    return at;
  }

  /** The address part of a request for a device. */
  to(dev: PciDev): Pick<Request, 'domain' | 'bus' | 'devfn'> {
    const at = this.at(dev);
    return { domain: at.domain, bus: at.bus, devfn: devfnOf(at) };
  }

  submit(request: Request): Reply {
    const { result, observed } = this.host.observe(() => {
      if (!this.ring.submit(request)) throw new Error('the backend did not answer');
      return { err: this.ring.err, value: this.ring.value };
    });
    const { log, eoi, notifications } = observed;
    return { ...result, writes: writesOf(observed), log, eoi, notifications };
  }

  read(dev: PciDev, offset: number, size: number): Reply {
    return this.submit({ cmd: XEN_PCI_OP_conf_read, ...this.to(dev), offset, size });
  }
  write(dev: PciDev, offset: number, size: number, value: number): Reply {
    return this.submit({ cmd: XEN_PCI_OP_conf_write, ...this.to(dev), offset, size, value });
  }
  enableMsi(dev: PciDev): Reply {
    return this.submit({ cmd: XEN_PCI_OP_enable_msi, ...this.to(dev) });
  }
  disableMsi(dev: PciDev): Reply {
    return this.submit({ cmd: XEN_PCI_OP_disable_msi, ...this.to(dev) });
  }
  enableMsix(dev: PciDev, value: number, entries: readonly number[] = []): Reply {
    return this.submit({ cmd: XEN_PCI_OP_enable_msix, ...this.to(dev), value, entries });
  }
  disableMsix(dev: PciDev): Reply {
    return this.submit({ cmd: XEN_PCI_OP_disable_msix, ...this.to(dev) });
  }

  /** The toolstack removes the guest's PCI device. */
  detach(): void {
    this.host.driver.removeBackend(this.domid);
    removePciDevice(this.host.platform.xenstore, this.domid);
    this.ring.close();
  }

  /** Moves the frontend's state key and delivers what that causes. */
  frontendTo(state: XenbusState): void {
    this.host.platform.xenstore.write(`${frontendDirectory(this.domid)}/state`, String(state));
    this.host.platform.xenstore.drain();
  }
  /** A key of the backend directory. */
  key(name: string): string | undefined {
    return this.host.platform.xenstore.read(`${backendDirectory(this.domid)}/${name}`);
  }
}

export const newHost = (options: Partial<XenHostOptions> = {}): XenHost =>
  new XenHost({ ...DEFAULT_XEN_HOST, ...options });

export const seizedOf = (host: XenHost, dev: PciDev): SeizedDevice => {
  const device = host.driver.stub.seized.find((d) => d.dev === dev);
  if (device === undefined) throw new Error(`${dev.name} is not seized`);
  return device;
};

/** The backend directory exists and the backend has been probed; the frontend has not spoken. */
export const probe = (host: XenHost, domid: number, devices: readonly PciDev[]): Guest => {
  const { xenstore } = host.platform;
  createPciDevice(
    xenstore,
    domid,
    `guest${domid}`,
    devices.map((d) => d.bdf),
  );
  const ring = new RequestPage(host.platform, domid);
  host.driver.probeBackend(domid);
  xenstore.drain();
  return new Guest(host, domid, ring);
};

/** The frontend publishes its page and channel and both ends connect. */
export const publish = (guest: Guest, magic = XEN_PCI_MAGIC): void => {
  const { xenstore } = guest.host.platform;
  const directory = frontendDirectory(guest.domid);
  xenstore.write(`${directory}/pci-op-ref`, String(guest.ring.grantReference));
  xenstore.write(`${directory}/event-channel`, String(guest.ring.channel.port));
  xenstore.write(`${directory}/magic`, magic);
  guest.frontendTo(XenbusState.Initialised);
};

/** A connected guest that has these seized devices. */
export const connect = (
  host: XenHost,
  devices: readonly PciDev[],
  { domid = 1, aerHandler = false } = {},
): Guest => {
  const guest = probe(host, domid, devices);
  if (aerHandler) guest.ring.page.setFlag(XEN_PCIB_AERHANDLER);
  publish(guest);
  guest.frontendTo(XenbusState.Connected);
  return guest;
};

/** Loads the driver with these functions hidden. */
export const seizeAll = (host: XenHost, devices: readonly PciDev[]): void => {
  if (host.driver.load(hideParameter(devices.map((d) => d.bdf))) !== 0) throw new Error('hide was refused');
};

export const store = (host: XenHost, attribute: string, text: string): number =>
  storeAttribute(host.driver.stub, attribute, text);
export const show = (host: XenHost, attribute: string): string => {
  const text = showAttribute(host.driver.stub, attribute);
  if (typeof text === 'number') throw new Error(`${attribute}: error ${text}`);
  return text;
};

/** What the hardware holds. */
export const real = (dev: PciDev, offset: number, width: Width): number =>
  readLe(dev.fn.config, offset, width);
/** The hardware changes its own register. */
export const poke = (dev: PciDev, offset: number, width: Width, value: number): void => {
  const bytes = new Uint8Array(width);
  writeLe(bytes, 0, width, value);
  dev.fn.poke(offset, bytes);
};

export const warnings = ({ log }: Pick<Reply, 'log'>): string[] =>
  log.filter((l) => l.level === 4).map((l) => l.text);

export interface Fresh {
  readonly host: XenHost;
  readonly dev: PciDev;
  readonly guest: Guest;
}

/** A device just seized and given to a connected guest that has written nothing; with these driver options set. */
export const fresh = (
  add: (host: XenHost) => PciDev = addNic,
  attributes: readonly ('permissive' | 'allow_interrupt_control')[] = [],
  options: Partial<XenHostOptions> = {},
): Fresh => {
  const host = newHost(options);
  const dev = add(host);
  seizeAll(host, [dev]);
  for (const attribute of attributes) store(host, attribute, formatBdf(dev.bdf));
  return { host, dev, guest: connect(host, [dev]) };
};

/** A VF whose PF stays with the host. */
export const freshVf = (): Fresh & { readonly pf: PciDev } => {
  const host = newHost();
  const pf = addNic(host);
  const dev = addVf(host, pf);
  seizeAll(host, [dev]);
  return { host, dev, pf, guest: connect(host, [dev]) };
};
