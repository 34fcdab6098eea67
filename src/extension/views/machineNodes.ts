import type { Machine } from '../../backend/machine';
import { compareBdf, formatBdf, type Bdf } from '../../backend/spec/bdf';
import { chainsOf, type ChainFinding } from '../../backend/spec/chainLint';
import type { PlacedStructure } from '../../backend/spec/layout';
import { hex } from '../../backend/spec/uint';
import type { BusState, FunctionNode } from '../../backend/view';

interface Placed {
  /** Unique in the machine, and the same after a refresh and a reload, so that rows stay open. */
  readonly id: string;
  readonly parent: MachineNode | undefined;
}
export interface DomainRow extends Placed {
  readonly kind: 'domain';
  readonly domain: number;
  readonly buses: readonly BusState[];
}
export interface BusRow extends Placed {
  readonly kind: 'bus';
  readonly bus: BusState;
}
export interface FunctionRow extends Placed {
  readonly kind: 'function';
  readonly bdf: Bdf;
  readonly behind: readonly BusState[];
}
/** Folds a bridge's capabilities away, so that the devices behind it are in sight. */
export interface CapabilitiesRow extends Placed {
  readonly kind: 'capabilities';
  readonly bdf: Bdf;
}
export interface CapabilityRow extends Placed {
  readonly kind: 'capability';
  readonly bdf: Bdf;
  readonly structure: PlacedStructure;
}
export interface ChainProblemRow extends Placed {
  readonly kind: 'chainProblem';
  readonly bdf: Bdf;
  readonly problem: ChainFinding;
}
export type MachineNode =
  DomainRow | BusRow | FunctionRow | CapabilitiesRow | CapabilityRow | ChainProblemRow;

/** The rows of the Machine view. Rows keep their identity until the machine's buses are laid out anew. */
export class MachineNodes {
  private readonly byFunction = new Map<string, FunctionRow>();
  readonly roots: readonly MachineNode[];

  constructor(private readonly machine: Machine) {
    const buses = machine.rootBuses();
    const domains = [...new Set(buses.map((bus) => bus.domain))].sort((a, b) => a - b);
    this.roots =
      domains.length > 1
        ? domains.map((domain) => ({
            kind: 'domain',
            id: `domain/${hex(domain, 4)}`,
            parent: undefined,
            domain,
            buses: buses.filter((bus) => bus.domain === domain),
          }))
        : buses.map((bus) => this.busRow(bus, undefined));
    this.index(this.roots);
  }

  /** The row of a function, wherever in the tree it is. */
  functionRow(bdf: Bdf): FunctionRow | undefined {
    return this.byFunction.get(formatBdf(bdf));
  }

  children(row: MachineNode): readonly MachineNode[] {
    switch (row.kind) {
      case 'domain':
        return row.buses.map((bus) => this.busRow(bus, row));
      case 'bus':
        return [...row.bus.functions]
          .sort((a, b) => compareBdf(a.bdf, b.bdf))
          .map((node) => this.rowOf(node, row));
      case 'function':
        return row.behind.length === 0
          ? this.structures(row.bdf, row)
          : [
              ...row.behind.map((bus) => this.busRow(bus, row)),
              { kind: 'capabilities', id: `capabilities/${formatBdf(row.bdf)}`, parent: row, bdf: row.bdf },
            ];
      case 'capabilities':
        return this.structures(row.bdf, row);
      case 'capability':
      case 'chainProblem':
        return [];
    }
  }

  private busRow(bus: BusState, parent: MachineNode | undefined): BusRow {
    return { kind: 'bus', id: `bus/${hex(bus.domain, 4)}:${hex(bus.bus, 2)}`, parent, bus };
  }

  private rowOf(node: FunctionNode, parent: MachineNode): FunctionRow {
    const address = formatBdf(node.bdf);
    const known = this.byFunction.get(address);
    if (known) return known;
    const row: FunctionRow = {
      kind: 'function',
      id: `function/${address}`,
      parent,
      bdf: node.bdf,
      behind: node.behind,
    };
    this.byFunction.set(address, row);
    return row;
  }

  /** Makes every function's row, so that one can be revealed before its bus was opened. */
  private index(rows: readonly MachineNode[]): void {
    for (const row of rows) {
      if (row.kind === 'domain' || row.kind === 'bus') this.index(this.children(row));
      else if (row.kind === 'function' && row.behind.length > 0)
        this.index(row.behind.map((bus) => this.busRow(bus, row)));
    }
  }

  private structures(bdf: Bdf, parent: MachineNode): readonly MachineNode[] {
    if (!this.machine.function(bdf)) return [];
    const { bytes, known } = this.machine.realImage(bdf);
    const address = formatBdf(bdf);
    const capabilities = this.machine
      .layout(bdf)
      .filter((structure) => structure.kind !== 'header')
      .map((structure): CapabilityRow => ({
        kind: 'capability',
        id: `capability/${address}/${hex(structure.offset, 3)}`,
        parent,
        bdf,
        structure,
      }));
    const problems = chainsOf(bytes, known).findings.map((problem, i): ChainProblemRow => ({
      kind: 'chainProblem',
      id: `chainProblem/${address}/${i}`,
      parent,
      bdf,
      problem,
    }));
    return [...capabilities, ...problems];
  }
}

/** Row label of a capability: where it stands, its version in extended space, and its name. */
export const capabilityLabel = ({ kind, offset, version, name, title }: PlacedStructure): string => {
  const place =
    kind === 'extendedCapability' ? `[${hex(offset, 3)} v${version ?? 0}]` : `[${hex(offset, 2)}]`;
  return name === title ? `${place} ${name}` : `${place} ${name}: ${title}`;
};
