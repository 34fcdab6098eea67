import { expect } from 'vitest';
import { RecordedHost } from './recordedHost';
import { Shell } from './shell';
import { itReplays, readCapture, sectionNamed, sections, trimmed } from './transcript';

/** dom0/a02-slot-syntax.txt: every syntax of new_slot and remove_slot, one write(2) each, and the list after. */

const SLOTS = 'dom0/a02-slot-syntax.txt';

/** The list as the transcript shows it after a group of writes. */
const LIST = /^== slots \(\d+\): /;

const replay = (title: string): void => {
  const all = sections(readCapture(SLOTS), '# ');
  const wanted = sectionNamed(all, title);
  const shell = new Shell(new RecordedHost([]));
  for (const section of all) {
    for (const { line, command, output } of section.commands) {
      if (command.startsWith('rmmod')) return;
      const replayed = [
        ...shell.run(command),
        ...output.filter((text) => LIST.test(text)).map((text) => shell.listed(text)),
      ];
      if (section !== wanted) continue;
      const answer = { line, command, output: replayed };
      const recorded = { line, command, output: trimmed(output) };
      expect(answer).toEqual(recorded);
    }
    if (section === wanted) return;
  }
};

for (const title of ['new_slot: accepted and refused', 'wildcards', 'bad syntaxes', 'remove_slot'])
  itReplays(`edits the id list as Linux 6.1 does: ${title}`, [SLOTS], () => replay(title));
