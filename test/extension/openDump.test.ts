import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { formatBdf } from '../../src/backend/spec/bdf';
import { Command } from '../../src/extension/ids';
import { fileWith, networkDump, nextEvent, sampleSession, session } from './api';

const open = (uri: vscode.Uri): Thenable<unknown> => vscode.commands.executeCommand(Command.openDump, uri);

/** What the Problems panel lists for a file, by this extension. */
const problems = (uri: vscode.Uri): readonly vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'confspace');

/** 80 bytes of a function whose only capability points to itself. */
const loopingRows = [
  '00: 86 80 10 15 07 04 10 00 01 00 00 02 10 00 00 00',
  '10: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00',
  '20: 00 00 00 00 00 00 00 00 00 00 00 00 86 80 01 00',
  '30: 00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00',
  '40: 09 40 03 00 00 00 00 00 00 00 00 00 00 00 00 00',
];

describe('opening machines', () => {
  afterEach(sampleSession);

  it('a machine with functions and one PV guest is there at once', async () => {
    const { machine } = await session();
    assert.ok(machine.functions().length > 0);
    assert.deepEqual(
      machine.guests().map(({ domid, kind }) => [domid, kind]),
      [[1, 'PV']],
    );
  });

  it('a dump replaces the machine and listeners hear it', async () => {
    const current = await sampleSession();
    const uri = await fileWith('good.txt', networkDump('00:03.0') + networkDump('00:04.0'));
    const machine = await nextEvent(current.onDidReplaceMachine, () => open(uri));
    assert.equal(current.machine, machine);
    assert.equal(machine.name, 'good.txt');
    assert.deepEqual(
      machine.functions().map((f) => formatBdf(f.bdf)),
      ['0000:00:03.0', '0000:00:04.0'],
    );
    assert.deepEqual(problems(uri), []);
  });

  it('a machine that was replaced is not listened to any more', async () => {
    const current = await sampleSession();
    const before = current.machine;
    const [first] = before.functions();
    assert.ok(first);
    await open(await fileWith('next.txt', networkDump('00:03.0')));
    let heard = 0;
    const subscription = current.onDidChange(() => heard++);
    before.seize(first.bdf);
    subscription.dispose();
    assert.equal(heard, 0);
  });

  it('good functions of a damaged dump load and bad rows are listed with their line', async () => {
    const current = await sampleSession();
    const lines = networkDump('00:03.0').split('\n');
    const damagedLine = 2;
    lines[damagedLine] = '10: 00 00 zz 00 00 00 00 00 00 00 00 00 00 00 00 00';
    const uri = await fileWith('damaged.txt', networkDump('00:02.0') + lines.join('\n'));
    await open(uri);
    assert.equal(current.machine.name, 'damaged.txt');
    assert.ok(current.machine.functions().some((f) => formatBdf(f.bdf) === '0000:00:02.0'));
    const listed = problems(uri);
    assert.ok(listed.length > 0);
    const rowsBefore = networkDump('00:02.0').split('\n').length - 1;
    assert.ok(
      listed.some(({ range, message }) => range.start.line === rowsBefore + damagedLine && message !== ''),
      `a problem on line ${rowsBefore + damagedLine + 1}`,
    );
  });

  it('a broken capability chain is listed at the byte of the dump that holds the pointer', async () => {
    await sampleSession();
    const rows = networkDump('00:03.0').trimEnd().split('\n');
    const text = [rows[0], ...loopingRows, ''].join('\n');
    const uri = await fileWith('loop.txt', text);
    await open(uri);
    const [loop, ...others] = problems(uri);
    assert.deepEqual(others, []);
    assert.equal(loop?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(loop.code, 'loop');
    assert.match(loop.message, /0000:00:03\.0: <chain looped>/);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(loop.range.start.line, 5);
    assert.equal(document.getText(loop.range), '40');
    const [related] = loop.relatedInformation ?? [];
    assert.equal(related?.location.uri.toString(), uri.toString());
    assert.equal(related.location.range.start.line, 5);
  });

  it('nothing readable leaves the machine that was open', async () => {
    const current = await sampleSession();
    const before = current.machine;
    for (const uri of [
      await fileWith('empty.txt', ''),
      await fileWith('prose.txt', 'no device here\n'),
      await fileWith(
        'binary.bin',
        new Uint8Array(4096).map((_, i) => (i * 37) & 0xff),
      ),
      vscode.Uri.file('/no/such/dump.txt'),
    ])
      await open(uri);
    assert.equal(current.machine, before);
  });

  it('problems of a dump go when another machine is opened', async () => {
    await sampleSession();
    const uri = await fileWith('damaged.txt', networkDump('00:03.0') + '00:04.0 Ethernet\n00: zz\n');
    await open(uri);
    assert.ok(problems(uri).length > 0);
    await vscode.commands.executeCommand(Command.openSample);
    assert.deepEqual(problems(uri), []);
  });

  it('UTF-16 files, as PowerShell writes them, are read', async () => {
    const current = await sampleSession();
    const text = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(networkDump('00:05.0').replaceAll('\n', '\r\n'), 'utf16le'),
    ]);
    await open(await fileWith('utf16.txt', text));
    assert.deepEqual(
      current.machine.functions().map((f) => formatBdf(f.bdf)),
      ['0000:00:05.0'],
    );
  });

  it('an editor without a file is opened with what it shows', async () => {
    const current = await sampleSession();
    const document = await vscode.workspace.openTextDocument({ content: networkDump('00:06.0') });
    await open(document.uri);
    assert.deepEqual(
      current.machine.functions().map((f) => formatBdf(f.bdf)),
      ['0000:00:06.0'],
    );
  });

  it('of two openings that overlap the later one stays', async () => {
    const current = await sampleSession();
    const [one, two] = [
      await fileWith('one.txt', networkDump('00:01.0').repeat(2000)),
      await fileWith('two.txt', networkDump('00:02.0')),
    ];
    await Promise.all([open(one), open(two)]);
    assert.equal(current.machine.name, 'two.txt');
  });
});
