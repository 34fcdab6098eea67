import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseHostMessage,
  parsePageMessage,
  parsePageState,
  requestIdOf,
  type HostMessage,
  type PageMessage,
} from '../../src/protocol/messages';
import type { Chain, ChainNode, Head, Image, Structure } from '../../src/protocol/model';
import { Requests, type Timer } from '../../src/protocol/requests';
import { applyRuns, changedRuns } from '../../src/protocol/runs';

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const offset = fc.integer({ min: 0, max: 0xfff });
const width = fc.constantFrom(1 as const, 2 as const, 4 as const);
const address = fc
  .tuple(
    u32,
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 31 }),
    fc.integer({ min: 0, max: 7 }),
  )
  .map(
    ([d, b, s, f]) =>
      `${d.toString(16).padStart(4, '0')}:${b.toString(16).padStart(2, '0')}:${s.toString(16).padStart(2, '0')}.${f}`,
  );
const image: fc.Arbitrary<Image> = fc.constantFrom(64, 256, 4096).chain((size) =>
  fc.record({
    bytes: fc.uint8Array({ minLength: size, maxLength: size }),
    known: fc.uint8Array({ minLength: size, maxLength: size, max: 1 }),
  }),
);

const pageMessage: fc.Arbitrary<PageMessage> = fc.oneof(
  fc.constant({ type: 'ready' as const }),
  fc.record({ type: fc.constant('resync' as const), have: fc.nat() }),
  fc.record({ type: fc.constant('problem' as const), message: fc.string() }),
  fc.record({
    type: fc.constant('request' as const),
    id: fc.nat(),
    request: fc.oneof(
      fc.record({ kind: fc.constantFrom('confRead' as const, 'hardwareRead' as const), offset, size: width }),
      fc.record({
        kind: fc.constantFrom('confWrite' as const, 'hardwareWrite' as const),
        offset,
        size: width,
        value: u32,
      }),
      fc.record({
        kind: fc.constant('command' as const),
        command: fc.constantFrom(
          'assign' as const,
          'detach' as const,
          'permissive' as const,
          'showLog' as const,
        ),
      }),
      fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const) }),
      fc.record({ kind: fc.constant('copy' as const), text: fc.string() }),
    ),
  }),
);

const head: fc.Arbitrary<Head> = fc.record(
  {
    address,
    title: fc.string(),
    owner: fc.record({ domid: fc.integer({ min: 0, max: 0x7fef }), name: fc.string(), address }),
    driver: fc.string(),
    originalDriver: fc.string(),
    permissive: fc.boolean(),
    allowInterruptControl: fc.boolean(),
    powerState: fc.constantFrom('D0', 'D3hot', 'unknown'),
    pipeline: fc.array(fc.string()),
    undo: fc.string(),
    redo: fc.string(),
  },
  { requiredKeys: ['address', 'title', 'permissive', 'allowInterruptControl', 'powerState', 'pipeline'] },
);
const chainNode: fc.Arbitrary<ChainNode> = fc.record(
  {
    kind: fc.constantFrom('capability' as const, 'extendedCapability' as const),
    id: fc.integer({ min: 0, max: 0xffff }),
    version: fc.integer({ min: 0, max: 15 }),
    offset,
    length: fc.integer({ min: 0, max: 4096 }),
    name: fc.string(),
    title: fc.string(),
    nextPointer: offset,
  },
  { requiredKeys: ['kind', 'id', 'offset', 'length', 'name', 'title', 'nextPointer'] },
);
const chain: fc.Arbitrary<Chain> = fc.record(
  {
    firstPointer: fc.record({ offset, value: fc.integer({ min: 0, max: 255 }) }),
    capabilities: fc.array(chainNode),
    extended: fc.array(chainNode),
    unlinked: fc.array(chainNode),
    findings: fc.array(
      fc.record(
        {
          kind: fc.constantFrom('loop' as const, 'unlinked' as const, 'noExpress' as const),
          severity: fc.constantFrom('error' as const, 'info' as const),
          offset,
          message: fc.string(),
          related: offset,
        },
        { requiredKeys: ['kind', 'severity', 'offset', 'message'] },
      ),
    ),
  },
  { requiredKeys: ['capabilities', 'extended', 'unlinked', 'findings'] },
);
const decodedLines = fc.array(
  fc.record({ label: fc.string(), text: fc.string(), registers: fc.array(fc.string()) }),
);
const hostMessage: fc.Arbitrary<HostMessage> = fc.oneof(
  fc.record({
    type: fc.constant('snapshot' as const),
    snapshot: fc.record(
      {
        revision: fc.nat(),
        head,
        structures: fc.constant<Structure[]>([]),
        chains: fc.record({ hardware: chain, guest: chain }, { requiredKeys: ['hardware'] }),
        decoded: fc.record(
          { hardware: fc.array(decodedLines), guest: fc.array(decodedLines) },
          { requiredKeys: ['hardware'] },
        ),
        reset: image,
        hardware: image,
        guest: image,
      },
      { requiredKeys: ['revision', 'head', 'structures', 'chains', 'decoded', 'reset', 'hardware'] },
    ),
  }),
  fc.record({
    type: fc.constant('do' as const),
    what: fc.oneof(
      fc.record(
        { action: fc.constant('copy' as const), format: fc.constantFrom('hex' as const, 'json' as const) },
        { requiredKeys: ['action'] },
      ),
      fc.record({ action: fc.constant('paste' as const), text: fc.string() }),
      fc.record({ action: fc.constantFrom('goTo' as const, 'find' as const) }),
    ),
  }),
  fc.record({ type: fc.constant('settings' as const), copyFormat: fc.constantFrom('c' as const) }),
  fc.record({ type: fc.constant('gone' as const), address, machine: fc.string() }),
  fc.record({ type: fc.constant('failed' as const), id: fc.nat(), message: fc.string() }),
  fc.record({
    type: fc.constant('reply' as const),
    id: fc.nat(),
    reply: fc.record({
      kind: fc.constant('outcome' as const),
      outcome: fc.record({
        op: fc.constantFrom('conf_read' as const, 'conf_write' as const),
        through: fc.constant('guest' as const),
        address,
        offset: fc.integer(),
        size: fc.integer(),
        sent: u32,
        value: u32,
        err: fc.record({ code: fc.integer(), name: fc.string() }),
        writes: fc.array(fc.record({ address, offset, width, value: u32 })),
        log: fc.array(fc.record({ level: fc.integer(), text: fc.string() })),
        notifications: fc.nat(),
        eoi: fc.array(fc.constantFrom(0, 1)),
      }),
    }),
  }),
);

