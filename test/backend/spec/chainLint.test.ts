import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatShortBdf } from '../../../src/backend/spec/bdf';
import { chainsOf, type ChainFinding } from '../../../src/backend/spec/chainLint';
import { layoutOf } from '../../../src/backend/spec/layout';
import { hex, writeLe } from '../../../src/backend/spec/uint';
import { parseLspci } from '../../../src/sources/lspci';
import { readSample } from '../../../src/sources/sample';
import { decodeText } from '../../../src/sources/text';

type Bytes = Readonly<Record<number, number | readonly number[]>>;

const put = (config: Uint8Array, bytes: Bytes): Uint8Array => {
  for (const [offset, value] of Object.entries(bytes))
    config.set(typeof value === 'number' ? [value] : value, Number(offset));
  return config;
};
/** A function with a capability list announced. */
const space = (bytes: Bytes, size = 256): Uint8Array =>
  put(put(new Uint8Array(size), { 0x00: [0x86, 0x80, 0xc9, 0x10], 0x06: 0x10 }), bytes);
const allKnown = (config: Uint8Array): Uint8Array => new Uint8Array(config.length).fill(1);
const lint = (config: Uint8Array): readonly ChainFinding[] => chainsOf(config, allKnown(config)).findings;
const unlinkedAt = (config: Uint8Array): readonly number[] =>
  chainsOf(config, allKnown(config)).unlinked.map(({ offset }) => offset);

