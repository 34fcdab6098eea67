// The workbench as a person uses it: palette, views, tree rows, inspector, theme. Used by start --check,
// install-check, the integration runner and the end-to-end tests.
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser } from './browser.mjs';
import { installHost } from './install.mjs';
import {
  extensionHostErrors,
  installExtension,
  makeProfile,
  startServer,
  workbenchUrl,
  writeSettings,
} from './server.mjs';

export const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const SAMPLE_WORKSPACE = path.join(PROJECT, 'samples/workspace');
export const VSIX = path.join(PROJECT, 'dist/confspace.vsix');

/** @param {string} key of package.nls.json */
const nls = (key) => JSON.parse(readFileSync(path.join(PROJECT, 'package.nls.json'), 'utf8'))[key];

/** The themes that we look at: as the settings and the theme picker call them, and the class that the workbench wears then. */
export const THEMES = /** @type {const} */ ({
  dark: { name: 'Dark Modern', label: 'Dark Modern', worn: 'vs-dark' },
  light: { name: 'Light Modern', label: 'Light Modern', worn: 'vs' },
  'high-contrast': { name: 'Default High Contrast', label: 'Dark High Contrast', worn: 'hc-black' },
});

/** @typedef {keyof typeof THEMES} Theme */

/**
 * A name that a VS Code does not know is one that it replaces in the settings file, against our own writing:
 * 1.96 called the modern themes "Default ...".
 * @param {Theme} theme @param {'newest' | 'oldest'} variant
 */
const themeName = (theme, variant) =>
  variant === 'oldest' && theme !== 'high-contrast' ? `Default ${THEMES[theme].name}` : THEMES[theme].name;

/**
 * Adds an extension under development to the page's boot configuration: the way a VS Code built for production
 * still has. Editing the document on its way instead would lose the page its right to open a loopback WebSocket.
 * @param {import('playwright-core').Page} page
 * @param {{ authority: string }} server
 * @param {{ extensions: string[], tests?: string }} development absolute paths
 */
export async function addDevelopmentExtension(page, server, { extensions, tests }) {
  /** @param {string} file */
  const uri = (file) => ({ $mid: 1, scheme: 'vscode-remote', authority: server.authority, path: file });
  await page.addInitScript(
    (options) => {
      const get = Element.prototype.getAttribute;
      Element.prototype.getAttribute = function (/** @type {string} */ name) {
        const value = get.call(this, name);
        if (name !== 'data-settings' || this.id !== 'vscode-workbench-web-configuration' || !value)
          return value;
        const configuration = JSON.parse(value);
        configuration.developmentOptions = { ...configuration.developmentOptions, ...options };
        return JSON.stringify(configuration);
      };
    },
    { extensions: extensions.map(uri), ...(tests ? { extensionTestsPath: uri(tests) } : {}) },
  );
}

/**
 * @typedef {object} WorkbenchOptions
 * @property {'dev' | 'vsix'} [from] the project folder as built, or the packaged VSIX installed
 * @property {'newest' | 'oldest'} [variant]
 * @property {Theme} [theme]
 * @property {{ width: number, height: number }} [viewport]
 * @property {string | undefined} [folder] copied, so that nothing writes into the original
 * @property {Record<string, unknown>} [settings]
 * @property {string[]} [extensions] folders of further extensions under development, absolute
 * @property {(line: string) => void} [say] progress lines
 */

/**
 * Starts server and browser and waits until the extension's icon stands in the activity bar.
 * @param {WorkbenchOptions} [options]
 */
export async function openWorkbench({
  from = 'dev',
  variant = 'newest',
  theme = 'dark',
  viewport = { width: 1280, height: 800 },
  folder = SAMPLE_WORKSPACE,
  settings = {},
  extensions = [],
  say = () => {},
} = {}) {
  // The newest host also holds the Chromium for every variant.
  await installHost('newest', { say });
  if (variant !== 'newest') await installHost(variant, { say });
  const profile = makeProfile();
  const workspace = path.join(profile.base, 'workspace');
  cpSync(folder, workspace, { recursive: true });
  writeSettings(profile, { 'workbench.colorTheme': themeName(theme, variant), ...settings });
  if (from === 'vsix') {
    installExtension(profile, VSIX, variant);
    say(`${path.basename(VSIX)} installed`);
  }
  const server = await startServer({ variant, profile });
  say(`VS Code server answers at ${server.url}`);
  /** @type {Awaited<ReturnType<typeof openBrowser>>} */
  let ui;
  try {
    ui = await openBrowser({ viewport, colorScheme: theme === 'light' ? 'light' : 'dark' });
  } catch (error) {
    await server.stop();
    server.remove();
    throw error;
  }
  const workbench = new Workbench(server, ui, workspace);
  try {
    const development = [...(from === 'dev' ? [PROJECT] : []), ...extensions];
    if (development.length > 0) await addDevelopmentExtension(ui.page, server, { extensions: development });
    await ui.page.goto(workbenchUrl(server, workspace));
    await workbench.ready();
    await workbench.dress(theme);
    say('the workbench shows the PCI icon');
  } catch (error) {
    const told = await workbench.troubleReport();
    await workbench.close();
    throw new Error(`${error instanceof Error ? error.message : error}\n${told}`);
  }
  return workbench;
}

