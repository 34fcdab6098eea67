import { CapId, extendedCapabilityName, capabilityName } from './capabilityIds';
import {
  capabilityVersion,
  isDefinedExtendedVersion,
  isDefinedVersion,
  VERSION_AT,
} from './capabilityVersions';
import {
  announcesExtendedSpace,
  EXTENDED_SPACE,
  FIRST_POINTER,
  HEADER_END,
  headerTypeOf,
  walkCapabilities,
  walkExtendedCapabilities,
  type CapabilityAt,
  type ChainProblem,
  type ChainProblemKind,
} from './chain';
import { PCI_CLASS_REVISION, PCI_STATUS, STATUS_CAP_LIST } from './kernelRegisters';
import { configSpace, outlineOf, type ConfigSpace, type StructureOutline } from './layout';
import { hex, readLe } from './uint';
import {
  unlinkedCapabilities,
  unlinkedExtendedCapabilities,
  type Evidence,
  type LinkedStructure,
  type UnlinkedStructure,
} from './unlinked';

/**
 * The capability chains of a function and everything that is wrong with them, beyond what a walk meets: structures
 * that no pointer reaches or that overlap, versions that nobody defined, lists that are not announced.
 * Sources: PCI Local Bus 3.0 section 6.7, PCIe 6.0 sections 7.5.1.1.11 and 7.6.3, and each structure's own.
 */
export type ChainFindingKind =
  | ChainProblemKind
  /** Looks like a structure, but no pointer leads there. */
  | 'unlinked'
  | 'overlap'
  | 'version'
  /** Pointer and capabilities are there, but STATUS says that there is no list. */
  | 'notAnnounced'
  /** Extended capabilities are there, but no Express or PCI-X capability says so. */
  | 'noExpress';

export interface ChainFinding {
  readonly kind: ChainFindingKind;
  /** error: the rest of a chain is lost; warning: software will trip over it; info: worth knowing. */
  readonly severity: 'error' | 'warning' | 'info';
  /** Of the byte that is wrong or, where none is, that begins what the finding is about. */
  readonly offset: number;
  readonly message: string;
  /** The other place that the finding is about: where a pointer leads, what is overlapped, what should say so. */
  readonly related?: number;
}

export interface Chains {
  /** Where the first pointer stands and what it reads; absent where STATUS announces no list, or its bytes are not known. */
  readonly firstPointer?: { readonly offset: number; readonly value: number };
  /** In chain order. */
  readonly capabilities: readonly LinkedStructure[];
  readonly extended: readonly LinkedStructure[];
  /** In order of offset. */
  readonly unlinked: readonly UnlinkedStructure[];
  readonly findings: readonly ChainFinding[];
}

const POINTER_SEVERITY: Readonly<Record<ChainProblemKind, ChainFinding['severity']>> = {
  loop: 'error',
  broken: 'error',
  intoHeader: 'warning',
  unaligned: 'warning',
  // The source stopped; the function may be sound.
  truncated: 'info',
};

const pointerFinding = ({ kind, offset, pointer, message }: ChainProblem): ChainFinding => ({
  kind,
  severity: POINTER_SEVERITY[kind],
  offset,
  message,
  related: pointer & ~3,
});

/** Offsets as lspci prints them: two digits in conventional space, three in extended space. */
const at = (offset: number): string => hex(offset, offset < EXTENDED_SPACE ? 2 : 3);

/** Title and short name; some titles bring their abbreviation. */
const called = ({ name, title }: StructureOutline): string =>
  name === title || title.endsWith(')') ? title : `${title} (${name})`;

const EVIDENCE: Readonly<Record<Evidence, (structure: UnlinkedStructure) => string>> = {
  chain: ({ nextPointer }) =>
    `Almost certainly it was unlinked: its own pointer leads to ${at(nextPointer)}, which is in the chain.`,
  bytes: () => 'Almost certainly it is one: its registers read as that capability must.',
  run: ({ nextPointer }) =>
    nextPointer === 0
      ? 'Probably it is one: the pointer of another unlinked structure leads to it.'
      : `Probably it is one: its own pointer leads to another unlinked structure at ${at(nextPointer)}.`,
  emptyList: () => 'Probably it is one: STATUS announces a list, but the first pointer is 00.',
};