/** PM version 3 with PME from D3hot, in D0. */
const pm = (next: number): number[] => [0x01, next, 0x03, 0x40, 0, 0, 0, 0];
const msi = (next: number): number[] => [0x05, next, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/** Four vectors; table at the start of BAR 0, pending bits at 0x800. */
const msix = (next: number): number[] => [0x11, next, 3, 0, 0, 0, 0, 0, 0, 8, 0, 0];
/** Version 2 endpoint at 8 GT/s, x4. */
const express = (next: number): number[] => [
  ...[0x10, next, 0x02, 0, 0x02, 0x80, 0, 0, 0, 0, 0, 0, 0x43, 0, 0, 0],
  ...new Array<number>(0x3c - 16).fill(0),
];
const af = (next: number): number[] => [0x13, next, 6, 3, 0, 0];

const withExtended = (headers: Readonly<Record<number, number>>, bytes: Bytes = {}): Uint8Array => {
  const config = space({ 0x34: 0x40, 0x40: express(0), ...bytes }, 4096);
  for (const [offset, header] of Object.entries(headers)) writeLe(config, Number(offset), 4, header);
  return config;
};

describe('findings in a sound function', () => {
  it('are none', () => {
    const config = withExtended(
      { 0x100: 0x15020001, 0x150: 0x16010003, 0x160: 0x00010018 },
      { 0x34: 0x40, 0x40: express(0x80), 0x80: msi(0x98), 0x98: msix(0xa8), 0xa8: pm(0xb0), 0xb0: af(0) },
    );
    expect(lint(config)).toEqual([]);
    expect(unlinkedAt(config)).toEqual([]);
  });
  it('are none where the source stopped, but for where the chain stops', () => {
    const config = space({ 0x34: 0x40, 0x40: pm(0x50), 0x50: msi(0) });
    const chains = chainsOf(config, allKnown(config).fill(0, 64));
    expect(chains.findings).toMatchObject([
      { kind: 'truncated', severity: 'info', offset: 0x34, related: 0x40 },
    ]);
  });
  it('are none where every byte reads ff, as of a function that is gone', () => {
    expect(lint(new Uint8Array(256).fill(0xff))).toEqual([]);
    expect(lint(new Uint8Array(4096).fill(0xff))).toEqual([]);
  });
});

describe('pointers', () => {
  it.each([
    ['loop', 'error', 0x41, { 0x40: pm(0x40) }],
    ['broken', 'error', 0x41, { 0x40: pm(0x60), 0x60: [0xff, 0xff] }],
    ['intoHeader', 'warning', 0x41, { 0x40: pm(0x10) }],
    ['unaligned', 'warning', 0x41, { 0x40: pm(0x62), 0x60: af(0) }],
  ] as const)('that are wrong give %s as %s', (kind, severity, offset, bytes) => {
    expect(lint(space({ 0x34: 0x40, ...bytes }))).toContainEqual(
      expect.objectContaining({ kind, severity, offset }),
    );
  });
});

describe('unlinked structures', () => {
  it('an AF is told from its bytes, and that its function level reset is not found', () => {
    const [finding, ...others] = lint(space({ 0x34: 0x40, 0x40: pm(0), 0xd0: af(0) }));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: 'unlinked', severity: 'warning', offset: 0xd0 });
    expect(finding?.message).toContain(
      'PCI Advanced Features (AF) stands at d0, but no pointer leads to it.',
    );
    expect(finding?.message).toContain('function level reset');
  });
  it.each([
    ['PM', pm],
    ['MSI', msi],
    ['MSI-X', msix],
    ['Express', express],
    ['AF', af],
    ['vendor-specific', (next: number) => [9, next, 0x10, ...new Array<number>(13).fill(0x5a)]],
  ] as const)('%s whose pointer leads into the chain is found', (_, make) => {
    const config = space({ 0x34: 0xe0, 0xe0: pm(0), 0x60: make(0xe0) });
    expect(unlinkedAt(config)).toEqual([0x60]);
    expect(lint(config)).toMatchObject([{ kind: 'unlinked', offset: 0x60, related: 0xe0 }]);
  });
  it.each([
    ['a power management of version 4', [1, 0xe0, 4, 0, 0, 0, 0, 0]],
    ['an MSI that asks for 64 vectors', [5, 0xe0, 0x0c, 0, 0, 0, 0, 0, 0, 0]],
    ['an MSI-X in BAR 7', [0x11, 0xe0, 0, 0, 7, 0, 0, 0, 0, 8, 0, 0]],
    ['an Express of version 0', [0x10, 0xe0, 0x30, 0x02, 0x0b, 0x0c, 0x91, 0x86]],
    ['an AF of another length', [0x13, 0xe0, 8, 3, 0, 0]],
    ['a vendor-specific one that would run over another', [9, 0xe0, 0xa0]],
  ])('%s is not one, whatever its pointer', (_, bytes) => {
    expect(lint(space({ 0x34: 0xe0, 0xe0: pm(0), 0x60: bytes }))).toEqual([]);
  });
  it.each([
    ['PM', pm],
    ['MSI', msi],
    ['MSI-X', msix],
    ['vendor-specific', (next: number) => [9, next, 0x10]],
  ] as const)('bytes that look like %s alone prove nothing', (_, make) => {
    expect(lint(space({ 0x34: 0xe0, 0xe0: pm(0), 0x60: make(0) }))).toEqual([]);
    expect(lint(space({ 0x34: 0xe0, 0xe0: pm(0), 0x60: make(0x60) }))).toEqual([]);
  });
  it('a chain that lost its first pointer is found whole', () => {
    const chain: Bytes = { 0x40: pm(0x50), 0x50: msi(0x68), 0x68: msix(0) };
    expect(unlinkedAt(space({ 0x34: 0x40, ...chain }))).toEqual([]);
    expect(unlinkedAt(space({ 0x34: 0, ...chain }))).toEqual([0x40, 0x50, 0x68]);
    expect(unlinkedAt(space({ 0x34: 0x20, ...chain }))).toEqual([0x40, 0x50, 0x68]);
    // A pointer that leads nowhere breaks the evidence for all that lead to it.
    expect(unlinkedAt(space({ 0x34: 0x20, ...chain, 0x69: 0x44 }))).toEqual([]);
  });
  it('one structure is enough where STATUS announces a list that is empty', () => {
    expect(lint(space({ 0x60: msi(0) }))).toMatchObject([{ kind: 'unlinked', offset: 0x60 }]);
    expect(lint(space({ 0x06: 0, 0x60: msi(0) }))).toEqual([]);
    expect(lint(space({ 0x60: [5] }))).toEqual([]);
  });
  it('extended ones are told by their pointers', () => {
    const headers = { 0x100: 0x18020001, 0x180: 0x00010018 };
    expect(unlinkedAt(withExtended(headers))).toEqual([]);
    expect(unlinkedAt(withExtended({ ...headers, 0x150: 0x18010003 }))).toEqual([0x150]);
    expect(unlinkedAt(withExtended({ ...headers, 0x150: 0x00010003 }))).toEqual([]);
    expect(unlinkedAt(withExtended({ ...headers, 0x150: 0x16010003, 0x160: 0x0001000e }))).toEqual([
      0x150, 0x160,
    ]);
  });
  it('a space that repeats itself has no unlinked copies', () => {
    const config = withExtended({ 0x100: 0x14010001, 0x140: 0x00010003 });
    config.copyWithin(0x500, 0x100, 0x200);
    expect(lint(config)).toEqual([]);
  });
});

