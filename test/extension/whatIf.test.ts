import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AccessLog } from '../../src/backend/journal/accessLog';
import { Command, WHAT_IF_PANEL } from '../../src/extension/ids';
import type { Session } from '../../src/extension/session';
import { questionIn } from '../../src/extension/whatIf/argument';
import { WhatIfPage } from '../../src/extension/whatIf/whatIfPage';
import {
  parseWhatIfHostMessage,
  type Question,
  type WhatIfHostMessage,
  type WhatIfReply,
  type WhatIfRequest,
} from '../../src/protocol/whatIf';
import { bdf, fileWith, networkDump, sampleSession } from './api';

const NIC = '0000:02:00.0';
const GUEST = '0000:00:00.0';
const DEVCTL = 0xa8;

const asking = (offset: number, size: number, value: number): Question => ({
  domid: 1,
  guest: GUEST,
  writes: [{ offset, size, value }],
});

type Message<Type extends WhatIfHostMessage['type']> = Extract<WhatIfHostMessage, { type: Type }>;

/** A panel without a window: what the page would be told, and what it says. */
class PagePanel {
  private readonly said = new vscode.EventEmitter<unknown>();
  private readonly told = new vscode.EventEmitter<WhatIfHostMessage>();
  readonly messages: WhatIfHostMessage[] = [];
  private id = 0;
  title = '';
  visible = true;
  private readonly viewState = new vscode.EventEmitter<unknown>();
  readonly onDidChangeViewState = this.viewState.event;
  readonly webview = {
    onDidReceiveMessage: this.said.event,
    postMessage: (message: unknown) => {
      const parsed = parseWhatIfHostMessage(structuredClone(message));
      assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
      this.messages.push(parsed.value);
      this.told.fire(parsed.value);
      return Promise.resolve(true);
    },
  };

  get panel(): vscode.WebviewPanel {
    return this as unknown as vscode.WebviewPanel;
  }
  reveal(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
    this.viewState.fire(undefined);
  }
  say(message: unknown): void {
    this.said.fire(message);
  }

  /** The next message of the type that fits, which `start` sets off. */
  next<Type extends WhatIfHostMessage['type']>(
    type: Type,
    start: () => unknown,
    fits: (message: Message<Type>) => boolean = () => true,
  ): Promise<Message<Type>> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        subscription.dispose();
        reject(new Error(`no ${type} within 15 s; got ${this.messages.map((m) => m.type).join(', ')}`));
      }, 15_000);
      const subscription = this.told.event((message) => {
        if (message.type !== type || !fits(message as Message<Type>)) return;
        clearTimeout(late);
        subscription.dispose();
        resolve(message as Message<Type>);
      });
      start();
    });
  }

  /** The answer to a request: the reply, or why there is none. */
  async ask(request: WhatIfRequest): Promise<WhatIfReply | string> {
    const id = this.id++;
    return new Promise((resolve) => {
      const subscription = this.told.event((message) => {
        if ((message.type !== 'reply' && message.type !== 'failed') || message.id !== id) return;
        subscription.dispose();
        resolve(message.type === 'reply' ? message.reply : message.message);
      });
      this.say({ type: 'request', id, request });
    });
  }
}

const silent = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (problem: unknown) => assert.fail(String(problem)),
} as unknown as vscode.LogOutputChannel;

