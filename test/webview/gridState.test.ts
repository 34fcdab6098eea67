import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHostMessage } from '../../src/protocol/messages';
import type { Snapshot, Width } from '../../src/protocol/model';
import { ageLevel, Ages, ageText, NOTHING_CHANGED, OLDEST } from '../../webview/grid/ages';
import { behavioursAt, behaviourText, occurring } from '../../webview/grid/bitBehaviour';
import { inOrder } from '../../webview/grid/byteOrder';
import { cellText, shownBytes, spokenCell } from '../../webview/grid/cellText';
import { moved } from '../../webview/grid/movement';
import { rangeOf, spokenRange } from '../../webview/grid/selection';
import { writeAll } from '../../webview/grid/series';
import { View } from '../../webview/view';

const image = (size: number, fill: (i: number) => number = () => 0) => ({
  bytes: Uint8Array.from({ length: size }, (_, i) => fill(i)),
  known: new Uint8Array(size).fill(1),
});
const snapshot = (parts: Partial<Snapshot> = {}): Snapshot => ({
  revision: 1,
  head: {
    address: '0000:02:00.0',
    title: '',
    permissive: false,
    allowInterruptControl: false,
    powerState: 'D0',
    pipeline: [],
  },
  structures: [],
  chains: { hardware: { capabilities: [], extended: [], unlinked: [], findings: [] } },
  decoded: { hardware: [] },
  reset: image(256),
  hardware: image(256),
  guest: image(256),
  ...parts,
});
const viewOf = (parts: Partial<Snapshot> = {}): View => {
  const view = new View();
  const parsed = parseHostMessage({ type: 'snapshot', snapshot: snapshot(parts) });
  if (!parsed.ok || parsed.value.type !== 'snapshot') throw new Error('not a snapshot');
  view.take(parsed.value);
  return view;
};
const change = (view: View, guest: readonly (readonly [number, number])[]) =>
  view.take({
    type: 'changed',
    from: view.revision,
    revision: view.revision + 1,
    hardware: [],
    guest: guest.map(([offset, byte]) => ({ offset, bytes: Uint8Array.of(byte), known: Uint8Array.of(1) })),
  });

const width = fc.constantFrom<Width>(1, 2, 4);

describe('byte order', () => {
  it('turns a value round and back', () => {
    fc.assert(
      fc.property(width, fc.nat(0xffffffff), (w, any) => {
        const value = any % 2 ** (8 * w);
        const big = inOrder(value, w, 'big');
        expect(inOrder(big, w, 'big')).toBe(value);
        expect(inOrder(value, w, 'little')).toBe(value);
        const digits = value.toString(16).padStart(2 * w, '0');
        const bytes = digits.match(/../g) ?? [];
        expect(big.toString(16).padStart(2 * w, '0')).toBe(bytes.reverse().join(''));
      }),
    );
  });
  it('shows a group as its value, or as its bytes stand', () => {
    const ids = image(4, (i) => [0x86, 0x80, 0xc9, 0x10][i] ?? 0);
    expect(cellText(ids, 0, 2, 'little')).toBe('8086');
    expect(cellText(ids, 0, 2, 'big')).toBe('8680');
    expect(cellText(ids, 0, 4, 'little')).toBe('10c98086');
    expect(shownBytes(4, 4, 'little')).toEqual([7, 6, 5, 4]);
    expect(shownBytes(4, 4, 'big')).toEqual([4, 5, 6, 7]);
  });
});

