// Running other programs from our scripts: times, progress, and no orphans. Node built-ins only.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const t0 = Date.now();
/** Seconds since the script began, for the front of a progress line. */
export const clock = () => `${((Date.now() - t0) / 1000).toFixed(1).padStart(6)} s`;
/** @param {string} text */
export const say = (text) => console.log(`[${clock()}] ${text}`);

/** @type {Set<() => unknown>} */
const stops = new Set();
let stopping = false;

/**
 * Registers what must be stopped when a person presses Ctrl+C or the terminal goes away.
 * @param {() => unknown} stop
 * @returns a function that forgets it again
 */
export function onStop(stop) {
  stops.add(stop);
  return () => void stops.delete(stop);
}

/** Stops everything that is registered, the last started first. */
export async function stopAll() {
  for (const stop of [...stops].reverse()) {
    stops.delete(stop);
    await stop();
  }
}

export const isStopping = () => stopping;

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    console.log(`\n${signal}: stopping`);
    void stopAll().then(() => process.exit(code));
  });
}

/** @typedef {{ code: number, output: string, seconds: number }} Outcome */

/**
 * Runs a program to its end in a process group of its own, so that stopping it stops its children.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, show?: boolean, timeout?: number, onLine?: (line: string) => void }} [options]
 *   show: also print the output as it comes. timeout in milliseconds: then code is 124.
 * @returns {Promise<Outcome>} code 127 when the program cannot be started
 */
export function run(command, args, { cwd = ROOT, env = {}, show = false, timeout = 0, onLine } = {}) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32', // npm is npm.cmd there
    });
    let output = '';
    let rest = '';
    let late = false;
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      output += chunk.toString();
      if (show) process.stdout.write(chunk);
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      if (onLine) lines.forEach(onLine);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    /** @param {NodeJS.Signals} signal */
    const kill = (signal) => {
      try {
        if (process.platform === 'win32') child.kill(signal);
        else process.kill(-(child.pid ?? NaN), signal);
      } catch {
        // it has ended by itself
      }
    };
    const gone = new Promise((over) => child.once('close', over));
    const stop = async () => {
      kill('SIGTERM');
      // Scripts of ours stop their own servers on SIGTERM; they get the time for it.
      const hard = setTimeout(() => kill('SIGKILL'), 12_000);
      await gone;
      clearTimeout(hard);
    };
    const forget = onStop(stop);
    const timer = timeout
      ? setTimeout(() => {
          late = true;
          output += `\nstopped after ${timeout / 1000} s`;
          void stop();
        }, timeout)
      : undefined;
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(timer);
      forget();
      resolve({ code: late ? 124 : code, output, seconds: (Date.now() - started) / 1000 });
    };
    child.once('error', (error) => {
      output += error.message;
      end(127);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}

/** @param {string} file */
const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** True when node_modules holds exactly the versions of package-lock.json: npm keeps its own record of what it put there. */
export function packagesInstalled() {
  const wanted = packagesOf(path.join(ROOT, 'package-lock.json'));
  const there = packagesOf(path.join(ROOT, 'node_modules/.package-lock.json'));
  if (!there) return false;
  return Object.entries(wanted).every(
    ([name, entry]) => name === '' || entry.optional || there[name]?.version === entry.version,
  );
}

/** Installs node_modules when it is missing or stale. Throws with npm's output when that fails. */
export async function installPackages() {
  if (packagesInstalled()) return;
  say('npm ci: fetching the packages of package-lock.json');
  const beat = setInterval(() => say('  still fetching ...'), 15_000);
  const outcome = await run('npm', ['ci', '--no-audit', '--no-fund']);
  clearInterval(beat);
  if (outcome.code !== 0) throw new Error(`npm ci failed:\n${outcome.output}`);
  say(`npm ci: done in ${outcome.seconds.toFixed(1)} s`);
}

/**
 * Runs one of our npm scripts; throws with its output when it fails.
 * @param {string} name
 */
export async function npmRun(name) {
  const outcome = await run('npm', ['run', '--silent', name]);
  if (outcome.code !== 0) throw new Error(`npm run ${name} failed:\n${outcome.output}`);
  return outcome;
}
