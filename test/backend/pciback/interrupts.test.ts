import { describe, expect, it } from 'vitest';
import type { XenHost } from '../../../src/backend/assembly/xenHost';
import type { PciDev } from '../../../src/backend/host/pciDev';
import { fresh, freshVf, MSI, MSIX, PM, poke, real, seizedOf, show, store, warnings } from './fixtures';

const LINE = 16;
/** PIRQs are handed out from the top of the domain's table downward. */
const FIRST_PIRQ = 951;

const raise = (host: XenHost, dev: PciDev, times: number): { handled: number; none: number } => {
  const total = { handled: 0, none: 0 };
  for (let i = 0; i < times; i++) {
    const once = host.kernel.irqLines.raise(seizedOf(host, dev).data.irq || dev.irq);
    total.handled += once.handled;
    total.none += once.none;
  }
  return total;
};

describe('enable_msi and disable_msi', () => {
  it('13: enabling gives the PIRQ of the message, not of the line, and ends acknowledging', () => {
    const { guest, dev, host } = fresh();
    guest.write(dev, 0x04, 2, 0x0007);
    expect(guest.enableMsi(dev)).toMatchObject({ err: 0, value: FIRST_PIRQ });
    expect(seizedOf(host, dev).data.ackIntr).toBe(false);
    expect(real(dev, MSI + 2, 2) & 1).toBe(1);
  });

  it('14: enabling twice is op_failed with value 0, and the warning gives -114', () => {
    const { guest, dev } = fresh();
    guest.enableMsi(dev);
    const again = guest.enableMsi(dev);
    expect(again).toMatchObject({ err: -5, value: 0 });
    expect(warnings(again).join()).toMatch(/enabling MSI for guest 1.*-114/);
  });

  it('15: MSI-X while MSI is on is refused with -6 and value stays', () => {
    const { guest, dev } = fresh();
    guest.enableMsi(dev);
    expect(guest.enableMsix(dev, 2, [0, 1])).toMatchObject({ err: -6, value: 2 });
  });

  it('16: disabling gives the line back and acknowledges', () => {
    const { guest, dev, host } = fresh();
    guest.enableMsi(dev);
    expect(guest.disableMsi(dev)).toMatchObject({ err: 0, value: LINE });
    expect(seizedOf(host, dev).data.ackIntr).toBe(true);
    expect(real(dev, MSI + 2, 2) & 1).toBe(0);
  });

  it('17: disabling twice succeeds without touching the device', () => {
    const { guest, dev } = fresh();
    guest.enableMsi(dev);
    guest.disableMsi(dev);
    expect(guest.disableMsi(dev)).toMatchObject({ err: 0, value: LINE, writes: [] });
  });

  it('26: a device in D3hot cannot enable MSI', () => {
    const { guest, dev } = fresh();
    guest.write(dev, PM + 4, 2, 0x2003);
    const reply = guest.enableMsi(dev);
    expect(reply.err).toBe(-5);
    expect(warnings(reply).join()).toContain('err -22');
  });

  it('a flood of failing requests logs a bounded number of warnings (XSA-43)', () => {
    const { guest, dev, host } = fresh();
    guest.enableMsi(dev);
    const replies = Array.from({ length: 100 }, () => guest.enableMsi(dev));
    expect(replies.every((r) => r.err === -5)).toBe(true);
    expect(replies.flatMap(warnings)).toHaveLength(10);
    host.platform.clock.advance(5000);
    expect(warnings(guest.enableMsi(dev))).toEqual([
      'xen_pcibk_enable_msi: 90 callbacks suppressed',
      expect.stringContaining('error enabling MSI for guest 1: err -114'),
    ]);
  });
});

