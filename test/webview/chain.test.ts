import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainsOf } from '../../src/backend/spec/chainLint';
import type { Chain, ChainNode, Image } from '../../src/protocol/model';
import { layOutSection, type Box } from '../../webview/chain/chainLayout';
import { chainModel, type ChainModel, type ChainRow, type Side } from '../../webview/chain/chainModel';
import { itemSpoken } from '../../webview/chain/chainText';
import { placeSegments, segmentsOf } from '../../webview/chain/spaceMap';

const node = (offset: number, nextPointer: number, name = `C${offset.toString(16)}`): ChainNode => ({
  kind: offset < 0x100 ? 'capability' : 'extendedCapability',
  id: 1,
  offset,
  length: 8,
  name,
  title: name,
  nextPointer,
});
/** A chain of structures of 8 bytes at these offsets, in this order. */
const chain = (offsets: readonly number[], extra: Partial<Chain> = {}): Chain => {
  const linked = (space: readonly number[]): ChainNode[] =>
    space.map((offset, i) => node(offset, space[i + 1] ?? 0));
  const capabilities = linked(offsets.filter((offset) => offset < 0x100));
  return {
    firstPointer: { offset: 0x34, value: capabilities[0]?.offset ?? 0 },
    capabilities,
    extended: linked(offsets.filter((offset) => offset >= 0x100)),
    unlinked: [],
    findings: [],
    ...extra,
  };
};
const image = (size = 4096): Image => ({
  bytes: new Uint8Array(size),
  known: new Uint8Array(size).fill(1),
});
const rowOf = (model: ChainModel, side: Side, section = 0): ChainRow | undefined =>
  model.sections[section]?.rows.find((row) => row.side === side);
/** `offset:standing@column` of each item. */
const shown = (model: ChainModel, side: Side, section = 0): readonly string[] =>
  (rowOf(model, side, section)?.items ?? []).map(
    ({ offset, standing, column }) => `${offset.toString(16)}:${standing}@${column}`,
  );

describe('the picture of two chains', () => {
  it('has a row for the hardware alone when no guest owns the function', () => {
    const model = chainModel({ hardware: chain([0x40, 0x50]) }, image(256));
    expect(model.sections.map(({ space }) => space)).toEqual(['capability']);
    expect(shown(model, 'guest')).toEqual([]);
    expect(shown(model, 'hardware')).toEqual(['34:pointer@-1', '40:linked@0', '50:linked@1']);
    expect(rowOf(model, 'hardware')?.links).toEqual([
      [-1, 0],
      [0, 1],
    ]);
  });
  it('has what the guest’s chain leaves out as hidden, in the hardware’s column, and passes over it', () => {
    const chains = { hardware: chain([0x40, 0x50, 0x60, 0x100, 0x140]), guest: chain([0x40, 0x60, 0x140]) };
    const model = chainModel(chains, image());
    expect(shown(model, 'guest')).toEqual(['34:pointer@-1', '40:linked@0', '50:hidden@1', '60:linked@2']);
    expect(rowOf(model, 'guest')?.links).toEqual([
      [-1, 0],
      [0, 2],
    ]);
    expect(shown(model, 'guest', 1)).toEqual(['100:hidden@0', '140:linked@1']);
    expect(rowOf(model, 'guest', 1)?.links).toEqual([[-1, 1]]);
    const [, , hidden] = rowOf(model, 'guest')?.items ?? [];
    expect(hidden && itemSpoken(hidden, [])).toBe('Offset 50, C50, 8 bytes, hidden from guest');
  });
  it('has what only the guest’s chain has as absent from the hardware, where the guest meets it', () => {
    const chains = { hardware: chain([0x40, 0x60]), guest: chain([0xd0, 0x40, 0x80, 0x60]) };
    const model = chainModel(chains, image(256));
    expect(shown(model, 'hardware')).toEqual([
      '34:pointer@-1',
      'd0:absent@0',
      '40:linked@1',
      '80:absent@2',
      '60:linked@3',
    ]);
    expect(rowOf(model, 'hardware')?.links).toEqual([
      [-1, 1],
      [1, 3],
    ]);
  });
  it('has every structure of a chain that hides everything', () => {
    const guest: Chain = { capabilities: [], extended: [], unlinked: [], findings: [] };
    const model = chainModel({ hardware: chain([0x40, 0x50]), guest }, image(256));
    expect(shown(model, 'guest')).toEqual(['40:hidden@0', '50:hidden@1']);
    expect(rowOf(model, 'guest')?.links).toEqual([]);
  });
  it('says of a guest’s chain only what is not said of the hardware’s', () => {
    const version = { kind: 'version', severity: 'info', offset: 0x42, message: 'version' } as const;
    const broken = { kind: 'broken', severity: 'error', offset: 0x51, message: 'broken' } as const;
    const hidden = { kind: 'unlinked', severity: 'info', offset: 0x60, message: 'unlinked' } as const;
    const model = chainModel(
      {
        hardware: chain([0x40, 0x50, 0x60], { findings: [version] }),
        guest: chain([0x40, 0x50], { findings: [version, broken, hidden], unlinked: [node(0x60, 0)] }),
      },
      image(256),
    );
    expect(model.findings).toEqual([
      { finding: version, guestOnly: false },
      { finding: broken, guestOnly: true },
    ]);
    expect(shown(model, 'unlinked')).toEqual([]);
    expect(shown(model, 'guest').at(-1)).toBe('51:lost@3');
    expect(rowOf(model, 'hardware')?.items[1]?.findings).toEqual([version]);
    expect(rowOf(model, 'guest')?.items[2]?.findings).toEqual([broken]);
  });
  it('has the end of a chain that loops, and of one whose first pointer leads nowhere', () => {
    const config = new Uint8Array(256);
    config.set([0x86, 0x80, 0, 0, 0, 0, 0x10]);
    config[0x34] = 0x40;
    config.set([9, 0x40, 3], 0x40);
    const known = new Uint8Array(256).fill(1);
    const modelOf = (): ChainModel => {
      const { firstPointer, capabilities, extended, unlinked, findings } = chainsOf(config, known);
      return chainModel(
        {
          hardware: {
            ...(firstPointer && { firstPointer }),
            capabilities: [...capabilities],
            extended: [...extended],
            unlinked: [...unlinked],
            findings: [...findings],
          },
        },
        { bytes: config, known },
      );
    };
    expect(shown(modelOf(), 'hardware')).toEqual(['34:pointer@-1', '40:linked@0', '41:lost@1']);
    config[0x40] = 0xff;
    expect(shown(modelOf(), 'hardware')).toEqual(['34:pointer@-1', '34:lost@0']);
    expect(rowOf(modelOf(), 'hardware')?.links).toEqual([[-1, 0]]);
  });
  it('has the gaps, and tells those that hold bytes', () => {
    const bytes = image(256);
    bytes.bytes[0x70] = 1;
    const [section] = chainModel({ hardware: chain([0x40, 0x60]) }, bytes).sections;
    expect(section?.gaps).toEqual([
      { offset: 0x48, length: 0x18, used: false },
      { offset: 0x68, length: 0x98, used: true },
    ]);
    bytes.known.fill(0, 0x40);
    expect(chainModel({ hardware: chain([]) }, bytes).sections[0]?.unknown).toBe(true);
  });
});

