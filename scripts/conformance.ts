// npm run conformance -- FILE...: plays golden traces (JSON lines, plain or gzip) on the engine.
// Prints results by family and the first differences; ends with `N passed, M failed`. Exit 0 only if nothing failed,
// nothing was left out and something was played.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { runScenario } from '../test/conformance/runner';
import type { Scenario } from '../test/conformance/scenario';
import type { TopologyScenario } from '../test/conformance/topology';

const SHOWN_FAILURES = 12;
const GZIP_MAGIC = 0x8b1f;

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run conformance -- FILE...');
  process.exit(2);
}

const linesOf = (file: string): string[] => {
  const bytes = readFileSync(file);
  const text = bytes.length > 2 && bytes.readUInt16LE(0) === GZIP_MAGIC ? gunzipSync(bytes) : bytes;
  return text
    .toString('utf8')
    .split('\n')
    .filter((l) => l.trim() !== '');
};

interface Tally {
  scenarios: number;
  failedScenarios: number;
  passed: number;
  failed: number;
  notYet: number;
}
const families = new Map<string, Tally>();
let passed = 0;
let failed = 0;
let notYet = 0;
let shown = 0;

for (const file of files) {
  if (!existsSync(file)) {
    console.error(`${file}: no such file`);
    process.exit(2);
  }
  for (const [i, line] of linesOf(file).entries()) {
    let scenario: Scenario | TopologyScenario;
    try {
      scenario = JSON.parse(line) as Scenario | TopologyScenario;
    } catch (error) {
      console.error(`${file}:${i + 1}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(2);
    }
    const result = runScenario(scenario);
    const tally = families.get(result.family) ?? {
      scenarios: 0,
      failedScenarios: 0,
      passed: 0,
      failed: 0,
      notYet: 0,
    };
    families.set(result.family, tally);
    tally.scenarios++;
    if (result.failed > 0) tally.failedScenarios++;
    tally.passed += result.passed;
    tally.failed += result.failed;
    tally.notYet += result.notYet;
    for (const f of result.failures) {
      if (shown++ >= SHOWN_FAILURES) break;
      console.log(`${f.scenario} ${f.step}`);
      for (const d of f.differences) console.log(`    ${d}`);
    }
    passed += result.passed;
    failed += result.failed;
    notYet += result.notYet;
  }
}

console.log('family           scenarios  failed   ops passed  failed  not yet');
for (const [family, t] of [...families].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(
    `${family.padEnd(16)} ${String(t.scenarios).padStart(9)} ${String(t.failedScenarios).padStart(7)} ` +
      `${String(t.passed).padStart(12)} ${String(t.failed).padStart(7)} ${String(t.notYet).padStart(8)}`,
  );
if (notYet > 0) console.log(`${notYet} not yet`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || notYet > 0 || passed === 0 ? 1 : 0;