describe('movement', () => {
  const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false, altKey: false });
  const all = Array.from({ length: 16 }, (_, i) => 16 * i);
  it('goes through all cells and stops at the ends', () => {
    expect(moved(0x0f, press('ArrowRight'), 1, all, 4)).toBe(0x10);
    expect(moved(0x10, press('ArrowLeft'), 1, all, 4)).toBe(0x0f);
    expect(moved(0, press('ArrowLeft'), 1, all, 4)).toBe(0);
    expect(moved(0xff, press('ArrowRight'), 1, all, 4)).toBe(0xff);
    expect(moved(0x23, press('ArrowUp'), 1, all, 4)).toBe(0x13);
    expect(moved(0x23, press('PageDown'), 1, all, 4)).toBe(0x63);
    expect(moved(0xf3, press('ArrowDown'), 1, all, 4)).toBe(0xf3);
    expect(moved(0x24, press('End'), 4, all, 4)).toBe(0x2c);
    expect(moved(0x24, press('End', true), 4, all, 4)).toBe(0xfc);
  });
  it('skips the rows that are not shown', () => {
    const some = [0x20, 0x80, 0xf0];
    expect(moved(0x2f, press('ArrowRight'), 1, some, 4)).toBe(0x80);
    expect(moved(0x80, press('ArrowLeft'), 2, some, 4)).toBe(0x2e);
    expect(moved(0x23, press('ArrowDown'), 1, some, 4)).toBe(0x83);
    expect(moved(0x23, press('PageDown'), 1, some, 9)).toBe(0xf3);
    expect(moved(0x83, press('Home', true), 1, some, 4)).toBe(0x20);
    expect(moved(0x83, press('End', true), 1, some, 4)).toBe(0xff);
  });
  it('never leaves the shown rows, and keeps to cells', () => {
    const keys = fc.constantFrom(
      'ArrowLeft',
      'ArrowRight',
      'ArrowUp',
      'ArrowDown',
      'PageUp',
      'PageDown',
      'Home',
      'End',
    );
    const rows = fc.subarray(all, { minLength: 1 });
    fc.assert(
      fc.property(rows, width, fc.array(fc.tuple(keys, fc.boolean())), (shown, w, presses) => {
        let at = shown[0] ?? 0;
        for (const [key, ctrl] of presses) {
          at = moved(at, press(key, ctrl), w, shown, 3) ?? -1;
          expect(at % w).toBe(0);
          expect(shown).toContain(at - (at % 16));
        }
      }),
    );
  });
});

describe('the selection', () => {
  it('is every byte from the first cell to the last, whichever way it was made', () => {
    expect(rangeOf(0x40, 0x4c, 4)).toEqual({ start: 0x40, end: 0x50 });
    expect(rangeOf(0x4c, 0x40, 4)).toEqual({ start: 0x40, end: 0x50 });
    const text = (offset: number) => offset.toString(16);
    expect(spokenRange({ start: 0x40, end: 0x50 }, text)).toBe('16 bytes selected, 40 to 4f');
  });
  it('grows from where it began and falls back to one cell', () => {
    const view = viewOf();
    view.select(0x40);
    view.select(0x4f, true);
    view.select(0x45, true);
    expect(view.range).toEqual({ start: 0x40, end: 0x46 });
    view.select(0x3e, true);
    expect(view.range).toEqual({ start: 0x3e, end: 0x41 });
    view.select(view.selection);
    expect(view.range).toEqual({ start: 0x3e, end: 0x3f });
  });
  it('covers whole cells of the bytes that it is given', () => {
    const view = viewOf();
    view.setWidth(4);
    view.selectRange({ start: 0x41, end: 0x46 });
    expect(view.range).toEqual({ start: 0x40, end: 0x48 });
    expect(view.selection).toBe(0x40);
  });
});

describe('the mode that shows only differences', () => {
  const differing = (...offsets: number[]) =>
    viewOf({ guest: image(256, (i) => (offsets.includes(i) ? 0xff : 0)) });
  it('shows the rows that differ, and takes the active cell to one', () => {
    const view = differing(0x42, 0xf0);
    view.setMode('differences');
    expect(view.shownRows()).toEqual([0x40, 0xf0]);
    expect(view.selection).toBe(0x42);
  });
  it('keeps the row of the active cell when it stops to differ, until one moves on', () => {
    const view = differing(0x42, 0xf0);
    view.setMode('differences');
    change(view, [[0x42, 0]]);
    expect(view.shownRows()).toEqual([0x40, 0xf0]);
    view.select(0xf0);
    expect(view.shownRows()).toEqual([0xf0]);
  });
  it('shows no row when nothing differs, but the one that one goes to', () => {
    const view = differing();
    view.setMode('differences');
    expect(view.shownRows()).toEqual([]);
    view.select(0x25);
    expect(view.shownRows()).toEqual([0x20]);
  });
  it('is the hardware while no guest has the function, and comes with the guest', () => {
    const view = new View();
    view.take({ type: 'snapshot', snapshot: { ...snapshot(), guest: undefined } as unknown as Snapshot });
    view.setMode('differences');
    expect(view.mode).toBe('hardware');
    expect(view.shownRows()).toHaveLength(16);
    view.take({ type: 'snapshot', snapshot: snapshot({ guest: image(256, (i) => (i === 0x91 ? 1 : 0)) }) });
    expect(view.shownRows()).toEqual([0x90]);
    expect(view.selection).toBe(0x91);
  });
});

