// Starts the VS Code server (code-server: VS Code's server and web workbench) that install.mjs put below .vscode-host/.
import { spawn, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostPaths } from './install.mjs';

/** A quiet workbench: nothing on screen but what is being looked at, nothing that asks the network. */
export const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'window.commandCenter': false,
};

/** What a shell inside VS Code or npm leaves in the environment would change how the server starts. */
function cleanEnvironment() {
  const env = { ...process.env };
  for (const name of Object.keys(env))
    if (/^(NODE_OPTIONS|PORT|ELECTRON_.*|VSCODE_.*|npm_.*|CODE_SERVER_.*)$/.test(name)) delete env[name];
  return env;
}

/** One folder holds everything that a run leaves behind, so that removing it leaves nothing. */
export function makeProfile(base = mkdtempSync(path.join(tmpdir(), 'confspace-host-'))) {
  const profile = {
    base,
    userData: path.join(base, 'data'),
    extensions: path.join(base, 'extensions'),
    config: path.join(base, 'config.yaml'),
    tmp: path.join(base, 'tmp'),
    logFile: path.join(base, 'server.log'),
  };
  for (const dir of [path.join(profile.userData, 'User'), profile.extensions, profile.tmp])
    mkdirSync(dir, { recursive: true });
  writeFileSync(profile.config, 'auth: none\ncert: false\n');
  return profile;
}

/** @param {ReturnType<typeof makeProfile>} profile @param {Record<string, unknown>} settings */
export function writeSettings(profile, settings) {
  writeFileSync(
    path.join(profile.userData, 'User/settings.json'),
    JSON.stringify({ ...SETTINGS, ...settings }, null, 2),
  );
}

/** @param {ReturnType<typeof makeProfile>} profile */
const places = (profile) => [
  '--config',
  profile.config,
  '--user-data-dir',
  profile.userData,
  '--extensions-dir',
  profile.extensions,
];

/**
 * Installs a VSIX into a profile as a user would. Throws with the server's own words when it is refused.
 * @param {ReturnType<typeof makeProfile>} profile
 * @param {string} vsix
 * @param {'newest' | 'oldest'} [variant]
 */
export function installExtension(profile, vsix, variant = 'newest') {
  const { node, entry } = hostPaths(variant);
  const result = spawnSync(node, [entry, ...places(profile), '--install-extension', vsix, '--force'], {
    env: { ...cleanEnvironment(), HOME: profile.base, TMPDIR: profile.tmp },
    encoding: 'utf8',
    timeout: 60_000,
  });
  const said = `${result.stdout}${result.stderr}`.trim();
  if (result.status !== 0 || !/successfully installed/i.test(said))
    throw new Error(`VS Code did not install ${path.basename(vsix)}:\n${said}`);
}

/**
 * @typedef {object} ServerOptions
 * @property {'newest' | 'oldest'} [variant]
 * @property {ReturnType<typeof makeProfile>} [profile]
 * @property {Record<string, string>} [env]
 * @property {number} [port] 0 lets the system choose
 * @property {number} [idleSeconds] an orphaned server ends itself after so long without a window; at least 61
 * @property {boolean} [ownHome] keep the user's HOME (terminals behave as at home); tests do not want it
 */

/**
 * Resolves when the server answers. The server is a process group of its own: stop() takes the extension host with it.
 * @param {ServerOptions} [options]
 */
export async function startServer({
  variant = 'newest',
  profile = makeProfile(),
  env = {},
  port = 0,
  idleSeconds = 61,
  ownHome = false,
} = {}) {
  const { node, entry } = hostPaths(variant);
  if (!existsSync(entry)) throw new Error('The VS Code server is not installed: run npm start once.');
  if (!existsSync(path.join(profile.userData, 'User/settings.json'))) writeSettings(profile, {});
  const known = readFileSync(path.join(path.dirname(entry), 'cli.js'), 'utf8');
  const args = [
    entry,
    ...places(profile),
    ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    '--ignore-last-opened',
    // 4.96 does not know it
    ...(known.includes('idle-timeout-seconds') ? ['--idle-timeout-seconds', String(idleSeconds)] : []),
  ];
  const home = ownHome ? {} : { HOME: profile.base, TMPDIR: profile.tmp };
  const child = spawn(node, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // No marketplace: an empty service URL switches the gallery off.
    env: { ...cleanEnvironment(), ...home, EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env },
  });
  const log = createWriteStream(profile.logFile);
  /** @type {string[]} */
  const lines = [];
  /** @type {{ pattern: RegExp, tell: (line: string) => void }[]} */
  const watchers = [];
  let rest = '';
  /** @param {Buffer} chunk */
  const read = (chunk) => {
    log.write(chunk);
    const split = (rest + chunk.toString()).split('\n');
    rest = split.pop() ?? '';
    for (const line of split) {
      lines.push(line);
      if (lines.length > 400) lines.shift();
      for (const watcher of watchers) if (watcher.pattern.test(line)) watcher.tell(line);
    }
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);

  /** @type {Promise<number | NodeJS.Signals | null>} */
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  let over = false;
  void exited.then(() => (over = true));

  async function stop() {
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
      try {
        process.kill(-(child.pid ?? NaN), signal);
      } catch {
        break; // the group is gone
      }
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
    }
    await new Promise((resolve) => log.end(resolve));
  }

  /** @type {string} */
  let url;
  try {
    url = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the VS Code server did not answer in 40 s')), 40_000);
      child.once('error', reject);
      void exited.then((how) => reject(new Error(`the VS Code server ended at once (${how})`)));
      watchers.push({
        pattern: /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/,
        tell: (line) => {
          clearTimeout(timer);
          resolve(/http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '');
        },
      });
      void exited.then(() => clearTimeout(timer));
    });
  } catch (error) {
    await stop();
    throw new Error(`${error instanceof Error ? error.message : error}\n${lines.slice(-30).join('\n')}`);
  }

  return {
    url,
    authority: new URL(url).host,
    profile,
    pid: child.pid,
    exited,
    isOver: () => over,
    stop,
    /** The last lines that the server wrote. */
    tail: (count = 30) => lines.slice(-count),
    /** @param {RegExp} pattern @param {(line: string) => void} tell */
    onLine: (pattern, tell) => void watchers.push({ pattern, tell }),
    /** Everything that this run left on disk. Only after stop(). */
    remove: () => rmSync(profile.base, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

/** @param {Pick<Server, 'url'>} server @param {string} [folder] absolute; without one an empty window */
export function workbenchUrl(server, folder) {
  const url = new URL(server.url);
  if (folder) url.searchParams.set('folder', folder);
  else url.searchParams.set('ew', 'true');
  return url.href;
}

/**
 * The error lines of the extension host's logs, newest session last.
 * @param {ReturnType<typeof makeProfile>} profile
 */
export function extensionHostErrors(profile) {
  const logs = path.join(profile.userData, 'logs');
  if (!existsSync(logs)) return [];
  const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /exthost[^/]*\/(remote)?exthost\.log$/.test(file),
  );
  return (
    files
      .sort()
      .flatMap((file) => readFileSync(path.join(logs, file), 'utf8').split('\n'))
      .filter((line) => line.includes('[error]'))
      // what a reload of the window cuts short
      .filter((line) => !/\[error\] Canceled(: Canceled)?$/.test(line))
  );
}
