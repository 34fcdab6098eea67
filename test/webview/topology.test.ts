import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Topology, TopologyBus, TopologyFunction } from '../../src/protocol/topology';
import { layOutTopology, type Box } from '../../webview/topology/topologyLayout';
import { busRangeText, nodeSpoken, windowText } from '../../webview/topology/topologyText';
import { treeOf, type TopologyNode } from '../../webview/topology/topologyTree';

const hex = (value: number): string => value.toString(16).padStart(2, '0');
const address = (bus: number, device: number, fn = 0): string => `0000:${hex(bus)}:${hex(device)}.${fn}`;

const endpoint = (bus: number, device: number, extra: Partial<TopologyFunction> = {}): TopologyFunction => ({
  address: address(bus, device),
  domain: 0,
  bus,
  className: 'Ethernet controller',
  deviceName: 'A device',
  baseClass: 2,
  standing: 'free',
  viewItem: 'function.free',
  ...extra,
});
const bridge = (bus: number, device: number, secondary: number, subordinate = secondary): TopologyFunction =>
  endpoint(bus, device, {
    className: 'PCI bridge',
    baseClass: 6,
    bridge: {
      primary: bus,
      secondary,
      subordinate,
      windows: [{ kind: 'memory', text: 'fe800000-fe9fffff [size=2M] [32-bit]' }],
    },
  });
const bus = (number: number, above?: string): TopologyBus => ({
  domain: 0,
  bus: number,
  ...(above === undefined ? {} : { bridge: above }),
});

/** Trees of buses: each bus after the first stands behind a bridge on one before it. */
const anyTopology: fc.Arbitrary<Pick<Topology, 'buses' | 'functions'>> = fc
  .array(fc.tuple(fc.nat(), fc.nat(6)), { minLength: 1, maxLength: 40 })
  .map((choices) => {
    const buses: TopologyBus[] = [];
    const functions: TopologyFunction[] = [];
    choices.forEach(([parentChoice, endpoints], number) => {
      const parent = number === 0 ? undefined : parentChoice % number;
      const used = functions.filter((fn) => fn.bus === parent).length;
      if (parent === undefined || used > 0x1f) buses.push(bus(number));
      else {
        functions.push(bridge(parent, used, number));
        buses.push(bus(number, address(parent, used)));
      }
      for (let device = 0; device < endpoints; device++) functions.push(endpoint(number, 0x10 + device));
    });
    return { buses, functions: functions.sort((a, b) => (a.address < b.address ? -1 : 1)) };
  });

const METRICS = { char: 8, line: 18 };
const touch = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('the tree of a topology', () => {
  it('has functions under their bus and buses under their bridge, each once', () => {
    const { roots, nodes } = treeOf({
      buses: [bus(0), bus(1, address(0, 3)), bus(2, address(1, 0)), bus(0x80)],
      functions: [endpoint(0, 1), bridge(0, 3, 1, 2), bridge(1, 0, 2), endpoint(2, 0), endpoint(0x80, 5)],
    });
    expect(roots.map(({ name }) => name)).toEqual(['00', '80']);
    expect(nodes.map(({ node, level }) => `${level} ${node.kind} ${node.name}`)).toEqual([
      '1 bus 00',
      '2 function 00:01.0',
      '2 function 00:03.0',
      '3 bus 01',
      '4 function 01:00.0',
      '5 bus 02',
      '6 function 02:00.0',
      '1 bus 80',
      '2 function 80:05.0',
    ]);
    expect(nodes[2]).toMatchObject({ position: 2, siblings: 2, parent: roots[0] });
  });
  it('names domains where there are several, and takes a bus without its bridge for a root', () => {
    const { roots } = treeOf({
      buses: [bus(0, '0000:ff:1f.7'), { domain: 0x10000, bus: 1 }],
      functions: [{ ...endpoint(1, 0), domain: 0x10000, address: '10000:01:00.0' }],
    });
    expect(roots.map(({ name }) => name)).toEqual(['0000:00', '10000:01']);
    expect(roots[1]?.functions[0]?.name).toBe('10000:01:00.0');
  });
  it('ends where bridges lead in a circle', () => {
    const circle = [bus(0), bus(1, address(1, 0)), bus(1, address(0, 0))];
    const { nodes } = treeOf({ buses: circle, functions: [bridge(0, 0, 1), bridge(1, 0, 1)] });
    expect(nodes.filter(({ node }) => node.kind === 'bus').map(({ node }) => node.name)).toEqual([
      '00',
      '01',
    ]);
  });
});

