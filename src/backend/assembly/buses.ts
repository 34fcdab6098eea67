import { PCI_HEADER_TYPE, PCI_SECONDARY_BUS } from '../spec/kernelRegisters';
import { readLe } from '../spec/uint';
import type { FunctionDescription } from '../description';
import { compareBdf, type Bdf } from '../spec/bdf';
import type { BusState, FunctionNode } from '../view';

/** Which bus is behind which bridge, from the bridges' secondary bus numbers. */

const BRIDGE_TYPES = [1, 2];

/** Bus behind a bridge; undefined for other functions and for bridges that nobody numbered. */
export const secondaryBus = (config: Uint8Array): number | undefined => {
  if (!BRIDGE_TYPES.includes(readLe(config, PCI_HEADER_TYPE, 1) & 0x7f)) return undefined;
  const bus = readLe(config, PCI_SECONDARY_BUS, 1);
  return bus === 0 || bus === 0xff ? undefined : bus;
};

const busKey = (domain: number, bus: number): string => `${domain}:${bus}`;

export class BusTree {
  /** The bridge above each bus that has one. */
  private readonly bridgeAbove = new Map<string, Bdf>();
  /**
   * The bridge above the PF, for each further bus that its VFs are on. The kernel hangs such a bus below the PF's, but
   * no bridge leads to it: its functions have none above them.
   */
  private readonly virtualBuses = new Map<string, { readonly bus: number; readonly bridge: Bdf }>();
  private readonly functions: readonly FunctionDescription[];

  constructor(functions: readonly FunctionDescription[]) {
    this.functions = [...functions].sort((a, b) => compareBdf(a.bdf, b.bdf));
    for (const f of this.functions) {
      const behind = secondaryBus(f.config);
      if (behind === undefined || behind === f.bdf.bus) continue;
      const key = busKey(f.bdf.domain, behind);
      // Two bridges claim one bus in broken dumps; the first in order of address keeps it. No bus is above itself.
      if (!this.bridgeAbove.has(key) && !this.busesAbove(f.bdf).includes(behind))
        this.bridgeAbove.set(key, f.bdf);
    }
    for (const { bdf, physicalFunction: pf } of this.functions) {
      const bridge = pf && pf.bus !== bdf.bus ? this.bridgeAbove.get(busKey(pf.domain, pf.bus)) : undefined;
      const key = busKey(bdf.domain, bdf.bus);
      if (bridge !== undefined && this.isLeaf(bdf) && !this.bridgeAbove.has(key))
        this.virtualBuses.set(key, { bus: bdf.bus, bridge });
    }
  }

  /** No bridge is on this bus. */
  private isLeaf({ domain, bus }: Bdf): boolean {
    return this.functions.every(
      ({ bdf, config }) => bdf.domain !== domain || bdf.bus !== bus || secondaryBus(config) === undefined,
    );
  }

  private busesAbove(bdf: Bdf): number[] {
    return [bdf.bus, ...this.bridgesAbove(bdf).map((b) => b.bus)];
  }

  /** Bridges from the one next to the function up to the root. */
  bridgesAbove(bdf: Bdf): readonly Bdf[] {
    const bridges: Bdf[] = [];
    let above = this.bridgeAbove.get(busKey(bdf.domain, bdf.bus));
    while (above !== undefined && !bridges.includes(above)) {
      bridges.push(above);
      above = this.bridgeAbove.get(busKey(above.domain, above.bus));
    }
    return bridges;
  }

  /** Buses that no bridge in the machine leads to, with everything behind them. */
  rootBuses(): readonly BusState[] {
    const roots = new Map<string, BusState>();
    for (const { bdf } of this.functions) {
      const key = busKey(bdf.domain, bdf.bus);
      if (this.bridgeAbove.has(key) || this.virtualBuses.has(key) || roots.has(key)) continue;
      roots.set(key, this.busAt(bdf.domain, bdf.bus));
    }
    return [...roots.values()];
  }

  private busAt(domain: number, bus: number): BusState {
    const functions = this.functions.filter((f) => f.bdf.domain === domain && f.bdf.bus === bus);
    return { domain, bus, functions: functions.map((f) => this.node(f)) };
  }

  private node(f: FunctionDescription): FunctionNode {
    const behind = secondaryBus(f.config);
    const leads =
      behind !== undefined && this.bridgeAbove.get(busKey(f.bdf.domain, behind)) === f.bdf ? [behind] : [];
    for (const { bus, bridge } of this.virtualBuses.values()) if (bridge === f.bdf) leads.push(bus);
    return { bdf: f.bdf, behind: leads.map((bus) => this.busAt(f.bdf.domain, bus)) };
  }
}
