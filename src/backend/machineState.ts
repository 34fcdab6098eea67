import { accessMap } from './assembly/accessMap';
import { assemble, FIRST_DOMID } from './assembly/assemble';
import type { PvGuest } from './assembly/pvGuest';
import type { MachineFunction } from './assembly/functions';
import type { HostFunctions } from './assembly/hostFunctions';
import { showAttribute } from './pciback/sysfs';
import { PROFILES } from './pciback/profiles';
import type { Told } from './assembly/driverActions';
import type { MachineDescription } from './description';
import type { Access, AccessListener } from './journal/access';
import type { JournalEntry } from './journal/entry';
import { entryText } from './journal/entryText';
import { History } from './journal/history';
import type { PlacedStructure } from './spec/layout';
import { LayoutMemo } from './spec/layoutMemo';
import { compareBdf, formatBdf, sameBdf, type Bdf } from './spec/bdf';
import type {
  ActionResult,
  BusState,
  ConfigImage,
  DriverState,
  FunctionState,
  GuestState,
  KernelFacts,
  LogLine,
  MachineChange,
  Observations,
} from './view';
import type { XenHost } from './assembly/xenHost';
import { functionState } from './assembly/functionState';
import { guestImage } from './assembly/guestImage';

const NOTHING: Observations = { writes: [], log: [], xenstore: [], notifications: 0, eoi: [] };

/** What a machine is made of and what can be seen of it; machine.ts adds what can be done with it. */
export class MachineState {
  readonly name: string;
  protected host: XenHost;
  protected hostFunctions: HostFunctions;
  protected pvGuests: readonly PvGuest[];
  protected nextDomid = FIRST_DOMID + 1;
  private readonly listeners = new Set<(change: MachineChange) => void>();
  protected readonly accessListeners = new Set<AccessListener>();
  private readonly layouts = new WeakMap<MachineFunction, LayoutMemo>();
  private logListener: ((line: LogLine) => void) | undefined;
  protected readonly history = new History();
  private counter = 0;
  private quiet = false;

  constructor(readonly description: MachineDescription) {
    this.name = description.name;
    const built = assemble(description);
    this.host = built.host;
    this.hostFunctions = built.hostFunctions;
    this.pvGuests = built.guests;
  }

  /** As it was when it was opened, then `replay`; nobody is told of the steps, nor are their kernel messages printed. */
  protected rebuild(replay: () => void): void {
    const { host, hostFunctions, guests } = assemble(this.description);
    this.host = host;
    this.hostFunctions = hostFunctions;
    this.pvGuests = guests;
    this.nextDomid = FIRST_DOMID + 1;
    this.silently(replay);
    this.host.onLog(this.logListener ?? null);
  }