describe('overlaps', () => {
  it('name both structures', () => {
    expect(lint(space({ 0x34: 0x40, 0x40: msi(0x48), 0x48: pm(0) }))).toMatchObject([
      { kind: 'overlap', severity: 'warning', offset: 0x48, related: 0x40 },
    ]);
    expect(lint(withExtended({ 0x100: 0x11020001, 0x110: 0x00010003 }))).toMatchObject([
      { kind: 'overlap', offset: 0x110, related: 0x100 },
    ]);
  });
});

describe('versions', () => {
  it.each([
    [0, 'info'],
    [4, 'warning'],
    [7, 'warning'],
  ])(
    '%i of power management is not defined: %s, since the kernel leaves newer ones alone',
    (version, severity) => {
      const config = space({ 0x34: 0x40, 0x40: pm(0), 0x42: version });
      expect(lint(config)).toMatchObject([{ kind: 'version', severity, offset: 0x42 }]);
    },
  );
  it.each([0, 3, 15])('%i of Express is not defined', (version) => {
    const config = space({ 0x34: 0x40, 0x40: express(0), 0x42: version });
    expect(lint(config)).toMatchObject([{ kind: 'version', severity: 'info', offset: 0x42 }]);
  });
  it('0 of an extended capability, and a second one of those that have one, are not defined', () => {
    expect(lint(withExtended({ 0x100: 0x00000001 }))).toMatchObject([{ kind: 'version', offset: 0x102 }]);
    expect(lint(withExtended({ 0x100: 0x00020003 }))).toMatchObject([{ kind: 'version', offset: 0x102 }]);
    for (const header of [0x00020001, 0x00030001, 0x00010003, 0x0002001e])
      expect(lint(withExtended({ 0x100: header }))).toEqual([]);
  });
});

describe('lists that are not announced', () => {
  it('STATUS without the list bit before a sound chain is told once', () => {
    const config = space({ 0x06: 0, 0x34: 0x40, 0x40: pm(0x50), 0x50: af(0) });
    expect(lint(config)).toMatchObject([
      { kind: 'notAnnounced', severity: 'warning', offset: 6, related: 0x40 },
    ]);
  });
  it('a pointer to nothing is no list', () => {
    expect(lint(space({ 0x06: 0, 0x34: 0xdc }))).toEqual([]);
    expect(lint(space({ 0x06: 0, 0x34: 0x40, 0x40: [0x77, 0, 1, 2] }))).toEqual([]);
  });
  it('extended capabilities without Express or PCI-X are told', () => {
    const config = withExtended({ 0x100: 0x15020001, 0x150: 0x00010003 }, { 0x40: pm(0) });
    config.fill(0, 0x48, 0x100);
    expect(lint(config)).toMatchObject([{ kind: 'noExpress', severity: 'warning', offset: 0x100 }]);
    config[0x0b] = 6; // A host bridge, whose extended space the kernel reads all the same.
    expect(lint(config)).toEqual([]);
    config[0x0b] = 2;
    config[0x40] = 7; // PCI-X
    expect(lint(config)).toEqual([]);
  });
  it('an extended space that repeats the conventional one is no list', () => {
    const config = space({ 0x34: 0x40, 0x40: pm(0) }, 4096);
    for (let at = 256; at < 4096; at += 256) config.copyWithin(at, 0, 256);
    expect(lint(config)).toEqual([]);
  });
});

