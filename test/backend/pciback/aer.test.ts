import { describe, expect, it } from 'vitest';
import type { AerEvent } from '../../../src/backend/pciback/aer';
import { AER_ERR, WORD_AER_OP, XEN_PCIB_active } from '../../../src/backend/xen/pciif';
import { addNic, connect, newHost, seizeAll } from './fixtures';

const NONE = 1;
const CAN_RECOVER = 2;
const DISCONNECT = 4;
const RECOVERED = 5;
const IO_FROZEN = 2;
const TIMEOUT_MS = 300_000;

const setUp = (aerHandler: boolean) => {
  const host = newHost();
  const dev = addNic(host);
  seizeAll(host, [dev]);
  const guest = connect(host, [dev], { aerHandler });
  const { page, channel } = guest.ring;
  const answer = (verdict: number) => (): void => {
    page.words[WORD_AER_OP + AER_ERR] = verdict;
    page.clearFlag(XEN_PCIB_active);
    channel.send();
  };
  const silent = (): void => host.platform.clock.advance(TIMEOUT_MS);
  const aer = (event: AerEvent, guestActs: () => void = silent) =>
    host.observe(() => host.driver.aer(event, dev, IO_FROZEN, guestActs));
  return { host, dev, guest, page, aer, answer, killed: () => guest.key('aerState') };
};

describe('PCI errors of a device that a guest has', () => {
  it('131: the verdict of the guest is returned', () => {
    const { aer, answer, page, killed } = setUp(true);
    let asked: number[] = [];
    const { result } = aer('error_detected', () => {
      asked = Array.from(page.words.subarray(WORD_AER_OP, WORD_AER_OP + 5));
      answer(RECOVERED)();
    });
    expect(asked).toEqual([6, IO_FROZEN, 0, 0, 0]);
    expect([result, killed()]).toEqual([RECOVERED, undefined]);
  });

  it.each([NONE, DISCONNECT])('131: verdict %i marks the guest for destruction', (verdict) => {
    const { aer, answer, killed } = setUp(true);
    expect(aer('mmio_enabled', answer(verdict)).result).toBe(verdict);
    expect(killed()).toBe('aerfail');
  });

  it('131: a number that is no verdict is passed on unexamined', () => {
    const { aer, answer } = setUp(true);
    expect(aer('error_detected', answer(-77)).result).toBe(-77);
  });

  it('132: a guest without a handler is marked when the error is detected', () => {
    const { aer, killed } = setUp(false);
    expect(aer('error_detected').result).toBe(CAN_RECOVER);
    expect(killed()).toBe('aerfail');
  });

  it.each(['slot_reset', 'mmio_enabled'] as const)('133: but not by %s', (event) => {
    const { aer, killed } = setUp(false);
    expect([aer(event).result, killed()]).toEqual([RECOVERED, undefined]);
  });

  it('134: without an answer the default counts, the request is taken back, the pending flag stays', () => {
    const { aer, page, guest, killed } = setUp(true);
    expect([aer('mmio_enabled').result, killed()]).toEqual([RECOVERED, undefined]);
    expect(page.words[WORD_AER_OP + AER_ERR]).toBe(NONE);
    expect(page.flags & XEN_PCIB_active).toBe(0);
    expect(guest.backend.aerPending).toBe(true);
  });

  it('134: after that an event without a request gets no EOI, so the channel stays masked', () => {
    const { aer, guest, host, dev } = setUp(true);
    aer('mmio_enabled');
    expect(host.observe(() => guest.ring.channel.send()).observed.eoi).toEqual([]);
    const request = { cmd: 0, ...guest.to(dev), offset: 0, size: 4 };
    expect(guest.ring.submit(request)).toBe(false);
  });

  it('135: the EOI is sent early, so that the answer arrives while a request is served', () => {
    const { host, dev, guest, answer } = setUp(true);
    let verdict = 0;
    guest.ring.channel.onNotify = () => {
      guest.ring.channel.onNotify = null;
      verdict = host.driver.aer('error_detected', dev, IO_FROZEN, answer(RECOVERED));
    };
    const { eoi, value } = guest.read(dev, 0, 4);
    expect([verdict, value]).toEqual([RECOVERED, 0x10d38086]);
    expect(eoi).toEqual([0, 0]);
  });

  it('a device that nobody has keeps the default', () => {
    const { aer, guest, killed } = setUp(true);
    guest.detach();
    expect([aer('error_detected').result, killed()]).toEqual([CAN_RECOVER, undefined]);
  });
});
