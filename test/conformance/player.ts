import { RequestPage, type Request } from '../../src/backend/guest/requestPage';
import { makeResource } from '../../src/backend/host/resource';
import type { DeviceFlags, PciDev } from '../../src/backend/host/pciDev';
import type { AerEvent } from '../../src/backend/pciback/aer';
import { showAttribute, storeAttribute } from '../../src/backend/pciback/sysfs';
import { devfnOf, parseBdf, type Bdf } from '../../src/backend/spec/bdf';
import { hideParameter, XenHost } from '../../src/backend/assembly/xenHost';
import {
  AER_BUS,
  AER_CMD,
  AER_DEVFN,
  AER_DOMAIN,
  AER_ERR,
  WORD_AER_OP,
  XEN_PCIB_active,
  XEN_PCIB_AERHANDLER,
  XEN_PCI_MAGIC,
  XEN_PCI_OP_conf_read,
  XEN_PCI_OP_conf_write,
  XEN_PCI_OP_disable_msi,
  XEN_PCI_OP_disable_msix,
  XEN_PCI_OP_enable_msi,
  XEN_PCI_OP_enable_msix,
} from '../../src/backend/xen/pciif';
import { createPciDevice, frontendDirectory, removePciDevice } from '../../src/backend/xen/toolstack';
import { XenbusState } from '../../src/backend/xen/xenbusState';
import type { Observations } from '../../src/backend/view';
import { hexBytes, bytesHex, type DeviceLine, type In, type Out, type Scenario } from './scenario';
import { TRACE_HOST } from './traceHost';

/** Plays a golden scenario on the engine and gives the observations in the trace's own form. */

const DOMID = 1;

type Fields = Record<string, unknown>;
type Observed = Observations & { readonly aerWakes: number };

const deviceFlags = (f: Readonly<Record<string, number>> = {}): DeviceFlags => ({
  noMsi: f['no_msi'] === 1,
  noD3: f['no_d3'] === 1,
  noD1D2: f['no_d1d2'] === 1,
  noPmReset: f['no_pm_reset'] === 1,
  noFlr: f['no_flr'] === 1,
  msiIntxBug: f['msi_intx_bug'] === 1,
});

const COMMANDS: Readonly<Record<string, number>> = {
  r: XEN_PCI_OP_conf_read,
  w: XEN_PCI_OP_conf_write,
  'msi+': XEN_PCI_OP_enable_msi,
  'msi-': XEN_PCI_OP_disable_msi,
  'msix+': XEN_PCI_OP_enable_msix,
  'msix-': XEN_PCI_OP_disable_msix,
};

const bit = (on: boolean): number => (on ? 1 : 0);

export class Player {
  readonly host: XenHost;
  private readonly devs: PciDev[];
  private readonly lines: readonly DeviceLine[];
  ring: RequestPage | undefined;
  private readonly aerHandler: boolean;
  private lastStates: string[] = [];
  private vdev: (readonly [number, number, number] | null)[] = [];

  constructor(scenario: Pick<Scenario, 'devices' | 'opts'>) {
    const { opts } = scenario;
    this.lines = scenario.devices;
    this.aerHandler = opts.aer_handler === 1;
    this.host = new XenHost({
      ...TRACE_HOST,
      cacheLine: opts.cache_line ?? 16,
      maxLatency: opts.max_latency ?? 255,
      passthrough: opts.passthrough === 1,
      permissive: opts.permissive_all === 1,
    });
    this.host.platform.msi.maxVectors = opts.max_vectors ?? 1000;
    this.devs = [];
    for (const line of scenario.devices) this.devs.push(this.addDevice(line));
  }

  private addDevice(line: DeviceLine): PciDev {
    const unclaimed = line.unclaimed ?? [];
    const physfn = line.is_virtfn === 1 ? this.devs[line.physfn ?? -1] : undefined;
    const dev = this.host.addFunction(
      {
        bdf: this.bdf(line),
        config: hexBytes(line.cfg),
        rw: hexBytes(line.rw),
        w1c: hexBytes(line.w1c),
        configSize: line.cfg_size,
        por: (line.por ?? []).map(([offset, hex]) => [offset, hexBytes(hex)] as const),
        vpd: hexBytes(line.vpd ?? ''),
      },
      {
        irq: line.irq,
        vendorId: line.vendor,
        deviceId: line.device,
        physfn,
        flags: deviceFlags(line.devflags),
      },
      Object.fromEntries(
        line.resources.map(([i, start, end, flags]) => [
          i,
          makeResource(BigInt(start), BigInt(end), Number(flags), !unclaimed.includes(i)),
        ]),
      ),
    );
    for (const [offset, length, readCode, writeCode] of line.fail ?? [])
      dev.fn.addFailingRange({ offset, length, readCode, writeCode });
    return dev;
  }