describe('chains', () => {
  it('are those of the layout, with the pointers as read', () => {
    const config = withExtended({ 0x100: 0x15020001, 0x150: 0x00010003 });
    const known = allKnown(config);
    const { capabilities, extended } = chainsOf(config, known);
    expect([...capabilities, ...extended].map(({ nextPointer: _, ...outline }) => outline)).toEqual(
      layoutOf(config, known)
        .slice(1)
        .map(({ registers: _, ...outline }) => outline),
    );
    expect(extended.map(({ nextPointer }) => nextPointer)).toEqual([0x150, 0]);
  });
  it('of any bytes end, and every offset of a finding lies in the space', () => {
    // Few values, so that ids, pointers and versions that fit are met often.
    const likely = fc.constantFrom(0, 1, 2, 3, 5, 6, 9, 0x10, 0x11, 0x13, 0x40, 0x44, 0x48, 0x50, 0x60, 0x80);
    const bytes = fc
      .constantFrom(0, 64, 256, 257, 4096)
      .chain((size) =>
        fc.array(fc.oneof(likely, fc.nat(255)), { minLength: size, maxLength: size, size: 'max' }),
      )
      .map((values) => Uint8Array.from(values));
    fc.assert(
      fc.property(bytes, fc.nat(4096), fc.boolean(), (config, knownLength, announced) => {
        if (announced && config.length > 0x40) put(config, { 0x06: 0x10, 0x0e: 0, 0x34: 0x40, 0x40: 0x10 });
        const known = new Uint8Array(config.length).fill(1, 0, knownLength);
        const { findings, unlinked } = chainsOf(config, known);
        for (const { offset, related } of findings) {
          expect(known[offset]).toBe(1);
          expect(related ?? 0).toBeLessThan(4096);
        }
        let end = 0;
        for (const structure of unlinked) {
          expect(structure.offset).toBeGreaterThanOrEqual(Math.max(0x40, end));
          end = structure.offset + structure.length;
        }
        expect(end).toBeLessThanOrEqual(knownLength);
      }),
      { numRuns: 300 },
    );
  });
});

const root = path.resolve(import.meta.dirname, '../../..');
const shared = path.join(process.env['CONFSPACE_SHARED'] ?? path.join(root, '../shared'), 'dumps');

/** `slot kind offset` of each finding in a dump but those of where the dump itself stops. */
const foundIn = (file: string): readonly string[] => {
  const parsed = parseLspci(decodeText(readFileSync(file)), path.basename(file));
  if (!parsed.ok) return [];
  return parsed.machine.functions.flatMap(({ bdf, config, known }) =>
    chainsOf(config, known)
      .findings.filter(({ kind }) => kind !== 'truncated')
      .map(({ kind, offset }) => `${formatShortBdf(bdf)} ${kind} ${hex(offset, 2)}`),
  );
};

