import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/backend/machine';
import { parseBdf, type Bdf } from '../../src/backend/spec/bdf';
import { layoutOf } from '../../src/backend/spec/layout';
import { planQuirks } from '../../src/backend/trial/quirkPlan';
import { axesFor, whatIf, type Question } from '../../src/backend/trial/whatIf';
import { structureOf } from '../../src/extension/inspector/describe';
import { detailOf, planOf, tableOf, unknownBytes } from '../../src/extension/whatIf/describe';
import {
  parseWhatIfHostMessage,
  parseWhatIfPageMessage,
  type Cell,
  type Table,
  type TriedAccess,
} from '../../src/protocol/whatIf';
import { planText } from '../../webview/whatIf/planText';
import { kernelsOf, nowOf, samePlace, shownFor } from '../../webview/whatIf/rows';
import { asTyped, nameAt, typedOffset, typedWrite } from '../../webview/whatIf/typed';
import {
  cellText,
  policyNote,
  policyText,
  rowText,
  spokenPlace,
  spokenSigns,
  writeText,
} from '../../webview/whatIf/words';
import { IGB, sampleMachine } from '../backend/machine/machines';

/** Tables as the engine makes them, in the page's rows and words. */

const GUEST = parseBdf('00:00.0') as Bdf;
const write = (offset: number, size: number, value: number): TriedAccess => ({ offset, size, value });

const machineWithIgb = (prepare: (machine: Machine) => void = () => undefined): Machine => {
  const machine = sampleMachine();
  machine.assign(1, IGB);
  prepare(machine);
  return machine;
};

const asked = (writes: readonly TriedAccess[], machine = machineWithIgb(), given: readonly string[] = []) => {
  const question: Question = { domid: 1, guest: GUEST, writes };
  const axes = axesFor(machine, question)!;
  const cells = [...whatIf(machine, question, axes)];
  const { known } = machine.realImage(IGB);
  const table = tableOf(question, axes, cells, given, known);
  return { machine, question, axes, cells, table, known };
};

const planned = (...writes: readonly TriedAccess[]) => {
  const machine = machineWithIgb();
  const plan = planQuirks(machine, { domid: 1, guest: GUEST, writes })!;
  return planOf(plan, ({ reg }) => `opens ${reg}`, [], machine.realImage(IGB).known);
};

/** Rows as text: kernels, widths, and the words of each cell. */
const shown = (table: Table, fold: boolean): readonly string[] =>
  kernelsOf(table, fold).flatMap(({ label, rows }) =>
    rows.map((row) =>
      [label, rowText(row), ...row.cells.map((cell) => `${cellText(cell).mark}${cell.done}`)].join(' '),
    ),
  );

const STRUCTURES = (() => {
  const { bytes, known } = sampleMachine().realImage(IGB);
  return layoutOf(bytes, known).map(structureOf);
})();

describe('rows of the table', () => {
  it('fold kernels and widths that cannot be told apart, and nothing else', () => {
    const { table } = asked([write(0xa8, 2, 0x1f)]);
    // Interrupt control came with 5.10; nothing else differs.
    expect(shown(table, true)).toEqual([
      '5.10 to 6.12 any width ⊘0 ⊘0 ✓5 ✓5',
      '3.1 to 5.4 any width ⊘0 –0 ✓5 ✓5',
    ]);
    expect(shown(table, false)).toHaveLength(table.profiles.length * table.widths.length);
    expect(table.cells).toHaveLength(table.profiles.length * table.widths.length * table.policies.length);
  });

  it('keep widths apart that come to different ends', () => {
    const { table } = asked([write(0x10, 4, 0xffffffff)]);
    expect(shown(table, true).slice(0, 2)).toEqual([
      '5.10 to 6.12 as asked ✓23 ✓23 –0 ✓23',
      '5.10 to 6.12 bytes, words ⊘0 ⊘0 –0 ⊘0',
    ]);
  });

  it('stand for every cell: each is found where it was folded into, and cannot be told from it', () => {
    for (const writes of [[write(4, 2, 0x547)], [write(0xa9, 3, 0x0f0f0f)], [write(0x52, 2, 0x81)]]) {
      const { table } = asked(writes);
      const folded = kernelsOf(table, true);
      for (const cell of table.cells) expect(shownFor(folded, cell)?.fate).toBe(cell.fate);
      for (const cell of table.cells)
        expect(samePlace(shownFor(kernelsOf(table, false), cell), cell)).toBe(true);
    }
  });

  it('have what happens now among them, with the driver that is loaded', () => {
    const machine = sampleMachine();
    machine.loadDriver('5.4', false, false);
    machine.assign(1, IGB);
    const { table } = asked([write(0xa8, 2, 0x1f)], machine);
    const kernels = kernelsOf(table, true);
    expect(
      samePlace(shownFor(kernels, nowOf(table)), { profile: '5.4', policy: 'asIs', width: 'asked' }),
    ).toBe(true);
    expect(kernels.filter(({ loaded }) => loaded).map(({ label }) => label)).toEqual(['3.1 to 5.4']);
  });
});

