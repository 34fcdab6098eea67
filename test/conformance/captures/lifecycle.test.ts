import { expect } from 'vitest';
import { describeSeized, lspciSlots, RecordedHost } from './recordedHost';
import { Shell } from './shell';
import {
  blocksBetween,
  itReplays,
  readCapture,
  sectionNamed,
  sections,
  trimmed,
  type Block,
} from './transcript';

/** dom0/a05b-lifecycle-hide.txt: unbinding and binding again, ids of bound devices, and the `hide` parameter. */

const LIFECYCLE = 'dom0/a05b-lifecycle-hide.txt';
const LSPCI = ['pv-vpci/b01-stages.txt', 'dom0/a04-seize-every-kind.txt'];
const FILES = [LIFECYCLE, ...LSPCI];

const SEIZED = ['01:00.0', '05:00.0', '05:00.1', '07:01.0'];

const host = (bdfs: readonly string[], hide = ''): RecordedHost => {
  const slots = LSPCI.flatMap((file) => lspciSlots(readCapture(file)));
  return new RecordedHost(
    bdfs.map((bdf) => describeSeized(slots, bdf)),
    { hide },
  );
};

/** Lines of `xl pci-assignable-list`, which end in a blank. */
const ASSIGNABLE = /^0000:\S+ $/;

itReplays('a device that is unbound and bound again starts afresh, whatever its id does', FILES, () => {
  const recorded = host(SEIZED);
  recorded.seize(...SEIZED);
  const shell = new Shell(recorded);
  const all = sections(readCapture(LIFECYCLE));
  for (const title of ['unbind/rebind', 'remove_slot of a seized device', 'two slots one driver'])
    for (const { line, command, output } of sectionNamed(all, title).commands) {
      const wanted = trimmed(output).filter((text) => !ASSIGNABLE.test(text));
      expect({ line, output: shell.run(command) }).toEqual({ line, output: wanted });
    }
});

const hideOf = ({ command }: Block): string => /'hide=(.*?)'/.exec(command)?.[1] ?? '';

/** What a `modprobe` line of the transcript shows of a driver that was loaded or not. */
const loadedAs = (block: Block): unknown => {
  const { lines } = block;
  const found = (pattern: RegExp): string[] => lines.flatMap((text) => pattern.exec(text)?.[1] ?? []);
  const loaded = lines.includes('rc=0');
  const bound = loaded ? (found(/^((?:0000:\S+ )+)$/)[0] ?? '').trim().split(' ') : [];
  const errors = [...new Set(found(/^ {2}\| \[.*\] (xen_pciback: Error .*)$/))];
  return {
    hide: hideOf(block),
    loaded,
    list: loaded ? found(/^(== slots .*)$/) : [],
    bound: bound.filter((b) => b !== ''),
    errors,
  };
};

itReplays('the hide parameter is taken and refused as recorded', FILES, () => {
  const blocks = blocksBetween(
    readCapture(LIFECYCLE),
    'hide= : module parameter',
    'hide= a device held by another driver',
  );
  expect(blocks.length).toBeGreaterThan(10);
  for (const block of blocks) {
    const recorded = host([...SEIZED, '07:02.0', '07:03.0'], hideOf(block));
    const wanted = loadedAs(block) as { readonly list: readonly string[] };
    const loaded = recorded.loaded === 0;
    const shell = new Shell(recorded);
    expect({
      hide: hideOf(block),
      loaded,
      list: wanted.list.map((line) => shell.listed(line)),
      bound: loaded ? recorded.host.driver.stub.seized.map(({ dev }) => dev.name).sort() : [],
      errors: recorded.loadLog.filter((text) => text.startsWith('xen_pciback: Error')),
    }).toEqual(wanted);
  }
});
