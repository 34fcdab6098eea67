// The entry that VS Code's extensionTestsPath names. The same in the desktop's extension host and in a server's.
import { appendFileSync, readdirSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import * as path from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';

/** VS Code installs its own Error.prepareStackTrace, so Node's source-map support does not reach stacks: do it here. */
const mapped = (stack: string): string =>
  stack.replace(/([\w./-]+\.cjs):(\d+):(\d+)/g, (whole, file: string, line: string, column: string) => {
    const entry = findSourceMap(path.resolve(file))?.findEntry(Number(line) - 1, Number(column) - 1);
    return entry && 'originalSource' in entry
      ? `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
      : whole;
  });

/** Runs every `*.test.cjs` beside this file. Rejects when a test failed or none ran. */
export function run(): Promise<void> {
  process.setSourceMapsEnabled(true); // before the suites load, so that findSourceMap knows them
  const file = process.env['CONFSPACE_RESULT_FILE'];
  const grep = process.env['CONFSPACE_GREP'];
  // The exit code alone cannot be trusted (a killed extension host reports success): this file is the record.
  const emit = (event: Record<string, unknown>): void => {
    if (file) appendFileSync(file, `${JSON.stringify(event)}\n`);
  };
  const mocha = new Mocha({
    ui: 'bdd',
    color: false,
    timeout: 20_000,
    forbidOnly: true,
    reporter: 'spec',
    ...(grep ? { grep } : {}),
  });
  for (const name of readdirSync(__dirname).sort())
    if (name.endsWith('.test.cjs')) mocha.addFile(path.join(__dirname, name));
  emit({ event: 'begin', vscode: vscode.version, node: process.versions.node });
  return new Promise((resolve, reject) => {
    let total = 0;
    const runner = mocha.run((failures) => {
      emit({ event: 'end', total, failures });
      if (total === 0) reject(new Error('no tests ran'));
      else if (failures > 0) reject(new Error(`${failures} of ${total} tests failed`));
      else resolve();
    });
    runner.on('test', (test) => emit({ event: 'start', title: test.fullTitle() }));
    runner.on('pass', (test) => {
      total++;
      emit({ event: 'pass', title: test.fullTitle(), ms: test.duration });
    });
    runner.on('fail', (test, error) => {
      total++;
      emit({ event: 'fail', title: test.fullTitle(), error: mapped(String(error?.stack ?? error)) });
    });
    runner.on('pending', (test) => emit({ event: 'skip', title: test.fullTitle() }));
  });
}
