import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessLog } from '../../src/backend/journal/accessLog';
import { Machine } from '../../src/backend/machine';
import { parseBdf, type Bdf } from '../../src/backend/spec/bdf';
import { RULES } from '../../src/backend/verdict/rules';
import { detailOf, rowText, toldRow, type RowContext } from '../../src/extension/accessLog/describe';
import { wordsOf } from '../../src/extension/accessLog/filter';
import { RegisterNames } from '../../src/extension/accessLog/registers';
import { RowWindows } from '../../src/extension/accessLog/window';
import {
  ALL_ACCESSES,
  parseAccessHostMessage,
  parseAccessPageMessage,
  type AccessFilter,
  type AccessRow,
} from '../../src/protocol/accessLog';
import { readSample } from '../../src/sources/sample';
import { spokenRow } from '../../webview/log/rowText';

const at = (text: string): Bdf => {
  const bdf = parseBdf(text);
  if (!bdf) throw new Error(`${text} is no address`);
  return bdf;
};

const GUEST = 1;
const IGB = at('02:00.0');
const NIC = at('03:00.0');
/** Where the guest sees them. */
const SLOT = at('00:00.0');
const NIC_SLOT = at('00:01.0');
const COMMAND = 4;
const STATUS = 6;
const NO_FIELD = 0xa8;
const INTERRUPT_LINE = 0x3c;

const sample = (): Machine =>
  new Machine(
    readSample(JSON.parse(readFileSync(new URL('../../media/sample-machine.json', import.meta.url), 'utf8'))),
  );

interface Logged {
  readonly machine: Machine;
  readonly log: AccessLog;
  readonly context: RowContext;
}

const logged = (limit?: number): Logged => {
  const machine = sample();
  machine.assign(GUEST, IGB);
  machine.assign(GUEST, NIC);
  const log = new AccessLog(limit);
  machine.onAccess(log);
  return { machine, log, context: { log, registers: new RegisterNames(machine), guestName: () => 'guest1' } };
};

/** One of each kind of row; the comments give their numbers. */
const varied = (limit?: number): Logged => {
  const made = logged(limit);
  const { machine } = made;
  machine.confWrite(GUEST, SLOT, COMMAND, 2, 0x406); // 1 partly or believed
  machine.confRead(GUEST, SLOT, COMMAND, 4); // 2 COMMAND STATUS
  machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 0xf); // 3 nothing, the warning
  machine.confWrite(GUEST, SLOT, NO_FIELD, 2, 0xe); // 4 nothing, hidden
  machine.confWrite(GUEST, SLOT, INTERRUPT_LINE, 1, 0x55); // 5 nothing
  machine.confWrite(GUEST, SLOT, 0x52, 2, 0x81); // 6 refused
  machine.confWrite(GUEST, SLOT, 5, 2, 0); // 7 invalid
  machine.confRead(GUEST, NIC_SLOT, COMMAND, 2); // 8 the other device
  machine.confRead(GUEST, at('00:1f.0'), 0, 4); // 9 nobody there
  machine.guestMsix(GUEST, SLOT, 2); // 10 enable_msix
  return made;
};

const FACTS = { devices: [], assigned: true };

const seqs = ({ context }: Logged, filter: Partial<AccessFilter>): number[] =>
  new RowWindows()
    .window(context, { kind: 'rows', filter: { ...ALL_ACCESSES, ...filter }, limit: 500 }, FACTS)
    .rows.map((row) => row.seq);