describe('the words of the table', () => {
  const { table } = asked([write(4, 2, 0x547)]);
  const cellAt = (policy: Cell['policy'], profile = table.loaded): Cell =>
    table.cells.find((cell) => samePlace(cell, { profile, policy, width: 'asked' }))!;

  it('of a cell: sign, word and bits', () => {
    expect(cellText(cellAt('asIs'))).toMatchObject({
      mark: '◑',
      word: 'partly',
      note: '1 of 3 bits',
      believed: 2,
    });
    expect(cellText(cellAt('quirk'))).toMatchObject({ mark: '–', word: 'nothing to open' });
    expect(cellText(cellAt('interruptControl', '5.4'))).toMatchObject({
      mark: '–',
      word: 'not in this driver',
    });
    const refused = asked([write(0x52, 2, 0x81)]).table.cells[0]!;
    expect(cellText(refused)).toMatchObject({ mark: '✗', word: 'refused', note: 'access_denied' });
  });

  it('spoken: where it stands, and what its signs mean', () => {
    const [group] = kernelsOf(table, true);
    const row = group!.rows[0]!;
    const [now, control] = row.cells as [Cell, Cell];
    expect(spokenPlace(table, group!, row, now)).toBe('Linux 5.10 to 6.12, loaded; any width; As it is:');
    expect(spokenPlace(table, group!, row, control)).toBe(
      'Linux 5.10 to 6.12, loaded; any width; Interrupt control:',
    );
    expect(spokenSigns(now, true)).toBe('; 2 more only read back; this is what happens now');
    expect(spokenSigns(control, false)).toBe('; 1 more only read back; more than as it is');
    expect(spokenSigns({ ...now, beside: 2, believed: 0 }, false)).toBe('; 2 bytes beside changed');
  });

  it('of a policy: what it means for this device', () => {
    const quirk = asked([write(0xa8, 2, 0x1f), write(0x108, 4, 0x55)]).table;
    expect([policyText(quirk, 'quirk'), policyNote(quirk, 'quirk')]).toEqual([
      'Quirks',
      'a8:2:ffff 108:4:ffffffff',
    ]);
    expect(policyNote(quirk, 'asIs')).toBe('normal rules');
    const given = asked(
      [write(0xa8, 2, 0x1f)],
      machineWithIgb((m) => m.permissive(IGB)),
      ['permissive'],
    ).table;
    expect(policyNote(given, 'asIs')).toBe('permissive');
  });

  it('of a write: as setpci has it, by number where it has no letter', () => {
    expect(
      [write(0xa8, 2, 0xf), write(0x108, 4, 0x55), write(0xa9, 3, 1), write(0xa8, 8, 1)].map(writeText),
    ).toEqual(['a8.w = 000f', '108.l = 00000055', 'a9 (3 bytes) = 000001', 'a8 (8 bytes) = 00000001']);
  });
});

describe('a quirk plan in words', () => {
  const textOf = (...writes: readonly TriedAccess[]): string => planText(planned(...writes));

  it('says what the lines bring', () => {
    expect(textOf(write(0xa8, 2, 0x1f))).toBe(
      '1 line for the write that loses bits: it comes about in full.',
    );
    expect(textOf(write(0xa8, 2, 0x1f), write(0xb0, 2, 0x40))).toBe(
      '2 lines for the 2 writes that lose bits: all of them come about in full.',
    );
    expect(
      textOf(write(0xa8, 2, 0x1f), write(0x108, 4, 0x55), write(0x3c, 1, 0x55), write(0xa2, 2, 0xffff)),
    ).toBe(
      '3 lines for the 4 writes that lose bits: 1 comes about in full, 1 comes about in part, 1 reaches the device, which keeps its bits, 1 cannot be opened.',
    );
  });

  it('says when there is nothing to do, or nothing that could be done', () => {
    expect(textOf(write(0xa8, 1, 0))).toBe('This write loses nothing: no quirk is needed.');
    expect(textOf(write(0xa8, 1, 0), write(0xa8, 2, 0))).toBe(
      'None of the 2 writes loses anything: no quirk is needed.',
    );
    expect(textOf(write(0x3c, 1, 0x55))).toBe('No quirk can open anything for the write that loses bits.');
    expect(planText({ lines: [], writes: [], beside: 0, present: [] })).toBe(
      'There is no write to open anything for.',
    );
  });
});

