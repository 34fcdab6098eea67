import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';

/**
 * Transcripts of a real Xen 4.17 host with Linux 6.1 as dom0 and as PV guest, read where they lie: `captures` beside
 * the project, or under CONFSPACE_SHARED. Where they are absent the tests say so and are skipped.
 */

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const CAPTURES = resolve(process.env['CONFSPACE_SHARED'] ?? resolve(PROJECT, '../shared'), 'captures');

export const readCapture = (file: string): string => readFileSync(resolve(CAPTURES, file), 'utf8');

/** A test that needs these transcripts. */
export const itReplays = (name: string, files: readonly string[], test: () => void): void => {
  const missing = files.filter((file) => !existsSync(resolve(CAPTURES, file)));
  const reason = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')} under ${CAPTURES})`;
  it.skipIf(missing.length > 0)(`${name}${reason}`, test);
};

/** A command typed on a console, and what it printed. */
export interface Command {
  /** Counted from 1. */
  readonly line: number;
  readonly command: string;
  readonly output: readonly string[];
}

/** A titled part of a transcript. */
export interface Section {
  readonly title: string;
  readonly commands: readonly Command[];
}

const TITLE = /^#{8} (.*)$/;
/** What a command does not print itself: traces and kernel messages that were collected after it. */
const COLLECTED = /^---( |$)/;

/** Splits a transcript at the prompt. Traces and kernel messages, `---` to `---`, are left out. */
export const sections = (text: string, prompt = 'dom0# '): readonly Section[] => {
  const found: { title: string; commands: { line: number; command: string; output: string[] }[] }[] = [
    { title: '', commands: [] },
  ];
  let collected = false;
  for (const [i, line] of text.split('\n').entries()) {
    const title = TITLE.exec(line)?.[1];
    if (title !== undefined) {
      found.push({ title, commands: [] });
      collected = false;
    } else if (line.startsWith(prompt)) {
      found.at(-1)!.commands.push({ line: i + 1, command: line.slice(prompt.length), output: [] });
      collected = false;
    } else if (COLLECTED.test(line)) collected = line.length > 3;
    else if (!collected) found.at(-1)!.commands.at(-1)?.output.push(line);
  }
  return found;
};

/** The section with that title; `start` is how it begins. */
export const sectionNamed = (all: readonly Section[], start: string): Section => {
  const found = all.find((s) => s.title.startsWith(start));
  if (found === undefined) throw new Error(`the transcript has no section ${start}`);
  return found;
};

/** Without the empty lines at the end, which separate sections. */
export const trimmed = (lines: readonly string[]): readonly string[] => {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
};

/** A command with everything up to the next one: what it printed and the kernel messages collected after it. */
export interface Block {
  readonly line: number;
  /** `dom0` or `du`, the guest. */
  readonly console: string;
  readonly command: string;
  readonly lines: readonly string[];
}

/** Commands of both consoles in order, from one section title to another. */
export const blocksBetween = (text: string, first: string, end: string): readonly Block[] => {
  const found: { line: number; console: string; command: string; lines: string[] }[] = [];
  let inside = false;
  for (const [i, line] of text.split('\n').entries()) {
    const title = TITLE.exec(line)?.[1];
    if (title === end) return found;
    inside ||= title === first;
    const m = /^(dom0|du)# (.*)$/.exec(line);
    if (!inside || title !== undefined) continue;
    if (m !== null) found.push({ line: i + 1, console: m[1]!, command: m[2]!, lines: [] });
    else found.at(-1)?.lines.push(line);
  }
  throw new Error(`the transcript has no section ${end}`);
};
