// Runs the suite of test/extension in the extension host of a real VS Code from npm.
// usage: node scripts/integration.mjs [--oldest]        last line: N passed, N failed
// CONFSPACE_GREP=text    only tests with that text in their title
// exit: 0 all passed, 1 a test failed, 2 the host broke, 124 too late
import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from '../esbuild.mjs';
import { ROOT, onStop, say, stopAll } from './steps.mjs';
import { openBrowser } from './vscode-host/browser.mjs';
import { installHost } from './vscode-host/install.mjs';
import {
  extensionHostErrors,
  makeProfile,
  startServer,
  workbenchUrl,
  writeSettings,
} from './vscode-host/server.mjs';
import { SAMPLE_WORKSPACE, addDevelopmentExtension } from './vscode-host/workbench.mjs';

const LIMIT = 180_000;
const variant = process.argv.includes('--oldest') ? 'oldest' : 'newest';

await installHost('newest', { say });
await installHost(variant, { say });
await build({ test: true });

const profile = makeProfile();
const workspace = path.join(profile.base, 'workspace');
const resultFile = path.join(profile.base, 'result.ndjson');
cpSync(SAMPLE_WORKSPACE, workspace, { recursive: true });
writeSettings(profile, {});

/** @typedef {{ code: number, why: string }} Ending */
/** @type {(ending: Ending) => void} */
let finish = () => {};
/** @type {Promise<Ending>} */
const ended = new Promise((resolve) => (finish = resolve));
const timer = setTimeout(() => finish({ code: 124, why: `not done after ${LIMIT / 1000} s` }), LIMIT);

const grep = process.env['CONFSPACE_GREP'];
// The extension host inherits the server's environment: that is how the suite learns where to write.
const server = await startServer({
  variant,
  profile,
  env: { CONFSPACE_RESULT_FILE: resultFile, ...(grep ? { CONFSPACE_GREP: grep } : {}) },
});
onStop(async () => {
  await server.stop();
  server.remove();
});
void server.exited.then((how) => finish({ code: 2, why: `the server ended (${how})` }));
// The workbench reports success when the extension host is killed in mid-suite: the server's line tells the truth.
server.onLine(/Extension Host Process exited with code/, (line) =>
  setTimeout(() => finish({ code: 2, why: line.trim() }), 1500),
);
const ui = await openBrowser();
onStop(() => Promise.race([ui.close(), new Promise((resolve) => setTimeout(resolve, 5000).unref())]));
ui.browser.on('disconnected', () => finish({ code: 2, why: 'the browser went away' }));
/** @type {string[]} */
const told = [];
// The hooks that VS Code's own web test runner uses.
await ui.page.exposeFunction(
  'codeAutomationLog',
  (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
    told.push(`[${type}] ${args.join(' ')}`);
  },
);
await ui.page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) =>
  finish({ code: code === 0 ? 0 : 1, why: '' }),
);
await addDevelopmentExtension(ui.page, server, {
  extensions: [ROOT],
  tests: path.join(ROOT, 'out/test/runSuite.cjs'),
});
await ui.page.goto(workbenchUrl(server, workspace));
let { code, why } = await ended;
clearTimeout(timer);

const events = existsSync(resultFile)
  ? readFileSync(resultFile, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : [];
let passed = 0;
let failed = 0;
let running = '';
for (const event of events) {
  if (event.event === 'begin') say(`VS Code ${event.vscode}, extension host on Node ${event.node}`);
  if (event.event === 'start') running = event.title;
  if (event.event === 'pass') console.log(`  ok    ${event.title} (${event.ms} ms)`);
  if (event.event === 'skip') console.log(`  skip  ${event.title}`);
  if (event.event === 'fail')
    console.log(`  FAIL  ${event.title}\n${String(event.error).replace(/^/gm, '        ')}`);
  if (event.event === 'pass') passed++;
  if (event.event === 'fail') failed++;
  if (event.event === 'pass' || event.event === 'fail') running = '';
}
const end = events.find((event) => event.event === 'end');
if (!end || end.failures !== failed || passed === 0) {
  if (code === 0) [code, why] = [2, 'the suite did not reach its end'];
  failed += 1;
  console.log(
    `  FAIL  ${running ? `${running} (was running when the host stopped)` : 'the suite did not run to its end'}`,
  );
}
if (failed > 0 && code === 0) code = 1;
if (code !== 0) {
  if (why) console.log(why);
  const lines = [
    ...told.filter((line) => /^\[(error|warn)/.test(line)).slice(-15),
    ...extensionHostErrors(profile).slice(-15),
    ...ui.seen.pageErrors.slice(-5),
    ...server.tail(10),
  ];
  console.log(`--- logs (tail)\n${lines.join('\n').slice(-6000)}`);
}
await stopAll();
console.log(`${passed} passed, ${failed} failed`);
process.exit(code);