describe('the what-if page', () => {
  let current: Session;
  let page: WhatIfPage;
  let panel: PagePanel;
  let log: AccessLog;

  const open = (question: Question | undefined): Promise<Message<'state'>> => {
    panel = new PagePanel();
    log = new AccessLog();
    current.machine.onAccess(log);
    page = new WhatIfPage(
      panel.panel,
      { session: current, log: silent, accessLog: () => log },
      question,
      undefined,
    );
    return panel.next('state', () => panel.say({ type: 'ready' }));
  };
  const opened = async (question: Question): Promise<Message<'result'>> => {
    panel = new PagePanel();
    log = new AccessLog();
    current.machine.onAccess(log);
    page = new WhatIfPage(
      panel.panel,
      { session: current, log: silent, accessLog: () => log },
      question,
      undefined,
    );
    return panel.next('result', () => panel.say({ type: 'ready' }));
  };

  beforeEach(async () => {
    current = await sampleSession();
    await vscode.commands.executeCommand(Command.assign, NIC);
  });
  afterEach(() => page.dispose());
  after(sampleSession);

  it('is told the whole table and its summary, and the machine stays as it is', async () => {
    const { machine } = current;
    const before = [machine.revision, machine.journal(), machine.realImage(bdf(NIC)).bytes];
    const { table, plan } = await opened(asking(DEVCTL, 2, 0x1f));
    assert.equal(table.cells.length, table.profiles.length * table.policies.length * table.widths.length);
    assert.equal(table.summary[1], 'All of it comes about only with a quirk or permissive.');
    assert.deepEqual(
      plan.lines.map(({ text, opens }) => [text, opens]),
      [['0000:02:00.0-a8:2:ffff', 'opens EXP DEVCTL']],
    );
    assert.deepEqual([machine.revision, machine.journal(), machine.realImage(bdf(NIC)).bytes], before);
    assert.equal(panel.title, 'What If: 00:00.0 guest1');
  });

  it('answers what stands behind a cell', async () => {
    const { table } = await opened(asking(DEVCTL, 2, 0x1f));
    const place = { profile: table.loaded, policy: 'quirk', width: 'asked' } as const;
    const reply = await panel.ask({ kind: 'detail', place, write: 0 });
    assert.ok(typeof reply === 'object' && reply.kind === 'detail');
    assert.equal(reply.detail.accesses[0]?.verdict?.parts[0]?.code, 'field-quirk');
    assert.equal(
      await panel.ask({ kind: 'detail', place: { ...place, profile: '2.6' }, write: 0 }),
      'This has not been tried on the machine as it is now.',
    );
  });

  it('tries again when the machine changes, and not when another function does', async () => {
    await opened(asking(DEVCTL, 2, 0x1f));
    const { table } = await panel.next('result', () => current.machine.permissive(bdf(NIC)));
    assert.deepEqual(table.given, ['permissive']);
    assert.equal(table.cells[0]?.outcome, 'all');
    panel.messages.length = 0;
    await panel.next('state', () => current.machine.seize(bdf('0000:03:00.0')));
    assert.deepEqual(
      panel.messages.map(({ type }) => type),
      ['state'],
    );
  });

  it('applies quirks to the machine and takes them back, while nothing else has happened', async () => {
    const { plan } = await opened(asking(DEVCTL, 2, 0x1f));
    const lines = plan.lines.map(({ text }) => text);
    const again = panel.next('result', () => undefined);
    assert.deepEqual(await panel.ask({ kind: 'applyQuirks', lines }), {
      kind: 'told',
      text: '1 quirk applied.',
    });
    const after = await again;
    assert.deepEqual([after.plan.lines, after.plan.present], [[], ['a8:2']]);
    assert.equal(current.machine.confWrite(1, bdf(GUEST), DEVCTL, 2, 0x1f).verdict?.outcome, 'all');
    assert.match(String(await panel.ask({ kind: 'undoQuirks' })), /has changed since/);
    current.machine.undo();
    assert.match(String(await panel.ask({ kind: 'undoQuirks' })), /has changed since/);
    assert.equal(
      await panel.ask({ kind: 'applyQuirks', lines: ['0000:03:00.0-a8:2:ffff'] }),
      'A remedy for another function is not written from here.',
    );
  });

  it('takes quirks back at once', async () => {
    const { plan } = await opened(asking(DEVCTL, 2, 0x1f));
    await panel.ask({ kind: 'applyQuirks', lines: plan.lines.map(({ text }) => text) });
    assert.deepEqual(await panel.ask({ kind: 'undoQuirks' }), { kind: 'told', text: '1 quirk taken back.' });
    assert.equal(current.machine.confWrite(1, bdf(GUEST), DEVCTL, 2, 0x1f).verdict?.outcome, 'nothing');
  });

  it('takes the lost writes of the device from the access log', async () => {
    await open(asking(4, 2, 7));
    assert.match(String(await panel.ask({ kind: 'refused' })), /has no write to this device/);
    current.machine.confWrite(1, bdf(GUEST), DEVCTL, 2, 0x1f);
    current.machine.confWrite(1, bdf(GUEST), 0xb0, 2, 0x40);
    const filled = panel.next(
      'state',
      () => undefined,
      ({ fill }) => fill,
    );
    assert.deepEqual(await panel.ask({ kind: 'refused' }), {
      kind: 'told',
      text: '2 writes taken from the access log.',
    });
    assert.deepEqual((await filled).question?.writes, [
      { offset: DEVCTL, size: 2, value: 0x1f },
      { offset: 0xb0, size: 2, value: 0x40 },
    ]);
  });

  it('says what keeps it from trying: no write, no device, another machine', async () => {
    const empty = await open({ ...asking(0, 1, 0), writes: [] });
    assert.equal(empty.problem?.kind, 'noWrites');
    const gone = await panel.next(
      'state',
      () => {
        panel.say({ type: 'request', id: 90, request: { kind: 'ask', question: asking(DEVCTL, 2, 0x1f) } });
        void vscode.commands.executeCommand(Command.detach, NIC);
      },
      ({ problem }) => problem !== undefined,
    );
    assert.deepEqual([gone.problem?.kind, gone.devices], ['noDevices', []]);
    const back = await panel.next('result', () => vscode.commands.executeCommand(Command.assign, NIC));
    assert.equal(back.table.cells[0]?.outcome, 'nothing');
    const other = await panel.next(
      'state',
      async () => {
        const file = await fileWith('one.txt', networkDump('00:03.0') + networkDump('00:04.0'));
        await vscode.commands.executeCommand(Command.openDump, file);
        await vscode.commands.executeCommand(Command.assign, '0000:00:03.0');
      },
      ({ machine }) => machine === 'one.txt',
    );
    assert.equal(other.machine, 'one.txt');
  });

  it('says when the guest has no device at the address, though it has others', async () => {
    const state = await open({ ...asking(DEVCTL, 2, 0x1f), guest: '0000:00:1f.0' });
    assert.equal(state.problem?.kind, 'notThere');
    assert.equal(state.devices.length, 1);
  });

  it('says that a full journal keeps it from trying', async () => {
    for (let i = 0; i < 20_001; i++) current.machine.modulePermissive(false);
    const state = await open(asking(DEVCTL, 2, 0x1f));
    assert.equal(state.problem?.kind, 'journalFull');
  });

  it('stops when it is told to, and when it is hidden', async () => {
    await open(asking(DEVCTL, 2, 0x1f));
    const stopped = panel.next('stopped', () => undefined);
    await panel.ask({ kind: 'stop' });
    await stopped;
    assert.equal(
      panel.messages.some(({ type }) => type === 'result'),
      false,
    );
    panel.hide();
    panel.messages.length = 0;
    current.machine.permissive(bdf(NIC));
    const again = await panel.next('state', () => panel.say({ type: 'ready' }));
    // The new page shows the question, in the section that it was left in.
    assert.deepEqual([again.fill, again.section, again.question], [true, undefined, asking(DEVCTL, 2, 0x1f)]);
  });

  it('answers a message that it does not understand', async () => {
    panel = new PagePanel();
    const problems: string[] = [];
    const told = { ...silent, error: (problem: unknown) => problems.push(String(problem)) };
    page = new WhatIfPage(
      panel.panel,
      { session: current, log: told as unknown as vscode.LogOutputChannel, accessLog: () => new AccessLog() },
      undefined,
      undefined,
    );
    const failed = await panel.next('failed', () =>
      panel.say({ type: 'request', id: 3, request: { kind: 'fly' } }),
    );
    assert.equal(failed.id, 3);
    assert.equal(problems.length, 1);
  });
});