describe('messages', () => {
  it('from the page come through a structured clone and validation unchanged', () => {
    fc.assert(
      fc.property(pageMessage, (message) => {
        expect(parsePageMessage(structuredClone(message))).toEqual({ ok: true, value: message });
      }),
    );
  });
  it('from the extension come through a structured clone and validation unchanged', () => {
    fc.assert(
      fc.property(hostMessage, (message) => {
        expect(parseHostMessage(structuredClone(message))).toEqual({ ok: true, value: message });
      }),
      { numRuns: 40 },
    );
  });
  it('that are garbage are refused with a reason and never thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withTypedArray: true, withNullPrototype: true }), (garbage) => {
        for (const parse of [parsePageMessage, parseHostMessage, parsePageState]) {
          const result = parse(garbage);
          expect(result.ok ? '' : result.message).toMatch(/not understood: ./);
        }
        expect(requestIdOf(garbage)).toBeUndefined();
      }),
    );
  });
  it('with a value, offset or width out of range are refused, and the refusal can still be addressed', () => {
    const base = { kind: 'confWrite', offset: 4, size: 2, value: 7 };
    for (const wrong of [
      { value: -1 },
      { value: 0x100000000 },
      { value: 1.5 },
      { value: NaN },
      { offset: 4096 },
      { offset: -1 },
      { size: 3 },
      { size: 8 },
      { kind: 'confErase' },
    ]) {
      const message = { type: 'request', id: 9, request: { ...base, ...wrong } };
      expect(parsePageMessage(message).ok).toBe(false);
      expect(requestIdOf(message)).toBe(9);
    }
    expect(parsePageMessage({ type: 'request', id: 9, request: base }).ok).toBe(true);
  });
  it('with an access map are taken only when it has one byte per bit', () => {
    const snapshot = {
      revision: 1,
      head: {
        address: '0000:00:01.0',
        title: '',
        permissive: false,
        allowInterruptControl: false,
        powerState: 'D0',
        pipeline: [],
      },
      structures: [],
      chains: { hardware: { capabilities: [], extended: [], unlinked: [], findings: [] } },
      decoded: { hardware: [] },
      hardware: { bytes: new Uint8Array(256), known: new Uint8Array(256) },
      reset: { bytes: new Uint8Array(256), known: new Uint8Array(256) },
    };
    const told = (access: unknown) =>
      parseHostMessage({ type: 'snapshot', snapshot: { ...snapshot, access } });
    expect(told(new Uint8Array(2048)).ok).toBe(true);
    expect(told(new Uint8Array(256)).ok).toBe(false);
    expect(told('map').ok).toBe(false);
  });
  it('that the page keeps for itself are read with all that was chosen, and refused with what is no choice', () => {
    const state = {
      address: '0000:02:00.0',
      mode: 'differences',
      width: 2,
      byteOrder: 'big',
      access: true,
      selection: 0x40,
      scroll: [10, 20],
    };
    expect(parsePageState(structuredClone(state))).toEqual({ ok: true, value: state });
    for (const wrong of [{ byteOrder: 'middle' }, { mode: 'all' }, { access: 1 }, { width: 3 }])
      expect(parsePageState({ ...state, ...wrong }).ok).toBe(false);
  });
  it('only name commands from the list', () => {
    const ask = (command: string) =>
      parsePageMessage({ type: 'request', id: 1, request: { kind: 'command', command } });
    expect(ask('assign').ok).toBe(true);
    expect(ask('workbench.action.terminal.new').ok).toBe(false);
  });
});

