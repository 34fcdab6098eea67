import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checksum, CHECKSUMS, readOperations, setUp } from '../../bench/operations';
import { Player } from './player';
import { runScenario } from './runner';
import type { In, Out, Scenario } from './scenario';
import type { TopologyScenario } from './topology';

const root = path.resolve(import.meta.dirname, '../..');
const list = readOperations(path.join(root, 'bench/bench-ops.jsonl.gz'));

describe('the operation list of the speed yardstick', () => {
  it.each([
    [1, false],
    [1, true],
    [32, false],
    [32, true],
  ])('gives the real driver’s checksum with %i devices (passthrough: %s)', (count, passthrough) => {
    expect(checksum(list, setUp(list, count, passthrough))).toBe(CHECKSUMS[count]);
  });
});

const golden = path.join(process.env['CONFSPACE_SHARED'] ?? path.join(root, '../shared'), 'golden');
const TRACES = ['golden-public.jsonl.gz', 'golden-topology.jsonl.gz'].map((name) => ({
  name,
  file: path.join(golden, name),
}));

describe('traces of the real driver', () => {
  for (const { name, file } of TRACES) {
    const there = existsSync(file);
    it.skipIf(!there)(
      there ? `${name}: every operation equal` : `${name}: not beside this project (set CONFSPACE_SHARED)`,
      () => {
        const total = { passed: 0, failed: 0, notYet: 0 };
        const failures: unknown[] = [];
        for (const line of gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n')) {
          const result = runScenario(JSON.parse(line) as Scenario | TopologyScenario);
          total.passed += result.passed;
          total.failed += result.failed;
          total.notYet += result.notYet;
          failures.push(...result.failures.slice(0, 3));
        }
        expect(failures.slice(0, 10)).toEqual([]);
        expect(total).toMatchObject({ failed: 0, notYet: 0 });
        expect(total.passed).toBeGreaterThan(500);
      },
      300_000,
    );
  }
});

describe('the runner', () => {
  const OPERATIONS: readonly In[] = [
    { op: 'r', o: 0x10, s: 4 },
    { op: 'w', o: 0x04, s: 2, v: 0x0006 },
    { op: 'w', o: 0x40, s: 4, v: 1 },
    { op: 'msi+' },
  ];

  /** A scenario whose expectations are what the engine does, so that only what is changed below can fail. */
  const recorded = (): Scenario => {
    const { device, opts } = list.header;
    const player = new Player({ devices: [device], opts });
    const [seize, setup, attach] = [player.seize(), player.setup(), player.attach()];
    const ops = OPERATIONS.map((op) => [op, player.play(op) ?? {}] as const);
    const final = player.final();
    return { id: 'recorded', family: 'self', opts, devices: [device], seize, setup, attach, ops, final };
  };

  const falsified = (change: (out: Out, i: number) => Out): Scenario => {
    const scenario = recorded();
    return { ...scenario, ops: scenario.ops.map(([op, out], i) => [op, change(out, i)] as const) };
  };

  it('passes what was recorded from the engine itself', () => {
    expect(runScenario(recorded())).toMatchObject({ passed: 8, failed: 0, notYet: 0 });
  });

  it.each([
    ['a value', (out: Out) => ({ ...out, val: Number(out['val']) ^ 1 })],
    ['an error', (out: Out) => ({ ...out, err: -7 })],
    ['a write that did not happen', (out: Out) => ({ ...out, w: [[0x10, 4, 0]] })],
    ['a message that was not printed', (out: Out) => ({ ...out, log: [[4, 'nothing']] })],
    ['a notification too many', (out: Out) => ({ ...out, ntf: 2 })],
    ['a spurious EOI', (out: Out) => ({ ...out, eoi: [1] })],
    ['a field that it does not know', (out: Out) => ({ ...out, unheardOf: 0 })],
  ])('fails on %s', (_what, change) => {
    const result = runScenario(falsified((out, i) => (i === 0 ? change(out) : out)));
    expect(result).toMatchObject({ passed: 7, failed: 1 });
    expect(result.failures[0]?.step).toContain('op 0');
  });

  it('fails on writes that are left out, in the operation and in the final bytes', () => {
    const without = falsified((out, i) => (i === 1 ? { err: out['err'], val: out['val'] } : out));
    expect(runScenario(without).failed).toBe(1);
    const scenario = recorded();
    const final = scenario.final.map((f) => ({ ...f, cfg: `ff${String(f['cfg']).slice(2)}` }));
    expect(runScenario({ ...scenario, final })).toMatchObject({ failed: 1 });
  });

  it('counts an operation that it does not know as not yet', () => {
    const scenario = recorded();
    expect(runScenario({ ...scenario, ops: [...scenario.ops, [{ op: 'dance' }, {}]] }).notYet).toBe(1);
  });
});
