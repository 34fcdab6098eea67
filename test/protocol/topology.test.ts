import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../src/backend/machine';
import type { FunctionState } from '../../src/backend/view';
import { topologyOf } from '../../src/extension/topology/describe';
import {
  parseTopologyHostMessage,
  parseTopologyPageMessage,
  type Topology,
} from '../../src/protocol/topology';
import { parseLspci } from '../../src/sources/lspci';
import { PciIds } from '../../src/sources/pciIds';
import { readSample } from '../../src/sources/sample';
import { decodeText } from '../../src/sources/text';
import { treeOf } from '../../webview/topology/topologyTree';

const root = path.resolve(import.meta.dirname, '../..');
const shared = path.join(process.env['CONFSPACE_SHARED'] ?? path.join(root, '../shared'), 'dumps');

const describeMachine = (machine: Machine): Topology =>
  topologyOf(machine, new PciIds(''), (state: FunctionState) => ({
    standing: state.assignedTo ? 'assigned' : state.driver === 'pciback' ? 'seized' : 'free',
    item: 'function',
  }));
const sample = (): Machine =>
  new Machine(readSample(JSON.parse(readFileSync(path.join(root, 'media/sample-machine.json'), 'utf8'))));

describe('the topology that the page is told', () => {
  it('of the sample has its bridges with buses and windows, and who has which function', () => {
    const machine = sample();
    const nic = machine.functions().find(({ classCode }) => classCode >>> 8 === 0x0200);
    if (!nic) throw new Error('the sample has no network controller');
    expect(machine.assign(1, nic.bdf).ok).toBe(true);
    const { functions } = describeMachine(machine);
    expect(functions.find(({ standing }) => standing === 'assigned')).toMatchObject({
      address: '0000:02:00.0',
      driver: 'pciback',
      owner: { domid: 1, name: 'guest1', address: '0000:00:00.0' },
    });
    expect(functions.find(({ address }) => address === '0000:00:03.3')?.bridge).toMatchObject({
      primary: 0,
      secondary: 4,
      subordinate: 5,
      windows: [
        { kind: 'io', text: expect.stringContaining('c000-') as string },
        { kind: 'memory', text: expect.stringContaining('fe000000-fe3fffff [size=4M]') as string },
        { kind: 'prefetchable', text: expect.stringContaining('[size=2M]') as string },
      ],
    });
    expect(functions.find(({ address }) => address === '0000:01:00.1')?.physicalFunction).toBe(
      '0000:01:00.0',
    );
  });
  it('passes the page’s validation and loses no function, for every dump', () => {
    const dumps = existsSync(path.join(shared, 'index.json'))
      ? (JSON.parse(readFileSync(path.join(shared, 'index.json'), 'utf8')) as { dump: string }[]).map(
          ({ dump }) => path.join(shared, dump),
        )
      : [];
    for (const file of [path.join(root, 'samples/workspace/q35-rich.lspci.txt'), ...dumps]) {
      const parsed = parseLspci(decodeText(readFileSync(file)), path.basename(file));
      if (!parsed.ok) continue;
      const topology = describeMachine(new Machine(parsed.machine));
      expect(parseTopologyHostMessage(structuredClone({ type: 'topology', topology })), file).toMatchObject({
        ok: true,
      });
      const drawn = treeOf(topology).nodes.filter(({ node }) => node.kind === 'function');
      expect(drawn.length, file).toBe(parsed.machine.functions.length);
    }
  });
  it('is asked for nothing but functions to open', () => {
    expect(parseTopologyPageMessage({ type: 'open', address: '0000:02:00.0' }).ok).toBe(true);
    expect(parseTopologyPageMessage({ type: 'open', address: 'rm -rf' })).toMatchObject({ ok: false });
    expect(parseTopologyPageMessage({ type: 'assign' })).toMatchObject({ ok: false });
  });
});
