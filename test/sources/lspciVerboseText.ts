/**
 * The text of lspci -vvv as values: flags with their sign, and everything else as phrases. Two texts of the same bytes
 * have the same values whatever the line breaks.
 */

/** One label with all that is printed for it, its continuation lines joined. */
export interface Statement {
  readonly label: string;
  readonly text: string;
}

export interface Section {
  /** `header`, or the offset as lspci prints it: `40`, `100`. */
  readonly key: string;
  /** What the line `Capabilities: [40] ...` says. */
  readonly headline: string;
  readonly statements: readonly Statement[];
}

export interface VerboseBlock {
  /** Line of the slot heading, counted from 1. */
  readonly line: number;
  readonly sections: readonly Section[];
}

const HEADING = /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] /;
const HEX_ROW = /^[0-9a-f]{2,3}: [0-9a-f]{2} /;
const CAPABILITY = /^Capabilities: \[([0-9a-f]+)(?: v\d+)?\] ?(.*)$/;
const TAB = 8;

const indentOf = (line: string): number => {
  let column = 0;
  for (const character of line) {
    if (character === ' ') column++;
    else if (character === '\t') column += TAB - (column % TAB);
    else break;
  }
  return column;
};

/** Lines whose label lspci does not set off with a colon. */
const WITHOUT_COLON = [
  /^(Expansion ROM) (at .*)$/,
  /^(BIST) ((?:result|is) .*)$/,
  /^(16-bit legacy interface ports) (at .*)$/,
];
const LABEL = /^([^\s:=][^:=]*):(?:\s+(.*))?$/;

/** Earlier versions set `[virtual]` before what it describes. */
const inOrder = (line: string): string => line.replace(/^\[virtual\] (.*)$/, '$1 [virtual]');

const statementOf = (line: string): Statement => {
  const text = inOrder(line);
  const match = WITHOUT_COLON.map((form) => form.exec(text)).find((found) => found) ?? LABEL.exec(text);
  return match ? { label: match[1] ?? '', text: match[2] ?? '' } : { label: '', text };
};

interface Open {
  readonly key: string;
  headline: string;
  readonly statements: Statement[];
  /** Column in which the section's statements begin; deeper lines continue them. */
  readonly column: number;
}

const append = (section: Open, column: number, text: string): void => {
  const last = section.statements.at(-1);
  const statement = statementOf(text);
  if (column > section.column && last)
    section.statements[section.statements.length - 1] = { label: last.label, text: `${last.text}\n${text}` };
  else if (statement.label === '' && section.headline !== '') section.headline += `\n${text}`;
  else section.statements.push(statement);
};

/** The sections of one function from its lines, without heading and hex rows. */
export const sectionsOf = (lines: readonly string[]): readonly Section[] => {
  let section: Open = { key: 'header', headline: '', statements: [], column: TAB };
  const header = section;
  const sections = [section];
  for (const line of lines) {
    const column = indentOf(line);
    const text = line.trim();
    const capability = CAPABILITY.exec(text);
    if (column === TAB && capability) {
      section = {
        key: capability[1] ?? '',
        headline: capability[2] ?? '',
        statements: [],
        column: 2 * TAB,
      };
      sections.push(section);
    } else append(column === TAB ? header : section, column, text);
  }
  return sections;
};

/** The functions of a dump that have verbose text. */
export const verboseBlocks = (text: string): readonly VerboseBlock[] => {
  const blocks: { line: number; lines: string[] }[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (HEADING.test(line)) blocks.push({ line: index + 1, lines: [] });
    else if (/^\s+\S/.test(line) && !HEX_ROW.test(line)) blocks.at(-1)?.lines.push(line);
  });
  return blocks
    .filter(({ lines }) => lines.some((line) => /^\s+Control: /.test(line)))
    .map(({ line, lines }) => ({ line, sections: sectionsOf(lines) }));
};

export interface Values {
  /** `BusMaster` and `+`, in order. */
  readonly flags: readonly (readonly [name: string, sign: string])[];
  /** `Speed 8GT/s`, `Width x4`, `[size=16K]`, `RBC=512`. */
  readonly phrases: readonly string[];
}

const TOKEN = /\[[^\]]*\]|[^\s,;()[\]]+|[,;()\n]/g;
const END = /^[,;()\n]$/;
const FLAG = /^(.*[^+-])([+-])$/;

export const valuesOf = (text: string): Values => {
  const flags: (readonly [string, string])[] = [];
  const phrases: string[] = [];
  let words: string[] = [];
  const end = (): void => {
    if (words.length > 0) phrases.push(words.join(' '));
    words = [];
  };
  for (const [token] of text.matchAll(TOKEN)) {
    const flag = FLAG.exec(token);
    if (flag) {
      end();
      flags.push([flag[1] ?? '', flag[2] ?? '']);
    } else if (token.startsWith('[') || token.includes('=')) {
      end();
      phrases.push(token);
    } else if (END.test(token)) end();
    else words.push(token);
  }
  end();
  return { flags, phrases };
};
