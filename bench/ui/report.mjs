// From times to lines: best, median and worst, what the machine itself adds, met or missed.

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/**
 * @typedef {object} Line
 * @property {string} what
 * @property {readonly number[]} values
 * @property {number} [atMost] target of the median
 * @property {number} [atLeast]
 * @property {readonly number[]} [beside] the same for the text editor
 */

/** @typedef {'met' | 'within noise' | 'MISSED' | ''} Verdict */

/**
 * Whether the median meets the target. `busy` is how many times longer fixed work takes than at its fastest, because
 * others use the processor: a time above its target by no more than that is within the noise.
 * @param {Line} line @param {number} busy @returns {Verdict}
 */
export function verdict({ values, atMost, atLeast }, busy) {
  const middle = median(values);
  if (atMost !== undefined) {
    if (middle <= atMost) return 'met';
    return middle / busy <= atMost ? 'within noise' : 'MISSED';
  }
  if (atLeast === undefined) return '';
  return middle >= atLeast ? 'met' : 'MISSED';
}

/** @param {number} value */
const shown = (value) => (value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1));

/** @param {Line} line */
const target = ({ atMost, atLeast }) =>
  atMost !== undefined ? `≤ ${atMost}` : atLeast !== undefined ? `≥ ${atLeast}` : '';

/** @param {readonly number[]} values best, median, worst; one number where there is but one */
const three = (values) =>
  values.length <= 1
    ? values.map(shown).join('')
    : [Math.min(...values), median(values), Math.max(...values)].map(shown).join(' / ');

/** A table in Markdown, aligned for the terminal. @param {readonly Line[]} lines @param {number} busy */
export function table(lines, busy) {
  const rows = [
    ['best / median / worst', 'inspector', 'target', '', 'text editor'],
    ...lines.map((line) => [
      line.what,
      three(line.values),
      target(line),
      verdict(line, busy),
      three(line.beside ?? []),
    ]),
  ];
  const widths =
    rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  /** @param {readonly string[]} row */
  const text = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [text(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(text)].join(
    '\n',
  );
}
