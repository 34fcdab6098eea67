import type { MachineDescription } from './description';
import type { JournalEntry } from './journal/entry';
import type { Bdf } from './spec/bdf';
import type { Width } from './spec/uint';
import type {
  ActionResult,
  BusState,
  ConfigImage,
  ConfigOp,
  FunctionState,
  GuestState,
  MachineChange,
} from './view';

const later = (): never => {
  throw new Error('not built yet');
};

/** A machine: host functions, the simulated kernel and drivers, and guests. The one door of the engine. */
export class Machine {
  readonly name: string;
  private listeners = new Set<(change: MachineChange) => void>();

  /** Builds the machine: devices, host kernel, pciback loaded with nothing seized, one PV guest (domid 1) without devices. */
  constructor(readonly description: MachineDescription) {
    this.name = description.name;
  }

  /** Increases with every action that may have changed something. */
  get revision(): number {
    return later();
  }
  /** Called after every action. Returns the function that ends the subscription. */
  onDidChange(listener: (change: MachineChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Functions in order of address. */
  functions(): readonly FunctionState[] {
    return later();
  }
  function(_bdf: Bdf): FunctionState | undefined {
    return later();
  }
  /** Root buses of all domains, with what is behind their bridges. */
  rootBuses(): readonly BusState[] {
    return later();
  }
  guests(): readonly GuestState[] {
    return later();
  }

  /** What the hardware holds. Throws on an unknown function. */
  realImage(_bdf: Bdf): ConfigImage {
    return later();
  }
  /** What the guest gets, read dword by dword through conf_read; undefined when the guest does not own the function. */
  guestImage(_domid: number, _host: Bdf): ConfigImage | undefined {
    return later();
  }

  /** Binds the function to pciback (as `pci-assignable-add`). */
  seize(_bdf: Bdf): ActionResult {
    return later();
  }
  /** Unbinds the function from pciback and gives it back to its original driver. */
  release(_bdf: Bdf): ActionResult {
    return later();
  }
  /** Seizes the function if needed and gives it to the guest (as `pci-attach`). */
  assign(_domid: number, _bdf: Bdf): ActionResult {
    return later();
  }
  /** Takes the function back from the guest (as `pci-detach`); it stays with pciback. */
  detach(_domid: number, _bdf: Bdf): ActionResult {
    return later();
  }
  /** Sets the driver's per-device `permissive` (it cannot be cleared but by releasing). */
  permissive(_bdf: Bdf): ActionResult {
    return later();
  }

  /** A guest's conf_read through the shared page. size and offset are passed as given, valid or not. */
  confRead(_domid: number, _guest: Bdf, _offset: number, _size: number): ConfigOp {
    return later();
  }
  /** A guest's conf_write through the shared page. */
  confWrite(_domid: number, _guest: Bdf, _offset: number, _size: number, _value: number): ConfigOp {
    return later();
  }
  /** A write to the hardware by the host, past every driver. offset aligned to width and inside the space. */
  hardwareWrite(_bdf: Bdf, _offset: number, _width: Width, _value: number): ActionResult {
    return later();
  }

  /** Actions since the machine was built, oldest first. */
  journal(): readonly JournalEntry[] {
    return later();
  }
  /** Applies entries in order; the number of entries that were refused. */
  replay(_entries: readonly JournalEntry[]): number {
    return later();
  }
}
