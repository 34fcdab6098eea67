import type { Access, BitFieldSpec, RegisterSpec } from './register';
import type { Width } from './uint';

/** The short words in which catalogue files are written: one line per register, one line per bit field. */

/** Meanings of 0, 1, 2, ... in order. */
export const inOrder = (...names: readonly string[]): Readonly<Record<number, string>> =>
  Object.fromEntries(names.map((name, value) => [value, name]));

/** A field of one bit. */
export const bit = (lsb: number, name: string, title: string, access: Access): BitFieldSpec => ({
  name,
  title,
  lsb,
  width: 1,
  access,
});

/** A field of `width` bits from `lsb`, with the meanings of its values where the specification gives them. */
export const span = (
  lsb: number,
  width: number,
  name: string,
  title: string,
  access: Access,
  values?: Readonly<Record<number, string>>,
): BitFieldSpec =>
  values === undefined ? { name, title, lsb, width, access } : { name, title, lsb, width, access, values };

/** An address or offset whose low bits the register uses for something else; `shift` where it does not stand in place. */
export const address = (
  lsb: number,
  width: number,
  name: string,
  title: string,
  access: Access,
  shift = lsb,
): BitFieldSpec => ({ ...span(lsb, width, name, title, access), shift });

/** A register; `access` is that of the bits which no field covers. */
export const register = (
  offset: number,
  width: Width,
  name: string,
  title: string,
  access: Access,
  source: string,
  fields: readonly BitFieldSpec[] = [],
): RegisterSpec => ({ name, title, offset, width, access, fields, source });

/** Optional bits are read-only where the function says that it does not implement them. */
export const whenOffered = (offered: boolean, access: Access = 'RW'): Access => (offered ? access : 'RO');

/**
 * What a virtual function leaves of a register: fields that software could write are reserved, but for those in
 * `kept`. Source: PCIe 6.0 sections 9.3.4.1 and 9.3.5.
 */
export const inVirtualFunction = (spec: RegisterSpec, kept: readonly string[] = []): RegisterSpec => ({
  ...spec,
  access: spec.access === 'RW' ? 'RO' : spec.access,
  fields: spec.fields.map((field) =>
    (field.access === 'RW' || field.access === 'RWS') && !kept.includes(field.name)
      ? { ...field, access: 'RsvdP' }
      : field,
  ),
});

/** The two bytes with which every capability begins. */
export const capabilityHead = (): readonly RegisterSpec[] => [
  register(0, 1, 'CAP_ID', 'Capability ID', 'RO', 'PCI 3.0 6.7'),
  register(1, 1, 'NEXT_POINTER', 'Next Capability Pointer', 'RO', 'PCI 3.0 6.7'),
];

/** The dword with which every extended capability begins. */
export const extendedCapabilityHead = (): RegisterSpec =>
  register(0, 4, 'HEADER', 'Extended Capability Header', 'RO', 'PCIe 6.0 7.6.3', [
    span(0, 16, 'ID', 'PCI Express Extended Capability ID', 'RO'),
    span(16, 4, 'Version', 'Capability Version', 'RO'),
    span(20, 12, 'Next', 'Next Capability Offset', 'RO'),
  ]);
