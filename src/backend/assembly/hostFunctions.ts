import { formatBdf, sameBdf, type Bdf } from '../spec/bdf';
import { PCI_SUBORDINATE_BUS } from '../spec/kernelRegisters';
import { virtualFunctionAddress, virtualFunctionNumber } from '../spec/virtualFunctions';
import type { FunctionDescription } from '../description';
import { EDEADLK, EEXIST } from '../host/codes';
import { isRootComplexEndpoint } from '../host/express';
import { KERN_INFO } from '../host/kernelLog';
import type { PciDev } from '../host/pciDev';
import { leaveSriov, limitVfs, storeNumVfs, type VirtualFunctionBus } from '../host/virtualFunctions';
import { hex, readLe } from '../spec/uint';
import type { BusState } from '../view';
import { BusTree } from './buses';
import type { Told } from './driverActions';
import { addFunction, addFunctions, type MachineFunction } from './functions';
import { bindHostDriver, foundBound, unbindHostDriver } from './hostDriver';
import { sriovDriver } from './sriovDrivers';
import { describeVirtualFunction, knowsVfsOf } from './virtualFunctionDescription';
import type { XenHost } from './xenHost';

const LAST_BUS = 0xff;

/**
 * The functions of the host, the buses that they are on, and the drivers that they have beside pciback. Virtual
 * functions come and go; the others stay as the description has them.
 */
export class HostFunctions implements VirtualFunctionBus {
  private known: readonly MachineFunction[];
  /** Bridges, which stay. */
  private readonly bridges: BusTree;
  /** With the functions of now; undefined until somebody looks. */
  private tree: BusTree | undefined;

  constructor(
    private readonly host: XenHost,
    private readonly descriptions: readonly FunctionDescription[],
  ) {
    this.bridges = new BusTree(descriptions);
    this.known = addFunctions(host, descriptions, this.bridges);
    for (const { dev, description } of this.known) {
      if (description.driver !== undefined) this.foundBound(dev, description.driver);
      const pf = dev.physfn;
      const n = pf?.sriov && virtualFunctionNumber(pf.bdf, pf.sriov, dev.bdf);
      if (n !== undefined) pf?.fn.setVirtualFunction(n, dev.fn);
    }
  }

  /** Changes its identity whenever a function comes or goes. */
  get members(): readonly MachineFunction[] {
    return this.known;
  }
  find(bdf: Bdf): MachineFunction | undefined {
    return this.known.find((m) => sameBdf(m.dev.bdf, bdf));
  }
  rootBuses(): readonly BusState[] {
    this.tree ??= new BusTree(this.known.map(({ description }) => description));
    return this.tree.rootBuses();
  }

  private setMembers(members: readonly MachineFunction[]): void {
    this.known = members;
    this.tree = undefined;
  }

  private foundBound(dev: PciDev, driver: string): void {
    foundBound(dev, driver);
    const { sriov } = dev;
    // The driver came before the VFs that are there.
    if (sriov !== undefined)
      sriov.driverMaxVFs = Math.min(sriov.totalVFs, sriovDriver(driver)?.limit ?? sriov.totalVFs);
  }

  /** Unbinds the host's own driver, if it has one: pciback is told first, then the driver goes, then what it had. */
  takeFromDriver(dev: PciDev): void {
    if (dev.driver === undefined) return;
    this.host.driver.stub.physicalFunctionUnbound(dev);
    leaveSriov(dev, sriovDriver(dev.driver), this);
    unbindHostDriver(dev);
  }

  /** Binds the host's own driver. */
  giveToDriver(dev: PciDev, driver: string): void {
    bindHostDriver(dev, driver);
    limitVfs(dev, sriovDriver(driver)?.limit);
  }

  /** Unbinds pciback. */
  takeFromPciback(dev: PciDev): void {
    const { stub } = this.host.driver;
    stub.physicalFunctionUnbound(dev);
    leaveSriov(dev, undefined, this);
    stub.remove(dev);
  }

