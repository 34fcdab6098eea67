// Bundles one TypeScript entry and runs it: `node scripts/tool.mjs ENTRY.ts ARGS...`.
// The tools run the same bundled code as the extension does, so that the benchmark measures what ships.
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [entry, ...args] = process.argv.slice(2);
if (!entry) {
  console.error('usage: node scripts/tool.mjs ENTRY.ts ARGS...');
  process.exit(2);
}
const outfile = path.join(root, 'out/tools', path.basename(entry).replace(/\.ts$/, '.mjs'));
await build({
  entryPoints: [path.resolve(root, entry)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});
const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], {
  stdio: 'inherit',
  env: { ...process.env, CONFSPACE_ROOT: root },
});
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
