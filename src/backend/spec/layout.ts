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
import type { RegisterSpec, StructureKind, StructureOwner, StructureReader, StructureSpec } from './register';
import { hex, readLe } from './uint';

/** A register with `offset` counted from the start of configuration space. */
export type PlacedRegister = RegisterSpec;

export interface PlacedStructure {
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
  readonly registers: readonly PlacedRegister[];
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

interface Found {
  readonly kind: StructureKind;
  readonly id: number;
  readonly offset: number;
  readonly version?: number;
}

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

const undetailed = (found: Found): StructureSpec => {
  const assigned = assignedName(found);
  const unknown = found.kind === 'header' ? 'Header of unknown type' : 'Capability ID';
  return {
    kind: found.kind,
    id: found.id,
    name: assigned?.name ?? (found.kind === 'header' ? 'HEADER' : `#${hex(found.id, 2)}`),
    title: assigned?.title ?? `${unknown} ${hex(found.id, 2)}`,
    length: () => assigned?.length ?? HEAD_LENGTH[found.kind],
    registers: () => headOf(found.kind),
  };
};

const place = (
  config: Uint8Array,
  known: Uint8Array,
  found: Found,
  spec: StructureSpec | undefined,
  owner: StructureOwner,
): PlacedStructure => {
  const described = spec ?? undetailed(found);
  const { offset } = found;
  const read = structureReader(config, known, offset);
  const end = found.kind === 'capability' ? Math.min(EXTENDED_SPACE, config.length) : config.length;
  const length = Math.min(described.length(read, owner), end - offset);
  return {
    ...found,
    length,
    name: described.name,
    title: described.title,
    registers: described
      .registers(read, owner)
      .filter((register) => register.offset + register.width <= length)
      .map((register) => ({ ...register, offset: offset + register.offset })),
  };
};

/** A virtual function answers ffff for its vendor and device id. Source: PCIe 6.0 sections 9.3.4.1.1 and 9.3.4.1.2. */
const isVirtualFunction = (config: Uint8Array, known: Uint8Array): boolean =>
  structureReader(config, known, 0)(0, 4) === 0xffffffff;

const ownerOf = (
  config: Uint8Array,
  known: Uint8Array,
  headerType: number,
  capabilities: readonly CapabilityAt[],
): StructureOwner => {
  const express = capabilities.find(({ id }) => id === CapId.EXP);
  return {
    headerType,
    virtualFunction: isVirtualFunction(config, known),
    express: express && expressOwnerOf(structureReader(config, known, express.offset)),
  };
};

/**
 * Everything that `config` holds, with absolute offsets: the header, then capabilities, then extended capabilities,
 * both in chain order. `known` has 1 for each byte of `config` that the source gave. Structures may overlap in
 * broken images; nothing is hidden. A header whose type is not known is placed as type 0. Never throws.
 */
export const layoutOf = (config: Uint8Array, known: Uint8Array): readonly PlacedStructure[] => {
  const capabilities = walkCapabilities(config, known).found;
  const extended = walkExtendedCapabilities(config, known, capabilities).found;
  const headerType = headerTypeOf(config, known) ?? 0;
  const owner = ownerOf(config, known, headerType, capabilities);
  const header: Found = { kind: 'header', id: headerType, offset: 0 };
  return [
    place(config, known, header, headerSpec(headerType), owner),
    ...capabilities.map(({ id, offset }) =>
      place(config, known, { kind: 'capability', id, offset }, structureSpec('capability', id), owner),
    ),
    ...extended.map(({ id, offset, version }) =>
      place(
        config,
        known,
        { kind: 'extendedCapability', id, version, offset },
        structureSpec('extendedCapability', id),
        owner,
      ),
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
