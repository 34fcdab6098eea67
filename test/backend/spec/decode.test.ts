import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STRUCTURES } from '../../../src/backend/spec/catalogue';
import {
  decodeStructure,
  DECODERS,
  type DecodedLine,
} from '../../../src/backend/spec/decode/decodeStructure';
import { layoutOf, type PlacedStructure } from '../../../src/backend/spec/layout';
import type { StructureOwner, StructureReader, StructureSpec } from '../../../src/backend/spec/register';
import { readLe } from '../../../src/backend/spec/uint';
import { imageOf, sampleFunction } from './sampleImage';

type Image = { readonly config: Uint8Array; readonly known: Uint8Array };

const linesAt = ({ config, known }: Image, offset: number): readonly DecodedLine[] => {
  const found = layoutOf(config, known).find((structure) => structure.offset === offset);
  if (!found) throw new Error(`nothing at ${offset.toString(16)}`);
  return decodeStructure(found, config, known);
};

/** A type 0 function with one MSI-X capability at 40h. */
const msix = (): Image =>
  imageOf(
    256,
    [0x06, 0x10, 0x00],
    [0x34, 0x40],
    [0x40, 0x11, 0x00, 0x3f, 0x80, 0x04, 0x20, 0x00, 0x00, 0x02, 0x08, 0x03, 0x00],
  );

const contents = fc.uint8Array({ minLength: 256, maxLength: 256 });
const owners: fc.Arbitrary<StructureOwner> = fc.record({
  vendorId: fc.constantFrom(0x8086, 0x1af4),
  deviceId: fc.constantFrom(0x1041, 0x1533),
  headerType: fc.integer({ min: 0, max: 2 }),
  express: fc.option(
    fc.record({
      portType: fc.integer({ min: 0, max: 15 }),
      endToEndPrefix: fc.boolean(),
      errCorSubclass: fc.boolean(),
      lanes: fc.integer({ min: 0, max: 63 }),
      crosslink: fc.boolean(),
    }),
    { nil: undefined },
  ),
  virtualFunction: fc.boolean(),
});

/** The structure at the start of its own bytes, as layoutOf would place it. */
const placed = (spec: StructureSpec, bytes: Uint8Array, owner: StructureOwner): PlacedStructure => {
  const read: StructureReader = (offset, width) => readLe(bytes, offset, width);
  const { kind, id, name, title } = spec;
  const registers = spec
    .registers(read, owner)
    .filter((register) => register.offset + register.width <= bytes.length);
  return { kind, id, name, title, version: 1, offset: 0, length: spec.length(read, owner), registers };
};

describe('decodeStructure', () => {
  it('writes a capability in the notation of lspci', () => {
    expect(linesAt(msix(), 0x40)).toEqual([
      { label: 'Capabilities', text: '[40] MSI-X: Enable+ Count=64 Masked-', register: 'FLAGS' },
      { label: 'Vector table', text: 'BAR=4 offset=00002000', register: 'TABLE' },
      { label: 'PBA', text: 'BAR=2 offset=00030800', register: 'PBA' },
    ]);
  });

  it('says which lines rest on bytes that are not known', () => {
    const image = msix();
    image.known.fill(0, 0x47, 0x48);
    expect(linesAt(image, 0x40).map(({ text }) => text)).toEqual([
      '[40] MSI-X: Enable+ Count=64 Masked-',
      '<unreadable>',
      'BAR=2 offset=00030800',
    ]);
  });

  it('names version and offset of an extended capability', () => {
    const [first] = linesAt(sampleFunction('0000:02:00.0'), 0x100);
    expect(first?.text).toBe('[100 v2] Advanced Error Reporting');
  });

  it('decodes any contents of any structure, from registers that the structure has', () => {
    fc.assert(
      fc.property(contents, owners, (bytes, owner) => {
        const known = new Uint8Array(bytes.length).fill(1);
        for (const spec of STRUCTURES) {
          const structure = placed(spec, bytes, owner);
          const names = new Set(structure.registers.map(({ name }) => name));
          for (const { text, register } of decodeStructure(structure, bytes, known)) {
            expect(text).not.toMatch(/[{}±]|undefined|NaN/);
            for (const name of register.split(' ')) expect(names).toContain(name);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('has one decoder for a structure', () => {
    const keys = DECODERS.map(({ kind, id }) => `${kind} ${id}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
