/** The words of an xl configuration file. Source: xl.cfg(5), SYNTAX. */

export type TokenKind =
  | 'name'
  | 'number'
  | 'string'
  /** A string without its closing quote; it ends with the line. */
  | 'unclosed'
  | 'equals'
  | 'plusEquals'
  | 'open'
  | 'close'
  | 'comma'
  | 'semicolon'
  | 'newline'
  | 'unknown'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A string without its quotes and escapes; anything else as it stands. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Characters in the file, with quotes. */
  readonly length: number;
}

/** In order: the first that fits at a place is the word there. */
const WORDS: readonly (readonly [TokenKind | 'blank', RegExp])[] = [
  ['blank', /[ \t\r\f\v\ufeff]+|#[^\n]*/y],
  ['newline', /\n/y],
  ['name', /[a-z_][a-z0-9_]*/iy],
  ['number', /-?(?:0x[0-9a-f]+|[0-9]+)/iy],
  ['string', /'(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\\n]|\\[^\n])*"/y],
  ['unclosed', /['"][^\n]*/y],
  ['plusEquals', /\+=/y],
  ['equals', /=/y],
  ['open', /\[/y],
  ['close', /\]/y],
  ['comma', /,/y],
  ['semicolon', /;/y],
];

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

const unquoted = (text: string): string =>
  text.slice(1, -1).replace(/\\(.)/g, (_, c: string) => ESCAPED[c] ?? c);

/** Splits a text into words; the last one is always `end`. Never fails: what is no word is `unknown`. */
export const tokenize = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const wordAt = (): readonly [TokenKind | 'blank', string] => {
    for (const [kind, pattern] of WORDS) {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found) return [kind, found[0]];
    }
    return ['unknown', String.fromCodePoint(text.codePointAt(at) ?? 0)];
  };
  while (at < text.length) {
    const [kind, word] = wordAt();
    if (kind !== 'blank')
      tokens.push({
        kind,
        text: kind === 'string' ? unquoted(word) : kind === 'newline' ? '' : word,
        line,
        column: at - lineStart + 1,
        length: word.length,
      });
    at += word.length;
    if (kind === 'newline') {
      line++;
      lineStart = at;
    }
  }
  tokens.push({ kind: 'end', text: '', line, column: at - lineStart + 1, length: 0 });
  return tokens;
};
