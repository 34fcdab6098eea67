import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FunctionDescription } from '../../src/backend/description';
import { formatBdf } from '../../src/backend/spec/bdf';
import { decodeDump } from '../../src/sources/decode';
import { formatLspci } from '../../src/sources/formatLspci';
import { type LspciResult, parseLspci } from '../../src/sources/lspci';
import { PciIds } from '../../src/sources/pciIds';
import { decodeText } from '../../src/sources/text';

const sample = (file: string): string =>
  readFileSync(path.resolve(import.meta.dirname, '../../samples', file), 'utf8');
const RICH = sample('workspace/q35-rich.lspci.txt');

const functionsOf = (result: LspciResult): readonly FunctionDescription[] => {
  if (!result.ok) throw new Error(result.message);
  return result.machine.functions;
};
const parse = (text: string): readonly FunctionDescription[] => functionsOf(parseLspci(text, 'test'));
const one = (text: string): FunctionDescription => {
  const [fn, ...others] = parse(text);
  expect(others).toEqual([]);
  return fn as FunctionDescription;
};
const at = (functions: readonly FunctionDescription[], slot: string): FunctionDescription => {
  const fn = functions.find(({ bdf }) => formatBdf(bdf) === slot);
  if (!fn) throw new Error(`no ${slot}`);
  return fn;
};
const messages = (text: string): string[] =>
  parseLspci(text, 'test').problems.map((p) => `${p.line}: ${p.severity}: ${p.message}`);
const row = (offset: number, first = 0): string =>
  `${offset.toString(16).padStart(2, '0')}: ${Array.from({ length: 16 }, (_, i) => ((first + i) & 0xff).toString(16).padStart(2, '0')).join(' ')}\n`;

