import { PciFunction, type Bus, type PciFunctionInit } from '../device/pciFunction';
import { enumerate, type EnumerationFacts } from '../host/enumerate';
import { DEFAULT_HOST, HostKernel, type HostOptions } from '../host/hostKernel';
import type { PciDev } from '../host/pciDev';
import type { Resource } from '../host/resource';
import { PcibackDriver } from '../pciback/driver';
import { DEFAULT_PROFILE, type DriverProfile } from '../pciback/profiles';
import { formatBdf, type Bdf } from '../spec/bdf';
import type { Width } from '../spec/uint';
import type { LogLine, Observations, RealWrite } from '../view';
import { XenPlatform } from '../xen/platform';

/**
 * A Xen host put together: functions on a bus, the kernel that found them, the platform, the driver. Everything
 * that happens is observed on request and costs nothing otherwise.
 */

export interface XenHostOptions extends HostOptions {
  readonly passthrough: boolean;
  readonly permissive: boolean;
  /** False for the stub-only build of the driver. */
  readonly pvSupport: boolean;
  readonly profile: DriverProfile;
  /** Hold back repeated messages as the kernel does. */
  readonly rateLimit: boolean;
}

export const DEFAULT_XEN_HOST: XenHostOptions = {
  ...DEFAULT_HOST,
  passthrough: false,
  permissive: false,
  pvSupport: true,
  profile: DEFAULT_PROFILE,
  rateLimit: true,
};

/** The `hide` parameter for these functions. */
export const hideParameter = (functions: readonly Bdf[]): string =>
  functions.map((bdf) => `(${formatBdf(bdf)})`).join('');

interface Recorder {
  readonly writes: RealWrite[];
  readonly log: LogLine[];
  readonly xenstore: [string, string][];
  readonly eoi: number[];
  notifications: number;
  aerWakes: number;
}

export class XenHost {
  readonly kernel: HostKernel;
  readonly platform: XenPlatform;
  private loaded: PcibackDriver;
  private readonly bus: Bus = { onWrite: null };
  /** Bridges above each device, nearest first. */
  private readonly above = new Map<PciDev, readonly PciDev[]>();
  private logListener: ((line: LogLine) => void) | null = null;

  constructor(private options: XenHostOptions = DEFAULT_XEN_HOST) {
    this.kernel = new HostKernel(options);
    this.platform = new XenPlatform(this.kernel);
    this.loaded = this.makeDriver();
    this.listen(null);
  }

  /** The driver that is loaded. */
  get driver(): PcibackDriver {
    return this.loaded;
  }
  get driverOptions(): XenHostOptions {
    return this.options;
  }

  private makeDriver(): PcibackDriver {
    const { passthrough, permissive, pvSupport, profile, rateLimit } = this.options;
    return new PcibackDriver(this.platform, {
      passthrough,
      permissive,
      pvSupport,
      profile,
      rateLimit,
      bridgesAbove: (dev) => this.above.get(dev) ?? [],
    });
  }

  /** Module-wide `permissive`, effective at once for every device. */
  setPermissive(on: boolean): void {
    this.options = { ...this.options, permissive: on };
    this.driver.parameters.permissive = on;
  }

  /** Unloads the driver, which releases every function that it holds, and loads another with the same ones hidden. */
  loadDriver(options: Pick<XenHostOptions, 'profile' | 'passthrough' | 'permissive'>): void {
    const { stub, keyListener, backendListener } = this.driver;
    const held = stub.seized.map(({ dev }) => dev);
    for (const dev of held) stub.remove(dev);
    this.options = { ...this.options, ...options };
    this.loaded = this.makeDriver();
    this.loaded.listen(keyListener, backendListener);
    this.loaded.load(hideParameter(held.map(({ bdf }) => bdf)));
  }

  /** Adds a function; `resources` by index (0..5 BARs, 6 ROM), absent = none. */
  addFunction(
    init: PciFunctionInit,
    facts: EnumerationFacts,
    resources: Readonly<Record<number, Resource>>,
    bridgesAbove: readonly PciDev[] = [],
  ): PciDev {
    const dev = enumerate(this.kernel, new PciFunction(init, this.bus), facts);
    for (const [i, r] of Object.entries(resources)) dev.resources[Number(i)] = r;
    if (bridgesAbove.length > 0) this.above.set(dev, bridgesAbove);
    return dev;
  }

  /** Takes a function away that no driver has any more. */
  removeFunction(dev: PciDev): void {
    this.kernel.remove(dev);
    this.above.delete(dev);
  }

  find(bdf: Bdf): PciDev | undefined {
    return this.kernel.find(bdf);
  }

  /** Calls back for every kernel message, observed or not; null ends it. */
  onLog(listener: ((line: LogLine) => void) | null): void {
    this.logListener = listener;
    this.listen(null);
  }

  private listen(recorder: Recorder | null): void {
    this.kernel.log.listener =
      recorder === null && this.logListener === null
        ? null
        : (level, text) => {
            recorder?.log.push({ level, text });
            this.logListener?.({ level, text });
          };
    if (recorder === null) {
      this.bus.onWrite = null;
      this.driver.listen(null, null);
      return;
    }
    this.bus.onWrite = (fn, offset, width, value) =>
      recorder.writes.push({ bdf: fn.bdf, offset, width: width as Width, value });
    this.driver.listen((path, value) => recorder.xenstore.push([path, value]), {
      notified: () => recorder.notifications++,
      eoi: (spurious) => recorder.eoi.push(spurious ? 1 : 0),
      aerWoken: () => recorder.aerWakes++,
    });
  }

  /**
   * Runs an action, delivers the xenstore events that it caused, and tells what was seen. The action gets what will
   * be told as it fills.
   */
  observe<T>(action: (soFar: Observations) => T): {
    readonly result: T;
    readonly observed: Observations & { readonly aerWakes: number };
  } {
    const recorder: Recorder = { writes: [], log: [], xenstore: [], eoi: [], notifications: 0, aerWakes: 0 };
    this.listen(recorder);
    try {
      const result = action(recorder);
      this.platform.xenstore.drain();
      return { result, observed: recorder };
    } finally {
      this.listen(null);
    }
  }
}
