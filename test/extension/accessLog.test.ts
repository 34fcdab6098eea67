import * as assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { AccessRecorder } from '../../src/extension/accessLog/recorder';
import { functionUri } from '../../src/extension/functionUri';
import { Command } from '../../src/extension/ids';
import type { Session } from '../../src/extension/session';
import { LostWriteDecorations } from '../../src/extension/views/decorations';
import { bdf, extension, fileWith, nextEvent, sampleSession } from './api';

const NIC = '0000:02:00.0';
const SLOT = bdf('00:00.0');
const GUEST = 1;
/** Device Control of its Express capability: no field of pciback. */
const NO_FIELD = 0xa8;

describe('the access log', () => {
  let current: Session;
  let accesses: AccessRecorder;
  beforeEach(async () => {
    current = await sampleSession();
    ({ accesses } = await extension().activate());
    await vscode.commands.executeCommand(Command.assign, NIC);
  });
  after(sampleSession);

  const lose = (times: number): void => {
    for (let i = 0; i < times; i++) current.machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 0x10 + i);
  };

  it('begins anew with another machine, and tells of many accesses at once', async () => {
    let told = 0;
    const subscription = accesses.onDidChange(() => told++);
    await nextEvent(accesses.onDidChange, () => lose(50));
    subscription.dispose();
    assert.equal(told, 1);
    assert.equal(accesses.log.end - accesses.log.first, 50);
    const before = accesses.log;
    await nextEvent(accesses.onDidChange, () => vscode.commands.executeCommand(Command.openSample));
    assert.notEqual(accesses.log, before);
    assert.equal(accesses.log.end, 1);
  });

  it('does not hold what a window’s journal does again', async () => {
    lose(3);
    const { end } = accesses.log;
    current.machine.undo();
    current.machine.redo();
    assert.equal(accesses.log.end, end);
  });

  it('counts refused and dropped writes on the device, until it is cleared', async () => {
    const decorations = new LostWriteDecorations(accesses);
    const uri = functionUri(bdf(NIC));
    const changed = await nextEvent(decorations.onDidChangeFileDecorations, () => lose(4));
    assert.deepEqual(changed.map(String), [uri.toString()]);
    const few = decorations.provideFileDecoration(uri);
    assert.equal(few?.badge, '4');
    assert.equal(few.tooltip, '4 guest writes refused or dropped');
    await nextEvent(decorations.onDidChangeFileDecorations, () => lose(40));
    assert.equal(decorations.provideFileDecoration(uri)?.badge, '9+');
    await nextEvent(decorations.onDidChangeFileDecorations, () =>
      vscode.commands.executeCommand(Command.clearAccessLog),
    );
    assert.equal(decorations.provideFileDecoration(uri), undefined);
    decorations.dispose();
  });

  it('is exported as JSON lines, one object for each access, with the documented keys', async () => {
    current.machine.confWrite(GUEST, SLOT, 4, 2, 0x406);
    current.machine.confRead(GUEST, SLOT, 0, 4);
    lose(2);
    current.machine.undo();
    const file = await fileWith('out.jsonl', '');
    await vscode.commands.executeCommand(Command.exportAccessLog, file);
    const lines = (await readFile(file.fsPath, 'utf8')).trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      rows.map(({ seq, op, register, outcome, undone }) => [seq, op, register, outcome, undone]),
      [
        [1, 'conf_write', 'COMMAND', 'partly', undefined],
        [2, 'conf_read', 'VENDOR_ID DEVICE_ID', 'read', undefined],
        [3, 'conf_write', 'EXP DEVCTL', 'nothing', undefined],
        [4, 'conf_write', 'EXP DEVCTL', 'nothing', true],
      ],
    );
    const { guest, host, guestName, domid, offset, size, sent, err, errName, code, warning } = rows[2] ?? {};
    assert.deepEqual(
      { guest, host, guestName, domid, offset, size, sent, err, errName, code, warning },
      {
        guest: '0000:00:00.0',
        host: NIC,
        guestName: 'guest1',
        domid: 1,
        offset: NO_FIELD,
        size: 2,
        sent: 0x10,
        err: 0,
        errName: 'XEN_PCI_ERR_success',
        code: 'no-field',
        warning: 'printed',
      },
    );
    const documented = await readFile(`${extension().extensionPath}/docs/ACCESS_LOG.md`, 'utf8');
    for (const key of rows.flatMap(Object.keys))
      assert.ok(documented.includes(`\`${key}\``), `${key} is documented`);
  });
});
