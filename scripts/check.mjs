// npm start -- --check: what a person would see after npm start, without a person.
import path from 'node:path';
import { ROOT, npmRun, onStop, say } from './steps.mjs';

const SHOTS = path.join(ROOT, 'shots/check');
const SIZES = { wide: { width: 1600, height: 1000 }, narrow: { width: 800, height: 900 } };

/** A function row starts with its address, as lspci prints it. */
const FUNCTION = /^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\b/;

/** @returns {Promise<number>} exit code */
export async function check() {
  const { openWorkbench, THEMES } = await import('./vscode-host/workbench.mjs');
  say('building and packaging the extension');
  await npmRun('package');
  const workbench = await openWorkbench({ from: 'vsix', viewport: SIZES.wide, say });
  const forget = onStop(() => workbench.close());
  let doing = 'opening the views';
  try {
    await workbench.showViews();
    doing = 'waiting for content in the view Machine';
    await workbench.rows('machine', FUNCTION).first().waitFor({ timeout: 30_000 });
    say(`Machine has ${await workbench.rows('machine').count()} visible rows`);
    doing = 'waiting for content in the view Guests';
    await workbench.rows('guests').first().waitFor({ timeout: 30_000 });
    say(`Guests has ${await workbench.rows('guests').count()} visible rows`);
    doing = 'opening the inspector';
    const nic = workbench.rows('machine', /Ethernet controller/);
    const row = (await nic.count()) > 0 ? nic.first() : workbench.rows('machine', FUNCTION).first();
    await row.click();
    await workbench.inspectorPainted();
    say('the inspector has painted');
    for (const theme of /** @type {(keyof typeof THEMES)[]} */ (Object.keys(THEMES))) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        doing = `the screenshot ${theme}, ${size}`;
        await workbench.page.setViewportSize(viewport);
        await workbench.setTheme(theme);
        await workbench.inspectorPainted();
        await workbench.screenshot(path.join(SHOTS, `${theme}-${size}.png`));
      }
    }
    const trouble = Object.entries(workbench.trouble()).filter(([, lines]) => lines.length > 0);
    if (trouble.length > 0) {
      doing = 'looking for errors';
      throw new Error(trouble.map(([kind, lines]) => `${kind}:\n  ${lines.join('\n  ')}`).join('\n'));
    }
    say(`screenshots are in ${path.relative(process.cwd(), SHOTS) || '.'}`);
    return 0;
  } catch (error) {
    console.error(`check failed while ${doing}: ${error instanceof Error ? error.message : error}`);
    console.error(await workbench.troubleReport());
    const shot = await workbench.screenshot(path.join(SHOTS, 'failed.png')).catch(() => undefined); // the page may be gone
    if (shot) console.error(`screenshot: ${path.relative(process.cwd(), shot)}`);
    return 1;
  } finally {
    forget();
    await workbench.close();
  }
}
