import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FunctionDescription } from '../../src/backend/description';
import { formatBdf } from '../../src/backend/spec/bdf';
import { decodeStructure, DECODERS, type DecodedLine } from '../../src/backend/spec/decode/decodeStructure';
import { layoutOf, type PlacedStructure } from '../../src/backend/spec/layout';
import { hex } from '../../src/backend/spec/uint';
import { parseLspci } from '../../src/sources/lspci';
import { decodeText } from '../../src/sources/text';
import {
  earlier,
  HEADLINE,
  isFromElsewhere,
  isKnownPlace,
  isLater,
  isOwn,
  PLACES,
  spelledAsNow,
} from './lspciVerboseSpelling';
import { sectionsOf, valuesOf, verboseBlocks, type Section, type Statement } from './lspciVerboseText';

const root = path.resolve(import.meta.dirname, '../..');
const shared = path.join(process.env['CONFSPACE_SHARED'] ?? path.join(root, '../shared'), 'dumps');

const decoded = new Set(DECODERS.map(({ kind, id }) => `${kind} ${id}`));

/** As lspci prints it, but for the indentation. */
const printed = ({ label, text }: DecodedLine): string => {
  if (label === '') return text;
  return `${label}${/^(at |result: |is )/.test(text) ? ' ' : ': '}${text}`;
};

/** What our decoder says of a structure, through the same parser as the text of lspci. */
const ownSection = (structure: PlacedStructure, fn: FunctionDescription, irq: number): Section => {
  const { config, known, barSizes, bdf } = fn;
  const inHeader = structure.kind === 'header';
  const lines = decodeStructure(structure, config, known, { barSizes, irq, bdf }).map((line, i) => {
    const depth = (inHeader || i === 0 ? 1 : 2) + (line.label === '' ? 1 : 0);
    return '\t'.repeat(depth) + printed(line);
  });
  const section = sectionsOf(lines).at(inHeader ? 0 : 1);
  if (!section) throw new Error(`${structure.name} is not decoded`);
  return section;
};

interface Comparison {
  /** Values that agree, by structure. */
  readonly agreed: Map<string, number>;
  readonly differences: string[];
  /** Where text and bytes are known to disagree, and do. */
  readonly knownPlaces: string[];
}

const nothingCompared = (): Comparison => ({ agreed: new Map(), differences: [], knownPlaces: [] });

const count = (counts: Map<string, number>, key: string, more = 1): number => {
  const sum = (counts.get(key) ?? 0) + more;
  counts.set(key, sum);
  return sum;
};

/** The values of a text; what is said twice is numbered. */
const valuesIn = (text: string): readonly string[] => {
  const { flags, phrases } = valuesOf(text);
  const seen = new Map<string, number>();
  const numbered = (name: string): string => {
    const times = count(seen, name);
    return times === 1 ? name : `${name}#${times}`;
  };
  return [...flags.map(([name, sign]) => `${numbered(name)}${sign}`), ...phrases.map(numbered)];
};

const without = (from: readonly string[], what: readonly string[]): readonly string[] =>
  from.filter((value) => !what.includes(value));

/** Older versions begin a new statement here. */
const PART_OF: Readonly<Record<string, string>> = { AtomicOpsCap: 'DevCap2', AtomicOpsCtl: 'DevCtl2' };

/** Where a register stands is told with -vvv, not with -vv. */
const PLACE = /^\[[0-9a-f]+\](?=\w+IDE#)/;

const statementsOf = ({ headline, statements }: Section): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>([[HEADLINE, headline]]);
  for (const { label: full, text } of statements) {
    const label = full.replace(PLACE, '');
    const whole = PART_OF[label];
    if (whole === undefined) {
      let key = label;
      for (let again = 2; texts.has(key); again++) key = `${label}#${again}`;
      texts.set(key, text);
    } else texts.set(whole, `${texts.get(whole) ?? ''}\n${label}: ${text}`);
  }
  return texts;
};

interface Compared {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly agreed: number;
}

const compareStatement = (
  structure: PlacedStructure,
  fn: FunctionDescription,
  { label, text }: Statement,
  ours: string,
): Compared => {
  const theirs = valuesIn(spelledAsNow(structure, { label, text }, ours));
  const mine = valuesIn(ours);
  let missing = without(theirs, mine);
  let extra = without(mine, theirs).filter((value) => !isLater(structure, { label, text }, value));
  for (const once of missing.length > 0 ? earlier(structure, label, fn) : []) {
    missing = without(missing, valuesIn(once.text));
    if (once.instead && missing.length === 0) extra = [];
  }
  return { missing, extra, agreed: theirs.length - missing.length };
};