export class Workbench {
  /**
   * @param {import('./server.mjs').Server} server
   * @param {Awaited<ReturnType<typeof openBrowser>>} ui
   * @param {string} workspace the copied folder
   */
  constructor(server, ui, workspace) {
    this.server = server;
    this.ui = ui;
    this.page = ui.page;
    this.workspace = workspace;
    /** @type {string | undefined} */
    this.diedOf = undefined;
    server.onLine(/Extension Host Process exited with code: [^0]/, (line) => (this.diedOf ??= line.trim()));
  }

  /** Contributed commands appear only after the remote extensions are read; the contributed icon tells when. */
  async ready() {
    await this.page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
    await this.activityIcon().waitFor({ timeout: 60_000 });
  }

  activityIcon() {
    return this.page.getByRole('tab', { name: nls('container.title'), exact: true }).first();
  }

  /** Shows the PCI views in the side bar. */
  async showViews() {
    const icon = this.activityIcon();
    if ((await icon.getAttribute('aria-selected')) !== 'true') await icon.click();
    await this.view('machine').waitFor();
  }

  /** @param {'machine' | 'guests'} which */
  view(which) {
    const name = nls(`view.${which}.name`);
    return this.page.locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${name}"]`) });
  }

  /** @param {'machine' | 'guests'} which @param {string | RegExp} [text] */
  rows(which, text) {
    const rows = this.view(which).locator('.monaco-list-row');
    return text === undefined ? rows : rows.filter({ hasText: text });
  }