  private bdf(line: DeviceLine): Bdf {
    const bdf = parseBdf(line.bdf);
    if (bdf === undefined) throw new Error(`bad address ${line.bdf}`);
    return bdf;
  }

  private get exported(): Bdf[] {
    return this.lines.filter((l) => l.export !== 0).map((l) => this.bdf(l));
  }

  private state(d: number): Fields {
    const dev = this.devs[d]!;
    const data = this.host.driver.stub.seized.find((s) => s.dev === dev)?.data;
    return {
      d,
      bound: bit(data !== undefined),
      en: dev.enableCount,
      bm: bit(dev.isBusMaster),
      msi: bit(dev.msiEnabled),
      msix: bit(dev.msixEnabled),
      irq: dev.irq,
      ps: dev.currentState,
      ei: bit(data?.enableIntx ?? false),
      isr: bit(data?.isrOn ?? false),
      ack: bit(data?.ackIntr ?? false),
      wow: bit(data?.warnedOnWrite ?? false),
      dirq: data?.irq ?? 0,
      perm: bit(data?.permissive ?? false),
      aic: bit(data?.allowInterruptControl ?? false),
      hnd: data?.handled ?? 0,
    };
  }

  /** States that changed since the last call; all of them with `all`. */
  private changedStates(all: boolean): Fields[] {
    const states = this.devs.map((_, d) => this.state(d));
    const changed = states.filter((s, d) => all || JSON.stringify(s) !== this.lastStates[d]);
    this.lastStates = states.map((s) => JSON.stringify(s));
    return changed;
  }

  private observations(observed: Observed, own: number, all: boolean, guestOp: boolean): Fields {
    const out: Fields = {};
    const writes = observed.writes.map((w) => {
      const d = this.devs.findIndex((dev) => dev.bdf === w.bdf);
      const triple = [w.offset, w.width, w.value];
      return d === own ? triple : [...triple, d];
    });
    const eoi = [...observed.eoi];
    const states = this.changedStates(all);
    if (writes.length > 0) out['w'] = writes;
    if (observed.log.length > 0) out['log'] = observed.log.map((l) => [l.level, l.text]);
    if (observed.xenstore.length > 0) out['xs'] = observed.xenstore;
    if (states.length > 0) out['st'] = states;
    if (observed.notifications !== (guestOp ? 1 : 0)) out['ntf'] = observed.notifications;
    if (guestOp ? eoi.length !== 1 || eoi[0] !== 0 : eoi.length > 0) out['eoi'] = eoi;
    if (observed.aerWakes > 0) out['wake'] = observed.aerWakes;
    return out;
  }

  private run(own: number, guestOp: boolean, action: () => Fields, all = false): Fields {
    const { result, observed } = this.host.observe(action);
    return { ...result, ...this.observations(observed, own, all, guestOp) };
  }

  seize(): Fields {
    return this.run(
      0,
      false,
      () => {
        this.host.driver.load(hideParameter(this.exported));
        return { ret: 0 };
      },
      true,
    );
  }

  private store(attribute: string, text: string): number {
    return storeAttribute(this.host.driver.stub, attribute, text);
  }

  setup(): Fields {
    return this.run(0, false, () => {
      const sysfs: [string, string, number][] = [];
      const set = (attribute: string, text: string): void => {
        sysfs.push([attribute, text, this.store(attribute, text)]);
      };
      for (const line of this.lines) {
        if (line.permissive === 1) set('permissive', line.bdf);
        if (line.aic === 1) set('allow_interrupt_control', line.bdf);
        for (const [reg, size, mask] of line.quirks ?? [])
          set('quirks', `${line.bdf}-${reg.toString(16)}:${size.toString(16)}:${mask.toString(16)}`);
      }
      return { sysfs };
    });
  }

