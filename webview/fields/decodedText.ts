import type { DecodedLine } from '../../src/protocol/model';

/** lspci's lines beside the registers that they come from. No DOM. */

/** Texts of the lines that begin with the register, in order. */
export const textsOf = (lines: readonly DecodedLine[], register: string): readonly string[] =>
  lines
    .filter(({ label, registers }) => label !== 'Capabilities' && registers[0] === register)
    .map(({ text }) => text);

/** What follows the offset in the line that names the structure: `MSI-X: Enable+ Count=10 Masked-`. */
export const headlineOf = (lines: readonly DecodedLine[]): string | undefined =>
  lines.find(({ label }) => label === 'Capabilities')?.text.replace(/^\[[^\]]*\] /, '');

export interface Token {
  readonly text: string;
  /** The other side has something else here. */
  readonly differs: boolean;
}

/**
 * The words of a text, those marked that the other side's text does not have in the same place. Where the two do not
 * have the same number of words, all of it differs.
 */
export const tokensOf = (text: string, other: string | undefined): readonly Token[] => {
  const words = text.split(' ');
  const others = other?.split(' ');
  return words.map((word, i) => ({
    text: word,
    differs: others !== undefined && (others.length !== words.length || others[i] !== word),
  }));
};
