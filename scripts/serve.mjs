// The VS Code server with the packaged extension installed, for any browser on this machine.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { ROOT, npmRun, onStop, say } from './steps.mjs';
import { HOST_ROOT, installHost } from './vscode-host/install.mjs';
import {
  installExtension,
  makeProfile,
  startServer,
  workbenchUrl,
  writeSettings,
} from './vscode-host/server.mjs';

/** The same port each time: a browser keeps a window's layout by address. Another one where it is taken. */
const PORT = 8360;
/** A server that lost its launcher and every window goes away by itself. */
const IDLE_SECONDS = 4 * 3600;

/** @param {number} port @returns {Promise<boolean>} */
const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** Where there is a desktop, its browser shows the page; where not, the printed address is enough. @param {string} url */
function openInBrowser(url) {
  const desktop = process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (!desktop || process.env['BROWSER'] === 'none') return;
  const child = spawn('xdg-open', [url], { detached: true, stdio: 'ignore' });
  child.once('error', () => say('no xdg-open here: open the address yourself'));
  child.unref();
}

/** Resolves when the server ends. */
export async function serve() {
  say('building and packaging the extension');
  const [, paths] = await Promise.all([npmRun('package'), installHost('newest', { say })]);
  const profile = makeProfile(path.join(HOST_ROOT, 'profile'));
  // Settings that a person changed there stay.
  if (!existsSync(path.join(profile.userData, 'User/settings.json'))) writeSettings(profile, {});
  installExtension(profile, path.join(ROOT, 'dist/confspace.vsix'));
  say(`starting the VS Code server (${path.relative(ROOT, paths.entry)})`);
  const server = await startServer({
    profile,
    port: (await isFree(PORT)) ? PORT : 0,
    idleSeconds: IDLE_SECONDS,
    ownHome: true,
  });
  const forget = onStop(() => server.stop());
  const url = workbenchUrl(server, path.join(ROOT, 'samples/workspace'));
  say('VS Code is running with Confspace installed. It listens on this machine only, without a password.');
  console.log(`\n    ${url}\n\nCtrl+C stops it.`);
  openInBrowser(url);
  const how = await server.exited;
  forget();
  throw new Error(`The VS Code server ended by itself (${how}):\n${server.tail(15).join('\n')}`);
}
