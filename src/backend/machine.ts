import { BusTree } from './assembly/buses';
import { bindHostDriver, foundBound, unbindHostDriver } from './assembly/hostDriver';
import { PvGuest } from './assembly/pvGuest';
import { addFunctions, type MachineFunction } from './assembly/functions';
import { showAttribute, storeAttribute } from './pciback/sysfs';
import { PROFILES } from './pciback/profiles';
import {
  injectAer,
  loadDriver,
  raiseLine,
  resetDeviceFunction,
  writeSysfs,
  type Told,
} from './assembly/driverActions';
import { DRIVER_NAME } from './pciback/pciStub';
import type { MachineDescription } from './description';
import type { AerEventName, JournalEntry } from './journal/entry';
import { compareBdf, formatBdf, sameBdf, type Bdf } from './spec/bdf';
import type { Width } from './spec/uint';
import type {
  ActionResult,
  BusState,
  ConfigImage,
  ConfigOp,
  DriverState,
  FunctionState,
  GuestState,
  LogLine,
  MachineChange,
  Observations,
} from './view';
import { XenHost } from './assembly/xenHost';
import { applyEntry } from './replay';
import { functionState } from './assembly/functionState';
import { guestImage } from './assembly/guestImage';
import { errorName, XEN_PCI_ERR_dev_not_found } from './xen/pciif';

const FIRST_DOMID = 1;
/** Actions that the journal keeps; beyond, the machine goes on but can no longer be rebuilt from the journal. */
export const JOURNAL_LIMIT = 20_000;

/** A machine: host functions, the simulated kernel and drivers, and guests. The one door of the engine. */
export class Machine {
  readonly name: string;
  private readonly host = new XenHost();
  private readonly tree: BusTree;
  private readonly members: readonly MachineFunction[];
  private pvGuests: readonly PvGuest[];
  private readonly listeners = new Set<(change: MachineChange) => void>();
  private readonly entries: JournalEntry[] = [];
  private counter = 0;
  private nextDomid = FIRST_DOMID + 1;

  /** Builds the machine: devices, host kernel, pciback loaded with nothing seized, one PV guest (domid 1) without devices. */
  constructor(readonly description: MachineDescription) {
    this.name = description.name;
    this.tree = new BusTree(description.functions);
    this.members = addFunctions(this.host, description.functions, this.tree);
    for (const { dev, description: d } of this.members) if (d.driver !== undefined) foundBound(dev, d.driver);
    this.host.driver.load('');
    this.pvGuests = [new PvGuest(this.host, FIRST_DOMID, 'guest1')];
  }

  /** Increases with every action that may have changed something. */
  get revision(): number {
    return this.counter;
  }

