import { PvGuest } from './assembly/pvGuest';
import { explained } from './assembly/explained';
import { warningMark, witness } from './assembly/witness';
import type { MachineFunction } from './assembly/functions';
import { EINVAL } from './host/codes';
import { storeAttribute } from './pciback/sysfs';
import {
  injectAer,
  loadDriver,
  raiseLine,
  resetDeviceFunction,
  setModulePermissive,
  writeSysfs,
  type Told,
} from './assembly/driverActions';
import { DRIVER_NAME } from './pciback/pciStub';
import type { PassthroughOptions } from './description';
import type { AerEventName, JournalEntry } from './journal/entry';
import { entryText } from './journal/entryText';
import { formatBdf, sameBdf, type Bdf } from './spec/bdf';
import type { Width } from './spec/uint';
import type { ActionResult, ConfigOp, Observations } from './view';
import { setMsi, setMsix } from './assembly/guestInterrupts';
import type { Pcifront } from './guest/pcifront';
import type { GuestFunction } from './guest/scan';
import { applyEntry } from './replay';
import { errorName, XEN_PCI_ERR_dev_not_found } from './xen/pciif';
import { MachineState } from './machineState';

/** A machine: host functions, the simulated kernel and drivers, and guests. The one door of the engine. */
export class Machine extends MachineState {
  /** Whether accesses are explained; what is replayed is not. */
  private explaining = true;

  private isSeized(bdf: Bdf): boolean {
    return this.host.driver.stub.find(bdf) !== undefined;
  }