const AF_FLR = 2;

const unlinkedFinding = (space: ConfigSpace, structure: UnlinkedStructure): ChainFinding => {
  const { kind, id, offset, nextPointer, evidence } = structure;
  const resets =
    kind === 'capability' && id === CapId.AF && ((space.config[offset + 3] ?? 0) & AF_FLR) !== 0
      ? ' Software does not find the function level reset that it offers.'
      : '';
  return {
    kind: 'unlinked',
    severity: resets === '' ? 'info' : 'warning',
    offset,
    message: `${called(structure)} stands at ${at(offset)}, but no pointer leads to it.${resets} ${EVIDENCE[evidence](structure)}`,
    ...(nextPointer === 0 ? {} : { related: nextPointer }),
  };
};

const overlaps = (structures: readonly LinkedStructure[]): readonly ChainFinding[] => {
  const sorted = [...structures].sort((a, b) => a.offset - b.offset);
  const findings: ChainFinding[] = [];
  let widest: LinkedStructure | undefined;
  for (const structure of sorted) {
    const end = widest ? widest.offset + widest.length : 0;
    if (widest && structure.offset < end)
      findings.push({
        kind: 'overlap',
        severity: 'warning',
        offset: structure.offset,
        message: `${called(structure)} at ${at(structure.offset)} begins inside ${called(widest)}, which takes ${at(widest.offset)} to ${at(end - 1)}.`,
        related: widest.offset,
      });
    if (structure.offset + structure.length > end) widest = structure;
  }
  return findings;
};

const versions = (
  { config, known }: ConfigSpace,
  structures: readonly LinkedStructure[],
): readonly ChainFinding[] => {
  const findings: ChainFinding[] = [];
  for (const structure of structures) {
    const { kind, id, offset } = structure;
    const extended = kind === 'extendedCapability';
    const place = offset + VERSION_AT;
    if (known[place] !== 1) continue;
    const version = extended ? structure.version : capabilityVersion(id, config[place] ?? 0);
    if (version === undefined) continue;
    if (extended ? isDefinedExtendedVersion(id, version) : isDefinedVersion(id, version)) continue;
    findings.push({
      kind: 'version',
      // The kernel does not use a PM that is too new for it (pci_pm_init); nobody looks at the other versions.
      severity: !extended && id === CapId.PM && version > 0 ? 'warning' : 'info',
      offset: place,
      message: `${called(structure)} at ${at(offset)} has version ${version}, which no specification defines.`,
    });
  }
  return findings;
};

/** The first pointer of a list that STATUS announces. */
const announcedPointer = (config: Uint8Array, known: Uint8Array): Chains['firstPointer'] => {
  const offset = FIRST_POINTER[headerTypeOf(config, known) ?? -1];
  if (offset === undefined || known[offset] !== 1 || known[PCI_STATUS] !== 1) return undefined;
  if (((config[PCI_STATUS] ?? 0) & STATUS_CAP_LIST) === 0) return undefined;
  return { offset, value: config[offset] ?? 0 };
};

/** What stands behind a first pointer that STATUS does not announce: a whole chain of assigned ids, or nothing. */
const notAnnounced = (config: Uint8Array, known: Uint8Array): readonly ChainFinding[] => {
  const pointerAt = FIRST_POINTER[headerTypeOf(config, known) ?? -1];
  if (pointerAt === undefined || known[pointerAt] !== 1 || known[PCI_STATUS] !== 1) return [];
  if (((config[PCI_STATUS] ?? 0) & STATUS_CAP_LIST) !== 0) return [];
  const announced = config.slice();
  announced[PCI_STATUS] = (announced[PCI_STATUS] ?? 0) | STATUS_CAP_LIST;
  const { found, problems } = walkCapabilities(announced, known);
  const first = found[0];
  if (!first || problems.length > 0 || found.some(({ id }) => id === 0 || !capabilityName(id))) return [];
  const outline = outlineOf(configSpace(announced, known, found), { ...first, kind: 'capability' });
  return [
    {
      kind: 'notAnnounced',
      severity: 'warning',
      offset: PCI_STATUS,
      message: `STATUS says that there is no capability list, but the pointer at ${at(pointerAt)} leads to ${called(outline)} at ${at(first.offset)}. Software does not look there.`,
      related: first.offset,
    },
  ];
};