  /** A write of `count` (0..65535) to the PF's `sriov_numvfs`. */
  writeNumVfs({ dev }: MachineFunction, count: number): Told {
    const { sriov } = dev;
    if (sriov === undefined) throw new Error(`${dev.name} is no physical function`);
    const before = sriov.numVFs;
    const { err, said } = storeNumVfs(dev, sriov, count, sriovDriver(dev.driver), this);
    if (err !== 0) {
      const call = `write(2) of "${count}" to sriov_numvfs, where sriov_totalvfs is ${sriov.driverMaxVFs}`;
      return { ok: false, message: `${said ?? call}: error ${err}` };
    }
    return { ok: true, told: this.toldOfVfs(dev, before, count) };
  }

  private toldOfVfs(pf: PciDev, before: number, count: number): string {
    const vfs = (n: number): string => (n === 1 ? '1 VF' : `${n} VFs`);
    if (before === count) return `has ${vfs(count)} already`;
    if (count === 0) return `lost its ${vfs(before)}`;
    const first = pf.sriov && virtualFunctionAddress(pf.bdf, pf.sriov, 0);
    const last = pf.sriov && virtualFunctionAddress(pf.bdf, pf.sriov, count - 1);
    const generic = knowsVfsOf(pf.bdf, this.descriptions) ? '' : ', with a generic configuration space';
    const places = [first, last].flatMap((bdf) => (bdf === undefined ? [] : [formatBdf(bdf)]));
    return `has ${vfs(count)}: ${[...new Set(places)].join(' to ')}${generic}`;
  }

  lastBus(pf: PciDev): number {
    const bridge = this.bridges.bridgesAbove(pf.bdf)[0];
    const above = bridge && this.find(bridge);
    return above === undefined ? LAST_BUS : readLe(above.dev.fn.config, PCI_SUBORDINATE_BUS, 1);
  }

  /** pci_iov_add_virtfn */
  add(pf: PciDev, n: number): number {
    const bdf = pf.sriov && virtualFunctionAddress(pf.bdf, pf.sriov, n);
    if (bdf === undefined || this.find(bdf) !== undefined) return -EEXIST;
    const description = describeVirtualFunction(pf, bdf, this.descriptions);
    const above = this.bridges.bridgesAbove(bdf).flatMap((b) => this.find(b)?.dev ?? []);
    const added = addFunction(this.host, description, pf, above);
    const { dev } = added;
    pf.fn.setVirtualFunction(n, dev.fn);
    this.setMembers([...this.known, added]);
    this.tellOfFound(dev);
    // pciback asks first, as where it was loaded before the VF's own driver.
    const seized = this.host.driver.stub.probe(dev) === 0;
    if (!seized && description.driver !== undefined) this.giveToDriver(dev, description.driver);
    return 0;
  }

  /** What pci_setup_device prints. */
  private tellOfFound(dev: PciDev): void {
    const ids = `[${hex(dev.vendor, 4)}:${hex(dev.device, 4)}]`;
    const type = isRootComplexEndpoint(dev) ? 'PCIe Root Complex Integrated Endpoint' : 'PCIe Endpoint';
    dev.log(KERN_INFO, `${ids} type ${hex(dev.headerType, 2)} class 0x${hex(dev.classCode, 6)} ${type}`);
  }

  /** pci_iov_remove_virtfn */
  remove(pf: PciDev, n: number): void {
    const bdf = pf.sriov && virtualFunctionAddress(pf.bdf, pf.sriov, n);
    const gone = bdf && this.find(bdf);
    if (gone?.dev.physfn !== pf) return;
    const err = this.host.driver.stub.remove(gone.dev);
    // Old pcibacks lock themselves out when a guest has the VF: the kernel never comes back from there.
    if (err === -EDEADLK) return;
    if (err !== 0) unbindHostDriver(gone.dev);
    pf.fn.setVirtualFunction(n, undefined);
    this.host.removeFunction(gone.dev);
    this.setMembers(this.known.filter((m) => m !== gone));
  }
}