describe('findings in what this project ships', () => {
  it('are none: the sample and the dumps are sound', () => {
    const sample = readSample(JSON.parse(readFileSync(path.join(root, 'media/sample-machine.json'), 'utf8')));
    expect(sample.functions.flatMap(({ config, known }) => chainsOf(config, known).findings)).toEqual([]);
    const samples = readdirSync(path.join(root, 'samples'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.lspci.txt'))
      .map((entry) => path.join(entry.parentPath, entry.name));
    expect(samples.length).toBeGreaterThan(1);
    for (const file of samples) expect(foundIn(file), file).toEqual([]);
  });
});

/**
 * Every finding in 832 functions of real machines and of QEMU, each looked at: all are structures whose bytes and
 * pointers are there and that firmware or vendor left out of the chain, or plain faults. Dumps without an entry give none.
 */
const FINDINGS: Readonly<Record<string, readonly string[]>> = {
  // IDE mode hides MSI: Intel's SATA controllers.
  'coreboot-logs/acer.log': ['00:1f.2 unlinked 80', '00:1f.5 unlinked 80'],
  'coreboot-logs/p61-s3-b3.log': ['00:01.0 unlinked 400', '00:1f.2 unlinked 80', '01:00.0 unlinked 258'],
  'coreboot-logs/latitude-e6540-autoport.log': ['00:01.0 unlinked 1c0', '00:01.0 unlinked 400'],
  // AMD's SATA controller has an AF that nothing leads to.
  'coreboot-logs/msi-ms7721.log': ['00:11.0 unlinked 60', '00:11.0 unlinked d0'],
  // Sixteen of Intel's uncore functions announce a list, give 00 as its first pointer and have an Express capability.
  'coreboot-logs/huananzhi-x99-qd4.log': [
    '00:00.0 unlinked 60',
    ...['00.0', '01.0', '01.1', '02.0', '03.0'].map((slot) => `00:${slot} unlinked 298`),
    ...['13', '14', '16', '17'].flatMap((device) =>
      [0, 1, 2, 3].map((fn) => `ff:${device}.${fn} unlinked 40`),
    ),
  ],
  'libvirt-virpcitest/virpcitestdata.dump': [
    '00:03.0 unlinked 68',
    ...['01', '02'].flatMap((bus) =>
      ['148', '190', '1c0', '1cc', '2cc'].map((offset) => `${bus}:00.0 unlinked ${offset}`),
    ),
  ],
  'nvidia-bug-report/skylake-x-c621-128fn.log': [
    '00:00.0 unlinked 298',
    '64:00.0 unlinked 298',
    '65:00.0 unlinked bcc',
    '65:00.0 unlinked c14',
    '65:00.1 unlinked 12c',
    '10000:00:02.0 unlinked 298',
    '10000:00:03.0 unlinked 298',
    ...['150', '160', '1c0', '274', '400', '4c0'].map((offset) => `10000:01:00.0 unlinked ${offset}`),
  ],
  'nvidia-bug-report/x570-rtx3090.log': [
    ...['1a0', '1d0', '1dc', '2dc', '314', '320'].map((offset) => `03:00.0 unlinked ${offset}`),
    '0a:00.0 unlinked bcc',
    '0a:00.0 unlinked c14',
    '0a:00.1 unlinked 12c',
  ],
  'pciutils-tests/broken-ecaps': ['00:00.0 notAnnounced 06'],
  'pciutils-tests/cap-flitmode': ['01:00.0 unlinked 148'],
  'pciutils-tests/cap-ide': ['48', '60', '1f0', '3a0'].map((offset) => `e1:00.0 unlinked ${offset}`),
  'pciutils-tests/cap-pcie-1': ['00:01.0 version 162'],
};

describe.skipIf(!existsSync(path.join(shared, 'index.json')))('findings in a collection of dumps', () => {
  const dumps = existsSync(path.join(shared, 'index.json'))
    ? (JSON.parse(readFileSync(path.join(shared, 'index.json'), 'utf8')) as { dump: string }[])
    : [];
  it('are those that were looked at and no others', () => {
    const found: Record<string, readonly string[]> = {};
    for (const { dump } of dumps) {
      const findings = foundIn(path.join(shared, dump));
      if (findings.length > 0) found[dump] = findings;
    }
    expect(found).toEqual(FINDINGS);
  });
});
