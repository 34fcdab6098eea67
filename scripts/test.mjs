// npm test: everything that shows that Confspace works. The last line is `N passed, N failed`.
// usage: npm test [-- STEP...]   only the named steps (see STEPS)
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Confspace needs Node 20 or newer; this is ${process.version}.`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } = await import('node:fs');
const path = await import('node:path');
const { ROOT, clock, installPackages, isStopping, packagesInstalled, run, say } = await import('./steps.mjs');

/** @typedef {{ passed: number, failed: number, note?: string, output: string }} Result */

/** The whole run has to fit into this; a step that hangs must not eat it all. */
const MINUTE = 60_000;

/** @param {import('./steps.mjs').Outcome} outcome @param {Omit<Result, 'output'>} [counts] @returns {Result} */
function result(outcome, counts = { passed: 0, failed: 0 }) {
  // Ended badly without having counted a failure: that is one.
  const failed = outcome.code !== 0 && counts.failed === 0 ? 1 : counts.failed;
  return { ...counts, failed, output: outcome.output };
}

/** Reads the last `N passed, N failed` of a tool's output. @param {import('./steps.mjs').Outcome} outcome */
function lastLine(outcome) {
  const [line] = [...outcome.output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].slice(-1);
  return result(outcome, { passed: Number(line?.[1] ?? 0), failed: Number(line?.[2] ?? 0) });
}

/** @param {string} project of vitest.config.ts @param {number} timeout */
async function vitest(project, timeout) {
  const report = path.join(ROOT, `out/vitest-${project}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const outcome = await run(
    'npx',
    [
      'vitest',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { timeout, env: { NO_COLOR: '1' } },
  );
  if (!existsSync(report)) return result(outcome);
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  return result(outcome, {
    passed: numPassedTests,
    failed: numFailedTests,
    ...(numPendingTests > 0 ? { note: `${numPendingTests} skipped` } : {}),
  });
}

/** Golden traces: the project's own, and those that stand beside it where they do. */
function goldenTraces() {
  const shared = path.resolve(ROOT, process.env['CONFSPACE_SHARED'] ?? '../shared', 'golden');
  return [path.join(ROOT, 'test/conformance'), path.join(ROOT, 'test/conformance/golden'), shared]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => path.join(folder, file)))
    .filter((file) => /\.jsonl(\.gz)?$/.test(file) && !/bench-ops/.test(file));
}

/** @param {string} command */
const command = async (command, timeout = 5 * MINUTE) => {
  const [program = '', ...args] = command.split(' ');
  return result(await run(program, args, { timeout }));
};

/** @type {Record<string, () => Promise<Result>>} */
const STEPS = {
  install: async () => {
    if (!packagesInstalled()) await installPackages();
    return command('node scripts/vscode-host/install.mjs --oldest', 8 * MINUTE);
  },
  typecheck: () => command('npm run --silent typecheck'),
  lint: () => command('npm run --silent lint'),
  unit: () => vitest('unit', 5 * MINUTE),
  conformance: async () => {
    const files = goldenTraces();
    if (files.length === 0) return { passed: 0, failed: 0, note: 'no traces here', output: '' };
    const outcome = await run('npm', ['run', '--silent', 'conformance', '--', ...files], {
      timeout: 5 * MINUTE,
    });
    return {
      ...lastLine(outcome),
      note: `operations of ${files.map((file) => path.basename(file)).join(', ')}`,
    };
  },
  integration: async () => lastLine(await run('node', ['scripts/integration.mjs'], { timeout: 4 * MINUTE })),
  oldest: async () =>
    lastLine(await run('node', ['scripts/integration.mjs', '--oldest'], { timeout: 4 * MINUTE })),
  package: () => {
    // A package of another time must not stand in for one that fails now.
    rmSync(path.join(ROOT, 'dist/confspace.vsix'), { force: true });
    return command('npm run --silent package');
  },
  'install-check': async () =>
    lastLine(await run('node', ['scripts/install-check.mjs'], { timeout: 4 * MINUTE })),
  e2e: () => vitest('e2e', 8 * MINUTE),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${Object.keys(STEPS).join(', ')}`);
  process.exit(2);
}
let passed = 0;
let failed = 0;
for (const [name, step] of Object.entries(STEPS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  if (isStopping()) break;
  const began = Date.now();
  say(`${name} ...`);
  const beat = setInterval(() => say(`${name} still runs`), 30_000);
  /** @type {Result} */
  let outcome;
  try {
    outcome = await step();
  } catch (error) {
    outcome = { passed: 0, failed: 1, output: error instanceof Error ? error.message : String(error) };
  }
  clearInterval(beat);
  if (isStopping()) break;
  passed += outcome.passed;
  failed += outcome.failed;
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  const counts =
    outcome.passed + outcome.failed > 0 ? `: ${outcome.passed} passed, ${outcome.failed} failed` : '';
  if (outcome.failed > 0) console.log(outcome.output.trimEnd());
  const note = outcome.note ? ` (${outcome.note})` : '';
  console.log(`[${clock()}] ${outcome.failed > 0 ? 'FAIL' : 'ok  '} ${name} in ${seconds} s${counts}${note}`);
  // Nothing below can run without the packages.
  if (name === 'install' && outcome.failed > 0) break;
}
if (!isStopping()) {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
