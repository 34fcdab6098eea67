import { capabilityName } from '../capabilityIds';
import { structureReader, type PlacedStructure } from '../layout';
import type { StructureKind, StructureReader } from '../register';
import { hex } from '../uint';
import { CAPABILITY_DECODERS } from './capabilities';
import type { DecodedLine, HostFacts, LineSpec, StructureDecoder } from './decodedLine';
import { EXTENDED_DECODERS } from './extended';
import { genericLines } from './generic';
import { HEADER_DECODERS } from './headers';
import { readingOf, type Reading } from './reading';

export type { DecodedLine, HostFacts } from './decodedLine';

/** Every structure whose meaning is written in lspci's own words. */
export const DECODERS: readonly StructureDecoder[] = [
  ...HEADER_DECODERS,
  ...CAPABILITY_DECODERS,
  ...EXTENDED_DECODERS,
];

const keyOf = (kind: StructureKind, id: number): string => `${kind} ${id}`;
const BY_KEY: ReadonlyMap<string, StructureDecoder> = new Map(
  DECODERS.map((decoder) => [keyOf(decoder.kind, decoder.id), decoder]),
);

const UNREADABLE = '<unreadable>';

const decodedText = (reading: Reading, { from, text }: Omit<LineSpec, 'label'>): string | undefined => {
  if (!from.every(reading.known)) return UNREADABLE;
  const [first = ''] = from;
  return typeof text === 'string' ? reading.fill(first, text) : text(reading);
};

const decodedLine = (reading: Reading, spec: LineSpec): readonly DecodedLine[] => {
  if (!spec.from.every(reading.has)) return [];
  const text = decodedText(reading, spec);
  return text === undefined ? [] : [{ label: spec.label, text, register: spec.from.join(' ') }];
};

/** lspci shows the word behind the head of a capability that it has no name for. */
const titleOf = ({ structure, read }: Reading): string =>
  structure.kind === 'capability' && capabilityName(structure.id) === undefined
    ? `${structure.title} [${hex(read(structure.offset + 2, 2), 4)}]`
    : structure.title;

const placeOf = ({ kind, offset, version }: PlacedStructure): string =>
  kind === 'capability' ? hex(offset, 2) : `${hex(offset, 3)} v${version ?? 0}`;

/** `Capabilities: [50] MSI: Enable- ...`, `Capabilities: [100 v1] Advanced Error Reporting`. */
const headlineOf = (reading: Reading, decoder: StructureDecoder | undefined): readonly DecodedLine[] => {
  const { kind, id } = reading.structure;
  if (kind === 'header')
    return decoder ? [] : [{ label: '!!!', text: `Unknown header type ${hex(id, 2)}`, register: '' }];
  const head = decoder?.headline;
  const told = head?.from.every(reading.has) ? decodedText(reading, head) : undefined;
  return [
    {
      label: 'Capabilities',
      text: `[${placeOf(reading.structure)}] ${told ?? titleOf(reading)}`,
      register: head ? head.from.join(' ') : kind === 'capability' ? 'CAP_ID' : 'HEADER',
    },
  ];
};

/**
 * What lspci -vvv says of a structure that `layoutOf` placed in `config`, in its order and its words; structures that
 * lspci does not decode follow the same notation register by register. `known` has 1 for each byte that the source
 * gave. Vendors and devices stand as ids, in lspci -n's manner. Sizes of BARs and the interrupt come from `host`;
 * addresses are those in the registers, as with lspci -b. `read` reads `config` from its start. Never throws.
 */
export const decodeStructure = (
  structure: PlacedStructure,
  config: Uint8Array,
  known: Uint8Array,
  host: HostFacts = {},
  read: StructureReader = structureReader(config, known, 0),
): readonly DecodedLine[] => {
  const decoder = BY_KEY.get(keyOf(structure.kind, structure.id));
  const reading = readingOf(structure, config, known, host, read);
  const lines = decoder?.lines ?? genericLines(structure);
  return [
    ...headlineOf(reading, decoder),
    ...(typeof lines === 'function' ? lines(reading) : lines).flatMap((spec) => decodedLine(reading, spec)),
  ];
};
