import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { actions } from './actions';
import { FOLDER } from './protocol';

interface Request {
  readonly action: string;
  readonly asked: unknown;
}

/** Written beside and renamed: who waits for the file finds it whole. */
const put = (file: string, content: unknown): void => {
  writeFileSync(`${file}.part`, JSON.stringify(content));
  renameSync(`${file}.part`, file);
};

/** A second extension beside Confspace, which makes changes through its exported API when a request file says so. */
export const activate = (context: vscode.ExtensionContext): void => {
  const known = actions() as unknown as Readonly<Record<string, (asked: unknown) => Promise<unknown>>>;
  const answer = async (file: string): Promise<void> => {
    const { action, asked } = JSON.parse(readFileSync(file, 'utf8')) as Request;
    rmSync(file);
    const to = file.replace(/\.request$/, '.answer');
    try {
      const run = known[action];
      if (!run) throw new Error(`no such action: ${action}`);
      put(to, { answer: await run(asked) });
    } catch (error) {
      put(to, { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
  mkdirSync(FOLDER, { recursive: true });
  const look = (): void => {
    for (const file of readdirSync(FOLDER))
      if (file.endsWith('.request')) void answer(path.join(FOLDER, file));
  };
  const watcher = watch(FOLDER, look);
  context.subscriptions.push({ dispose: () => watcher.close() });
  look();
};