describe('the age of a change', () => {
  it('counts operations, also those that change nothing, and ends', () => {
    const ages = new Ages();
    ages.operation({ guest: [4], hardware: [] });
    expect(ages.age(4, 1, ['guest'])).toBe(1);
    expect(ages.age(4, 1, ['hardware'])).toBeUndefined();
    expect(ages.operation(NOTHING_CHANGED)).toEqual([4]);
    expect(ages.age(4, 1, ['guest'])).toBe(2);
    for (let i = 2; i < OLDEST; i++) ages.operation(NOTHING_CHANGED);
    expect(ages.age(4, 1, ['guest'])).toBe(OLDEST);
    expect(ages.operation(NOTHING_CHANGED)).toEqual([4]);
    expect(ages.any).toBe(false);
  });
  it('of a cell is that of its latest byte, on either side', () => {
    const ages = new Ages();
    ages.operation({ guest: [4], hardware: [] });
    ages.operation({ guest: [], hardware: [6] });
    expect(ages.age(4, 4, ['guest', 'hardware'])).toBe(1);
    expect(ages.age(4, 4, ['guest'])).toBe(2);
  });
  it('of all writes of a series is one', () => {
    const ages = new Ages();
    ages.operation({ guest: [0], hardware: [] });
    ages.beginSeries();
    for (const offset of [4, 8, 12]) ages.operation({ guest: [offset], hardware: [] });
    ages.endSeries();
    expect(ages.age(4, 1, ['guest'])).toBe(1);
    expect(ages.age(12, 1, ['guest'])).toBe(1);
    expect(ages.age(0, 1, ['guest'])).toBe(2);
  });
  it('never gets stronger, and is told in words', () => {
    for (let age = 1; age < OLDEST; age++) expect(ageLevel(age + 1)).toBeGreaterThanOrEqual(ageLevel(age));
    expect(ageText(1)).toBe('changed by the last operation');
    expect(ageText(2)).toBe('changed 2 operations ago');
  });
  it('begins with the bytes that really changed, not with all that a run encloses', () => {
    const view = viewOf();
    const dirty = view.take({
      type: 'changed',
      from: 1,
      revision: 2,
      hardware: [],
      guest: [{ offset: 4, bytes: Uint8Array.of(7, 0, 9), known: Uint8Array.of(1, 1, 1) }],
    });
    expect(dirty?.bytes).toEqual([4, 6]);
    expect(view.ages.age(5, 1, ['guest'])).toBeUndefined();
  });
  it('is known of what changed while the page was hidden and was told everything anew', () => {
    const view = viewOf();
    view.take({
      type: 'snapshot',
      snapshot: snapshot({ revision: 7, hardware: image(256, (i) => (i === 9 ? 1 : 0)) }),
    });
    expect(view.ages.age(9, 1, ['hardware'])).toBe(1);
    expect(view.ages.age(8, 1, ['hardware'])).toBeUndefined();
  });
  it('begins anew with another device at the same address', () => {
    const view = viewOf();
    change(view, [[4, 1]]);
    const head = { ...snapshot().head, title: 'Another' };
    view.take({ type: 'snapshot', snapshot: snapshot({ head, hardware: image(256, () => 9) }) });
    expect(view.ages.any).toBe(false);
  });
});

describe('how bits take a write', () => {
  const map = (codes: readonly number[]) => Uint8Array.from(codes);
  const RW = 2;
  const DROPPED = 5 << 4;
  it('is said in runs, the highest bit first', () => {
    const access = map([RW | 0x10, RW | 0x10, RW | 0x10, RW | 0x10, ...Array<number>(4).fill(RW | DROPPED)]);
    expect(behaviourText(behavioursAt(access, 0, 8, 'guest'))).toBe('bits 7..4 dropped, 3..0 read-write');
    expect(behaviourText(behavioursAt(access, 0, 8, 'hardware'))).toBe('all bits read-write');
    expect(behaviourText(['dropped', 'readOnly'])).toBe('bit 1 read-only, 0 dropped');
  });
  it('is the device’s own where no guest stands before it or the driver lets it pass', () => {
    for (const fate of [0, 1])
      expect(behavioursAt(map([1, 2, 3, 4, 5].map((code) => code | (fate << 4))), 0, 5, 'guest')).toEqual([
        'readOnly',
        'readWrite',
        'writeOneToClear',
        'writeOnly',
        'reserved',
      ]);
  });
  it('is drawn again only for the bytes of which a bit takes writes otherwise now', () => {
    const access = new Uint8Array(2048);
    const view = viewOf({ access });
    const later = access.slice();
    later[8 * 0x40 + 3] = RW;
    const dirty = view.take({
      type: 'changed',
      from: 1,
      revision: 2,
      hardware: [],
      guest: [],
      access: later,
    });
    expect(dirty).toEqual({ layout: false, bytes: [0x40] });
    expect(view.access?.[8 * 0x40 + 3]).toBe(RW);
  });
  it('is one behaviour for every code, and only those that occur are listed', () => {
    const all = Uint8Array.from({ length: 256 }, (_, code) => code);
    for (const side of ['guest', 'hardware'] as const)
      expect(behavioursAt(all, 0, 256, side)).not.toContain(undefined);
    expect(occurring(map([RW, RW | DROPPED]), 'guest')).toEqual(['readWrite', 'dropped']);
    expect(occurring(map([RW, RW | DROPPED]), 'hardware')).toEqual(['readWrite']);
  });
});