interface Context {
  readonly dump: string;
  readonly fn: FunctionDescription;
  readonly result: Comparison;
}

const compareSection = (
  { dump, fn, result }: Context,
  structure: PlacedStructure,
  theirs: Section,
  ours: Section,
): void => {
  const slot = formatBdf(fn.bdf);
  const own = statementsOf(ours);
  const given = statementsOf(theirs);
  const differ = (label: string, what: string): void => {
    if (isKnownPlace(dump, slot, label)) result.knownPlaces.push(`${dump} ${slot} ${label}`);
    else result.differences.push(`${dump} ${slot} ${structure.name} ${label}: ${what}`);
  };
  for (const [label, text] of given) {
    const ownText = own.get(label);
    if (isFromElsewhere(structure, { label, text }, ownText)) continue;
    const { missing, extra, agreed } = compareStatement(structure, fn, { label, text }, ownText ?? '');
    count(result.agreed, `${structure.kind} ${structure.name}`, agreed);
    if (missing.length > 0 || extra.length > 0)
      differ(label, `lspci ${JSON.stringify(missing)}, here ${JSON.stringify(extra)}`);
  }
  for (const [label, text] of own)
    if (!given.has(label) && !isOwn(structure, { label, text })) differ(label, 'lspci does not print it');
};

/** The interrupt that the kernel had routed; the text tells it, the registers need not. */
const irqOf = (sections: readonly Section[]): number => {
  const text = sections[0]?.statements.find(({ label }) => label === 'Interrupt')?.text ?? '';
  return Number(/IRQ (-?\d+)/.exec(text)?.[1] ?? 0);
};

const keyOf = ({ kind, offset }: PlacedStructure): string =>
  kind === 'header' ? 'header' : hex(offset, kind === 'capability' ? 2 : 3);

const compareFunction = (context: Context, sections: readonly Section[]): void => {
  const { fn, dump, result } = context;
  const placed = new Map(layoutOf(fn.config, fn.known).map((structure) => [keyOf(structure), structure]));
  for (const section of sections) {
    const structure = placed.get(section.key);
    if (structure && decoded.has(`${structure.kind} ${structure.id}`))
      compareSection(context, structure, section, ownSection(structure, fn, irqOf(sections)));
    else if (!structure && fn.known[parseInt(section.key, 16)] === 1)
      result.differences.push(`${dump} ${formatBdf(fn.bdf)} nothing at ${section.key}: ${section.headline}`);
  }
};