describe('what-if commands', () => {
  const tabs = (): vscode.Tab[] =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(
        (tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith(WHAT_IF_PANEL),
      );
  const titled = (wanted: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const titles = (): string[] => tabs().map(({ label }) => label);
      const same = (): boolean => JSON.stringify(titles()) === JSON.stringify(wanted);
      const end = (error?: Error): void => {
        clearTimeout(late);
        subscription.dispose();
        if (error) reject(error);
        else resolve();
      };
      const late = setTimeout(
        () => end(new assert.AssertionError({ actual: titles(), expected: wanted, operator: 'deepEqual' })),
        5000,
      );
      const subscription = vscode.window.tabGroups.onDidChangeTabs(() => {
        if (same()) end();
      });
      if (same()) end();
    });

  beforeEach(async () => {
    await sampleSession();
    await vscode.commands.executeCommand(Command.assign, NIC);
  });
  after(async () => {
    await vscode.window.tabGroups.close(tabs());
    await sampleSession();
  });

  it('open one panel, whatever names the device, and change no machine', async () => {
    const current = await sampleSession();
    await vscode.commands.executeCommand(Command.assign, NIC);
    const { revision } = current.machine;
    for (const argument of [
      NIC,
      bdf(NIC),
      asking(DEVCTL, 2, 0x1f),
      { domid: 1, guest: bdf(GUEST) },
      undefined,
    ]) {
      await vscode.commands.executeCommand(Command.whatIf, argument);
      await titled(['What If: 00:00.0 guest1']);
    }
    await vscode.commands.executeCommand(Command.generateQuirks, NIC);
    await titled(['What If: 00:00.0 guest1']);
    assert.equal(current.machine.revision, revision);
  });

  it('take an argument only in the form that they document', () => {
    assert.deepEqual(questionIn({ domid: 1, guest: '00:00.0', writes: [{ offset: 4, size: 2, value: 7 }] }), {
      domid: 1,
      guest: GUEST,
      writes: [{ offset: 4, size: 2, value: 7 }],
    });
    assert.deepEqual(questionIn({ domid: 1, guest: bdf(GUEST) }), {
      domid: 1,
      guest: GUEST,
      writes: undefined,
    });
    assert.deepEqual(
      questionIn({ domid: 1, guest: GUEST, writes: [{ offset: -1, size: 2, value: 7 }, null, 4] }),
      {
        domid: 1,
        guest: GUEST,
        writes: [],
      },
    );
    for (const none of [
      undefined,
      null,
      NIC,
      7,
      {},
      { domid: 'one', guest: GUEST },
      { domid: 1, guest: 'x' },
      { domid: 1 },
    ])
      assert.equal(questionIn(none), undefined);
  });
});