  private connect(): number {
    const { xenstore } = this.host.platform;
    createPciDevice(xenstore, DOMID, 'guest', this.exported);
    const ring = new RequestPage(this.host.platform, DOMID);
    if (this.aerHandler) ring.page.setFlag(XEN_PCIB_AERHANDLER);
    const xenbus = this.host.driver.probeBackend(DOMID);
    if (xenbus === undefined) throw new Error('the driver serves no guests');
    xenstore.drain();
    const directory = frontendDirectory(DOMID);
    const backendState = xenstore.scanDecimal(`/local/domain/0/${xenbus.node}/state`);
    if (backendState.ok && backendState.value === XenbusState.Initialised) {
      xenstore.write(`${directory}/pci-op-ref`, String(ring.grantReference));
      xenstore.write(`${directory}/event-channel`, String(ring.channel.port));
      xenstore.write(`${directory}/magic`, XEN_PCI_MAGIC);
      xenstore.write(`${directory}/state`, String(XenbusState.Initialised));
    }
    xenstore.drain();
    this.ring = ring;
    const { topology } = xenbus.backend;
    this.vdev = this.devs.map((dev) => {
      const device = topology.devices().find((d) => d.dev === dev);
      const at = device === undefined ? undefined : topology.find(device);
      return at === undefined ? null : [at.domain, at.bus, devfnOf(at)];
    });
    return 0;
  }

  attach(): Fields {
    return this.run(0, false, () => ({ ret: this.connect(), vdev: this.vdev }));
  }

  private request(op: In): Request {
    const [domain, bus, devfn] = op.a ?? this.vdev[op.d ?? 0] ?? [0, 0, 0];
    const cmd = op.op === 'cmd' ? (op.cmd ?? 0) : (COMMANDS[op.op] ?? -1);
    const base = { cmd, domain, bus, devfn };
    if (op.op === 'msix+') {
      const n = op.n ?? 0;
      return { ...base, value: n, entries: op.e ?? Array.from({ length: Math.min(n, 128) }, (_, i) => i) };
    }
    return { ...base, offset: op.o ?? 0, size: op.s ?? 0, value: op.v ?? 0 };
  }

  private reply(op: In, ring: RequestPage): Fields {
    const out: Fields = { err: ring.err, val: ring.value };
    const n = op.n ?? 0;
    if (op.op === 'msix+' && n >= 1 && n <= 128) {
      const entries = op.e ?? Array.from({ length: n }, (_, i) => i);
      out['vec'] = entries.map((e, i) => [e, ring.vector(i)]);
    }
    return out;
  }

  private guestOp(op: In): Fields {
    const { ring } = this;
    if (ring === undefined || this.host.driver.backend(DOMID)?.backend.page === undefined)
      return { noconn: 1 };
    return this.run(op.d ?? 0, true, () => {
      ring.fill(this.request(op));
      this.raiseEvent(ring);
      return this.reply(op, ring);
    });
  }

  /** The traces were made on a platform that always delivers an event, also while an EOI is pending. */
  private raiseEvent(ring: RequestPage): void {
    ring.channel.deliver();
  }

  private batch(op: In): Fields {
    const { ring } = this;
    const ops = op.ops ?? [];
    if (ring === undefined || this.host.driver.backend(DOMID)?.backend.page === undefined)
      return { noconn: 1 };
    return this.run(op.d ?? 0, false, () => {
      const results: Fields[] = [];
      ring.channel.onNotify = () => {
        const done = ops[results.length];
        if (done !== undefined) results.push(this.reply(done, ring));
        const next = ops[results.length];
        if (next !== undefined) ring.fill(this.request(next));
      };
      const first = ops[0];
      if (first !== undefined) ring.fill(this.request(first));
      this.raiseEvent(ring);
      ring.channel.onNotify = null;
      return { res: results };
    });
  }