  private bindStub({ dev }: MachineFunction): string | undefined {
    const { stub } = this.host.driver;
    this.hostFunctions.takeFromDriver(dev);
    const text = formatBdf(dev.bdf);
    storeAttribute(stub, 'new_slot', text);
    const err = stub.probe(dev);
    if (err === 0) return undefined;
    storeAttribute(stub, 'remove_slot', text);
    const driver = this.member(dev.bdf).description.driver;
    if (driver !== undefined) this.hostFunctions.giveToDriver(dev, driver);
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
      this.hostFunctions.takeFromPciback(dev);
      storeAttribute(this.host.driver.stub, 'remove_slot', formatBdf(bdf));
      if (description.driver !== undefined) this.hostFunctions.giveToDriver(dev, description.driver);
      return undefined;
    });
  }

  /** Seizes the function if needed and gives it to the guest (as `pci-attach`), with these options in xenstore. */
  assign(domid: number, bdf: Bdf, options?: PassthroughOptions): ActionResult {
    const guest = this.guest(domid);
    const member = this.member(bdf);
    const owner = this.ownerOf(bdf);
    if (owner !== undefined)
      return this.refuse(`${formatBdf(bdf)} is already assigned to ${owner.guest.name}`);
    return this.act({ action: 'assign', domid, bdf, ...(options && { options }) }, [bdf], () => {
      const failed = this.isSeized(bdf) ? undefined : this.bindStub(member);
      if (failed !== undefined) return failed;
      return (options?.permissive ? this.storePermissive(bdf) : undefined) ?? guest.attach(bdf, options);
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
    return this.act({ action: 'permissive', bdf }, [bdf], () => this.storePermissive(bdf));
  }

  private storePermissive(bdf: Bdf): string | undefined {
    const err = storeAttribute(this.host.driver.stub, 'permissive', formatBdf(bdf));
    return err < 0 ? `permissive: error ${err}` : undefined;
  }

  /** Writes an attribute of the driver's sysfs directory; what write(2) returned is told. */
  sysfs(attribute: string, text: string): ActionResult {
    return this.run({ action: 'sysfs', attribute, text }, undefined, () =>
      writeSysfs(this.host, attribute, text),
    );
  }
  /** Resets the function through its own `reset` attribute. */
  reset(bdf: Bdf): ActionResult {
    const { dev } = this.member(bdf);
    return this.run({ action: 'reset', bdf }, [bdf], () => resetDeviceFunction(dev));
  }

  /**
   * Writes `count` to the PF's `sriov_numvfs`: as many VFs are created, or with 0 all are removed. Refused with the
   * kernel's words and errno.
   */
  createVirtualFunctions(bdf: Bdf, count: number): ActionResult {
    const member = this.member(bdf);
    if (member.dev.sriov === undefined)
      return this.refuse(`${formatBdf(bdf)} has no sriov_numvfs: it is not a physical function`);
    if (!Number.isInteger(count) || count < 0)
      return this.refuse(`write(2) of "${count}" to sriov_numvfs: error ${-EINVAL}`);
    return this.run({ action: 'createVirtualFunctions', bdf, count }, [bdf], () =>
      this.hostFunctions.writeNumVfs(member, count),
    );
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
    const entry = { action: 'aer', bdf, event, state, answer } as const;
    const inject = (): Told => injectAer(this.host, dev, guest, event, state, answer);
    return this.run(entry, [bdf], guest === undefined ? inject : this.witnessed(guest, entry, inject));
  }

  /** The guest scans its buses as its kernel does at boot: what it finds, undefined while it has no PCI device. */
  guestScan(domid: number): { readonly result: ActionResult; readonly found: readonly GuestFunction[] } {
    const guest = this.guest(domid);
    const front = guest.pcifront;
    let found: readonly GuestFunction[] = [];
    const had = guest.devices().map((d) => d.host);
    const entry = { action: 'guestScan', domid } as const;
    const scan = (): Told => {
      if (front === undefined) return { ok: false, message: `${guest.name} has no PCI device` };
      found = front.scan();
      return { ok: true, told: `${guest.name} found ${found.length} functions` };
    };
    const result = this.run(entry, had, this.witnessed(guest, entry, scan));
    return { result, found };
  }

  /** The guest's driver enables MSI (vectors 1), or switches it off (0). */
  guestMsi(domid: number, guest: Bdf, vectors: number): ActionResult {
    return this.guestInterrupts({ action: 'guestMsi', domid, guest, vectors }, (front) =>
      setMsi(front, guest, vectors),
    );
  }
  /** The guest's driver enables MSI-X with the first `vectors` table entries, or switches it off (0). */
  guestMsix(domid: number, guest: Bdf, vectors: number): ActionResult {
    return this.guestInterrupts({ action: 'guestMsix', domid, guest, vectors }, (front) =>
      setMsix(front, guest, vectors),
    );
  }
  private guestInterrupts(
    entry: JournalEntry & { readonly domid: number; readonly guest: Bdf },
    action: (front: Pcifront) => Told,
  ): ActionResult {
    const pv = this.guest(entry.domid);
    const { pcifront } = pv;
    if (pcifront === undefined) return this.refuse(`${pv.name} has no PCI device`);
    const host = pv.devices().find((d) => sameBdf(d.guest, entry.guest))?.host;
    return this.run(
      entry,
      host === undefined ? [] : [host],
      this.witnessed(pv, entry, () => action(pcifront)),
    );
  }
  /** The same action, with what the guest's frontend does in it told to those who listen. */
  private witnessed(guest: PvGuest, entry: JournalEntry, action: () => Told): (soFar: Observations) => Told {
    return (soFar) => {
      const front = guest.pcifront;
      if (front === undefined || !this.accessesAreTold) return action();
      front.listener = witness(guest, entry, soFar, (access) => this.tellAccess(access));
      try {
        return action();
      } finally {
        front.listener = null;
      }
    };
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
      return {
        ok: true,
        told: `${guest.name} destroyed, ${had.length} ${had.length === 1 ? 'function' : 'functions'} back`,
      };
    });
  }

  /** Sets the module parameter `permissive`, for all devices at once. */
  modulePermissive(on: boolean): ActionResult {
    return this.run({ action: 'modulePermissive', on }, undefined, () => setModulePermissive(this.host, on));
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

  private confOp(
    op: ConfigOp['op'],
    domid: number,
    guest: Bdf,
    offset: number,
    size: number,
    sent: number,
    entry: JournalEntry | undefined,
  ): ConfigOp {
    const pv = this.guest(domid);
    const front = pv.pcifront;
    const host = pv.devices().find((d) => sameBdf(d.guest, guest))?.host;
    const request = { op, offset, size, sent };
    const seized = host && this.host.driver.stub.find(host);
    const access = () =>
      this.host.observe(() => {
        if (front === undefined) return { err: XEN_PCI_ERR_dev_not_found, value: sent };
        return op === 'conf_read'
          ? front.configRead(guest, offset, size)
          : front.configWrite(guest, offset, size, sent);
      });
    const warned = seized?.data.warnedOnWrite ?? false;
    const { answer, verdict } = this.explaining
      ? explained(seized, request, access)
      : { answer: access(), verdict: undefined };
    const { err, value } = answer.result;
    const { observed } = answer;
    const done = { domid, op, guest, host, offset, size, sent, value, err, verdict };
    if (this.accessesAreTold) {
      const warning = warningMark(warned, seized, verdict);
      this.tellAccess({ ...done, log: observed.log, warning, entry });
    }
    return { ...done, errName: errorName(err), observed };
  }

  /** A guest's conf_read through the shared page. size and offset are passed as given, valid or not. */
  confRead(domid: number, guest: Bdf, offset: number, size: number): ConfigOp {
    return this.confOp('conf_read', domid, guest, offset, size, 0, undefined);
  }

  /** A guest's conf_write through the shared page. */
  confWrite(domid: number, guest: Bdf, offset: number, size: number, value: number): ConfigOp {
    const entry = { action: 'confWrite', domid, guest, offset, size, value } as const;
    const done = this.confOp('conf_write', domid, guest, offset, size, value, entry);
    this.record(entry, done.host === undefined ? undefined : [done.host]);
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

  /** Takes the last action back: the machine is built anew and every action but that one is done again. */
  undo(): ActionResult {
    const entry = this.history.takeBack();
    if (entry === undefined)
      return this.refuse(
        this.history.complete
          ? 'there is nothing to undo'
          : 'the journal is full: this machine cannot be rebuilt from it',
      );
    this.explaining = false;
    this.rebuild(() => this.replay(this.history.entries));
    this.explaining = true;
    for (const listener of [...this.accessListeners]) listener.undone(entry);
    this.changed('undo', undefined);
    return this.said(`undone: ${entryText(entry)}`);
  }

  /** Does again what undo took back last. */
  redo(): ActionResult {
    const entry = this.history.takeAgain();
    if (entry === undefined) return this.refuse('there is nothing to redo');
    this.silently(() => this.replay([entry]));
    for (const listener of [...this.accessListeners]) listener.redone(entry);
    this.changed('redo', undefined);
    return this.said(`done again: ${entryText(entry)}`);
  }

  /** Whether the journal leads to the machine as it is. */
  get canFork(): boolean {
    return this.history.complete;
  }

  /**
   * A machine of its own in this one's state, for trying things; undefined when the journal does not lead there.
   * With a profile it has lived under that kernel's driver from the start: `refused` counts the earlier actions
   * that this driver refuses. `instead` gives what was done in place of an action; nothing when it was not done.
   */
  fork(
    profile?: string,
    instead: (entry: JournalEntry) => JournalEntry | undefined = (entry) => entry,
  ): { readonly machine: Machine; readonly refused: number } | undefined {
    if (!this.canFork) return undefined;
    const machine = new Machine(this.description);
    machine.explaining = false;
    if (profile !== undefined) machine.loadDriver(profile, false, false);
    const entries = this.history.entries.map(instead).filter((entry) => entry !== undefined);
    const refused = machine.replay(
      profile === undefined
        ? entries
        : entries.map((e) => (e.action === 'loadDriver' ? { ...e, profile } : e)),
    );
    machine.explaining = true;
    return { machine, refused };
  }

  /** Applies entries in order; the number of entries that were refused. */
  replay(entries: readonly JournalEntry[]): number {
    let refused = 0;
    for (const entry of entries) if (!applyEntry(this, entry)) refused++;
    return refused;
  }
}
