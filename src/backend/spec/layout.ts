import { expressOwnerOf } from './capabilities/express';
import { CapId, capabilityName, extendedCapabilityName, type CapabilityId } from './capabilityIds';
import { headerSpec, structureSpec } from './catalogue';
import {
  EXTENDED_SPACE,
  HEADER_END,
  headerTypeOf,
  walkCapabilities,
  walkExtendedCapabilities,
  type CapabilityAt,
} from './chain';
import { extendedCapabilityHead, capabilityHead } from './define';
import { PCI_DEVICE_ID, PCI_VENDOR_ID } from './kernelRegisters';
import type { RegisterSpec, StructureKind, StructureOwner, StructureReader, StructureSpec } from './register';
import { hex, readLe } from './uint';

/** A register with `offset` counted from the start of configuration space. */
export type PlacedRegister = RegisterSpec;

/** Which structure stands where, without its registers. */
export interface StructureOutline {
  readonly kind: StructureKind;
  /** Header type, capability id or extended capability id. */
  readonly id: number;
  /** Extended capabilities only: 0..15. */
  readonly version?: number;
  /** From the start of configuration space. */
  readonly offset: number;
  /** Bytes; never past the end of `config`, nor of the space (conventional or extended) that the structure is in. */
  readonly length: number;
  readonly name: string;
  readonly title: string;
}

export interface PlacedStructure extends StructureOutline {
  readonly registers: readonly PlacedRegister[];
}

/** A function's bytes, and what its structures must know of it. */
export interface ConfigSpace {
  readonly config: Uint8Array;
  /** 1 for each byte of `config` that the source gave. */
  readonly known: Uint8Array;
  readonly owner: StructureOwner;
}

/** Reads a structure that begins at `start`; bytes that are not known read as 0, as do those past the end. */
export const structureReader =
  (config: Uint8Array, known: Uint8Array, start: number): StructureReader =>
  (offset, width) => {
    let value = 0;
    for (let i = 0; i < width; i++) {
      const at = start + offset + i;
      if (known[at] === 1) value += (config[at] ?? 0) * 2 ** (8 * i);
    }
    return value;
  };

/** What a walk finds of a structure. */
export type Found = Pick<StructureOutline, 'kind' | 'id' | 'offset' | 'version'>;

/** Structures without bit detail: what every structure of their kind begins with. */
const headOf = (kind: StructureKind): readonly RegisterSpec[] => {
  if (kind === 'header') return [];
  return kind === 'capability' ? capabilityHead() : [extendedCapabilityHead()];
};

const HEAD_LENGTH: Readonly<Record<StructureKind, number>> = {
  header: HEADER_END,
  capability: 2,
  extendedCapability: 4,
};

const assignedName = ({ kind, id }: Found): CapabilityId | undefined => {
  if (kind === 'header') return undefined;
  return kind === 'capability' ? capabilityName(id) : extendedCapabilityName(id);
};

/** As lspci calls what no specification names. */
const UNASSIGNED: Readonly<Record<StructureKind, string>> = {
  header: 'Header of unknown type ',
  capability: 'Capability ID 0x',
  extendedCapability: 'Extended Capability ID 0x',
};

const undetailed = (found: Found): StructureSpec => {
  const assigned = assignedName(found);
  return {
    kind: found.kind,
    id: found.id,
    name: assigned?.name ?? (found.kind === 'header' ? 'HEADER' : `#${hex(found.id, 2)}`),
    title: assigned?.title ?? `${UNASSIGNED[found.kind]}${hex(found.id, 2)}`,
    length: () => assigned?.length ?? HEAD_LENGTH[found.kind],
    registers: () => headOf(found.kind),
  };
};

const specOf = (found: Found): StructureSpec =>
  (found.kind === 'header' ? headerSpec(found.id) : structureSpec(found.kind, found.id)) ?? undetailed(found);

/** The structure that begins at `found.offset`, whether a pointer leads there or not. */
export const outlineOf = <Kind extends StructureKind>(
  { config, known, owner }: ConfigSpace,
  found: Found & { readonly kind: Kind },
  spec = specOf(found),
  read = structureReader(config, known, found.offset),
): StructureOutline & { readonly kind: Kind } => {
  const end = found.kind === 'capability' ? Math.min(EXTENDED_SPACE, config.length) : config.length;
  const length = Math.min(spec.length(read, owner), end - found.offset);
  return { ...found, length, name: spec.name, title: spec.title };
};

/** The structure with its registers. `read` reads from its start. */
export const placed = (
  space: ConfigSpace,
  found: Found,
  read = structureReader(space.config, space.known, found.offset),
): PlacedStructure => {
  const spec = specOf(found);
  const outline = outlineOf(space, found, spec, read);
  const { offset, length } = outline;
  return {
    ...outline,
    registers: spec
      .registers(read, space.owner)
      .filter((register) => register.offset + register.width <= length)
      .map((register) => ({ ...register, offset: offset + register.offset })),
  };
};

/** A virtual function answers ffff for its vendor and device id. Source: PCIe 6.0 sections 9.3.4.1.1 and 9.3.4.1.2. */
const isVirtualFunction = (read: StructureReader): boolean => read(PCI_VENDOR_ID, 4) === 0xffffffff;

const ownerOf = (
  config: Uint8Array,
  known: Uint8Array,
  headerType: number,
  capabilities: readonly CapabilityAt[],
): StructureOwner => {
  const express = capabilities.find(({ id }) => id === CapId.EXP);
  const read = structureReader(config, known, 0);
  return {
    vendorId: read(PCI_VENDOR_ID, 2),
    deviceId: read(PCI_DEVICE_ID, 2),
    headerType,
    virtualFunction: isVirtualFunction(read),
    express: express && expressOwnerOf(structureReader(config, known, express.offset)),
  };
};

/** `config` as its structures see it; `capabilities` are those of its chain. */
export const configSpace = (
  config: Uint8Array,
  known: Uint8Array,
  capabilities: readonly CapabilityAt[],
): ConfigSpace => ({
  config,
  known,
  owner: ownerOf(config, known, headerTypeOf(config, known) ?? 0, capabilities),
});

/**
 * Everything that `config` holds, with absolute offsets: the header, then capabilities, then extended capabilities,
 * both in chain order. `known` has 1 for each byte of `config` that the source gave. Structures may overlap in
 * broken images; nothing is hidden. A header whose type is not known is placed as type 0. Never throws. `place` may
 * give what it placed before (see LayoutMemo).
 */
export const layoutOf = (
  config: Uint8Array,
  known: Uint8Array,
  place: (space: ConfigSpace, found: Found) => PlacedStructure = placed,
): readonly PlacedStructure[] => {
  const capabilities = walkCapabilities(config, known).found;
  const extended = walkExtendedCapabilities(config, known, capabilities).found;
  const space = configSpace(config, known, capabilities);
  return [
    place(space, { kind: 'header', id: space.owner.headerType, offset: 0 }),
    ...capabilities.map(({ id, offset }) => place(space, { kind: 'capability', id, offset })),
    ...extended.map(({ id, offset, version }) =>
      place(space, { kind: 'extendedCapability', id, version, offset }),
    ),
  ];
};

/** Value of a placed register; undefined when one of its bytes is not known. */
export const registerValue = (
  config: Uint8Array,
  known: Uint8Array,
  register: PlacedRegister,
): number | undefined => {
  for (let i = 0; i < register.width; i++) if (known[register.offset + i] !== 1) return undefined;
  return readLe(config, register.offset, register.width);
};