const compareDump = (text: string, dump: string, result: Comparison): void => {
  const parsed = parseLspci(text, dump);
  if (!parsed.ok) return;
  const byLine = new Map(parsed.machine.functions.map((fn) => [fn.sourceLine, fn]));
  for (const { line, sections } of verboseBlocks(text)) {
    const fn = byLine.get(line);
    if (fn) compareFunction({ dump, fn, result }, sections);
  }
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .map((name) => path.join(folder, name))
    .flatMap((name) => (statSync(name).isDirectory() ? filesIn(name) : [name]))
    .filter((name) => !/\.(json|txt)$/.test(name) || name.endsWith('.lspci.txt'));

const compareFolder = (folder: string): Comparison => {
  const result = nothingCompared();
  for (const file of filesIn(folder))
    compareDump(decodeText(readFileSync(file)), path.relative(folder, file), result);
  return result;
};

/** At least so many values were compared when this was written; fewer mean that the texts are no longer read. */
const COMPARED: Readonly<Record<string, number>> = {
  'header HEADER': 15105,
  'capability PM': 3573,
  'capability VPD': 6,
  'capability SLOTID': 6,
  'capability MSI': 881,
  'capability HT': 42,
  'capability VNDR': 177,
  'capability DBG': 42,
  'capability SSVID': 59,
  'capability EXP': 16400,
  'capability MSIX': 360,
  'capability SATA': 13,
  'capability AF': 170,
  'capability EA': 44,
  'extendedCapability VC': 945,
  'extendedCapability RCLINK': 143,
  'extendedCapability AER': 4209,
  'extendedCapability DSN': 14,
  'extendedCapability VNDR': 400,
  'extendedCapability ACS': 495,
  'extendedCapability SECPCI': 166,
  'extendedCapability LTR': 45,
  'extendedCapability L1PM': 250,
  'extendedCapability 16GT': 24,
  'extendedCapability LMR': 28,
  'extendedCapability REBAR': 19,
  'extendedCapability PASID': 32,
  'extendedCapability DVSEC': 18,
  'extendedCapability TPH': 17,
  'extendedCapability DOE': 22,
  'extendedCapability ARI': 64,
  'extendedCapability SRIOV': 107,
  'extendedCapability IDE': 34,
  'extendedCapability ATS': 10,
  'extendedCapability PRI': 19,
  'extendedCapability PTM': 8,
};

const tooFew = ({ agreed }: Comparison): readonly string[] =>
  Object.entries(COMPARED)
    .filter(([structure, least]) => (agreed.get(structure) ?? 0) < least)
    .map(([structure, least]) => `${structure}: ${agreed.get(structure) ?? 0} of ${least}`);

interface OracleDevice {
  readonly dump: string;
  readonly slot: string;
  readonly capabilities: readonly { readonly offset: number; readonly text: string }[];
  readonly extCapabilities: readonly { readonly offset: number; readonly text: string }[];
}

/** What lspci 3.14 printed after the offset of each capability, by offset, for a dump and slot. */
const oracleHeadlines = (): ReadonlyMap<string, ReadonlyMap<number, string>> => {
  const { devices } = JSON.parse(readFileSync(path.join(shared, 'oracle.json'), 'utf8')) as {
    devices: readonly OracleDevice[];
  };
  return new Map(
    devices.map(({ dump, slot, capabilities, extCapabilities }) => [
      `${dump} ${slot}`,
      new Map([...capabilities, ...extCapabilities].map(({ offset, text }) => [offset, text])),
    ]),
  );
};

/** Structures that lspci names and does not decode end so; this catalogue may know them. */
const UNDECODED = / <\?>$/;
/** Intel's own meaning of vendor-specific bytes is in no specification. */
const INTEL = /^Vendor Specific Information: Intel /;

const headlineDifferences = (): { readonly compared: number; readonly differences: readonly string[] } => {
  const differences: string[] = [];
  let compared = 0;
  const functions = new Map<string, FunctionDescription>();
  for (const file of filesIn(shared)) {
    const dump = path.relative(shared, file);
    const parsed = parseLspci(decodeText(readFileSync(file)), dump);
    for (const fn of parsed.ok ? parsed.machine.functions : [])
      functions.set(`${dump} ${formatBdf(fn.bdf)}`, fn);
  }
  for (const [place, headlines] of oracleHeadlines()) {
    const fn = functions.get(place);
    if (!fn) continue;
    for (const structure of layoutOf(fn.config, fn.known)) {
      const theirs = headlines.get(structure.offset);
      if (structure.kind === 'header' || theirs === undefined || INTEL.test(theirs)) continue;
      if (!decoded.has(`${structure.kind} ${structure.id}`)) continue;
      const ours = ownSection(structure, fn, 0).headline.split('\n')[0] ?? '';
      const spelled = spelledAsNow(structure, { label: HEADLINE, text: theirs }, ours);
      compared++;
      if (spelled.replace(UNDECODED, '') !== ours.replace(UNDECODED, ''))
        differences.push(`${place} ${keyOf(structure)}: lspci ${theirs}, here ${ours}`);
    }
  }
  return { compared, differences };
};

describe('decoded structures', () => {
  it('have the values that lspci -vvv printed of the same bytes', () => {
    const { agreed, differences } = compareFolder(path.join(root, 'samples'));
    expect(differences).toEqual([]);
    expect(agreed.get('capability EXP')).toBeGreaterThan(500);
  });

  it.skipIf(!existsSync(shared))('have them in a collection of dumps too', () => {
    const result = compareFolder(shared);
    expect(result.differences).toEqual([]);
    expect(tooFew(result)).toEqual([]);
    expect(result.knownPlaces).toHaveLength(PLACES.length);
  });

  it.skipIf(!existsSync(path.join(shared, 'oracle.json')))('have the headlines of lspci 3.14', () => {
    const { compared, differences } = headlineDifferences();
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(1000);
  });

  it('differ when a bit of the bytes does', () => {
    const file = path.join(root, 'samples/workspace/q35-rich.lspci.txt');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(/^00: (.. .. .. ..) 07/m, '00: $1 03');
    expect(changed).not.toBe(text);
    const result = nothingCompared();
    compareDump(changed, 'changed', result);
    expect(result.differences).toEqual([
      expect.stringContaining('HEADER Control: lspci ["BusMaster+"], here ["BusMaster-"]'),
      expect.stringContaining('HEADER Latency: lspci ["0"], here []'),
    ]);
  });
});
