import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CAPABILITY_IDS,
  EXTENDED_CAPABILITY_IDS,
  capabilityName,
  extendedCapabilityName,
} from '../../src/backend/spec/capabilityIds';
import { walkCapabilities, walkExtendedCapabilities } from '../../src/backend/spec/chain';
import { writeLe } from '../../src/backend/spec/uint';

/** A function with a capability list announced; `bytes` maps offset to value. */
const space = (length: number, bytes: Record<number, number>, headerType = 0): Uint8Array => {
  const config = new Uint8Array(length);
  config[0x06] = 0x10;
  config[0x0e] = headerType;
  for (const [offset, value] of Object.entries(bytes)) config[Number(offset)] = value;
  return config;
};
const allKnown = (config: Uint8Array): Uint8Array => new Uint8Array(config.length).fill(1);
const walk = (config: Uint8Array) => walkCapabilities(config, allKnown(config));

describe('walkCapabilities', () => {
  it('follows the chain in its own order', () => {
    const chain = walk(space(256, { 0x34: 0x50, 0x50: 5, 0x51: 0x40, 0x40: 1, 0x41: 0 }));
    expect(chain).toEqual({
      found: [
        { offset: 0x50, id: 5, nextPointer: 0x40 },
        { offset: 0x40, id: 1, nextPointer: 0 },
      ],
      problems: [],
    });
  });

  it('starts at 0x14 for a CardBus bridge and at 0x34 for a PCI bridge', () => {
    const bytes = { 0x14: 0x80, 0x34: 0x90, 0x80: 1, 0x90: 5 };
    expect(walk(space(256, bytes, 0x02)).found.map((c) => c.offset)).toEqual([0x80]);
    expect(walk(space(256, bytes, 0x81)).found.map((c) => c.offset)).toEqual([0x90]);
    expect(walk(space(256, bytes, 0x7f)).found).toEqual([]);
  });

  it('finds nothing when STATUS announces no list', () => {
    const config = space(256, { 0x34: 0x50, 0x50: 5 });
    config[0x06] = 0;
    expect(walk(config)).toEqual({ found: [], problems: [] });
  });

  it('stops at a loop and names the pointer that closes it', () => {
    const chain = walk(space(256, { 0x34: 0x40, 0x40: 1, 0x41: 0x50, 0x50: 5, 0x51: 0x40 }));
    expect(chain.found.map((c) => c.offset)).toEqual([0x40, 0x50]);
    expect(chain.problems).toMatchObject([{ kind: 'loop', offset: 0x51, pointer: 0x40 }]);
  });

  it('stops at id ff', () => {
    const chain = walk(space(256, { 0x34: 0x40, 0x40: 1, 0x41: 0x50, 0x50: 0xff, 0x51: 0xff }));
    expect(chain.found.map((c) => c.offset)).toEqual([0x40]);
    expect(chain.problems).toMatchObject([{ kind: 'broken', offset: 0x41, pointer: 0x50 }]);
  });

  it('drops reserved pointer bits and says so', () => {
    const chain = walk(space(256, { 0x34: 0x43, 0x40: 1 }));
    expect(chain.found).toEqual([{ offset: 0x40, id: 1, nextPointer: 0 }]);
    expect(chain.problems).toMatchObject([{ kind: 'unaligned', offset: 0x34, pointer: 0x43 }]);
  });

  it('follows a pointer into the header as lspci does, and reports it', () => {
    const chain = walk(space(256, { 0x34: 0x20, 0x20: 9, 0x21: 0 }));
    expect(chain.found).toEqual([{ offset: 0x20, id: 9, nextPointer: 0 }]);
    expect(chain.problems).toMatchObject([{ kind: 'intoHeader', offset: 0x34 }]);
  });

  it('reports a capability whose bytes the source did not give', () => {
    const config = space(256, { 0x34: 0x40, 0x40: 1 });
    const chain = walkCapabilities(
      config,
      allKnown(config).map((_, i) => (i < 64 ? 1 : 0)),
    );
    expect(chain.found).toEqual([]);
    expect(chain.problems).toMatchObject([{ kind: 'truncated', offset: 0x34, pointer: 0x40 }]);
  });
});

describe('walkExtendedCapabilities', () => {
  const express = { 0x34: 0x40, 0x40: 0x10 };
  const extended = (headers: Record<number, number>, base: Record<number, number> = express): Uint8Array => {
    const config = space(4096, base);
    for (const [offset, header] of Object.entries(headers)) writeLe(config, Number(offset), 4, header);
    return config;
  };
  const walkExtended = (config: Uint8Array) => walkExtendedCapabilities(config, allKnown(config));

  it('reads id, version and next pointer of each header', () => {
    expect(walkExtended(extended({ 0x100: 0x14020001, 0x140: 0x00010003 }))).toEqual({
      found: [
        { offset: 0x100, id: 1, version: 2, nextPointer: 0x140 },
        { offset: 0x140, id: 3, version: 1, nextPointer: 0 },
      ],
      problems: [],
    });
  });

  it('is walked only after an Express or PCI-X capability', () => {
    const headers = { 0x100: 0x00010003 };
    expect(walkExtended(extended(headers, { 0x34: 0x40, 0x40: 1 })).found).toEqual([]);
    expect(walkExtended(extended(headers, { 0x34: 0x40, 0x40: 7 })).found).toHaveLength(1);
  });

  it('takes 0 and ffffffff at 0x100 for an empty list', () => {
    for (const header of [0, 0xffffffff])
      expect(walkExtended(extended({ 0x100: header }))).toEqual({ found: [], problems: [] });
  });

  it('reports loops, pointers below 0x100 and pointers to nothing', () => {
    expect(walkExtended(extended({ 0x100: 0x10010003 })).problems).toMatchObject([{ kind: 'loop' }]);
    expect(walkExtended(extended({ 0x100: 0x04010003 })).problems).toMatchObject([
      { kind: 'intoHeader', offset: 0x100, pointer: 0x40 },
    ]);
    expect(walkExtended(extended({ 0x100: 0x20010003 })).problems).toMatchObject([
      { kind: 'broken', offset: 0x100, pointer: 0x200 },
    ]);
  });
});

describe('walks of random spaces', () => {
  it('end, visit no offset twice and stay inside the space', () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 4096, size: 'max' });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 0, max: 4096 }), (config, knownLength) => {
        const known = new Uint8Array(config.length).fill(1, 0, knownLength);
        for (const { found } of [walkCapabilities(config, known), walkExtendedCapabilities(config, known)]) {
          const offsets = found.map((c) => c.offset);
          expect(new Set(offsets).size).toBe(offsets.length);
          for (const offset of offsets) expect(offset + 4).toBeLessThanOrEqual(knownLength);
        }
      }),
    );
  });
});

describe('capability ids', () => {
  it('have unique ids and names', () => {
    for (const ids of [CAPABILITY_IDS, EXTENDED_CAPABILITY_IDS]) {
      expect(new Set(ids.map((c) => c.id)).size).toBe(ids.length);
      expect(new Set(ids.map((c) => c.name)).size).toBe(ids.length);
    }
  });

  it('are found by id, and unassigned ids are not', () => {
    expect(capabilityName(0x11)).toMatchObject({ name: 'MSIX', title: 'MSI-X', length: 12 });
    expect(extendedCapabilityName(0x10)).toMatchObject({ name: 'SRIOV', length: 64 });
    expect(capabilityName(0x99)).toBeUndefined();
    expect(extendedCapabilityName(0xcafe)).toBeUndefined();
  });
});