describe('parseLspci', () => {
  it('takes the slot forms of lspci, with domains of up to eight digits', () => {
    const heads = ['00:1f.2 X', '0001:02:03.4 X', '10000:00:04.0 X', 'ABCDEF01:7f:1F.7 X'];
    const functions = parse(heads.map((head) => `${head}\n${row(0)}\n`).join(''));
    expect(functions.map(({ bdf }) => formatBdf(bdf))).toEqual([
      '0000:00:1f.2',
      '0001:02:03.4',
      '10000:00:04.0',
      'abcdef01:7f:1f.7',
    ]);
  });

  it('makes 256 bytes of a shorter dump and 4096 of a longer one, and keeps the rest unknown', () => {
    const short = one(`00:00.0 X\n${row(0)}${row(0x10)}${row(0x20)}${row(0x30)}`);
    expect(short.config.length).toBe(256);
    expect(short.known.indexOf(0)).toBe(64);
    const long = one(`00:00.0 X\n${row(0)}${row(0x100)}`);
    expect(long.config.length).toBe(4096);
    expect([long.known[0x0f], long.known[0x10], long.known[0x100], long.known[0x110]]).toEqual([1, 0, 1, 0]);
  });

  it('reads CRLF lines and a last line without an end', () => {
    const fn = one(`00:00.0 X\r\n${row(0).trimEnd()}\r\n${row(0x10, 0x10).trimEnd()}`);
    expect([...fn.config.slice(0, 32)]).toEqual(Array.from({ length: 32 }, (_, i) => i));
  });

  it('takes sizes, interrupt and driver from the text between', () => {
    const fn = at(parse(RICH), '0000:03:00.0');
    expect(fn.barSizes).toEqual({ 0: 131072n, 1: 131072n, 2: 32n, 3: 16384n, 6: 262144n });
    expect(fn.irq).toBe(11);
    expect(at(parse(RICH), '0000:00:03.0').driver).toBe('pcieport');
  });

  it('takes the sizes of lspci -v, which prints no BAR numbers, by address', () => {
    const type0 = `00:${' 00'.repeat(16)}\n`;
    const bars = '10: 04 00 00 fe 01 00 00 00 01 e0 00 00 00 00 00 00\n';
    const fn = one(
      `00:03.0 X\n\tFlags: bus master, fast devsel, latency 0, IRQ 17\n` +
        `\tMemory at 1fe000000 (64-bit, non-prefetchable) [size=16K]\n\tI/O ports at e000 [size=32]\n${type0}${bars}${row(0x20)}${row(0x30)}`,
    );
    expect(fn.barSizes).toEqual({ 0: 16384n, 2: 32n });
    expect(fn.irq).toBe(17);
  });

  it('takes the sizes of VF BARs from the VFs, and VF BARs of SR-IOV not for BARs of the function', () => {
    // 7 to 12 are the VF BARs.
    expect(at(parse(RICH), '0000:01:00.0').barSizes).toEqual({ 0: 16384n, 7: 16384n });
    expect(at(parse(RICH), '0000:02:00.0').barSizes).toMatchObject({ 3: 16384n, 7: 16384n, 10: 16384n });
    const fn = one(`00:03.0 X\n\tCapabilities: [160] X\n\tRegion 0: Memory at 0 [size=16K]\n${row(0)}`);
    expect(fn.barSizes).toBeUndefined();
  });

  it('resolves VFs: their PF, and ids that their own registers do not give', () => {
    const functions = parse(RICH);
    expect(at(functions, '0000:02:10.2')).toMatchObject({
      physicalFunction: { bus: 2, device: 0, function: 0 },
      vendorId: 0x8086,
      deviceId: 0x10ca,
    });
    // Headings of lspci -F, from the bytes alone, know no ids.
    const bare = parse(sample('q35/qemu-7.2-rich-vfs.lspci.txt'));
    const vfs = bare.filter((fn) => fn.physicalFunction);
    expect(vfs.map(({ bdf }) => formatBdf(bdf))).toEqual([
      '0000:01:00.1',
      '0000:01:00.2',
      '0000:01:00.3',
      '0000:01:00.4',
    ]);
    expect(vfs[0]).toMatchObject({ vendorId: 0x1b36, deviceId: 0x0010 });
  });

  it('loads the good functions of a damaged file and lists every bad row with its place', () => {
    const result = parseLspci(sample('workspace/damaged.lspci.txt'), 'damaged');
    expect(functionsOf(result).map(({ bdf }) => formatBdf(bdf))).toEqual([
      '0000:00:1f.2',
      '0000:00:1f.3',
      '0000:03:00.0',
      '0000:05:01.0',
    ]);
    expect(result.problems.filter((p) => p.severity === 'error').map((p) => [p.line, p.column])).toEqual([
      [46, 32],
      [142, 5],
    ]);
    const fn = at(functionsOf(result), '0000:05:01.0');
    expect([fn.known[0x58], fn.known[0x59], fn.known[0x60]]).toEqual([1, 0, 1]);
  });

  it('keeps the bytes before an ASCII column, group blanks and xx', () => {
    const text = `00:00.0 X\n${row(0, 0x41).trimEnd()}  AB CD EF ........\n10: 01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f xx\n`;
    const fn = one(text);
    expect([...fn.config.slice(0, 16)]).toEqual(Array.from({ length: 16 }, (_, i) => 0x41 + i));
    expect([...fn.config.slice(0x10, 0x1f)]).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(fn.known[0x1f]).toBe(0);
    expect(messages(text).map((m) => m.split(': ').slice(0, 2).join(': '))).toEqual([
      '2: warning',
      '3: warning',
      '3: info',
    ]);
  });

  it('lets rows go on after a kernel message with blank lines', () => {
    const text = `00:00.0 X\n${row(0)}\n[ 12.5] usb 1-1: new device\n\n${row(0x10)}\n`;
    expect(one(text).known.indexOf(0)).toBe(32);
    expect(messages(text)[0]).toContain('continue the device of line 1');
  });

  it('keeps the first of two devices at one address, and reports the other and devices without bytes', () => {
    const text = `00:00.0 A\n${row(0, 1)}\n00:00.0 B\n${row(0, 2)}\n00:01.0 C\n\n`;
    expect(one(text).config[0]).toBe(1);
    expect(messages(text)).toEqual([
      '4: warning: 0000:00:00.0 was given before, in line 1; this one is left out.',
      '7: warning: 0000:00:01.0 has no bytes and is not loaded. lspci prints them with -x, -xxx or -xxxx.',
    ]);
  });

  it('joins the text and the bytes of two runs of lspci', () => {
    const text = `00:03.0 X\n\tRegion 0: Memory at fe000000 (32-bit) [size=4K]\n\tKernel driver in use: tg3\n\n00:03.0 X\n${row(0)}`;
    expect(one(text)).toMatchObject({ barSizes: { 0: 4096n }, driver: 'tg3', sourceLine: 5 });
    expect(messages(text)).toEqual([]);
  });

  it('reports rows beyond configuration space and addresses that no device has', () => {
    const text = `00:00.0 X\n${row(0)}1000: 00\n\n00:3f.9 X\n${row(0)}`;
    expect(parse(text)).toHaveLength(1);
    expect(messages(text).map((m) => m.slice(0, 9))).toEqual(['3: error:', '5: error:']);
  });

  it('says what is missing when nothing can be read', () => {
    expect(parseLspci('hello\n', 'notes.txt')).toMatchObject({
      ok: false,
      message: expect.stringContaining('notes.txt holds no lspci hex dump') as string,
    });
    expect(parseLspci('00:1f.2 SATA controller: Intel\n', 'x')).toMatchObject({
      ok: false,
      message: expect.stringContaining('lists 1 PCI device but no bytes') as string,
    });
  });

  it('reads a dump that is indented or quoted as a whole, and counts columns in the file', () => {
    const dump = `00:03.0 X\n\tKernel driver in use: tg3\n${row(0)}10: 00 zz\n\n00:04.0 Y\n${row(0)}`;
    for (const prefix of ['    ', '> ', '> > ']) {
      const text = `A user wrote:\n${dump.trimEnd().replace(/^/gm, prefix).replace(/ +$/gm, '')}\nregards\n`;
      expect(parse(text).map((fn) => [formatBdf(fn.bdf), fn.driver, fn.sourceLine])).toEqual([
        ['0000:00:03.0', 'tg3', 2],
        ['0000:00:04.0', undefined, 7],
      ]);
      expect(parseLspci(text, 'quoted').problems).toMatchObject([
        { line: 5, column: prefix.length + 8, severity: 'error' },
      ]);
    }
  });

  it('reads UTF-16 text with a byte-order mark', () => {
    const text = `\ufeff00:00.0 X\n${row(0)}`;
    expect(one(decodeText(new Uint8Array(Buffer.from(text, 'utf16le')))).config[5]).toBe(5);
  });

  it('reads a megabyte in well under 100 ms', () => {
    const text = RICH.repeat(5);
    parseLspci(text, 'warm');
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      parseLspci(text, 'timed');
      return performance.now() - start;
    });
    expect(text.length).toBeGreaterThan(1e6);
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

describe('any text', () => {
  const lines = RICH.split('\n').slice(0, 700);
  const noNames = new PciIds('');
  const survives = (text: string): void => {
    const result = parseLspci(text, 'fuzz');
    const count = text.split('\n').length;
    for (const problem of result.problems) {
      expect(problem.line).toBeGreaterThanOrEqual(1);
      expect(problem.line).toBeLessThanOrEqual(count);
    }
    if (result.ok)
      for (const { config, known } of result.machine.functions) {
        expect([256, 4096]).toContain(config.length);
        expect(known.length).toBe(config.length);
      }
    decodeDump(text, 'fuzz', noNames);
  };

  it('gives a machine or a message, never an exception', () => {
    const token = fc.constantFrom(
      '00:',
      '1f.2 ',
      'ff ',
      '\n',
      '0000:00:00.0 x\n',
      '[size=4K]',
      'Region 0: ',
      '\t',
      'xx ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(token, fc.string({ unit: 'binary' })), { maxLength: 80 }), (parts) =>
        survives(parts.join('')),
      ),
    );
  });

  it('survives lines of a good dump cut, joined, doubled and overwritten', () => {
    const edit = fc.record({
      line: fc.nat(lines.length - 1),
      column: fc.nat(80),
      kind: fc.constantFrom('cut', 'join', 'double', 'overwrite', 'drop'),
      text: fc.string({ maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 20 }), (edits) => {
        const changed = [...lines];
        for (const { line, column, kind, text } of edits) {
          const old = changed[line] ?? '';
          if (kind === 'cut') changed[line] = old.slice(0, column);
          else if (kind === 'join') changed.splice(line, 2, old + (changed[line + 1] ?? ''));
          else if (kind === 'double') changed.splice(line, 0, old);
          else if (kind === 'drop') changed.splice(line, 1);
          else changed[line] = old.slice(0, column) + text + old.slice(column + text.length);
        }
        survives(changed.join('\n'));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a bounded number of devices and problems', () => {
    const flood = '00:00.0 x\nfff: 00\n'.repeat(20_000);
    const result = parseLspci(flood, 'flood');
    expect(result.problems.length).toBeLessThanOrEqual(501);
  });
});

describe('formatLspci', () => {
  const described = fc
    .record({
      domain: fc.constantFrom(0, 1, 0x10000),
      bus: fc.nat(255),
      device: fc.nat(31),
      function: fc.nat(7),
      extended: fc.boolean(),
      bytes: fc.uint8Array({ minLength: 4096, maxLength: 4096 }),
      holes: fc.array(fc.nat(4094), { maxLength: 5 }),
    })
    .map(({ extended, bytes, holes, ...bdf }): FunctionDescription => {
      const size = extended ? 4096 : 256;
      const config = bytes.slice(0, size);
      // Ids that are no VF's, whose ids are looked up elsewhere.
      config[0] = 0x86;
      const known = new Uint8Array(size).fill(1);
      for (const hole of holes)
        if (hole > 0 && hole < size - 1) {
          known[hole] = 0;
          config[hole] = 0xff;
        }
      return { bdf, config, known };
    });

  it('writes what parseLspci reads back, unknown bytes included', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(described, { minLength: 1, maxLength: 4, selector: ({ bdf }) => formatBdf(bdf) }),
        (functions) => {
          const back = parse(formatLspci(functions));
          expect(back).toHaveLength(functions.length);
          for (const fn of functions) {
            const read = at(back, formatBdf(fn.bdf));
            expect(Buffer.compare(read.config, fn.config)).toBe(0);
            expect(Buffer.compare(read.known, fn.known)).toBe(0);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