  /** Actions that the journal has already and of which the listeners are told once, afterwards. */
  protected silently(actions: () => void): void {
    this.quiet = true;
    try {
      actions();
    } finally {
      this.quiet = false;
    }
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

  /**
   * Told of every operation of a guest, and of what undo and redo make of it. Nothing is worked out for it while
   * nobody listens, nor when a journal is replayed to rebuild the machine. Returns the function that ends it.
   */
  onAccess(listener: AccessListener): () => void {
    this.accessListeners.add(listener);
    return () => this.accessListeners.delete(listener);
  }

  protected get accessesAreTold(): boolean {
    return !this.quiet && this.accessListeners.size > 0;
  }
  protected tellAccess(access: Access): void {
    for (const listener of [...this.accessListeners]) listener.accessed(access);
  }

  /** Called for every kernel message as it is printed. */
  onLog(listener: ((line: LogLine) => void) | undefined): void {
    this.logListener = listener;
    this.host.onLog(listener ?? null);
  }

  protected changed(action: string, functions: readonly Bdf[] | undefined): void {
    this.counter++;
    if (this.quiet) return;
    for (const listener of [...this.listeners]) listener({ revision: this.counter, action, functions });
  }

  protected member(bdf: Bdf): MachineFunction {
    const found = this.hostFunctions.find(bdf);
    if (found === undefined) throw new Error(`no function ${formatBdf(bdf)} in ${this.name}`);
    return found;
  }

  protected guest(domid: number): PvGuest {
    const found = this.pvGuests.find((g) => g.domid === domid);
    if (found === undefined) throw new Error(`no guest with domid ${domid}`);
    return found;
  }

  protected ownerOf(bdf: Bdf): { readonly guest: PvGuest; readonly at: Bdf } | undefined {
    for (const guest of this.pvGuests) {
      const device = guest.devices().find((d) => sameBdf(d.host, bdf));
      if (device !== undefined) return { guest, at: device.guest };
    }
    return undefined;
  }

  /** Functions in order of address. */
  functions(): readonly FunctionState[] {
    return [...this.hostFunctions.members]
      .sort((a, b) => compareBdf(a.dev.bdf, b.dev.bdf))
      .map((m) => this.stateOf(m));
  }
  function(bdf: Bdf): FunctionState | undefined {
    const found = this.hostFunctions.find(bdf);
    return found === undefined ? undefined : this.stateOf(found);
  }
  private stateOf(member: MachineFunction): FunctionState {
    const owner = this.ownerOf(member.dev.bdf);
    const assignedTo = owner === undefined ? undefined : { domid: owner.guest.domid, guest: owner.at };
    return functionState(member, this.host.driver.stub.find(member.dev.bdf)?.data, assignedTo);
  }

  /** Root buses of all domains, with what is behind their bridges. */
  rootBuses(): readonly BusState[] {
    return this.hostFunctions.rootBuses();
  }
  guests(): readonly GuestState[] {
    return this.pvGuests.map((g) => g.state());
  }

  /** What the hardware holds. Throws on an unknown function. */
  realImage(bdf: Bdf): ConfigImage {
    const { dev, known } = this.member(bdf);
    return { bytes: dev.fn.image(), known: known.slice() };
  }

  /** What the hardware holds after a reset of the function; unknown where the real image is. Throws on an unknown function. */
  resetImage(bdf: Bdf): ConfigImage {
    const { dev, known } = this.member(bdf);
    return { bytes: dev.fn.por.slice(0, dev.fn.configSize), known: known.slice() };
  }

  /** What the kernel knows of the function beside its registers: sizes of BARs and ROM by index, the interrupt. */
  kernelFacts(bdf: Bdf): KernelFacts {
    const { dev } = this.member(bdf);
    const sizes = dev.resources.flatMap((r, i) =>
      r.flags === 0 ? [] : [[i, r.end - r.start + 1n] as const],
    );
    return { bdf, irq: dev.irq, barSizes: Object.fromEntries(sizes) };
  }

  /** Where the driver has fields in the function's configuration space; none when it is not seized. */
  fields(bdf: Bdf): readonly { readonly start: number; readonly end: number; readonly quirk: boolean }[] {
    const entries = this.host.driver.stub.find(bdf)?.configSpace.entries ?? [];
    return entries.map(({ start, end, field }) => ({ start, end, quirk: field.dynamic }));
  }

  /** Where the hardware has its structures (see layoutOf). What is as it was the last time is the same object. */
  layout(bdf: Bdf): readonly PlacedStructure[] {
    const member = this.member(bdf);
    let memo = this.layouts.get(member);
    if (memo === undefined) this.layouts.set(member, (memo = new LayoutMemo()));
    return memo.layoutOf(member.dev.fn.config.subarray(0, member.dev.fn.configSize), member.known);
  }

  /** How every bit takes writes (see assembly/accessMap); with the guest's half when a guest owns the function. */
  accessMap(bdf: Bdf): Uint8Array {
    const { dev } = this.member(bdf);
    const owned = this.ownerOf(bdf) !== undefined;
    const space = owned ? this.host.driver.stub.find(bdf)?.configSpace : undefined;
    return accessMap(dev.fn, this.layout(bdf), space);
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
  protected run(
    entry: JournalEntry,
    functions: readonly Bdf[] | undefined,
    action: (soFar: Observations) => Told,
  ): ActionResult {
    const { members } = this.hostFunctions;
    const { result, observed } = this.host.observe(action);
    this.record(entry, this.hostFunctions.members === members ? functions : undefined);
    return { ...result, observed };
  }

  /** Keeps the entry and tells the listeners. */
  protected record(entry: JournalEntry, functions: readonly Bdf[] | undefined): void {
    if (!this.quiet) this.history.add(entry);
    this.changed(entry.action, functions);
  }

  /** The same for actions that only say why they failed. */
  protected act(
    entry: JournalEntry,
    functions: readonly Bdf[],
    action: () => string | undefined,
  ): ActionResult {
    return this.run(entry, functions, () => {
      const message = action();
      return message === undefined ? { ok: true } : { ok: false, message };
    });
  }

  protected refuse(message: string): ActionResult {
    return { ok: false, message, observed: NOTHING };
  }

  protected said(told: string): ActionResult {
    return { ok: true, told, observed: NOTHING };
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

  /** Every xenstore key with its value, in order of path. */
  xenstore(): readonly (readonly [string, string])[] {
    return this.host.platform.xenstore.list('');
  }

  /** Text of a driver attribute, or a negative errno. */
  showSysfs(attribute: string): string | number {
    return showAttribute(this.host.driver.stub, attribute);
  }

  /** Actions since the machine was built, oldest first. */
  journal(): readonly JournalEntry[] {
    return [...this.history.entries];
  }

  /** What undo would take back and redo do again, in words; undefined when there is nothing. */
  undoable(): { readonly undo: string | undefined; readonly redo: string | undefined } {
    const { last, next } = this.history;
    return { undo: last && entryText(last), redo: next && entryText(next) };
  }
}
