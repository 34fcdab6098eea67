import { expect } from 'vitest';
import type { AerEvent } from '../../../src/backend/pciback/aer';
import {
  AER_BUS,
  AER_CMD,
  AER_DEVFN,
  AER_DOMAIN,
  AER_ERR,
  WORD_AER_OP,
  XEN_PCIB_active,
} from '../../../src/backend/xen/pciif';
import { GuestLife, modelledKeys, recordedKeys } from './guestLife';
import { scanAsGuest } from './guestScan';
import { describeSeized, lspciSlots, RecordedHost } from './recordedHost';
import { itReplays, readCapture } from './transcript';

/**
 * pv-aer/b05-aer.txt: errors injected into a virtio card that a PV guest has, with and without a driver there. That
 * driver has no error handlers, so the guest always answers PCI_ERS_RESULT_NONE.
 */

const AER = 'pv-aer/b05-aer.txt';
const LSPCI = 'dom0/a04-seize-every-kind.txt';
const INJECTED = '04:00.0';

const RESULT_NONE = 1;
const IO_NORMAL = 1;
const IO_FROZEN = 2;

/** An injection and what followed. */
interface Injection {
  readonly error: string;
  readonly domid: number;
  readonly fatal: boolean;
  /** Callbacks of the kernel in order, each with the request that the guest got. */
  readonly callbacks: readonly { readonly event: AerEvent; readonly request: string }[];
  readonly keys: readonly string[];
}

const EVENTS: Readonly<Record<string, AerEvent>> = {
  xen_pcibk_error_detected: 'error_detected',
  xen_pcibk_mmio_enabled: 'mmio_enabled',
  xen_pcibk_slot_reset: 'slot_reset',
  xen_pcibk_error_resume: 'resume',
};

const parseInjection = (run: string): Injection => {
  const [error = ''] = run.split('\n', 1);
  const messages = [...run.matchAll(/ xen_pciback: (?:(xen_pcibk_\w+)\(|(aer_op .*))/g)];
  const callbacks = messages.flatMap(([, callback], i) =>
    callback === undefined ? [] : [{ event: EVENTS[callback]!, request: messages[i + 1]?.[2] ?? '' }],
  );
  const domid = Number(/^du +(\d+) /m.exec(run)?.[1]);
  const ownKeys = recordedKeys(run.split('\n')).filter(
    (key) => key.includes(`/pci/${domid}/`) || key.startsWith(`/local/domain/${domid}/`),
  );
  return { error, domid, fatal: run.includes('Uncorrected (Fatal)'), callbacks, keys: ownKeys };
};

const injections = (text: string): readonly Injection[] =>
  text
    .split('(qemu) pcie_aer_inject_error ')
    .slice(1)
    .filter((run) => run.startsWith('vnet '))
    .map(parseInjection);

itReplays('errors reach the guest, and mark it for destruction, as recorded', [AER, LSPCI], () => {
  const all = injections(readCapture(AER));
  expect(all.map(({ callbacks }) => callbacks.length)).toEqual([0, 3, 3, 1, 0, 3, 3, 1]);
  for (const { error, domid, fatal, callbacks, keys } of all) {
    const recorded = new RecordedHost([describeSeized(lspciSlots(readCapture(LSPCI)), INJECTED)]);
    recorded.seize(INJECTED);
    const guest = new GuestLife(recorded, domid);
    guest.create([INJECTED]);
    guest.connect();
    scanAsGuest(recorded, domid, guest.front!);
    const { page, channel } = guest.front!.ring;
    for (const { event, request } of callbacks) {
      let got = '';
      const state = fatal ? IO_FROZEN : IO_NORMAL;
      recorded.host.driver.aer(event, recorded.find(INJECTED)!, state, () => {
        const word = (at: number): number => page.words[WORD_AER_OP + at]!;
        got = `aer_op ${word(AER_CMD)} dom ${word(AER_DOMAIN)} bus ${word(AER_BUS)} devfn ${word(AER_DEVFN)}`;
        page.words[WORD_AER_OP + AER_ERR] = RESULT_NONE;
        page.clearFlag(XEN_PCIB_active);
        channel.deliver();
      });
      expect({ error, event, request: got }).toEqual({ error, event, request });
    }
    expect({ error, keys: modelledKeys(recorded) }).toEqual({ error, keys });
  }
});