describe('the words of a filter', () => {
  it.each([
    ['command !read', ['|command', '!|read']],
    ['outcome:nothing', ['outcome|nothing']],
    ['reg:"PM PMCSR" x', ['register|pm pmcsr', '|x']],
    ['0000:02:00.0 aa:00.0', ['|0000:02:00.0', '|aa:00.0']],
    ['what:ever', ['|what:ever']],
    ['"unended', ['|unended']],
    ['  ', []],
  ])('of %s', (text, words) => {
    expect(wordsOf(text).map(({ not, key, text: word }) => `${not ? '!' : ''}${key ?? ''}|${word}`)).toEqual(
      words,
    );
  });

  it.each<[string, number[]]>([
    ['', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['02:00.0', [1, 2, 3, 4, 5, 6, 7, 10]],
    ['0000:03:00.0', [8]],
    ['device:00:1f.0', [9]],
    ['command', [1, 2, 7, 8]],
    ['COMMAND !status', [1, 8]],
    ['register:"exp devctl"', [3, 4]],
    ['conf_write', [1, 3, 4, 5, 6, 7]],
    ['outcome:nothing', [3, 4, 5]],
    ['outcome:refused', [6, 7, 9]],
    ['code:no-field', [3, 4]],
    ['warning:printed', [3]],
    ['warning:hidden', [4]],
    ['offset:5', [1, 2, 7, 8]],
    ['offset:0x07', [2]],
    ['size:4', [2, 9]],
    ['value:0x406', [1]],
    ['err:access_denied', [6]],
    ['err:-1', [9]],
    ['guest:1 msix', [10]],
    ['guest:2', []],
    ['is:undone', []],
    ['offset:zz', []],
    ['!conf_read !conf_write', [10]],
  ])('%s shows rows %j', (text, wanted) => {
    expect(seqs(varied(), { text })).toEqual(wanted);
  });

  it('and the choices show only what fits both', () => {
    const made = varied();
    expect(seqs(made, { reads: false })).toEqual([1, 3, 4, 5, 6, 7, 10]);
    expect(seqs(made, { device: '0000:03:00.0' })).toEqual([8]);
    expect(seqs(made, { outcome: 'lost' })).toEqual([3, 4, 5, 6, 7]);
    expect(seqs(made, { outcome: 'short' })).toEqual([1, 3, 4, 5, 6, 7]);
    expect(seqs(made, { outcome: 'hidden' })).toEqual([4]);
    expect(seqs(made, { outcome: 'lost', text: 'exp' })).toEqual([3, 4]);
  });

  it('is:undone follows undo and redo', () => {
    const made = varied();
    const windows = new RowWindows();
    const shown = (): number[] => {
      const filter = { ...ALL_ACCESSES, text: 'is:undone' };
      return windows.window(made.context, { kind: 'rows', filter, limit: 500 }, FACTS).rows.map((r) => r.seq);
    };
    expect(shown()).toEqual([]);
    made.machine.undo();
    made.machine.undo();
    expect(shown()).toEqual([7, 10]);
    made.machine.redo();
    expect(shown()).toEqual([10]);
  });
});

describe('windows', () => {
  const filters = fc.constantFrom<Partial<AccessFilter>>(
    {},
    { reads: false },
    { text: 'command' },
    { outcome: 'lost' },
  );
  const steps = fc.array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ write: fc.boolean(), offset: fc.constantFrom(COMMAND, STATUS, NO_FIELD) }),
      },
      { weight: 4, arbitrary: fc.constant('look' as const) },
      fc.constant('clear' as const),
    ),
    { minLength: 1, maxLength: 60 },
  );

  it('give the rows that fit, at ordinals that stay while rows come, fall out and are cleared', () => {
    fc.assert(
      fc.property(filters, steps, (filter, sequence) => {
        const { machine, log, context } = logged(12);
        const windows = new RowWindows();
        const ordinals = new Map<number, number>();
        const request = { kind: 'rows', filter: { ...ALL_ACCESSES, ...filter }, limit: 500 } as const;
        let generation: number | undefined;
        for (const step of [...sequence, 'look' as const]) {
          if (step === 'clear') log.clear();
          else if (step !== 'look') {
            if (step.write) machine.confWrite(GUEST, SLOT, step.offset, 2, 0x11);
            else machine.confRead(GUEST, SLOT, step.offset, 2);
          } else {
            const window = windows.window(context, request, FACTS);
            expect(window.generation).toBe((generation ??= window.generation));
            const fresh = new RowWindows().window(context, request, FACTS);
            expect(window.rows.map((row) => row.seq)).toEqual(fresh.rows.map((row) => row.seq));
            expect(window.end - window.start).toBe(window.rows.length);
            for (const [i, row] of window.rows.entries()) {
              expect(row.ordinal).toBe(window.start + i);
              expect(ordinals.get(row.seq) ?? row.ordinal).toBe(row.ordinal);
              ordinals.set(row.seq, row.ordinal);
            }
          }
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('are bounded by what is asked, and the last rows come without a place', () => {
    const made = varied();
    const windows = new RowWindows();
    const ask = (from: number | undefined, limit: number): number[] =>
      windows
        .window(
          made.context,
          { kind: 'rows', filter: ALL_ACCESSES, limit, ...(from === undefined ? {} : { from }) },
          FACTS,
        )
        .rows.map((row) => row.seq);
    expect(ask(undefined, 3)).toEqual([8, 9, 10]);
    expect(ask(2, 3)).toEqual([3, 4, 5]);
    expect(ask(8, 3)).toEqual([9, 10]);
    expect(ask(100, 3)).toEqual([]);
  });

  it('another filter or another log begins another generation, and a row is found again', () => {
    const made = varied();
    const windows = new RowWindows();
    const ask = (filter: Partial<AccessFilter>, find: number, context = made.context) =>
      windows.window(
        context,
        { kind: 'rows', filter: { ...ALL_ACCESSES, ...filter }, limit: 50, find },
        FACTS,
      );
    const all = ask({}, 4);
    expect(all.found).toBe(3);
    const writes = ask({ reads: false }, 4);
    expect(writes.found).toBe(2);
    expect(ask({ outcome: 'refused' }, 4).found).toBe(0);
    expect(ask({ outcome: 'hidden' }, 9).found).toBe(1);
    expect(writes.generation).not.toBe(all.generation);
    expect(ask({ outcome: 'hidden' }, 1, logged().context).generation).not.toBe(writes.generation);
  });

  it('count what was lost, what the driver warned of and what it hides', () => {
    const { context } = varied();
    expect(
      new RowWindows().window(context, { kind: 'rows', filter: ALL_ACCESSES, limit: 1 }, FACTS),
    ).toMatchObject({ total: 10, fallen: 0, lost: 5, warned: 1, hidden: 1 });
  });
});

describe('the next access to a register', () => {
  const next = (made: Logged, seq: number, direction: 1 | -1, filter: Partial<AccessFilter> = {}) =>
    new RowWindows().seek(made.context, {
      kind: 'seek',
      filter: { ...ALL_ACCESSES, ...filter },
      seq,
      direction,
    })?.seq;

  it('touches the same bytes of the same function', () => {
    const made = varied();
    expect(next(made, 1, 1)).toBe(2);
    expect(next(made, 2, 1)).toBe(7);
    expect(next(made, 7, 1)).toBeUndefined();
    expect(next(made, 7, -1)).toBe(2);
    expect(next(made, 4, -1)).toBe(3);
    expect(next(made, 3, -1)).toBeUndefined();
  });

  it('is looked for among the rows that the filter shows, also from one that it does not', () => {
    const made = varied();
    expect(next(made, 1, 1, { reads: false })).toBe(7);
    expect(next(made, 2, 1, { reads: false })).toBe(7);
    expect(next(made, 2, -1, { reads: false })).toBe(1);
  });

  it('of what is no configuration access is the same operation on the device', () => {
    const made = varied();
    made.machine.guestMsix(GUEST, SLOT, 0);
    made.machine.guestMsix(GUEST, SLOT, 1);
    expect(next(made, 10, 1)).toBe(12);
    expect(next(made, 12, -1)).toBe(10);
  });

  it('of a row that fell out is none', () => {
    const made = varied(4);
    expect(next(made, 1, 1)).toBeUndefined();
    expect(next(made, 99, 1)).toBeUndefined();
  });
});

describe('rows as they are told', () => {
  const rowOf = ({ log, context }: Logged, seq: number): AccessRow => {
    const row = log.row(seq);
    if (!row) throw new Error(`no row ${seq}`);
    return toldRow(context, row, seq - 1);
  };

  it('name register, place, value and what decided', () => {
    const made = varied();
    expect(rowOf(made, 2)).toMatchObject({
      guest: 'guest1',
      at: '00:00.0',
      host: '02:00.0',
      op: 'conf_read',
      registers: 'COMMAND STATUS',
      place: '0x04.l',
      outcome: 'read',
      err: { code: 0, name: 'XEN_PCI_ERR_success' },
    });
    expect(rowOf(made, 4)).toMatchObject({
      registers: 'EXP DEVCTL',
      place: '0xa8.w',
      value: '0x000e',
      outcome: 'nothing',
      warning: 'hidden',
    });
    expect(rowOf(made, 4).reason).toBe(RULES['no-field'].text);
    expect(rowOf(made, 3)).toMatchObject({ warning: 'printed', hides: 1 });
    expect(rowOf(made, 6).err?.name).toBe('XEN_PCI_ERR_access_denied');
    expect(rowOf(made, 9)).toMatchObject({
      registers: '',
      value: '',
      reason: RULES['no-such-device'].text,
    });
    expect(rowOf(made, 9).host).toBeUndefined();
  });

  it('of a read show as many digits as were asked for, though the driver leaves more bits', () => {
    const made = logged();
    made.machine.confRead(GUEST, SLOT, 0x10, 1);
    expect(made.log.row(1)?.value).toBeGreaterThan(0xff);
    expect(rowOf(made, 1).value).toMatch(/^0x[0-9a-f]{2}$/);
  });

  it('of interrupts and AER say what was asked and answered', () => {
    const made = logged();
    made.machine.confWrite(GUEST, SLOT, COMMAND, 2, 6);
    made.machine.guestMsix(GUEST, SLOT, 3);
    made.machine.guestMsi(GUEST, SLOT, 1);
    made.machine.aer(IGB, 'error_detected', 2, 5);
    expect(rowOf(made, 2)).toMatchObject({ op: 'enable_msix', value: '3 vectors', place: '', registers: '' });
    expect(rowOf(made, 3)).toMatchObject({ op: 'enable_msi', value: '', err: { code: -5 } });
    expect(rowOf(made, 3).reason).toContain('error enabling MSI for guest 1');
    expect(rowOf(made, 4)).toMatchObject({ op: 'aer_detected', value: 'RECOVERED' });
    expect(rowOf(made, 4).err).toBeUndefined();
  });

  it('and their details pass the page’s validation, whatever the guest asked', () => {
    const anything = fc.record({
      write: fc.boolean(),
      domain: fc.nat(0xffffffff),
      offset: fc.oneof(fc.nat(0xfff), fc.integer({ min: -0x80000000, max: 0x7fffffff })),
      size: fc.oneof(fc.constantFrom(1, 2, 4), fc.integer({ min: -0x80000000, max: 0x7fffffff })),
      value: fc.nat(0xffffffff),
      own: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 20 }), (sequence) => {
        const { machine, log, context } = logged();
        for (const { write, domain, offset, size, value, own } of sequence) {
          const guest = own ? SLOT : { ...SLOT, domain };
          if (write) machine.confWrite(GUEST, guest, offset, size, value);
          else machine.confRead(GUEST, guest, offset, size);
        }
        const request = { kind: 'rows', filter: ALL_ACCESSES, limit: 500 } as const;
        const reply = new RowWindows().window(context, request, FACTS);
        expect(parseAccessHostMessage({ type: 'reply', id: 1, reply })).toMatchObject({ ok: true });
        for (let seq = log.first; seq < log.end; seq++) {
          const detail = detailOf(context, log.row(seq)!);
          expect(
            parseAccessHostMessage({ type: 'reply', id: 1, reply: { kind: 'detail', detail } }),
          ).toMatchObject({ ok: true });
        }
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it('have a line to be copied and a sentence to be spoken', () => {
    const made = varied();
    expect(rowText(made.context, made.log.row(4)!)).toMatch(
      /^#4 guest1 00:00\.0 \(02:00\.0\) conf_write EXP DEVCTL 0xa8\.w 0x000e -> nothing XEN_PCI_ERR_success: /,
    );
    expect(spokenRow(rowOf(made, 3))).toMatch(
      /^#3, guest1, 00:00\.0, host 02:00\.0, conf_write, EXP DEVCTL, 0xa8\.w, 0x000f, nothing, XEN_PCI_ERR_success, kernel warned, hides 1 later write, /,
    );
    made.machine.undo();
    made.machine.undo();
    expect(rowText(made.context, made.log.row(7)!)).toContain('[undone]');
  });

  it('tell of a hidden one where the driver warned', () => {
    const { log, context } = varied();
    expect(detailOf(context, log.row(4)!).warnedAt).toBe(3);
    expect(detailOf(context, log.row(3)!).log[0]?.text).toContain('Driver tried to write to a read-only');
  });
});

describe('messages of the page', () => {
  it.each([
    ['more rows than a window has', { kind: 'rows', filter: ALL_ACCESSES, from: 0, limit: 501 }],
    ['no rows', { kind: 'rows', filter: ALL_ACCESSES, limit: 0 }],
    ['a device that is no address', { kind: 'rows', filter: { ...ALL_ACCESSES, device: 'x' }, limit: 1 }],
    ['a filter without end', { kind: 'rows', filter: { ...ALL_ACCESSES, text: 'x'.repeat(1001) }, limit: 1 }],
    ['another command', { kind: 'command', command: 'workbench.action.quit' }],
    ['a row before the first', { kind: 'open', seq: 0, focus: true }],
  ])('that ask for %s are refused', (_what, request) => {
    expect(parseAccessPageMessage({ type: 'request', id: 1, request }).ok).toBe(false);
  });
});
