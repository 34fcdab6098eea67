import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../src/backend/spec/uint';
import { chainProblems } from '../../src/sources/chainProblems';
import { parseLspci } from '../../src/sources/lspci';
import type { SourcePlace, SourceProblem } from '../../src/sources/problem';

const problemsOf = (text: string): readonly SourceProblem[] => {
  const parsed = parseLspci(text, 'test');
  return parsed.ok ? chainProblems(parsed, text) : [];
};

const textAt = (text: string, { line, column, endColumn }: SourcePlace): string | undefined =>
  column === undefined ? undefined : text.split('\n')[line - 1]?.slice(column - 1, (endColumn ?? column) - 1);

/** 256 bytes of a function as lspci prints them; `bytes` maps offset to value. */
const dump = (slot: string, bytes: Readonly<Record<number, number>>): string => {
  const rows = Array.from({ length: 16 }, (_, row) => {
    const cells = Array.from({ length: 16 }, (__, i) => hex(bytes[16 * row + i] ?? 0, 2));
    return `${hex(16 * row, 2)}: ${cells.join(' ')}`;
  });
  return [`${slot} Ethernet controller: made for this test`, ...rows, '', ''].join('\n');
};
const LOOP = {
  0x00: 0x86,
  0x01: 0x80,
  0x06: 0x10,
  0x34: 0x40,
  0x40: 9,
  0x41: 0x58,
  0x42: 3,
  0x58: 9,
  0x59: 0x40,
  0x5a: 3,
};

describe('problems of chains in a dump', () => {
  it('stand at the byte that holds the pointer, and at the place where it leads', () => {
    const text = dump('00:02.0', {}) + dump('00:03.0', LOOP);
    const [problem, ...others] = problemsOf(text);
    expect(others).toEqual([]);
    // Two headings and a blank line before, then row 50 of the second function.
    expect(problem).toMatchObject({ severity: 'error', code: 'loop', line: 18 + 2 + 5 });
    expect(problem?.message).toMatch(/^0000:00:03\.0: <chain looped>: the pointer at 59 leads back to 40\.$/);
    expect(problem && textAt(text, problem)).toBe('40');
    expect(problem?.related).toMatchObject({ line: 18 + 2 + 4, message: 'Offset 40 of 0000:00:03.0' });
    expect(problem?.related && textAt(text, problem.related)).toBe('09');
  });
  it('stand right in dumps that are quoted, have carriage returns, or rows of other lengths', () => {
    const plain = dump('00:03.0', LOOP);
    const short = plain.replace(/^50: (.{23}) (.{23})$/m, '50: $1\n58: $2');
    for (const text of [plain.replaceAll('\n', '\r\n'), plain.replace(/^/gm, '> '), short]) {
      const [problem] = problemsOf(text);
      expect(problem?.code).toBe('loop');
      expect(problem && textAt(text, problem)).toBe('40');
    }
  });
  it('leave out where the text itself stops', () => {
    const text = dump('00:03.0', LOOP).split('\n').slice(0, 5).join('\n');
    expect(problemsOf(text)).toEqual([]);
  });
  it('are none in the sample dump', () => {
    expect(
      problemsOf(
        readFileSync(new URL('../../samples/workspace/q35-rich.lspci.txt', import.meta.url), 'utf8'),
      ),
    ).toEqual([]);
  });
  it('of any chain stand at bytes that the text has', () => {
    const byte = fc.oneof(fc.constantFrom(1, 5, 9, 0x13, 0x40, 0x44, 0x50, 0x60), fc.nat(255));
    fc.assert(
      fc.property(fc.dictionary(fc.nat(255).map(String), byte, { maxKeys: 60, size: 'max' }), (bytes) => {
        const text = dump('00:03.0', { ...LOOP, ...bytes, 0x06: 0x10, 0x0e: 0 });
        for (const problem of problemsOf(text)) {
          expect(textAt(text, problem)).toMatch(/^[0-9a-f]{2}$/);
          if (problem.related) expect(textAt(text, problem.related)).toMatch(/^[0-9a-f]{2}$/);
        }
      }),
    );
  });
});
