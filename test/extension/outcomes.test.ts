import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Actions } from '../../src/extension/commands/actions';
import { DriverActions } from '../../src/extension/commands/driverActions';
import { errnoName, withErrnoName } from '../../src/extension/errnoNames';
import { bdf, sampleSession } from './api';

const NIC = bdf('0000:02:00.0');

describe('what actions say', () => {
  const log = vscode.window.createOutputChannel('Confspace outcomes', { log: true });
  let actions: Actions;
  let driver: DriverActions;
  beforeEach(async () => {
    const session = await sampleSession();
    actions = new Actions(session, log);
    driver = new DriverActions(session, log);
  });
  after(async () => {
    log.dispose();
    await sampleSession();
  });

  it('names errors as the kernel does', () => {
    assert.equal(errnoName(-22), '-EINVAL');
    assert.equal(errnoName(-2), '-ENOENT');
    assert.equal(errnoName(-4095), '-4095');
    assert.equal(withErrnoName('slots: error -13'), 'slots: error -EACCES');
    assert.equal(withErrnoName('domain -5 is gone'), 'domain -5 is gone');
  });

  it('a refused attribute says which error the write returned', () => {
    actions.seize(NIC);
    const refused = actions.addQuirk(NIC, '1000:1:ff');
    assert.equal(refused.ok, false);
    assert.match(refused.text, /^02:00\.0: .*quirks.*-EINVAL$/);
    assert.match(driver.writeAttribute('slots', 'x').text, /-EACCES$/);
    assert.match(driver.writeAttribute('nothing', 'x').text, /-ENOENT$/);
    assert.match(driver.writeAttribute('new_slot', '0000:03:00.0').text, /returned 12$/);
    assert.match(actions.allowInterruptControl(bdf('0000:03:00.0')).text, /-ENODEV$/);
  });

  it('a quirk where a field starts already is told from one that was added', () => {
    actions.seize(NIC);
    assert.equal(actions.addQuirk(NIC, '48:1:ff').text, '02:00.0 quirk 48:1:ff added');
    assert.match(actions.addQuirk(NIC, '48:1:ff').text, /nothing added: a field starts there already$/);
  });

  it('the state of the IRQ handler, the reset and the driver are named', () => {
    actions.seize(NIC);
    assert.equal(actions.toggleIrqHandler(NIC).text, '02:00.0 IRQ handler on');
    assert.match(actions.reset(NIC).text, /^02:00\.0 reset/);
    assert.equal(
      driver.loadDriver({ topology: 'passthrough', permissive: true }).text,
      'pciback loaded: Linux 6.12 · passthrough · permissive',
    );
  });
});
