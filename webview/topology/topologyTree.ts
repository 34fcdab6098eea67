import type { Topology, TopologyBus, TopologyFunction } from '../../src/protocol/topology';

/** The topology as a tree: buses, their functions, and behind bridges again buses. No DOM. */

export interface BusNode {
  readonly kind: 'bus';
  readonly key: string;
  readonly bus: TopologyBus;
  /** `02`, or `10000:e1` where the machine has several domains. */
  readonly name: string;
  readonly functions: readonly FunctionNode[];
}

export interface FunctionNode {
  readonly kind: 'function';
  readonly key: string;
  readonly fn: TopologyFunction;
  /** The address as lspci prints it for this machine. */
  readonly name: string;
  readonly behind: readonly BusNode[];
}

export type TopologyNode = BusNode | FunctionNode;

export interface Topologies {
  readonly roots: readonly BusNode[];
  /** Every node before what is below it, with its depth from 1 and its place among its siblings from 1. */
  readonly nodes: readonly Placed[];
}

export interface Placed {
  readonly node: TopologyNode;
  readonly parent: TopologyNode | undefined;
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** What stands below a node. */
export const childrenOf = (node: TopologyNode): readonly TopologyNode[] =>
  node.kind === 'bus' ? node.functions : node.behind;

/** A bus whose bridge is not there is a root. A bridge never leads to a bus above itself: such a bus is left out. */
export const treeOf = ({ buses, functions }: Pick<Topology, 'buses' | 'functions'>): Topologies => {
  const withDomains = buses.some(({ domain }) => domain !== 0);
  const known = new Set(functions.map(({ address }) => address));
  const onBus = new Map<string, TopologyFunction[]>();
  for (const fn of functions) {
    const key = busKey(fn);
    onBus.set(key, [...(onBus.get(key) ?? []), fn]);
  }
  const behind = new Map<string, TopologyBus[]>();
  for (const bus of buses)
    if (bus.bridge !== undefined) behind.set(bus.bridge, [...(behind.get(bus.bridge) ?? []), bus]);
  const seen = new Set<string>();
  const busNode = (bus: TopologyBus): BusNode | undefined => {
    const key = busKey(bus);
    if (seen.has(key)) return undefined;
    seen.add(key);
    return {
      kind: 'bus',
      key: `bus/${key}`,
      bus,
      name: withDomains ? key : hex(bus.bus, 2),
      functions: (onBus.get(key) ?? []).map(functionNode),
    };
  };
  const functionNode = (fn: TopologyFunction): FunctionNode => ({
    kind: 'function',
    key: `function/${fn.address}`,
    fn,
    name: withDomains ? fn.address : fn.address.slice(5),
    behind: (behind.get(fn.address) ?? []).map(busNode).filter((bus) => bus !== undefined),
  });
  const roots = buses
    .filter(({ bridge }) => bridge === undefined || !known.has(bridge))
    .map(busNode)
    .filter((bus) => bus !== undefined);
  return { roots, nodes: flattened(roots, undefined, 1) };
};

const busKey = ({ domain, bus }: { readonly domain: number; readonly bus: number }): string =>
  `${hex(domain, 4)}:${hex(bus, 2)}`;

const flattened = (
  siblings: readonly TopologyNode[],
  parent: TopologyNode | undefined,
  level: number,
): readonly Placed[] =>
  siblings.flatMap((node, i) => [
    { node, parent, level, position: i + 1, siblings: siblings.length },
    ...flattened(childrenOf(node), node, level + 1),
  ]);
