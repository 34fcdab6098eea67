import { expect } from 'vitest';
import { backendDirectory } from '../../../src/backend/xen/toolstack';
import { parseXlConfig } from '../../../src/sources/xlConfig';
import { passthroughOptions } from '../../../src/sources/xlPciSpec';
import { GuestLife } from './guestLife';
import { address, describeSeized, lspciSlots, RecordedHost } from './recordedHost';
import { itReplays, readCapture } from './transcript';

/** What xl wrote into xenstore of the device strings in the transcripts. */

const CASES = [
  { file: 'pv-probes/b02-log.txt', command: 'xl create', domid: 4, spec: '01:00.0,permissive=1' },
  { file: 'pv-multi/b04-vpci.txt', command: 'xl pci-attach', domid: 1, spec: '00:04.0@10' },
] as const;
const LSPCI = ['pv-vpci/b01-stages.txt', 'dom0/a04-seize-every-kind.txt'];

/** Keys of index N that hold options, without their number. */
const optionKeys = (lines: readonly string[], bdf: string): readonly string[] => {
  const keys = lines.map((line) => /\/([a-z]+)-(\d+) = "(.*?)"/.exec(line)).filter((m) => m !== null);
  const index = keys.find(([, key, , value]) => key === 'dev' && value === bdf)?.[2];
  return keys
    .filter(([, key, n]) => ['opts', 'vdevfn'].includes(key!) && (index === undefined || n === index))
    .map(([, key, , value]) => `${key} = ${value}`)
    .sort();
};

for (const { file, command, domid, spec } of CASES) {
  itReplays(`xl with ${spec} writes what it wrote`, [file, ...LSPCI], () => {
    const text = readCapture(file);
    const from = text.indexOf(spec, text.indexOf(`dom0# ${command}`));
    const listing = text
      .slice(from, text.indexOf('\ndom0# ', text.indexOf('xenstore-ls', from)))
      .split('\n')
      .filter((line) => line.startsWith(`${backendDirectory(domid)}/`));
    const config = parseXlConfig(`pci = ["${spec}"]`);
    const device = config.ok ? config.devices[0] : undefined;
    if (device === undefined) throw new Error(`${spec} is no device`);
    const bdf = spec.slice(0, 7);
    const slots = LSPCI.flatMap((capture) => lspciSlots(readCapture(capture)));
    const recorded = new RecordedHost([describeSeized(slots, bdf)]);
    recorded.seize(bdf);
    new GuestLife(recorded, domid).create([bdf], passthroughOptions(device, address(bdf)));
    const written = recorded.host.platform.xenstore.list('').map(([path, value]) => `${path} = "${value}"`);
    expect(optionKeys(written, `0000:${bdf}`)).toEqual(optionKeys(listing, `0000:${bdf}`));
    expect(optionKeys(listing, `0000:${bdf}`)).not.toEqual([]);
  });
}
