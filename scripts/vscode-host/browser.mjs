// A headless Chromium for the workbench, which remembers everything that went wrong in its pages.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { hostPaths } from './install.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Proof and guard: nothing but loopback can even be resolved.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** Requests to these never leave the machine: a webview's service worker answers vscode-resource from the extension host. */
const LOCAL =
  /^(https?:\/\/127\.0\.0\.1[:/]|data:|blob:|vscode-|https:\/\/[^/]+\.vscode-resource\.vscode-cdn\.net\/)/;

function environment() {
  const own = process.env['CHROMIUM'];
  const paths = hostPaths();
  if (own) {
    const libraries = process.env['CHROMIUM_LIBS'];
    return {
      executablePath: own,
      env: { ...process.env, ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) },
    };
  }
  const fonts = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_FILE: paths.fontsConf };
  return {
    executablePath: paths.chromium,
    env: { ...process.env, LD_LIBRARY_PATH: paths.chromiumLibs, ...fonts },
  };
}

/**
 * Errors that VS Code throws by itself: a request that was cancelled, and the timer that opens a row under a drag when
 * the drop has refreshed the tree meanwhile.
 * @type {((error: Error) => boolean)[]}
 */
const OF_VSCODE = [
  ({ message }) => message === 'Canceled',
  ({ message, stack = '' }) =>
    message.includes('Tree element not found') &&
    stack.includes('.isCollapsed ') &&
    !stack.includes('extension'),
];

/** @param {{ viewport?: { width: number, height: number }, colorScheme?: 'light' | 'dark' }} [options] */
export async function openBrowser({ viewport = { width: 1280, height: 800 }, colorScheme = 'dark' } = {}) {
  const browser = await chromium.launch({
    ...environment(),
    headless: true,
    args: FLAGS,
    // Whoever started us stops server and browser in order; Playwright would end the process first.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const context = await browser.newContext({
    viewport,
    colorScheme,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const seen = {
    /** @type {string[]} */ consoleErrors: [],
    /** @type {string[]} */ cspViolations: [],
    /** @type {string[]} */ pageErrors: [],
    /** @type {string[]} */ outsideRequests: [],
    /** @type {string[]} */ consoleLines: [],
  };
  context.on('request', (request) => {
    if (!LOCAL.test(request.url())) seen.outsideRequests.push(`${request.method()} ${request.url()}`);
  });
  page.on('console', (message) => {
    const text = `${message.text()} (${message.location().url.slice(0, 160)})`;
    seen.consoleLines.push(`[${message.type()}] ${text}`);
    if (seen.consoleLines.length > 300) seen.consoleLines.shift();
    if (/Content.Security.Policy|Refused to|violates the following/i.test(message.text()))
      seen.cspViolations.push(text);
    else if (message.type() === 'error') seen.consoleErrors.push(text);
  });
  page.on('pageerror', (error) => {
    // VS Code rejects with this what a reload or a closed editor cut short.
    if (!OF_VSCODE.some((known) => known(error))) seen.pageErrors.push(error.stack ?? error.message);
  });
  page.on('crash', () => seen.pageErrors.push('the page crashed'));
  return { browser, context, page, seen, close: () => browser.close() };
}