describe('enable_msix and disable_msix', () => {
  it('18: disabling what was never on gives 0 on a VF', () => {
    const { guest, dev } = freshVf();
    expect(guest.disableMsix(dev)).toMatchObject({ err: 0, value: 0, writes: [] });
  });

  it('19: more than 128 vectors are refused before anything is looked at', () => {
    const { guest, dev } = fresh();
    expect(guest.enableMsix(dev, 129)).toMatchObject({ err: -22, value: 129, writes: [], log: [] });
  });

  it('20: zero vectors fail in the kernel, and acknowledging ends all the same', () => {
    const { guest, dev, host } = fresh();
    guest.write(dev, 0x04, 2, 0x0007);
    expect(seizedOf(host, dev).data.ackIntr).toBe(true);
    expect(guest.enableMsix(dev, 0)).toMatchObject({ err: -22, value: 0xffffffea });
    expect(seizedOf(host, dev).data.ackIntr).toBe(false);
  });

  it('21: three vectors come back in the page; entries and what lies behind are untouched', () => {
    const { guest, dev } = fresh();
    guest.ring.page.words.fill(0);
    expect(guest.enableMsix(dev, 3, [0, 1, 2])).toMatchObject({ err: 0, value: 0 });
    const entries = Array.from({ length: 5 }, (_, i) => guest.ring.page.op[9 + i]! >>> 0);
    expect(entries).toEqual([0x0000_03b7, 0x0001_03b6, 0x0002_03b5, 0, 0]);
    expect([0, 1, 2].map((i) => guest.ring.vector(i))).toEqual([FIRST_PIRQ, FIRST_PIRQ - 1, FIRST_PIRQ - 2]);
  });

  it('22: an entry named twice is refused', () => {
    const { guest, dev } = fresh();
    expect(guest.enableMsix(dev, 2, [0, 0]).err).toBe(-22);
  });

  it('23: more vectors than the table has give -28', () => {
    const { guest, dev } = fresh();
    expect(guest.enableMsix(dev, 6, [0, 1, 2, 3, 4, 5])).toMatchObject({ err: -28, value: 0xffffffe4 });
  });

  it('24: memory decoding off in hardware refuses MSI-X', () => {
    const { guest, dev } = fresh();
    poke(dev, 0x04, 2, 0x0001);
    expect(guest.enableMsix(dev, 1, [0])).toMatchObject({ err: -6, value: 1 });
  });

  it('25: for a VF the memory decoding of its PF counts', () => {
    const { guest, dev, pf } = freshVf();
    poke(pf, 0x04, 2, 0x0000);
    expect(guest.enableMsix(dev, 1, [0]).err).toBe(-6);
    poke(pf, 0x04, 2, 0x0002);
    guest.write(dev, 0x04, 2, 0x0002);
    expect(guest.enableMsix(dev, 1, [0])).toMatchObject({ err: 0, value: 0 });
    expect(real(dev, MSIX + 2, 2)).toBe(0x8002);
  });

  it('MSI while MSI-X is on, and MSI-X twice, are refused (XSA-157)', () => {
    const { guest, dev } = fresh();
    expect(guest.enableMsix(dev, 1, [0]).err).toBe(0);
    expect(guest.enableMsi(dev)).toMatchObject({ err: -5, value: 0 });
    expect(guest.enableMsix(dev, 1, [0])).toMatchObject({ err: -114, value: 1 });
    expect(guest.disableMsix(dev)).toMatchObject({ err: 0, value: LINE });
  });
});

describe('the fake interrupt handler', () => {
  it('27: enabling the device puts a handler on its line', () => {
    const { guest, dev, host } = fresh();
    guest.write(dev, 0x04, 2, 0x0007);
    expect(show(host, 'irq_handlers')).toBe('0000:03:00.0:on:acking:0\n');
    expect(raise(host, dev, 1)).toEqual({ handled: 1, none: 0 });
  });

  it('28: after a thousand interrupts of a line that nobody shares it stops acknowledging', () => {
    const { guest, dev, host } = fresh();
    guest.write(dev, 0x04, 2, 0x0007);
    host.platform.lineShared = false;
    expect(raise(host, dev, 1000)).toEqual({ handled: 1000, none: 0 });
    expect(raise(host, dev, 3)).toEqual({ handled: 0, none: 3 });
    expect(show(host, 'irq_handlers')).toBe('0000:03:00.0:on:not acking:1000\n');
  });

  it('28: a shared line is acknowledged on and on', () => {
    const { guest, dev, host } = fresh();
    guest.write(dev, 0x04, 2, 0x0007);
    expect(raise(host, dev, 2500)).toEqual({ handled: 2500, none: 0 });
  });

  it('29: no handler goes on a message vector', () => {
    const { guest, dev, host } = fresh();
    guest.enableMsi(dev);
    guest.write(dev, 0x04, 2, 0x0007);
    expect(show(host, 'irq_handlers')).toBe('0000:03:00.0:off:not acking:0\n');
    expect(host.kernel.irqLines.raise(dev.irq)).toEqual({ handled: 0, none: 0 });
  });

  it('30: disabling the device takes the handler off', () => {
    const { guest, dev, host } = fresh();
    guest.write(dev, 0x04, 2, 0x0007);
    guest.write(dev, 0x04, 2, 0x0000);
    expect(show(host, 'irq_handlers')).toBe('0000:03:00.0:off:not acking:0\n');
    expect(host.kernel.irqLines.raise(LINE)).toEqual({ handled: 0, none: 0 });
  });

  it('31: a VF has no line, so no handler', () => {
    const { guest, dev, host } = freshVf();
    guest.write(dev, 0x04, 2, 0x0002);
    expect(seizedOf(host, dev).data).toMatchObject({ enableIntx: true, isrOn: false });
  });

  it('a write that ends in an error leaves the handler as it was, although the device was switched off on the way', () => {
    const { guest, dev, host } = fresh();
    store(host, 'quirks', '0000:03:00.0-6:2:0');
    guest.write(dev, 0x04, 2, 0x0007);
    dev.fn.addFailingRange({ offset: 0x06, length: 2, readCode: 0, writeCode: 0x88 });
    expect(guest.write(dev, 0x04, 4, 0).err).toBe(-3);
    expect(seizedOf(host, dev).data).toMatchObject({ enableIntx: false, isrOn: true });
    expect(dev.enableCount).toBe(0);
  });
});