describe('a cell for the screen reader', () => {
  it('is said with place, difference and further facts', () => {
    expect(
      spokenCell({
        offset: '04',
        shown: '0400',
        other: { name: 'hardware', text: '0103' },
        place: 'HEADER COMMAND',
        more: ['changed 2 operations ago', 'all bits dropped'],
      }),
    ).toBe(
      'offset 04, 0400, HEADER COMMAND, differs, hardware 0103, changed 2 operations ago, all bits dropped',
    );
  });
});

describe('a series of writes', () => {
  const outcome = (err: number, name: string) => ({
    ok: true as const,
    reply: {
      kind: 'outcome' as const,
      outcome: {
        op: 'conf_write' as const,
        through: 'guest' as const,
        address: '0000:00:00.0',
        offset: 0,
        size: 2,
        err: { code: err, name },
        writes: [],
        log: [],
        notifications: 1,
        eoi: [],
      },
    },
  });
  const writes = [
    { offset: 0, size: 2 as const, value: 0x0201 },
    { offset: 2, size: 2 as const, value: 0x0403 },
  ];
  it('tells each answer with its count, and how many bytes stayed', async () => {
    const space = image(4, (i) => [1, 2, 3, 9][i] ?? 0);
    const done = await writeAll(
      writes,
      () => Promise.resolve(outcome(0, 'XEN_PCI_ERR_success')),
      () => space,
      () => undefined,
    );
    expect(done).toEqual({
      ok: false,
      text: '2 writes: 2 XEN_PCI_ERR_success. 3 of 4 bytes read now as pasted.',
    });
  });
  it('goes on after a refusal of the driver, and stops when a write cannot be made', async () => {
    const answers = [outcome(-13, 'XEN_PCI_ERR_access_denied'), outcome(0, 'XEN_PCI_ERR_success')];
    const refused = await writeAll(
      writes,
      () => Promise.resolve(answers.shift() ?? outcome(0, '')),
      () => image(4),
      () => undefined,
    );
    expect(refused.text).toContain('1 XEN_PCI_ERR_access_denied, 1 XEN_PCI_ERR_success');
    const many = Array.from({ length: 100 }, (_, i) => ({ offset: i, size: 1 as const, value: 0 }));
    const asked: number[] = [];
    const stopped = await writeAll(
      many,
      ({ offset }) => {
        asked.push(offset);
        return Promise.resolve({ ok: false as const, failed: 'Gone.' });
      },
      () => image(128),
      () => undefined,
    );
    expect(stopped).toEqual({ ok: false, text: 'Stopped after 0 of 100 writes: Gone.' });
    expect(asked.length).toBeLessThan(100);
  });
  it('asks for all in order and says how far it is', async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ offset: i, size: 1 as const, value: 0 }));
    const asked: number[] = [];
    const steps: number[] = [];
    const done = await writeAll(
      many,
      ({ offset }) => {
        asked.push(offset);
        return Promise.resolve(outcome(0, 'XEN_PCI_ERR_success'));
      },
      () => image(128),
      (count) => steps.push(count),
    );
    expect(done).toEqual({
      ok: true,
      text: '100 writes: 100 XEN_PCI_ERR_success. 100 of 100 bytes read now as pasted.',
    });
    expect(asked).toEqual(many.map(({ offset }) => offset));
    expect(steps.length).toBeGreaterThan(0);
    expect(steps).toEqual([...steps].sort((x, y) => x - y));
  });
});
