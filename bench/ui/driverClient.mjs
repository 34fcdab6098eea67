// The driver extension as the bench sees it: a request is a file, its answer is another.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { ROOT } from '../../scripts/steps.mjs';

/** @typedef {import('./driver/protocol').Actions} Actions */

/** Bundles the driver and returns its folder, as VS Code takes an extension under development. */
export async function buildDriver() {
  const folder = path.join(ROOT, 'out/bench-ui');
  mkdirSync(folder, { recursive: true });
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: ['bench/ui/driver/driver.ts'],
    outfile: path.join(folder, 'driver.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    logLevel: 'warning',
  });
  writeFileSync(
    path.join(folder, 'package.json'),
    readFileSync(path.join(ROOT, 'bench/ui/driver/package.json')),
  );
  return folder;
}

/** @param {number} milliseconds */
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Driver {
  /** @param {string} tmp the extension host's folder for temporary files */
  constructor(tmp) {
    this.folder = path.join(tmp, 'confspace-bench');
    mkdirSync(this.folder, { recursive: true });
    this.count = 0;
  }

  /**
   * Asks and waits for the answer.
   * @template {keyof Actions} A
   * @param {A} action
   * @param {Parameters<Actions[A]>[0]} [asked]
   * @param {number} [timeout] ms
   * @returns {Promise<ReturnType<Actions[A]>>}
   */
  async ask(action, asked, timeout = 60_000) {
    const file = path.join(this.folder, String(++this.count));
    writeFileSync(`${file}.part`, JSON.stringify({ action, asked }));
    renameSync(`${file}.part`, `${file}.request`);
    const end = Date.now() + timeout;
    while (!existsSync(`${file}.answer`)) {
      if (Date.now() > end) throw new Error(`the driver did not answer ${action} in ${timeout / 1000} s`);
      await sleep(20);
    }
    const { answer, failed } = JSON.parse(readFileSync(`${file}.answer`, 'utf8'));
    rmSync(`${file}.answer`);
    if (failed !== undefined) throw new Error(`${action}: ${failed}`);
    return answer;
  }
}