describe('runs of changed bytes', () => {
  it('turn one image into the other', () => {
    const pair = fc.constantFrom(256, 4096).chain((size) => {
      const bytes = fc.uint8Array({ minLength: size, maxLength: size });
      const known = fc.uint8Array({ minLength: size, maxLength: size, max: 1 });
      const edits = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(255), fc.nat(1)), { maxLength: 40 });
      return fc.tuple(bytes, known, edits);
    });
    fc.assert(
      fc.property(pair, ([bytes, known, edits]) => {
        const before = { bytes: bytes.slice(), known: known.slice() };
        const after = { bytes: bytes.slice(), known: known.slice() };
        for (const [at, byte, isKnown] of edits) {
          after.bytes[at] = byte;
          after.known[at] = isKnown;
        }
        const runs = changedRuns(before, after);
        expect(runs).toBeDefined();
        expect(applyRuns(before, runs ?? [])).toBe(true);
        expect(before).toEqual(after);
      }),
      { numRuns: 60 },
    );
  });
  it('are none for equal images and impossible for different sizes', () => {
    const small = { bytes: new Uint8Array(256), known: new Uint8Array(256) };
    const large = { bytes: new Uint8Array(4096), known: new Uint8Array(4096) };
    expect(changedRuns(small, structuredClone(small))).toEqual([]);
    expect(changedRuns(small, large)).toBeUndefined();
  });
  it('that do not fit change nothing', () => {
    const target = { bytes: new Uint8Array(256), known: new Uint8Array(256) };
    const fits = { offset: 0, bytes: Uint8Array.of(1), known: Uint8Array.of(1) };
    const beyond = { offset: 255, bytes: Uint8Array.of(1, 2), known: Uint8Array.of(1, 1) };
    expect(applyRuns(target, [fits, beyond])).toBe(false);
    expect(target.bytes[0]).toBe(0);
  });
});

describe('requests', () => {
  /** Time that passes when the test says so. */
  const handClock = () => {
    const due = new Set<() => void>();
    const timer: Timer = (_ms, then) => {
      due.add(then);
      return () => due.delete(then);
    };
    return { timer, due, pass: () => [...due].forEach((then) => then()) };
  };
  const request = { kind: 'confRead', offset: 0, size: 4 } as const;

  it('end with the reply or the refusal for their own id', async () => {
    const sent: PageMessage[] = [];
    const clock = handClock();
    const requests = new Requests((message) => sent.push(message), clock.timer);
    const first = requests.ask(request);
    const second = requests.ask(request);
    const ids = sent.map((m) => (m.type === 'request' ? m.id : -1));
    expect(new Set(ids).size).toBe(2);
    expect(requests.settle({ type: 'failed', id: ids[1] ?? -1, message: 'no such device' })).toBe(true);
    expect(requests.settle({ type: 'reply', id: ids[0] ?? -1, reply: { kind: 'done' } })).toBe(true);
    expect(await first).toEqual({ ok: true, reply: { kind: 'done' } });
    expect(await second).toEqual({ ok: false, failed: 'no such device' });
    expect(requests.settle({ type: 'failed', id: ids[1] ?? -1, message: 'again' })).toBe(false);
    expect(clock.due.size).toBe(0);
  });
  it('never hang: they end when the host is silent or abandoned', async () => {
    const clock = handClock();
    const requests = new Requests(() => undefined, clock.timer);
    const silent = requests.ask(request);
    clock.pass();
    expect(await silent).toEqual({ ok: false, failed: 'No answer within 10 seconds.' });
    const abandoned = requests.ask(request);
    requests.abandon('The machine was replaced.');
    expect(await abandoned).toEqual({ ok: false, failed: 'The machine was replaced.' });
    expect(requests.pending).toBe(0);
  });
});
