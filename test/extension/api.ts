import * as assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { parseBdf, type Bdf } from '../../src/backend/spec/bdf';
import type { Api } from '../../src/extension/extension';
import { Command } from '../../src/extension/ids';
import type { Session } from '../../src/extension/session';

const EXTENSION = 'confspace.confspace';

export const extension = (): vscode.Extension<Api> => {
  const found = vscode.extensions.getExtension<Api>(EXTENSION);
  assert.ok(found, `${EXTENSION} is installed`);
  return found;
};

/** The session of the extension that runs in this VS Code. */
export const session = async (): Promise<Session> => (await extension().activate()).session;

/** The session with an untouched sample machine. */
export const sampleSession = async (): Promise<Session> => {
  const open = await session();
  await vscode.commands.executeCommand(Command.openSample);
  return open;
};

export const bdf = (text: string): Bdf => {
  const parsed = parseBdf(text);
  assert.ok(parsed, `${text} is an address`);
  return parsed;
};

/** A file with these bytes in a new folder. */
export const fileWith = async (name: string, content: string | Uint8Array): Promise<vscode.Uri> => {
  const file = join(await mkdtemp(join(tmpdir(), 'confspace-')), name);
  await writeFile(file, content);
  return vscode.Uri.file(file);
};

/** Sixteen bytes as a row of `lspci -xxx`. */
const row = (offset: number, bytes: readonly number[]): string =>
  `${offset.toString(16).padStart(2, '0')}: ${bytes.map((b) => b.toString(16).padStart(2, '0')).join(' ')}`;

/** A network controller as `lspci -x` prints it, at any address. */
export const networkDump = (slot: string): string => {
  const config = new Array<number>(64).fill(0);
  config.splice(0, 12, 0x86, 0x80, 0x0e, 0x10, 0x03, 0x01, 0x00, 0x00, 0x03, 0x00, 0x00, 0x02);
  const rows = [0, 16, 32, 48].map((offset) => row(offset, config.slice(offset, offset + 16)));
  return `${slot} Ethernet controller: Intel Corporation 82540EM Gigabit Ethernet Controller (rev 03)\n${rows.join('\n')}\n\n`;
};

/** Runs `start` and waits for the next event; fails when none comes in time. */
export const nextEvent = <T>(event: vscode.Event<T>, start: () => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      subscription.dispose();
      reject(new Error('no event within 5 s'));
    }, 5000);
    const subscription = event((value) => {
      clearTimeout(late);
      subscription.dispose();
      resolve(value);
    });
    start();
  });
