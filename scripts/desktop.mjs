// The desktop VS Code as an Extension Development Host on the sample workspace.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT, npmRun, onStop, say } from './steps.mjs';

const WORKSPACE = path.join(ROOT, 'samples/workspace');
/** A profile of its own makes the window a process of its own, which Ctrl+C can end without touching other windows. */
const PROFILE = path.join(ROOT, '.vscode-host/desktop');

/** @param {string} file */
const isProgram = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run: look further
  }
};

/** @returns {string | undefined} the program that starts the desktop VS Code */
export function findDesktop() {
  const wanted = process.env['CONFSPACE_CODE'];
  if (wanted === 'server') return undefined;
  if (wanted) {
    if (!existsSync(wanted)) throw new Error(`CONFSPACE_CODE names ${wanted}, which does not exist.`);
    return wanted;
  }
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => path.join(dir, name))
    .find(isProgram);
}

/** The window outlives the `code` program that opens it; VS Code leaves the window's process id in its profile. */
function mainProcess() {
  const lock = path.join(PROFILE, 'code.lock');
  if (!existsSync(lock)) return undefined;
  const pid = Number(readFileSync(lock, 'utf8'));
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** Resolves when the window is closed. @param {string} program */
export async function openDesktop(program) {
  say('building the extension');
  await npmRun('build');
  mkdirSync(PROFILE, { recursive: true });
  rmSync(path.join(PROFILE, 'code.lock'), { force: true });
  say(`opening ${program}; Ctrl+C or closing the window ends it`);
  const child = spawn(
    program,
    [
      '--wait',
      '--new-window',
      `--extensionDevelopmentPath=${ROOT}`,
      `--user-data-dir=${PROFILE}`,
      '--skip-welcome',
      '--skip-release-notes',
      '--disable-workspace-trust',
      WORKSPACE,
    ],
    { detached: process.platform !== 'win32', stdio: 'inherit', shell: program.endsWith('.cmd') },
  );
  const gone = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 0)));
  const forget = onStop(() => {
    const group = process.platform === 'win32' ? undefined : -(child.pid ?? NaN);
    for (const pid of [mainProcess(), group]) {
      if (pid === undefined) continue;
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // it has ended by itself
      }
    }
  });
  const failed = new Promise((_, reject) => child.once('error', reject));
  const code = await Promise.race([gone, failed]);
  forget();
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}