describe('the layout of a topology', () => {
  it('has every node once, none over another, all inside, whatever the tree and the width', () => {
    fc.assert(
      fc.property(anyTopology, fc.integer({ min: 0, max: 4000 }), (topology, width) => {
        const { roots, nodes } = treeOf(topology);
        const layout = layOutTopology(roots, METRICS, width);
        expect(new Set(layout.boxes.map(({ node }) => node))).toEqual(new Set(nodes.map(({ node }) => node)));
        expect(layout.boxes).toHaveLength(nodes.length);
        expect(nodes).toHaveLength(topology.buses.length + topology.functions.length);
        const sorted = [...layout.boxes].sort((a, b) => a.y - b.y);
        sorted.forEach((box, i) => {
          expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
          expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
          for (let j = i + 1; j < sorted.length; j++) {
            const other = sorted[j];
            if (!other || other.y >= box.y + box.height) break;
            expect(touch(box, other)).toBe(false);
          }
        });
      }),
    );
  });
  it('stands what is behind a bridge beside it, level with it', () => {
    const { roots } = treeOf({
      buses: [bus(0), bus(1, address(0, 3))],
      functions: [endpoint(0, 1), bridge(0, 3, 1), endpoint(1, 0)],
    });
    const { boxes } = layOutTopology(roots, METRICS, 1200);
    const box = (key: string): Box | undefined => boxes.find(({ node }) => node.key === key);
    const [from, to, device] = ['function/0000:00:03.0', 'bus/0000:01', 'function/0000:01:00.0'].map(box);
    expect(to?.y).toBe(from?.y);
    expect(device?.y).toBe(from?.y);
    expect(to?.x ?? 0).toBeGreaterThan((from?.x ?? 0) + (from?.width ?? 0));
    expect(box('bus/0000:00')?.x).toBeLessThan(from?.x ?? 0);
  });
  it('gives the names more room where the window has it', () => {
    const { roots } = treeOf({ buses: [bus(0)], functions: [endpoint(0, 1)] });
    const widths = [200, 600, 5000].map((width) => layOutTopology(roots, METRICS, width).chars);
    expect(widths[0]).toBeLessThan(widths[1] ?? 0);
    expect(widths[1]).toBeLessThan(widths[2] ?? 0);
    expect(layOutTopology(roots, METRICS, 600).width).toBeLessThanOrEqual(600);
  });
});

describe('the words of a topology', () => {
  it('tell a window short, without zeros that say nothing, and that there is none', () => {
    const text = (kind: 'io' | 'memory' | 'prefetchable', lspci: string): string =>
      windowText({ kind, text: lspci });
    expect(text('io', '1000-1fff [size=4K] [16-bit]')).toBe('I/O  1000-1fff 4K');
    expect(text('io', '0000c000-0000cfff [size=4K] [32-bit]')).toBe('I/O  c000-cfff 4K');
    expect(text('memory', 'fe800000-fe9fffff [size=2M] [32-bit]')).toBe('Mem  fe800000-fe9fffff 2M');
    expect(text('prefetchable', '00000000fd400000-00000000fd5fffff [size=2M] [64-bit]')).toBe(
      'Pref fd400000-fd5fffff 2M',
    );
    expect(text('prefetchable', '0000000000000000-0000000fffffffff [size=64G] [64-bit]')).toBe(
      'Pref 000000000-fffffffff 64G',
    );
    expect(text('io', '0000f000-00000fff [disabled] [32-bit]')).toBe('I/O  none');
    expect(text('memory', '<unreadable>')).toBe('Mem  <unreadable>');
  });
  it('tell which buses a bridge leads to', () => {
    expect(busRangeText({ primary: 0, secondary: 4, subordinate: 5, windows: [] })).toBe('bus 00 → 04-05');
    expect(busRangeText({ primary: 0, secondary: 4, subordinate: 4, windows: [] })).toBe('bus 00 → 04');
  });
  it('say everything of a node to who cannot see it', () => {
    const owner = { domid: 1, name: 'guest1', address: '0000:00:00.0' };
    const fn = endpoint(2, 0, { driver: 'pciback', standing: 'assigned', owner });
    const { nodes } = treeOf({ buses: [bus(2)], functions: [fn, bridge(2, 3, 7, 9)] });
    expect(nodes.map(({ node }: { node: TopologyNode }) => nodeSpoken(node))).toEqual([
      'Bus 02, 2 functions',
      '02:00.0 Ethernet controller, A device, pciback, assigned to guest1 as 0000:00:00.0',
      '02:03.0 PCI bridge, A device, no driver, leads to bus 07 to 09, memory fe800000-fe9fffff, size 2M',
    ]);
  });
});
