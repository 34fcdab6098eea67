// The page object for tests: one workbench per file with the packaged extension, watched for trouble after every test.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import {
  openWorkbench,
  PROJECT,
  type Workbench,
  type WorkbenchOptions,
} from '../../scripts/vscode-host/workbench.mjs';

export type { Workbench };
export { THEMES, type Theme } from '../../scripts/vscode-host/workbench.mjs';

const SHOTS = path.join(PROJECT, 'shots/e2e');

/** Where a test's picture goes. */
export const shot = (name: string): string => path.join(SHOTS, `${name.replace(/[^\w-]+/g, '-')}.png`);

/**
 * Opens a workbench before the tests of a file and closes it after them. After each test nothing may have gone wrong
 * in page, webview or extension host, and nothing may have been asked of the network.
 */
export function useWorkbench(options: WorkbenchOptions = {}): () => Workbench {
  let workbench: Workbench | undefined;
  const opened = (): Workbench => {
    if (!workbench) throw new Error('the workbench did not open');
    return workbench;
  };
  beforeAll(async () => {
    workbench = await openWorkbench({ from: 'vsix', viewport: { width: 1600, height: 1000 }, ...options });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await opened().screenshot(shot(`failed-${task.name}`));
      console.log(await opened().troubleReport());
    }
    expect(opened().trouble()).toEqual({
      consoleErrors: [],
      cspViolations: [],
      pageErrors: [],
      outsideRequests: [],
      extensionHost: [],
    });
  });
  afterAll(() => workbench?.close());
  return opened;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds in the inspector page (or in another), or in what a selector names there, as lines for a person. The
 * inspector has thousands of cells and takes seconds.
 */
export async function accessibilityProblems(
  workbench: Workbench,
  within = 'html',
  frame?: Frame,
): Promise<readonly string[]> {
  frame ??= await workbench.inspectorFrame();
  await frame.evaluate(axeSource);
  const results = await frame.evaluate(async (selector) => {
    const { axe } = window as unknown as {
      axe: { run(context: string, options: RunOptions): Promise<AxeResults> };
    };
    // The page is one part of the workbench, which brings landmarks and title.
    return axe.run(selector, { rules: { region: { enabled: false } }, resultTypes: ['violations'] });
  }, within);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}
