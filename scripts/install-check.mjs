// npm run install-check: the packaged VSIX in a fresh VS Code, without the source folder. Last line: N passed, N failed
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { BUDGET } from '../esbuild.mjs';
import { onStop, say, stopAll } from './steps.mjs';
import { VSIX, openWorkbench } from './vscode-host/workbench.mjs';

const FUNCTION = /^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\b/;
/** A VSIX that holds sources or tests, or that grew, shows here. */
const SHIPPED =
  /^(package(\.nls(\.[\w-]+)?)?\.json|README\.md|readme\.md|CHANGELOG\.md|changelog\.md|LICENSE(\.txt)?|docs\/inspector\.png|(media|l10n|samples)\/.+)$/;
/** @param {string} file What is built is what the build has a budget for. */
const ships = (file) => SHIPPED.test(file) || file in BUDGET;
const MAX_VSIX = 1_500_000;

let passed = 0;
let failed = 0;
/** @param {string} what @param {() => unknown} test */
async function shows(what, test) {
  const t0 = Date.now();
  try {
    await test();
    passed++;
    console.log(`  ok    ${what} (${Date.now() - t0} ms)`);
  } catch (error) {
    failed++;
    console.log(
      `  FAIL  ${what}\n${String(error instanceof Error ? error.message : error).replace(/^/gm, '        ')}`,
    );
    throw error;
  }
}

/** @type {import('./vscode-host/workbench.mjs').Workbench | undefined} */
let workbench;
onStop(() => workbench?.close());
try {
  await shows('dist/confspace.vsix is there and light', () => {
    if (!existsSync(VSIX)) throw new Error('no dist/confspace.vsix: run npm run package');
    const { size } = statSync(VSIX);
    if (size > MAX_VSIX) throw new Error(`${size} bytes, more than ${MAX_VSIX}`);
  });
  await shows('it installs, and its icon comes up', async () => {
    workbench = await openWorkbench({ from: 'vsix', say });
  });
  const open = /** @type {import('./vscode-host/workbench.mjs').Workbench} */ (
    /** @type {unknown} */ (workbench)
  );
  await shows('it holds what runs and nothing else', () => {
    const extensions = open.server.profile.extensions;
    const [folder = ''] = readdirSync(extensions).filter((name) => name.startsWith('confspace.'));
    const home = path.join(extensions, folder);
    const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) =>
      statSync(path.join(home, file)).isFile(),
    );
    const stray = files.filter((file) => !ships(file) && file !== '.vsixmanifest');
    if (stray.length > 0) throw new Error(`not meant to ship: ${stray.join(', ')}`);
  });
  await shows('Machine and Guests have content', async () => {
    await open.showViews();
    await open.rows('machine', FUNCTION).first().waitFor({ timeout: 30_000 });
    await open.rows('guests').first().waitFor({ timeout: 30_000 });
  });
  await shows('selecting a function opens the inspector', async () => {
    await open.rows('machine', FUNCTION).first().click();
    await open.inspectorPainted();
  });
  await shows('nothing went wrong in the page or the extension host', () => {
    const trouble = Object.entries(open.trouble()).filter(([, lines]) => lines.length > 0);
    if (trouble.length > 0) throw new Error(JSON.stringify(Object.fromEntries(trouble), null, 1));
  });
} catch {
  // shows() has counted and told it
  if (workbench) console.log(await workbench.troubleReport());
}
await stopAll();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
