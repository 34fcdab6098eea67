// Builds what ships (dist/) and, with --test, the suite for the extension host (out/test/).
// usage: node esbuild.mjs [--watch] [--test]
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
/** @param {string[]} parts */
const at = (...parts) => path.join(root, ...parts);

/** Bytes that each shipped file may have: a dependency that sneaks in shows here first. */
export const BUDGET = {
  'dist/extension.cjs': 520_000,
  'dist/inspector.js': 280_000,
  'dist/inspector.css': 40_000,
  'dist/accessLog.js': 80_000,
  'dist/accessLog.css': 20_000,
  'dist/topology.js': 40_000,
  'dist/topology.css': 10_000,
  'dist/whatIf.js': 220_000,
  'dist/whatIf.css': 32_000,
};

/** VS Code loads extensions and suites as CommonJS from 1.95 on; the package is a module, hence `.cjs`. */
/** @satisfies {esbuild.BuildOptions} */
const forNode = /** @type {const} */ ({
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
  absWorkingDir: root,
});

/** @returns {esbuild.BuildOptions[]} */
export function shipped({ watch = false } = {}) {
  return [
    {
      ...forNode,
      entryPoints: [at('src/extension/extension.ts')],
      outfile: at('dist/extension.cjs'),
      external: ['vscode'],
      minify: !watch,
      keepNames: true,
      sourcemap: watch ? 'inline' : false,
    },
    ...page('inspector', 'webview/main.ts', 'webview/inspector.css'),
    ...page('accessLog', 'webview/log/main.ts', 'webview/log/log.css'),
    ...page('topology', 'webview/topology/main.ts', 'webview/topology/topology.css'),
    ...page('whatIf', 'webview/whatIf/main.ts', 'webview/whatIf/whatIf.css'),
  ];
}

/** A page's script and style sheet. @param {string} name @param {string} script @param {string} styles @returns {esbuild.BuildOptions[]} */
function page(name, script, styles) {
  /** @satisfies {esbuild.BuildOptions} */
  const common = /** @type {const} */ ({
    bundle: true,
    minify: true,
    logLevel: 'warning',
    absWorkingDir: root,
  });
  return [
    {
      ...common,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      entryPoints: [at(script)],
      outfile: at(`dist/${name}.js`),
    },
    { ...common, entryPoints: [at(styles)], outfile: at(`dist/${name}.css`) },
  ];
}

/** The suite runs beside the extension, so mocha and vscode stay outside. @returns {esbuild.BuildOptions} */
export function suites() {
  const folder = at('test/extension');
  const tests = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  return {
    ...forNode,
    entryPoints: ['runSuite.ts', 'runDesktop.ts', ...tests].map((file) => path.join(folder, file)),
    outdir: at('out/test'),
    outbase: folder,
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha', '@vscode/test-electron'],
    sourcemap: true,
  };
}

/** Says what ships and how heavy it is; false when a file is over its budget. */
export function weigh(say = console.log) {
  let within = true;
  for (const [file, budget] of Object.entries(BUDGET)) {
    if (!existsSync(at(file))) continue;
    const { size } = statSync(at(file));
    const over = size > budget;
    within &&= !over;
    say(
      `${file.padEnd(20)} ${(size / 1000).toFixed(1).padStart(7)} kB of ${budget / 1000} kB${over ? '  TOO BIG' : ''}`,
    );
  }
  return within;
}

export async function build({ test = false } = {}) {
  await Promise.all([...shipped(), ...(test ? [suites()] : [])].map((options) => esbuild.build(options)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--watch')) {
    const contexts = await Promise.all(shipped({ watch: true }).map((options) => esbuild.context(options)));
    await Promise.all(contexts.map((context) => context.watch()));
    console.log('watching');
  } else {
    try {
      await build({ test: process.argv.includes('--test') });
    } catch {
      process.exit(1); // esbuild has said what and where
    }
    if (!weigh()) process.exit(1);
  }
}