describe('a write as it is typed', () => {
  const typed = (offset: string, size: number, value: string) =>
    typedWrite({ offset, size, value }, STRUCTURES, 4096);

  it('takes numbers, names and setpci expressions, and the width that they name', () => {
    expect(typed('a8', 2, '1f')).toEqual({ ok: true, value: write(0xa8, 2, 0x1f) });
    expect(typed('0xa8', 2, '#31')).toEqual({ ok: true, value: write(0xa8, 2, 0x1f) });
    expect(typed('COMMAND', 2, '0b111')).toEqual({ ok: true, value: write(4, 2, 7) });
    expect(typed('CAP_EXP+8.w', 4, '1f')).toEqual({ ok: true, value: write(0xa8, 2, 0x1f) });
    expect(typed('ECAP_AER+8.l', 1, 'ffffffff')).toEqual({ ok: true, value: write(0x108, 4, 0xffffffff) });
  });

  it('takes what a guest may ask though the driver refuses it: odd offsets, three bytes, beyond the space', () => {
    expect(typed('a9', 2, '1')).toMatchObject({ ok: true });
    expect(typed('a9', 3, 'ffffff')).toMatchObject({ ok: true, value: { size: 3, value: 0xffffff } });
    expect(typed('1000', 4, '0')).toMatchObject({ ok: true, value: { offset: 0x1000 } });
  });

  it('says which field is wrong, and why', () => {
    expect(typed('NOSUCH', 2, '1')).toMatchObject({ ok: false, field: 'offset' });
    expect(typed('', 2, '1')).toMatchObject({ ok: false, field: 'offset' });
    expect(typed('a8', 2, '')).toMatchObject({
      ok: false,
      field: 'value',
      message: expect.stringContaining('Type'),
    });
    expect(typed('a8', 1, '100')).toMatchObject({
      ok: false,
      field: 'value',
      message: expect.stringContaining('Too big'),
    });
    expect(typed('a8', 2, 'xyz')).toMatchObject({ ok: false, field: 'value' });
  });

  it('names what stands there, and comes back as it was', () => {
    expect(nameAt(STRUCTURES, 0xa8)).toBe('EXP DEVCTL');
    expect(nameAt(STRUCTURES, 0xa9)).toBe('EXP DEVCTL+1');
    expect(nameAt(STRUCTURES, 4)).toBe('COMMAND');
    expect(nameAt(STRUCTURES, 0xff0)).toBe('');
    expect(typedOffset('CAP_MSI', STRUCTURES, 4096)).toMatchObject({ ok: true, value: { offset: 0x50 } });
    for (const one of [write(0xa8, 2, 0x1f), write(0x108, 4, 0xffffffff), write(0xa9, 3, 1)]) {
      const { offset, size, value } = asTyped(one);
      expect(typed(offset, size, value)).toEqual({ ok: true, value: one });
    }
  });
});

describe('what the page is told', () => {
  it('is understood by its schema: table, plan, and the details of every cell', () => {
    const writes = [write(0xa9, 3, 0x0f0f0f), write(4, 2, 0x547)];
    const { question, axes, cells, table, known } = asked(writes);
    const plan = planned(...writes);
    const result = parseWhatIfHostMessage(structuredClone({ type: 'result', table, plan }));
    expect(result).toMatchObject({ ok: true });
    for (const cell of cells)
      for (const chosen of [0, 1, 7]) {
        const detail = detailOf(question, axes.host, cell, chosen, known);
        const message = { type: 'reply', id: 1, reply: { kind: 'detail', detail } };
        expect(parseWhatIfHostMessage(structuredClone(message))).toMatchObject({ ok: true });
      }
  });

  it('has the lines for the shell that bring the device there', () => {
    const { question, axes, cells, known } = asked([write(0xa8, 2, 0x1f)]);
    const shellOf = (policy: Cell['policy']): readonly string[] =>
      detailOf(
        question,
        axes.host,
        cells.find((c) => c.policy === policy)!,
        0,
        known,
      ).shell;
    const directory = '/sys/bus/pci/drivers/pciback';
    expect(shellOf('quirk')).toEqual([`echo 0000:02:00.0-a8:2:ffff > ${directory}/quirks`]);
    expect(shellOf('permissive')).toEqual([`echo 0000:02:00.0 > ${directory}/permissive`]);
    expect(shellOf('asIs')).toEqual([]);
  });

  it('says which bytes nobody knows, and no value for them', () => {
    const known = new Uint8Array(256).fill(1, 0, 64);
    expect(unknownBytes(known, [write(0x3e, 4, 0), write(0x40, 1, 0), write(0x200, 4, 0)])).toBe(2);
    const { question, axes, cells } = asked([write(0xa8, 2, 0x1f)]);
    const table = tableOf(question, axes, cells, [], known);
    expect(table.summary.at(-1)).toBe('The dump does not give 2 of the bytes: they are taken as ones here.');
    expect(detailOf(question, axes.host, cells[0]!, 0, known).writes[0]?.after).toEqual({});
  });

  it('refuses more writes than are tried at once, and addresses that are none', () => {
    const page = (question: unknown) => ({ type: 'request', id: 1, request: { kind: 'ask', question } });
    const message = (question: unknown) => parseWhatIfPageMessage(page(question));
    const good = { domid: 1, guest: '0000:00:00.0', writes: [write(4, 2, 7)] };
    expect(message(good).ok).toBe(true);
    expect(message({ ...good, guest: 'nowhere' }).ok).toBe(false);
    expect(message({ ...good, writes: [{ offset: 4, size: 2, value: -1 }] }).ok).toBe(false);
    expect(message({ ...good, writes: Array.from({ length: 257 }, () => write(4, 2, 7)) }).ok).toBe(false);
  });
});