const METRICS = { char: 8, line: 18 };
const touch = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Chains of a guest and of hardware over the same offsets, with some of them unlinked. */
const anyModel = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 0x08, max: 0x80 }), { maxLength: 30 }),
    fc.uniqueArray(fc.integer({ min: 0x08, max: 0x80 }), { maxLength: 30 }),
    fc.uniqueArray(fc.integer({ min: 0x08, max: 0x80 }), { maxLength: 9 }),
    fc.boolean(),
  )
  .map(([hardware, guest, unlinked, owned]) => {
    const scale = (offset: number): number => offset * 8;
    const apart = unlinked
      .filter((offset) => !hardware.includes(offset))
      .map((offset) => node(scale(offset), 0));
    return chainModel(
      {
        hardware: chain(hardware.map(scale), { unlinked: apart }),
        ...(owned ? { guest: chain(guest.map(scale)) } : {}),
      },
      image(),
    );
  });

describe('the layout of a section', () => {
  it('has every item once, none over another, all inside, whatever the width', () => {
    fc.assert(
      fc.property(anyModel, fc.integer({ min: 0, max: 3000 }), (model, width) => {
        for (const section of model.sections) {
          const layout = layOutSection(section, width, METRICS);
          const items = section.rows.flatMap((row) => row.items);
          expect(layout.boxes.map(({ item }) => item)).toEqual(expect.arrayContaining([...items]));
          expect(layout.boxes).toHaveLength(items.length);
          layout.boxes.forEach((box, i) => {
            expect(box.x).toBeGreaterThanOrEqual(0);
            expect(box.y).toBeGreaterThanOrEqual(0);
            expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
            expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
            for (const other of layout.boxes.slice(i + 1)) expect(touch(box, other)).toBe(false);
          });
          for (const { points } of layout.lines)
            for (const [x, y] of points) {
              expect(x).toBeGreaterThanOrEqual(0);
              expect(x).toBeLessThanOrEqual(layout.width);
              expect(y).toBeGreaterThanOrEqual(0);
              expect(y).toBeLessThanOrEqual(layout.height);
            }
        }
      }),
    );
  });
  it('keeps to the width as long as one box fits, and puts a structure under itself', () => {
    const model = chainModel(
      { hardware: chain([0x40, 0x50, 0x60, 0x70]), guest: chain([0x40, 0x60, 0x70]) },
      image(256),
    );
    const [section] = model.sections;
    if (!section) throw new Error('no section');
    for (const width of [210, 300, 480, 900]) {
      const layout = layOutSection(section, width, METRICS);
      expect(layout.width).toBeLessThanOrEqual(width);
      const box = (key: string): Box | undefined => layout.boxes.find(({ item }) => item.key === key);
      const guest = box('capability/guest/96');
      const hardware = box('capability/hardware/96');
      expect(guest?.x).toBe(hardware?.x);
      expect(guest?.y ?? 0).toBeLessThan(hardware?.y ?? 0);
    }
  });
  it('draws a pointer for each link, in pieces over line breaks, and one arrival each', () => {
    const model = chainModel({ hardware: chain([0x40, 0x50, 0x60, 0x70, 0x80]) }, image(256));
    const [section] = model.sections;
    if (!section) throw new Error('no section');
    for (const width of [200, 350, 2000]) {
      const { lines } = layOutSection(section, width, METRICS);
      expect(lines.filter(({ arrives }) => arrives)).toHaveLength(5);
    }
  });
});

describe('the map of a space', () => {
  it('has every byte once in a sound function and fills the width in order', () => {
    fc.assert(
      fc.property(anyModel, fc.integer({ min: 300, max: 3000 }), (model, width) => {
        for (const section of model.sections) {
          const segments = segmentsOf(section);
          expect(segments.reduce((sum, { length }) => sum + length, 0)).toBe(
            section.end - (section.space === 'capability' ? 0x40 : 0x100),
          );
          let x = 0;
          for (const segment of placeSegments(segments, width)) {
            expect(segment.x).toBeCloseTo(x);
            expect(segment.width).toBeGreaterThan(1);
            x += segment.width;
          }
        }
      }),
    );
  });
});
