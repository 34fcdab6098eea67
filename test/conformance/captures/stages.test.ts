import { expect } from 'vitest';
import { formatBdf } from '../../../src/backend/spec/bdf';
import { hex } from '../../../src/backend/spec/uint';
import { GuestLife, modelledKeys, recordedKeys } from './guestLife';
import { scanAsGuest } from './guestScan';
import { describeSeized, lspciSlots, parseSlot, RecordedHost } from './recordedHost';
import { Shell } from './shell';
import { itReplays, readCapture, sectionNamed, sections, type Section } from './transcript';

/** pv-vpci and pv-passthrough/b01-stages.txt: the whole life of a guest with one device, under each topology. */

const PASSED = '01:00.0';
const XENSTORE = 'xenstore-ls';
const ATTRIBUTES = 'attrs | grep -v "^\t\t0"';

const LIVES = [
  { topology: 'vpci', file: 'pv-vpci/b01-stages.txt', domid: 1, at: '00:00.0' },
  { topology: 'passthrough', file: 'pv-passthrough/b01-stages.txt', domid: 2, at: PASSED },
] as const;

type Life = (typeof LIVES)[number];

const start = ({ file, domid, topology }: Life): { recorded: RecordedHost; guest: GuestLife } => {
  const slots = lspciSlots(readCapture(file));
  const recorded = new RecordedHost([describeSeized(slots, PASSED)], {
    passthrough: topology === 'passthrough',
  });
  recorded.seize(PASSED);
  return { recorded, guest: new GuestLife(recorded, domid) };
};

/** Steps of the transcript, by how their titles begin, and what they do. */
const STEPS: readonly (readonly [title: string, act: (guest: GuestLife) => void])[] = [
  ['xl create -p', (guest) => guest.create([PASSED])],
  ['xl unpause', () => undefined],
  ['guest: modprobe xen-pcifront dyndbg', (guest) => guest.connect()],
  ['guest: modprobe e1000e', () => undefined],
  ['guest: rmmod xen-pcifront', () => undefined],
  ['guest: modprobe xen-pcifront again', () => undefined],
  ['xl pci-detach', (guest) => guest.detach(PASSED)],
  ['xl pci-attach', (guest) => guest.attach(PASSED)],
  ['xl shutdown / destroy', (guest) => guest.destroy()],
];

const outputOf = ({ commands }: Section, command: string): readonly string[] | undefined =>
  commands.find((c) => c.command.startsWith(command))?.output;

for (const life of LIVES) {
  const { topology, file, at } = life;
  itReplays(`${topology}: xenstore holds what it held at every stage of a guest's life`, [file], () => {
    const { recorded, guest } = start(life);
    const all = sections(readCapture(file));
    const connected = outputOf(sectionNamed(all, 'guest: modprobe xen-pcifront dyndbg'), XENSTORE);
    expect(recordedKeys(connected!)).toContain(`/local/domain/0/backend/pci/${life.domid}/0/state = 4`);
    for (const [title, act] of STEPS) {
      act(guest);
      const listing = outputOf(sectionNamed(all, title), XENSTORE);
      expect({ title, keys: modelledKeys(recorded) }).toEqual({ title, keys: recordedKeys(listing!) });
    }
  });

  itReplays(
    `${topology}: guest and host read the recorded bytes once the guest has found its device`,
    [file],
    () => {
      const { recorded, guest } = start(life);
      guest.create([PASSED]);
      guest.connect();
      scanAsGuest(recorded, guest.domid, guest.front!);
      const text = readCapture(file);
      const section = text.slice(
        text.indexOf('######## guest and dom0 views'),
        text.indexOf('######## guest: modprobe e1000e'),
      );
      const [seenByGuest, seenByHost] = lspciSlots(section).filter(
        (slot) => slot.includes('\nfff') || slot.includes('\n140: '),
      );
      const rows = (bytes: Uint8Array): readonly string[] =>
        [...bytes].map((byte, i) => `${hex(i, 3)}: ${hex(byte, 2)}`);
      expect(guest.slots().map(formatBdf)).toEqual([`0000:${at}`]);
      expect(rows(guest.image(guest.slots()[0]!))).toEqual(rows(parseSlot(seenByGuest!).config));
      expect(rows(recorded.find(`0000:${PASSED}`)!.fn.config)).toEqual(rows(parseSlot(seenByHost!).config));
    },
  );

  itReplays(
    `${topology}: the attributes read as recorded before, after detaching and after the guest`,
    [file],
    () => {
      const { recorded, guest } = start(life);
      const shell = new Shell(recorded);
      const all = sections(readCapture(file));
      const attributesOf = (section: Section): readonly string[] => {
        const found = section.commands.find(({ command }) => command.includes('attrs |'))!.output;
        const from = found.indexOf('== cat slots');
        return found.slice(from, found.indexOf('== cat allow_interrupt_control') + 1);
      };
      expect(shell.run(ATTRIBUTES)).toEqual(attributesOf(all[0]!));
      for (const [title, act] of STEPS) {
        act(guest);
        const section = sectionNamed(all, title);
        if (section.commands.some(({ command }) => command.includes('attrs |')))
          expect({ title, read: shell.run(ATTRIBUTES) }).toEqual({ title, read: attributesOf(section) });
      }
    },
  );
}
