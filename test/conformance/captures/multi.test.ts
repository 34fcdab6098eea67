import { expect } from 'vitest';
import { formatBdf } from '../../../src/backend/spec/bdf';
import { DEFAULT_OPTIONS } from '../../../src/backend/xen/toolstack';
import { GuestLife, lspciAddresses, modelledKeys, recordedKeys } from './guestLife';
import { scanAsGuest } from './guestScan';
import { describeSeized, lspciSlots, RecordedHost } from './recordedHost';
import { Shell } from './shell';
import { itReplays, readCapture, sectionNamed, sections, type Section } from './transcript';

/** pv-multi/b04-vpci.txt: five devices in one guest, detached, attached again and taken away while in use. */

const MULTI = 'pv-multi/b04-vpci.txt';
const LSPCI = ['pv-vpci/b01-stages.txt', 'dom0/a04-seize-every-kind.txt'];
const FILES = [MULTI, ...LSPCI];

const DEVICES = ['01:00.0', '02:00.0', '05:00.0', '05:00.1', '07:01.0'];
const XHCI = '00:04.0';

class Replay {
  readonly recorded: RecordedHost;
  readonly guest: GuestLife;

  constructor() {
    const slots = LSPCI.flatMap((file) => lspciSlots(readCapture(file)));
    this.recorded = new RecordedHost([...DEVICES, XHCI].map((bdf) => describeSeized(slots, bdf)));
    this.recorded.seize(...DEVICES);
    this.guest = new GuestLife(this.recorded, 1);
  }

  scan(): void {
    scanAsGuest(this.recorded, this.guest.domid, this.guest.front!);
  }
}

/** Steps of the transcript, by how their titles begin, and what they do; '' is what comes before the first title. */
const STEPS: readonly (readonly [title: string, act: (replay: Replay) => void])[] = [
  [
    '',
    ({ guest }) => {
      guest.create(DEVICES);
      guest.connect();
    },
  ],
  ['detach the middle one', ({ guest }) => guest.detach('02:00.0')],
  ['detach function 0', ({ guest }) => guest.detach('05:00.0')],
  ['attach 02:00.0 again', ({ guest }) => guest.attach('02:00.0')],
  ['attach 05:00.0 again', ({ guest }) => guest.attach('05:00.0')],
  [
    'attach 00:04.0 (xhci)',
    ({ recorded, guest }) => {
      recorded.seize(XHCI);
      // xl pci-attach du 00:04.0@10
      guest.attach(XHCI, { ...DEFAULT_OPTIONS, vdevfn: 0x80 });
    },
  ],
];

/** What the last such command of the section printed. */
const lastOutput = (section: Section, command: string): readonly string[] | undefined =>
  section.commands.filter((c) => c.command.startsWith(command)).at(-1)?.output;

const sectionOf = (all: readonly Section[], title: string): Section =>
  title === '' ? all[0]! : sectionNamed(all, title);

itReplays('the toolstack and the driver number devices as recorded at every step', FILES, () => {
  const replay = new Replay();
  const all = sections(readCapture(MULTI));
  for (const [title, act] of STEPS) {
    act(replay);
    const keys = recordedKeys(lastOutput(sectionOf(all, title), 'xenstore-ls')!);
    expect({ title, keys: modelledKeys(replay.recorded) }).toEqual({ title, keys });
  }
});

itReplays('the guest finds its functions in the recorded virtual slots', FILES, () => {
  const replay = new Replay();
  const all = sections(readCapture(MULTI), 'du# ');
  for (const [title, act] of STEPS) {
    act(replay);
    // The first command timed out before the guest's lspci was printed.
    if (title === '') continue;
    const wanted = lspciAddresses(lastOutput(sectionNamed(all, title), 'lspci')!);
    expect({ title, slots: replay.guest.slots().map(formatBdf).sort() }).toEqual({ title, slots: wanted });
  }
});

itReplays('an id removed and a device unbound while a guest has them change what was recorded', FILES, () => {
  const replay = new Replay();
  for (const [, act] of STEPS) {
    act(replay);
    replay.scan();
  }
  const { commands } = sectionNamed(sections(readCapture(MULTI)), 'a device in use');
  const shell = new Shell(replay.recorded);
  // How the guest's PCI core leaves the decoding of the drive, whose COMMAND differs from the others', was not recorded.
  const withoutDrive = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => !line.startsWith('0000:02:00.0:'));
  const [removeId, keys] = ['sw remove_slot', 'xenstore-ls'].map((start) =>
    commands.find((c) => c.command.startsWith(start))!,
  );
  expect(withoutDrive(shell.run(removeId!.command))).toEqual(withoutDrive(removeId!.output));

  const { observed } = replay.recorded.host.observe(() => {
    expect(shell.run('sw unbind 0000:07:01.0')).toEqual([
      'write(/sys/bus/pci/drivers/pciback/unbind, "0000:07:01.0\\n") = 13',
    ]);
  });
  expect(observed.log.map(({ text }) => text)).toEqual(
    [
      '****** removing device 0000:07:01.0 while still in-use by domain 1! ******',
      "****** driver domain may still access this device's i/o resources!",
      '****** shutdown driver domain before binding device',
      '****** to other drivers or domains',
    ].map((text) => `pciback 0000:07:01.0: xen_pciback: ${text}`),
  );
  expect(modelledKeys(replay.recorded)).toEqual(recordedKeys(keys!.output));

  const after = sectionNamed(sections(readCapture(MULTI)), 'xl shutdown').commands.find((c) =>
    c.command.startsWith('attrs'),
  )!;
  expect(withoutDrive(shell.run(after.command))).toEqual(withoutDrive(after.output));
});