  private aer(op: In): Fields {
    const dev = this.devs[op.d ?? 0]!;
    let seen: Fields | undefined;
    const guest = (): void => {
      const { ring } = this;
      if (ring === undefined) return;
      const { words } = ring.page;
      seen = {
        cmd: words[WORD_AER_OP + AER_CMD]!,
        err: words[WORD_AER_OP + AER_ERR]!,
        domain: words[WORD_AER_OP + AER_DOMAIN]!,
        bus: words[WORD_AER_OP + AER_BUS]!,
        devfn: words[WORD_AER_OP + AER_DEVFN]!,
      };
      if (op.resp === null || op.resp === undefined) return;
      words[WORD_AER_OP + AER_ERR] = op.resp;
      ring.page.clearFlag(XEN_PCIB_active);
      this.raiseEvent(ring);
    };
    const ret = this.host.driver.aer(op.ev as AerEvent, dev, op.state ?? 0, guest);
    return { ret, ...(seen === undefined ? {} : { aer: seen }), flags: this.ring?.page.flags ?? 0 };
  }

  private readonly handlers: Readonly<Record<string, (op: In, dev: PciDev) => Fields>> = {
    spurious: () => {
      if (this.ring !== undefined) this.raiseEvent(this.ring);
      return { ret: 0 };
    },
    irq: (op, dev) => {
      const data = this.host.driver.stub.seized.find((s) => s.dev === dev)?.data;
      this.host.platform.lineShared = op.shared !== 0;
      const total = { handled: 0, none: 0 };
      for (let i = 0; i < (op.n ?? 0) && data !== undefined; i++) {
        const once = this.host.kernel.irqLines.raise(data.irq);
        total.handled += once.handled;
        total.none += once.none;
      }
      return total;
    },
    reset: (_op, dev) => {
      this.host.driver.resetSeized(dev);
      return { ret: 0 };
    },
    detach: () => {
      this.host.driver.removeBackend(DOMID);
      removePciDevice(this.host.platform.xenstore, DOMID);
      this.ring?.close();
      this.ring = undefined;
      return { ret: 0 };
    },
    attach: () => ({ ret: this.connect() }),
    unbind: (_op, dev) => ({ ret: this.host.driver.stub.remove(dev) }),
    sysfs: (op) => ({ ret: this.store(op.attr ?? '', op.buf ?? '') }),
    show: (op) => {
      const text = showAttribute(this.host.driver.stub, op.attr ?? '');
      return typeof text === 'number' ? { ret: text } : { ret: text.length, text };
    },
    permall: (op) => {
      this.host.driver.parameters.permissive = op.n === 1;
      return { ret: 0 };
    },
    hw: (op, dev) => {
      dev.fn.poke(op.o ?? 0, hexBytes(op.b ?? ''));
      return { ret: 0 };
    },
    gone: (_op, dev) => {
      dev.fn.setGone(true);
      return { ret: 0 };
    },
    back: (_op, dev) => {
      dev.fn.setGone(false);
      return { ret: 0 };
    },
    fail: (op, dev) => {
      if (op.n === 0) dev.fn.clearFailingRanges();
      else
        dev.fn.addFailingRange({
          offset: op.o ?? 0,
          length: op.n ?? 0,
          readCode: op.rd ?? 0,
          writeCode: op.wr ?? 0,
        });
      return { ret: 0 };
    },
    vecs: (op) => {
      this.host.platform.msi.maxVectors = op.n ?? 0;
      return { ret: 0 };
    },
    irqfail: (op) => {
      this.host.kernel.irqLines.refuseAll = op.n !== 0;
      return { ret: 0 };
    },
    claim: (op, dev) => {
      const resource = dev.resources[op.bar ?? -1];
      if (resource !== undefined) resource.claimed = op.n === 1;
      return { ret: 0 };
    },
    aer: (op) => this.aer(op),
  };

  /** Plays one operation; undefined when its kind is not known. */
  play(op: In): Out | undefined {
    if (op.op in COMMANDS || op.op === 'cmd') return this.guestOp(op);
    if (op.op === 'batch') return this.batch(op);
    const handler = this.handlers[op.op];
    const dev = this.devs[op.d ?? 0];
    if (handler === undefined || dev === undefined) return undefined;
    return this.run(op.d ?? 0, false, () => handler(op, dev));
  }

  final(): Out[] {
    return this.devs.map((dev, d) => ({
      cfg: bytesHex(dev.fn.config),
      resets: dev.fn.resets,
      st: this.state(d),
    }));
  }
}
