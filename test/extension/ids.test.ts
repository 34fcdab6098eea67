import * as assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  Color,
  Command,
  CONTAINER,
  ContextKey,
  COPY_MENU,
  FocusCommand,
  LOG_CONTAINER,
  Setting,
  View,
  TOPOLOGY_PANEL,
  WEBVIEW_PANEL,
} from '../../src/extension/ids';
import { extension } from './api';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string; enablement?: string }[];
    readonly views: Readonly<Record<string, readonly { id: string }[]>>;
    readonly viewsWelcome: readonly { view: string; when?: string; contents: string }[];
    readonly menus: Readonly<
      Record<string, readonly { command?: string; submenu?: string; when?: string }[]>
    >;
    readonly submenus: readonly { id: string }[];
    readonly keybindings: readonly { command: string; when: string; args?: { selectionOf?: string } }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly colors: readonly { id: string }[];
  };
}

const manifest = (): Manifest => extension().packageJSON as Manifest;
const source = async (name: string): Promise<string> =>
  readFile(join(extension().extensionPath, name), 'utf8');
const sorted = (ids: Iterable<string>): string[] => [...new Set(ids)].sort();

describe('ids in package.json and in the code', () => {
  it('name the same commands, and VS Code has them all', async () => {
    await extension().activate();
    const { contributes } = manifest();
    assert.deepEqual(
      sorted(contributes.commands.map(({ command }) => command)),
      sorted(Object.values(Command)),
    );
    const registered = await vscode.commands.getCommands(true);
    for (const command of [...Object.values(Command), ...Object.values(FocusCommand)])
      assert.ok(registered.includes(command), `${command} is registered`);
    for (const { category } of contributes.commands) assert.equal(category, 'PCI');
  });

  it('name the same views, settings and colours', () => {
    const { contributes } = manifest();
    assert.deepEqual(Object.keys(contributes.views), [CONTAINER, LOG_CONTAINER]);
    assert.deepEqual(
      sorted(Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id))),
      sorted(Object.values(View)),
    );
    assert.deepEqual(
      sorted(Object.keys(contributes.configuration.properties)),
      sorted(Object.values(Setting).filter((id) => id !== Setting.section)),
    );
    assert.deepEqual(sorted(contributes.colors.map(({ id }) => id)), sorted(Object.values(Color)));
  });

  it('name the same context keys', () => {
    const { contributes } = manifest();
    const clauses = [
      ...contributes.commands.map(({ enablement }) => enablement ?? ''),
      ...contributes.viewsWelcome.map(({ when }) => when ?? ''),
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ when }) => when ?? '')),
      ...contributes.keybindings.map(({ when }) => when),
    ];
    const views: readonly string[] = [...Object.values(View), WEBVIEW_PANEL, TOPOLOGY_PANEL];
    const used = clauses
      .flatMap((clause) => clause.match(/confspace\.\w+/g) ?? [])
      .filter((id) => !views.includes(id));
    assert.deepEqual(sorted(used), sorted(Object.values(ContextKey)));
  });

  it('are used in menus, keys and welcome texts only where they exist', () => {
    const { contributes } = manifest();
    const commands: readonly string[] = Object.values(Command);
    const views: readonly string[] = Object.values(View);
    const used = [
      ...Object.values(contributes.menus).flatMap((items) =>
        items.flatMap(({ command }) => (command === undefined ? [] : [command])),
      ),
      ...contributes.keybindings.map(({ command }) => command),
      ...contributes.viewsWelcome.flatMap(({ contents }) =>
        [...contents.matchAll(/\(command:([\w.]+)\)/g)].map(([, command]) => command ?? ''),
      ),
    ];
    for (const command of used) assert.ok(commands.includes(command), `${command} is a command`);
    const submenus = Object.values(contributes.menus).flatMap((items) =>
      items.flatMap(({ submenu }) => (submenu === undefined ? [] : [submenu])),
    );
    assert.deepEqual(sorted(submenus), [COPY_MENU]);
    assert.deepEqual(sorted(contributes.submenus.map(({ id }) => id)), [COPY_MENU]);
    assert.ok(COPY_MENU in contributes.menus);
    for (const { view } of contributes.viewsWelcome) assert.ok(views.includes(view), `${view} is a view`);
    for (const { args } of contributes.keybindings)
      if (args?.selectionOf !== undefined) assert.ok(views.includes(args.selectionOf));
  });

  it('every text of the manifest stands in package.nls.json, and none there is unused', async () => {
    const manifestText = await source('package.json');
    const texts = JSON.parse(await source('package.nls.json')) as Record<string, string>;
    const used = [...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? '');
    assert.deepEqual(sorted(used), sorted(Object.keys(texts)));
  });

  it('every text of the code stands in the bundle for translators', async function () {
    const folder = join(extension().extensionPath, 'src', 'extension');
    const files = await readdir(folder, { recursive: true }).catch(() => undefined);
    if (!files) return this.skip(); // An installed extension has no sources.
    const used: string[] = [];
    for (const file of files.filter((name) => name.endsWith('.ts')))
      for (const [, text] of (await readFile(join(folder, file), 'utf8')).matchAll(
        /l10n\.t\(\s*'((?:[^'\\]|\\.)*)'/g,
      ))
        used.push((text ?? '').replaceAll("\\'", "'"));
    const bundle = JSON.parse(await source('l10n/bundle.l10n.json')) as Record<string, string>;
    assert.deepEqual(
      used.filter((text) => !(text in bundle)),
      [],
    );
  });
});
