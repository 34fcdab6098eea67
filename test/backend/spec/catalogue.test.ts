import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capabilityName, extendedCapabilityName } from '../../../src/backend/spec/capabilityIds';
import { headerSpec, structureSpec, STRUCTURES } from '../../../src/backend/spec/catalogue';
import type {
  RegisterSpec,
  StructureOwner,
  StructureReader,
  StructureSpec,
} from '../../../src/backend/spec/register';

const readerOf =
  (bytes: Uint8Array): StructureReader =>
  (offset, width) => {
    let value = 0;
    for (let i = 0; i < width; i++) value += (bytes[offset + i] ?? 0) * 2 ** (8 * i);
    return value;
  };

const contents = fc.uint8Array({ minLength: 128, maxLength: 128 });
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

const faultsOfFields = (register: RegisterSpec): string[] => {
  const faults: string[] = [];
  let free = 0;
  const names = new Set<string>();
  for (const field of register.fields) {
    if (field.lsb < free) faults.push(`${register.name}.${field.name} overlaps or is out of order`);
    if (field.width < 1) faults.push(`${register.name}.${field.name} is empty`);
    free = field.lsb + field.width;
    if (free > 8 * register.width) faults.push(`${register.name}.${field.name} leaves its register`);
    if (names.has(field.name)) faults.push(`${register.name}.${field.name} stands twice`);
    names.add(field.name);
    for (const value of Object.keys(field.values ?? {}))
      if (Number(value) >= 2 ** field.width)
        faults.push(`${register.name}.${field.name} cannot hold ${value}`);
  }
  return faults;
};

const faultsOf = (spec: StructureSpec, bytes: Uint8Array, owner: StructureOwner): string[] => {
  const read = readerOf(bytes);
  const faults: string[] = [];
  const length = spec.length(read, owner);
  const names = new Set<string>();
  let free = 0;
  for (const register of spec.registers(read, owner)) {
    if (register.offset < free) faults.push(`${register.name} overlaps or is out of order`);
    if (register.offset % register.width !== 0) faults.push(`${register.name} is not aligned`);
    free = register.offset + register.width;
    if (free > length) faults.push(`${register.name} ends past ${length}`);
    if (names.has(register.name)) faults.push(`${register.name} stands twice`);
    names.add(register.name);
    if (register.source === '' || register.title === '')
      faults.push(`${register.name} has no title or source`);
    faults.push(...faultsOfFields(register));
  }
  return faults;
};

describe('register catalogue', () => {
  it.each(STRUCTURES.map((spec) => [`${spec.kind} ${spec.name}`, spec] as const))(
    '%s: registers sorted, aligned, apart and inside; fields apart and inside; names unique',
    (_title, spec) => {
      fc.assert(
        fc.property(contents, owners, (bytes, owner) => {
          expect(faultsOf(spec, bytes, owner)).toEqual([]);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('holds each structure once, found by kind and id', () => {
    for (const spec of STRUCTURES) expect(structureSpec(spec.kind, spec.id)).toBe(spec);
    expect(headerSpec(0)?.title).toBe('Type 0 header');
    expect(headerSpec(0x7f)).toBeUndefined();
  });

  it('uses the names and titles of the capability id list', () => {
    for (const spec of STRUCTURES) {
      if (spec.kind === 'header') continue;
      const assigned = spec.kind === 'capability' ? capabilityName(spec.id) : extendedCapabilityName(spec.id);
      expect([spec.name, spec.title]).toEqual([assigned?.name, assigned?.title]);
    }
  });

  it('agrees with the capability id list on fixed lengths', () => {
    fc.assert(
      fc.property(contents, owners, (bytes, owner) => {
        for (const spec of STRUCTURES) {
          if (spec.kind === 'header') continue;
          const assigned =
            spec.kind === 'capability' ? capabilityName(spec.id) : extendedCapabilityName(spec.id);
          const length = spec.length(readerOf(bytes), owner);
          if (assigned?.atLeast) expect(length).toBeGreaterThanOrEqual(assigned.length ?? 0);
          else expect(length).toBe(assigned?.length);
        }
      }),
      { numRuns: 50 },
    );
  });
});
