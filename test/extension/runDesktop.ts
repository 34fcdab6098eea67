// The same suite in a desktop VS Code: npm run test:desktop. CONFSPACE_CODE names an installed one; without it
// @vscode/test-electron downloads VS Code.
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';

const root = path.resolve(__dirname, '../..');
const executable = process.env['CONFSPACE_CODE'];

runTests({
  ...(executable ? { vscodeExecutablePath: executable } : {}),
  extensionDevelopmentPath: root,
  extensionTestsPath: path.join(__dirname, 'runSuite.cjs'),
  launchArgs: [
    path.join(root, 'samples/workspace'),
    '--disable-extensions',
    '--skip-welcome',
    '--skip-release-notes',
  ],
}).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
