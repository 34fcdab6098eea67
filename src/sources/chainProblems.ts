import { formatBdf, type Bdf } from '../backend/spec/bdf';
import { chainsOf } from '../backend/spec/chainLint';
import { hex } from '../backend/spec/uint';
import type { LspciResult } from './lspci';
import { ProblemList, type SourcePlace, type SourceProblem } from './problem';

const ROW = /([0-9a-f]{2,8}):/i;
/** A byte of a row, or what stands for one that is not given. */
const BYTE = /[0-9a-f]{2}|xx|--|\?\?/giy;

/** Columns of the byte at `offset` in a hex row; undefined where the row does not read so. */
const columnsOf = (row: string, offset: number): { column: number; endColumn: number } | undefined => {
  const head = ROW.exec(row);
  if (!head) return undefined;
  let left = offset - parseInt(head[1] ?? '', 16);
  BYTE.lastIndex = head.index + head[0].length;
  while (left >= 0) {
    while (row[BYTE.lastIndex] === ' ' || row[BYTE.lastIndex] === '\t') BYTE.lastIndex++;
    const at = BYTE.lastIndex;
    if (!BYTE.test(row)) return undefined;
    if (left-- === 0) return { column: at + 1, endColumn: BYTE.lastIndex + 1 };
  }
  return undefined;
};

/**
 * What is wrong with the capability chains of a dump's functions, at the bytes of the text that say so. Chains that
 * stop where the text gives no bytes are left out: the text's own problems tell what is missing.
 */
export const chainProblems = (
  { machine, lineOf }: Extract<LspciResult, { ok: true }>,
  text: string,
): readonly SourceProblem[] => {
  const problems = new ProblemList();
  let lines: readonly string[] | undefined;
  const placeOf = (bdf: Bdf, offset: number): SourcePlace | undefined => {
    const line = lineOf(bdf, offset);
    if (line === undefined) return undefined;
    lines ??= text.split('\n');
    return { line, ...columnsOf(lines[line - 1] ?? '', offset) };
  };
  for (const { bdf, config, known } of machine.functions) {
    const slot = formatBdf(bdf);
    for (const { kind, severity, offset, message, related } of chainsOf(config, known).findings) {
      const place = kind === 'truncated' ? undefined : placeOf(bdf, offset);
      if (!place) continue;
      const other = related === undefined ? undefined : placeOf(bdf, related);
      problems.add({
        ...place,
        severity,
        code: kind,
        message: `${slot}: ${message}`,
        ...(other &&
          related !== undefined && {
            related: { ...other, message: `Offset ${hex(related, 2)} of ${slot}` },
          }),
      });
    }
  }
  return problems.all();
};