/**
 * Where the upper address bits are dropped on the way, the first 256 bytes show up again and again; the kernel tells it
 * by the ids too (pci_ext_cfg_is_aliased).
 */
const repeatsConventional = (config: Uint8Array): boolean =>
  readLe(config, EXTENDED_SPACE, 4) === readLe(config, 0, 4);

/** The kernel reads the extended space of host bridges whatever their capabilities say (pci_cfg_space_size). */
const isHostBridge = (config: Uint8Array): boolean =>
  readLe(config, PCI_CLASS_REVISION, 4) >>> 16 === HOST_BRIDGE;
const HOST_BRIDGE = 0x0600;

/** A sound chain in the extended space of a function that has no Express or PCI-X capability to announce it. */
const noExpress = (config: Uint8Array, known: Uint8Array): readonly ChainFinding[] => {
  if (isHostBridge(config)) return [];
  const express: CapabilityAt = { offset: HEADER_END, id: CapId.EXP, nextPointer: 0 };
  const { found, problems } = walkExtendedCapabilities(config, known, [express]);
  const first = found[0];
  const sound = found.every(
    ({ id, version }) => extendedCapabilityName(id) !== undefined && isDefinedExtendedVersion(id, version),
  );
  if (!first || first.id === 0 || !sound || problems.length > 0) return [];
  return [
    {
      kind: 'noExpress',
      severity: 'warning',
      offset: EXTENDED_SPACE,
      message: `${extendedCapabilityName(first.id)?.title ?? ''} stands at 100, but no Express or PCI-X capability is in the chain. Linux and lspci do not look beyond ff.`,
    },
  ];
};

/**
 * Walks both chains as lspci does, and says what is wrong with them, in order of offset. `known` has 1 for each byte
 * of `config` that the source gave; nothing is said of others. Never throws.
 */
export const chainsOf = (config: Uint8Array, known: Uint8Array): Chains => {
  const walked = walkCapabilities(config, known);
  const walkedExtended = walkExtendedCapabilities(config, known, walked.found);
  const space = configSpace(config, known, walked.found);
  const capabilities = walked.found.map(({ id, offset, nextPointer }): LinkedStructure => ({
    ...outlineOf(space, { kind: 'capability', id, offset }),
    nextPointer,
  }));
  const extended = walkedExtended.found.map(({ id, offset, version, nextPointer }): LinkedStructure => ({
    ...outlineOf(space, { kind: 'extendedCapability', id, version, offset }),
    nextPointer,
  }));
  const linked = [...capabilities, ...extended];
  const firstPointer = announcedPointer(config, known);
  const listIsEmpty = firstPointer !== undefined && (firstPointer.value & ~3) === 0;
  const silent = notAnnounced(config, known);
  const announced = announcesExtendedSpace(walked.found);
  const beyond = config.length > EXTENDED_SPACE && !repeatsConventional(config);
  const unlinked = [
    // What an unannounced list leads to is told once.
    ...(silent.length > 0 ? [] : unlinkedCapabilities(space, capabilities, listIsEmpty)),
    ...(beyond && announced ? unlinkedExtendedCapabilities(space, extended) : []),
  ];
  const findings = [
    ...[...walked.problems, ...walkedExtended.problems].map(pointerFinding),
    ...silent,
    ...(beyond && !announced ? noExpress(config, known) : []),
    ...unlinked.map((structure) => unlinkedFinding(space, structure)),
    ...overlaps(linked),
    ...versions(space, linked),
  ];
  return {
    ...(firstPointer && { firstPointer }),
    capabilities,
    extended,
    unlinked,
    findings: findings.sort((a, b) => a.offset - b.offset),
  };
};
