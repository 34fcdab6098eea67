import { XenHost, hideParameter } from '../../src/backend/assembly/xenHost';
import { RequestPage } from '../../src/backend/guest/requestPage';
import type { PciDev } from '../../src/backend/host/pciDev';
import { devfnOf, parseBdf, type Bdf } from '../../src/backend/spec/bdf';
import { XEN_PCI_MAGIC } from '../../src/backend/xen/pciif';
import {
  backendDirectory,
  createPciDevice,
  frontendDirectory,
  requestAdd,
  requestRemove,
} from '../../src/backend/xen/toolstack';
import { XenbusState } from '../../src/backend/xen/xenbusState';
import type { Out } from './scenario';
import { TRACE_HOST } from './traceHost';

/** Plays golden topology scenarios: slot assignment, published roots, hot-plug. */

const DOMID = 1;
const SPACE = 4096;
const HEADER_TYPE = 0x0e;

interface TopologyDevice {
  readonly bdf: string;
  readonly is_virtfn?: number;
  readonly physfn?: number;
  readonly hdr?: number;
  readonly export?: number;
}

export interface TopologyStep {
  readonly op: string;
  readonly devs?: readonly (number | string)[];
  readonly idx?: readonly number[];
  readonly at?: readonly (readonly [number, number, number])[];
}

export interface TopologyScenario {
  readonly id: string;
  readonly family: string;
  readonly opts: { readonly passthrough?: number };
  readonly buses?: readonly { readonly dom: number; readonly bus: number; readonly self: number | null }[];
  readonly devices: readonly TopologyDevice[];
  readonly steps: readonly (readonly [TopologyStep, Out])[];
  readonly final: Out;
}

const address = (text: string): Bdf => {
  const bdf = parseBdf(text);
  if (bdf === undefined) throw new Error(`bad address ${text}`);
  return bdf;
};

export class TopologyPlayer {
  private readonly host: XenHost;
  private readonly devs: PciDev[] = [];
  private ring: RequestPage | undefined;

  constructor(private readonly scenario: TopologyScenario) {
    this.host = new XenHost({ ...TRACE_HOST, passthrough: scenario.opts.passthrough === 1 });
    const lines = scenario.devices;
    const made = new Map<number, PciDev>();
    const make = (i: number): PciDev => {
      const ready = made.get(i);
      if (ready !== undefined) return ready;
      const line = lines[i]!;
      const physfn = line.is_virtfn === 1 ? make(line.physfn ?? 0) : undefined;
      const bridges = this.bridgesAbove(address(line.bdf)).map(make);
      const dev = this.addDevice(line, physfn, bridges);
      made.set(i, dev);
      return dev;
    };
    this.devs = lines.map((_, i) => make(i));
    this.host.driver.load(hideParameter(lines.filter((l) => l.export !== 0).map((l) => address(l.bdf))));
  }

  /** Indexes of the bridges above an address, nearest first. */
  private bridgesAbove(bdf: Bdf): number[] {
    const { buses = [], devices } = this.scenario;
    const self = buses.find((b) => b.dom === bdf.domain && b.bus === bdf.bus)?.self ?? null;
    if (self === null) return [];
    return [self, ...this.bridgesAbove(address(devices[self]!.bdf))];
  }

  private addDevice(line: TopologyDevice, physfn: PciDev | undefined, bridges: readonly PciDev[]): PciDev {
    const zero = new Uint8Array(SPACE);
    const config = new Uint8Array(SPACE);
    config[HEADER_TYPE] = line.hdr ?? 0;
    const dev = this.host.addFunction(
      { bdf: address(line.bdf), config, rw: zero, w1c: zero, configSize: SPACE },
      { irq: 0, physfn },
      {},
      bridges,
    );
    // What is not exported is bound to something else, so that an exported bridge above does not seize it.
    if (line.export === 0) dev.driver = 'other';
    return dev;
  }

  private bdfs(step: TopologyStep): Bdf[] {
    return (step.devs ?? []).map((d) => (typeof d === 'string' ? address(d) : this.devs[d]!.bdf));
  }