  /** Called after every action. Returns the function that ends the subscription. */
  onDidChange(listener: (change: MachineChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Called for every kernel message as it is printed. */
  onLog(listener: ((line: LogLine) => void) | undefined): void {
    this.host.onLog(listener ?? null);
  }

  private changed(action: string, functions: readonly Bdf[] | undefined): void {
    this.counter++;
    for (const listener of [...this.listeners]) listener({ revision: this.counter, action, functions });
  }

  private member(bdf: Bdf): MachineFunction {
    const found = this.members.find((m) => sameBdf(m.dev.bdf, bdf));
    if (found === undefined) throw new Error(`no function ${formatBdf(bdf)} in ${this.name}`);
    return found;
  }

  private guest(domid: number): PvGuest {
    const found = this.pvGuests.find((g) => g.domid === domid);
    if (found === undefined) throw new Error(`no guest with domid ${domid}`);
    return found;
  }

  private ownerOf(bdf: Bdf): { readonly guest: PvGuest; readonly at: Bdf } | undefined {
    for (const guest of this.pvGuests) {
      const device = guest.devices().find((d) => sameBdf(d.host, bdf));
      if (device !== undefined) return { guest, at: device.guest };
    }
    return undefined;
  }

  /** Functions in order of address. */
  functions(): readonly FunctionState[] {
    return [...this.members].sort((a, b) => compareBdf(a.dev.bdf, b.dev.bdf)).map((m) => this.stateOf(m));
  }
  function(bdf: Bdf): FunctionState | undefined {
    const found = this.members.find((m) => sameBdf(m.dev.bdf, bdf));
    return found === undefined ? undefined : this.stateOf(found);
  }
  private stateOf(member: MachineFunction): FunctionState {
    const owner = this.ownerOf(member.dev.bdf);
    const assignedTo = owner === undefined ? undefined : { domid: owner.guest.domid, guest: owner.at };
    return functionState(member, this.host.driver.stub.find(member.dev.bdf)?.data, assignedTo);
  }

  /** Root buses of all domains, with what is behind their bridges. */
  rootBuses(): readonly BusState[] {
    return this.tree.rootBuses();
  }
  guests(): readonly GuestState[] {
    return this.pvGuests.map((g) => g.state());
  }

  /** What the hardware holds. Throws on an unknown function. */
  realImage(bdf: Bdf): ConfigImage {
    const { dev, known } = this.member(bdf);
    return { bytes: dev.fn.config.slice(0, dev.fn.configSize), known: known.slice() };
  }

  /** What the guest gets, read dword by dword through conf_read; undefined when the guest does not own the function. */
  guestImage(domid: number, host: Bdf): ConfigImage | undefined {
    const owner = this.ownerOf(host);
    const front = this.guest(domid).pcifront;
    const space = this.host.driver.stub.find(host)?.configSpace;
    if (owner?.guest.domid !== domid || front === undefined || space === undefined) return undefined;
    const { dev, known } = this.member(host);
    return guestImage(front, owner.at, dev.fn.configSize, known, space);
  }

  /** Runs an action, keeps it in the journal and tells the listeners; undefined functions = any may have changed. */
  private run(entry: JournalEntry, functions: readonly Bdf[] | undefined, action: () => Told): ActionResult {
    const { result, observed } = this.host.observe(action);
    if (this.entries.length < JOURNAL_LIMIT) this.entries.push(entry);
    this.changed(entry.action, functions);
    return { ...result, observed };
  }

  /** The same for actions that only say why they failed. */
  private act(
    entry: JournalEntry,
    functions: readonly Bdf[],
    action: () => string | undefined,
  ): ActionResult {
    return this.run(entry, functions, () => {
      const message = action();
      return message === undefined ? { ok: true } : { ok: false, message };
    });
  }

  private refuse(message: string): ActionResult {
    const observed: Observations = { writes: [], log: [], xenstore: [], notifications: 0, eoi: [] };
    return { ok: false, message, observed };
  }

  private isSeized(bdf: Bdf): boolean {
    return this.host.driver.stub.find(bdf) !== undefined;
  }

  private bindStub({ dev }: MachineFunction): string | undefined {
    unbindHostDriver(dev);
    const { stub } = this.host.driver;
    const text = formatBdf(dev.bdf);
    storeAttribute(stub, 'new_slot', text);
    const err = stub.probe(dev);
    if (err === 0) return undefined;
    storeAttribute(stub, 'remove_slot', text);
    const driver = this.member(dev.bdf).description.driver;
    if (driver !== undefined) bindHostDriver(dev, driver);
    return `binding ${text} to ${DRIVER_NAME} failed with ${err}`;
  }

  /** Binds the function to pciback (as `pci-assignable-add`). */
  seize(bdf: Bdf): ActionResult {
    const member = this.member(bdf);
    if (this.isSeized(bdf)) return this.refuse(`${formatBdf(bdf)} is already bound to ${DRIVER_NAME}`);
    return this.act({ action: 'seize', bdf }, [bdf], () => this.bindStub(member));
  }

  /** Unbinds the function from pciback and gives it back to its original driver (as `pci-assignable-remove`). */
  release(bdf: Bdf): ActionResult {
    const { dev, description } = this.member(bdf);
    if (!this.isSeized(bdf)) return this.refuse(`${formatBdf(bdf)} is not bound to ${DRIVER_NAME}`);
    const owner = this.ownerOf(bdf);
    if (owner !== undefined)
      return this.refuse(`${formatBdf(bdf)} is in use by ${owner.guest.name}; detach it first`);
    return this.act({ action: 'release', bdf }, [bdf], () => {
      const { stub } = this.host.driver;
      stub.remove(dev);
      storeAttribute(stub, 'remove_slot', formatBdf(bdf));
      if (description.driver !== undefined) bindHostDriver(dev, description.driver);
      return undefined;
    });
  }

  /** Seizes the function if needed and gives it to the guest (as `pci-attach`). */
  assign(domid: number, bdf: Bdf): ActionResult {
    const guest = this.guest(domid);
    const member = this.member(bdf);
    const owner = this.ownerOf(bdf);
    if (owner !== undefined)
      return this.refuse(`${formatBdf(bdf)} is already assigned to ${owner.guest.name}`);
    return this.act({ action: 'assign', domid, bdf }, [bdf], () => {
      const failed = this.isSeized(bdf) ? undefined : this.bindStub(member);
      return failed ?? guest.attach(bdf);
    });
  }

  /** Takes the function back from the guest (as `pci-detach`); it stays with pciback. */
  detach(domid: number, bdf: Bdf): ActionResult {
    const guest = this.guest(domid);
    this.member(bdf);
    if (this.ownerOf(bdf)?.guest !== guest)
      return this.refuse(`${formatBdf(bdf)} is not assigned to ${guest.name}`);
    return this.act({ action: 'detach', domid, bdf }, [bdf], () => guest.detach(bdf));
  }

  /** Sets the driver's per-device `permissive` (it cannot be cleared but by releasing). */
  permissive(bdf: Bdf): ActionResult {
    this.member(bdf);
    if (!this.isSeized(bdf)) return this.refuse(`${formatBdf(bdf)} is not bound to ${DRIVER_NAME}`);
    return this.act({ action: 'permissive', bdf }, [bdf], () => {
      const err = storeAttribute(this.host.driver.stub, 'permissive', formatBdf(bdf));
      return err < 0 ? `permissive: error ${err}` : undefined;
    });
  }

  /** Writes an attribute of the driver's sysfs directory; what write(2) returned is told. */
  sysfs(attribute: string, text: string): ActionResult {
    return this.run({ action: 'sysfs', attribute, text }, undefined, () =>
      writeSysfs(this.host, attribute, text),
    );
  }
  /** Text of a driver attribute, or a negative errno. */
  showSysfs(attribute: string): string | number {
    return showAttribute(this.host.driver.stub, attribute);
  }

  /** Resets the function through its own `reset` attribute. */
  reset(bdf: Bdf): ActionResult {
    const { dev } = this.member(bdf);
    return this.run({ action: 'reset', bdf }, [bdf], () => resetDeviceFunction(dev));
  }

  /** Fires the function's interrupt line; `shared` is whether the hypervisor says that another domain shares it. */
  raiseLine(bdf: Bdf, times: number, shared: boolean): ActionResult {
    const { dev } = this.member(bdf);
    const entry = { action: 'raiseLine', bdf, times, shared } as const;
    return this.run(entry, [bdf], () => raiseLine(this.host, dev, times, shared));
  }

  /** A PCI error callback with channel state 1..3; the guest answers with a verdict 1..6, or not when undefined. */
  aer(bdf: Bdf, event: AerEventName, state: number, answer: number | undefined): ActionResult {
    const { dev } = this.member(bdf);
    const guest = this.ownerOf(bdf)?.guest;
    return this.run({ action: 'aer', bdf, event, state, answer }, [bdf], () =>
      injectAer(this.host, dev, guest, event, state, answer),
    );
  }

  /** A new PV guest without devices. */
  createGuest(name: string): ActionResult {
    if (this.pvGuests.some((g) => g.name === name)) return this.refuse(`a guest named ${name} exists`);
    return this.run({ action: 'createGuest', name }, [], () => {
      const guest = new PvGuest(this.host, this.nextDomid++, name);
      this.pvGuests = [...this.pvGuests, guest];
      return { ok: true, told: `${name} has domid ${guest.domid}` };
    });
  }

  /** `xl destroy`: everything that the guest had goes back to the driver. */
  destroyGuest(domid: number): ActionResult {
    const guest = this.guest(domid);
    const had = guest.devices().map((d) => d.host);
    return this.run({ action: 'destroyGuest', domid }, had, () => {
      guest.destroy();
      this.pvGuests = this.pvGuests.filter((g) => g !== guest);
      return { ok: true, told: `${guest.name} destroyed, ${had.length} functions back` };
    });
  }

  /** How the driver was loaded. */
  driver(): DriverState {
    const { profile, passthrough, permissive } = this.host.driverOptions;
    return { profile: profile.name, topology: passthrough ? 'passthrough' : 'vpci', permissive };
  }
  /** Kernel releases whose driver can be loaded, oldest first. */
  profiles(): readonly string[] {
    return PROFILES.map((p) => p.name);
  }

  /** Loads the driver of another kernel or with other parameters; refused while a guest has a device. */
  loadDriver(profile: string, passthrough: boolean, permissive: boolean): ActionResult {
    const busy = this.pvGuests.find((g) => g.devices().length > 0);
    if (busy !== undefined)
      return this.refuse(`${busy.name} has devices; detach them before the driver is loaded again`);
    return this.run({ action: 'loadDriver', profile, passthrough, permissive }, undefined, () =>
      loadDriver(this.host, profile, passthrough, permissive),
    );
  }

  /** Every xenstore key with its value, in order of path. */
  xenstore(): readonly (readonly [string, string])[] {
    return this.host.platform.xenstore.list('');
  }

  private confOp(
    op: ConfigOp['op'],
    domid: number,
    guest: Bdf,
    offset: number,
    size: number,
    sent: number,
  ): ConfigOp {
    const pv = this.guest(domid);
    const front = pv.pcifront;
    const host = pv.devices().find((d) => sameBdf(d.guest, guest))?.host;
    const { result, observed } = this.host.observe(() => {
      if (front === undefined) return { err: XEN_PCI_ERR_dev_not_found, value: sent };
      return op === 'conf_read'
        ? front.configRead(guest, offset, size)
        : front.configWrite(guest, offset, size, sent);
    });
    const { err, value } = result;
    return { domid, op, guest, host, offset, size, sent, value, err, errName: errorName(err), observed };
  }

  /** A guest's conf_read through the shared page. size and offset are passed as given, valid or not. */
  confRead(domid: number, guest: Bdf, offset: number, size: number): ConfigOp {
    return this.confOp('conf_read', domid, guest, offset, size, 0);
  }

  /** A guest's conf_write through the shared page. */
  confWrite(domid: number, guest: Bdf, offset: number, size: number, value: number): ConfigOp {
    const done = this.confOp('conf_write', domid, guest, offset, size, value);
    if (this.entries.length < JOURNAL_LIMIT)
      this.entries.push({ action: 'confWrite', domid, guest, offset, size, value });
    this.changed('confWrite', done.host === undefined ? undefined : [done.host]);
    return done;
  }

  /** A write to the hardware by the host, past every driver. offset aligned to width and inside the space. */
  hardwareWrite(bdf: Bdf, offset: number, width: Width, value: number): ActionResult {
    const { dev } = this.member(bdf);
    if (offset % width !== 0 || offset < 0 || offset + width > dev.fn.configSize)
      return this.refuse(
        `offset 0x${offset.toString(16)} is not a ${width}-byte register of ${formatBdf(bdf)}`,
      );
    return this.act({ action: 'hardwareWrite', bdf, offset, width, value }, [bdf], () => {
      const err = dev.configWrite(offset, width, value);
      return err === 0 ? undefined : `the bus returned ${err}`;
    });
  }

  /** Actions since the machine was built, oldest first. */
  journal(): readonly JournalEntry[] {
    return [...this.entries];
  }

  /** Applies entries in order; the number of entries that were refused. */
  replay(entries: readonly JournalEntry[]): number {
    let refused = 0;
    for (const entry of entries) if (!applyEntry(this, entry)) refused++;
    return refused;
  }
}