  /**
   * Runs a command through the palette.
   * @param {string} title with its category, as the palette shows it
   */
  async palette(title) {
    const box = this.page.locator('.quick-input-widget input[type=text]').first();
    for (let attempt = 0; attempt < 5; attempt++) {
      await this.page.keyboard.press('F1');
      // A page that is just being shown takes the focus: it swallows the key, or the palette goes away again.
      const open = await box.fill(`>${title}`, { timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (!open) continue;
      const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
      const found = await row.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (found) {
        await row.click();
        return;
      }
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`not in the palette: ${title}`);
  }

  /** Chooses in an open quick pick, which shows only what fits on the screen. @param {string} text as a person types it */
  async pick(text) {
    const box = this.page.locator('.quick-input-widget input[type=text]').first();
    await box.fill(text);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  }

  /** Answers VS Code's simple file dialog. @param {string} file absolute */
  async answerFileDialog(file) {
    const widget = this.page.locator('.quick-input-widget');
    const box = widget.locator('input[type=text]').first();
    // The dialog puts its folder into the box once it has listed it, over what was typed before: look, and type again.
    for (let attempt = 0; attempt < 8; attempt++) {
      await box.fill(file);
      await widget
        .locator('.monaco-list-row', { hasText: path.basename(file) })
        .first()
        .waitFor();
      if ((await box.inputValue()) !== file) continue;
      await widget
        .getByRole('button', { name: /^(OK|Open)/ })
        .first()
        .click();
      const closed = await box.waitFor({ state: 'hidden', timeout: 2500 }).then(
        () => true,
        () => false,
      );
      if (closed) return;
    }
    throw new Error(`the file dialog does not take ${file}`);
  }

  /** Answers VS Code's simple dialog for a file that is not there yet. @param {string} file absolute */
  async answerSaveDialog(file) {
    const widget = this.page.locator('.quick-input-widget');
    const box = widget.locator('input[type=text]').first();
    const save = widget.getByRole('button', { name: /^(OK|Save|Export)/ }).first();
    await save.waitFor();
    for (let attempt = 0; attempt < 8; attempt++) {
      await box.fill(file);
      if ((await box.inputValue()) !== file) continue;
      await save.click();
      const closed = await box.waitFor({ state: 'hidden', timeout: 2500 }).then(
        () => true,
        () => false,
      );
      if (closed) return;
    }
    throw new Error(`the file dialog does not take ${file}`);
  }

  /**
   * Chooses in the context menu of a row.
   * @param {import('playwright-core').Locator} row
   * @param {string} title
   */
  async contextMenu(row, title) {
    await row.click({ button: 'right' });
    await this.chooseInMenu(title);
  }

  /** Chooses in a menu that is open. @param {string} title */
  async chooseInMenu(title) {
    const item = this.page.getByRole('menuitem', { name: title });
    await item.waitFor();
    // A menu ignores a click that comes at once, taking it for the end of the one that opened it.
    for (let attempt = 0; attempt < 5; attempt++) {
      await item.click();
      const closed = await item.waitFor({ state: 'hidden', timeout: 1000 }).then(
        () => true,
        () => false,
      );
      if (closed) return;
    }
    throw new Error(`the menu does not take a click on ${title}`);
  }

  /** @param {string | RegExp} text */
  toast(text) {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }

  /** The inspector's document. Only one inspector is visible at a time in what we drive. */
  inspector() {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Waits until the inspector's grid shows bytes: it says so on its body. @param {number} [timeout] ms */
  async inspectorPainted(timeout = 30_000) {
    await this.inspector().locator('body[data-painted]:not([data-painted=""])').waitFor({ timeout });
  }

  /** The inspector's page itself, for axe and for evaluating in it, also while another page is on the screen. */
  inspectorFrame() {
    return this.frameWith('body[data-painted]:not([data-painted=""])');
  }

  /** The page of the access log, once it shows what there is. */
  accessLogFrame() {
    return this.frameWith('body[data-rows]');
  }

  /** The page in which the selector finds something. @param {string} selector */
  async frameWith(selector, timeout = 30_000) {
    const late = Date.now() + timeout;
    while (Date.now() < late) {
      for (const frame of this.page.frames()) {
        const found = await frame.$(selector).catch(() => null); // a frame that is being replaced
        if (found) return frame;
      }
      await this.page.waitForTimeout(50);
    }
    throw new Error(`no page holds ${selector}`);
  }

  /** @param {Theme} theme */
  wears(theme) {
    return this.page.locator(`.monaco-workbench.${THEMES[theme].worn}`);
  }

  /**
   * Waits for the theme of the settings; with an extension under development VS Code goes by the system's instead.
   * @param {Theme} theme
   */
  async dress(theme) {
    const byItself = await this.wears(theme)
      .waitFor({ timeout: 4000 })
      .then(
        () => true,
        () => false,
      );
    if (!byItself) await this.setTheme(theme);
  }

  /**
   * Changes the theme as a person does; the server's file watcher does not see every write to the settings file.
   * @param {Theme} theme
   */
  async setTheme(theme) {
    if (await this.wears(theme).isVisible()) return;
    await this.palette('Preferences: Color Theme');
    const box = this.page.locator('.quick-input-widget input[type=text]').first();
    await box.fill(THEMES[theme].label);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: THEMES[theme].label });
    await row.first().click();
    await this.wears(theme).waitFor({ timeout: 15_000 });
    await box.waitFor({ state: 'hidden' });
  }

  /** @param {string} file */
  async screenshot(file) {
    mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Reloads the window as a person does, which lets VS Code save its state first. */
  async reload() {
    await Promise.all([this.page.waitForEvent('load'), this.palette('Developer: Reload Window')]);
    await this.ready();
  }

  /** Everything that went wrong so far, by kind. Empty arrays are what a test wants to see. */
  trouble() {
    const { consoleErrors, cspViolations, pageErrors, outsideRequests } = this.ui.seen;
    return {
      consoleErrors: consoleErrors.filter(isOurs),
      cspViolations,
      pageErrors,
      outsideRequests: [...new Set(outsideRequests)],
      extensionHost: [...extensionHostErrors(this.server.profile), ...(this.diedOf ? [this.diedOf] : [])],
    };
  }

  /** For a person: what the browser, the extension host and the server said last. */
  async troubleReport() {
    const told = Object.entries(this.trouble()).flatMap(([kind, lines]) =>
      lines.slice(-8).map((line) => `${kind}: ${line.slice(0, 600)}`),
    );
    return [...told, '--- server log (tail)', ...this.server.tail(15)].join('\n');
  }

  async close({ keep = false } = {}) {
    await Promise.race([
      this.ui.close().catch(() => undefined), // already gone
      new Promise((resolve) => setTimeout(resolve, 5000).unref()),
    ]);
    await this.server.stop();
    if (!keep) this.server.remove();
  }
}

/**
 * VS Code tells its own troubles on the console too (signing in, modules that open builds lack, reads that a reload
 * cancels). What comes from its bundle counts only when it is about us; its extension host's log is read besides.
 * @param {string} line with its source at the end
 */
const isOurs = (line) => /confspace/i.test(line.replace(/confspace-host-/g, '')) || !VSCODE_SOURCE.test(line);

const VSCODE_SOURCE = /\(http:\/\/127\.0\.0\.1:\d+\/[^)]*(workbench\.js|\/node_modules\/vsda\/[^)]*)\)?$/;