  private key(name: string): string | undefined {
    return this.host.platform.xenstore.read(`${backendDirectory(DOMID)}/${name}`);
  }

  private frontendTo(state: number): void {
    this.host.platform.xenstore.write(`${frontendDirectory(DOMID)}/state`, String(state));
    this.host.platform.xenstore.drain();
  }

  private setup(step: TopologyStep): void {
    const { xenstore } = this.host.platform;
    createPciDevice(xenstore, DOMID, 'guest', this.bdfs(step));
    this.host.driver.probeBackend(DOMID);
    xenstore.drain();
    if (this.key('state') !== String(XenbusState.Initialised)) return;
    const ring = new RequestPage(this.host.platform, DOMID);
    const directory = frontendDirectory(DOMID);
    xenstore.write(`${directory}/pci-op-ref`, String(ring.grantReference));
    xenstore.write(`${directory}/event-channel`, String(ring.channel.port));
    xenstore.write(`${directory}/magic`, XEN_PCI_MAGIC);
    this.ring = ring;
    this.frontendTo(XenbusState.Initialised);
  }

  private reconfigure(): void {
    this.host.platform.xenstore.drain();
    this.frontendTo(XenbusState.Reconfiguring);
  }

  /** Connected again, which the traces do not list. */
  private settle(step: TopologyStep): void {
    if (this.key('state') === String(XenbusState.Reconfigured)) this.frontendTo(XenbusState.Connected);
    for (const i of step.op === 'del' ? (step.idx ?? []) : [])
      this.host.platform.xenstore.write(`${backendDirectory(DOMID)}/state-${i}`, String(XenbusState.Closed));
    this.host.platform.xenstore.drain();
  }

  private readonly changes: Readonly<Record<string, (step: TopologyStep) => void>> = {
    setup: (step) => this.setup(step),
    add: (step) => {
      for (const bdf of this.bdfs(step)) requestAdd(this.host.platform.xenstore, DOMID, bdf);
      this.reconfigure();
    },
    del: (step) => {
      for (const i of step.idx ?? []) requestRemove(this.host.platform.xenstore, DOMID, i);
      this.reconfigure();
    },
  };

  private get topology(): NonNullable<ReturnType<XenHost['driver']['backend']>>['backend']['topology'] {
    const backend = this.host.driver.backend(DOMID)?.backend;
    if (backend === undefined) throw new Error('no backend');
    return backend.topology;
  }

  play(step: TopologyStep): Out | undefined {
    if (step.op === 'get')
      return {
        ret: (step.at ?? []).map(([domain, bus, devfn]) => {
          const device = this.topology.get(domain, bus, devfn);
          return device === undefined ? null : this.devs.indexOf(device.dev);
        }),
      };
    if (step.op === 'find')
      return {
        ret: (step.devs ?? []).map((d) => {
          const dev = this.devs[Number(d)];
          const device = this.host.driver.stub.seized.find((s) => s.dev === dev);
          const at = device === undefined ? undefined : this.topology.find(device);
          return at === undefined ? [0] : [1, at.domain, at.bus, devfnOf(at)];
        }),
      };
    const change = this.changes[step.op];
    if (change === undefined) return undefined;
    const { observed } = this.host.observe(() => change(step));
    this.settle(step);
    const node = `backend/pci/${DOMID}/0/`;
    return {
      ret: 0,
      xs: observed.xenstore.map(([k, v]) => [k.startsWith(node) ? k.slice(node.length) : k, v]),
      log: observed.log.map((l) => [l.level, l.text]),
    };
  }

  final(): Out {
    const roots = Array.from(
      { length: Number(this.key('root_num') ?? 0) },
      (_, i) => this.key(`root-${i}`) ?? null,
    );
    const count = Number(this.key('num_devs') ?? 0);
    return {
      state: this.key('state') ?? '',
      root_num: this.key('root_num') ?? '',
      roots,
      vdev: Array.from({ length: count }, (_, i) => this.key(`vdev-${i}`) ?? null),
    };
  }
}

export const isTopology = (scenario: object): scenario is TopologyScenario => 'steps' in scenario;
