import { describe, expect, it } from 'vitest';
import {
  OP_MSIX_ENTRIES,
  OP_VALUE,
  OP_WORDS,
  SharedPage,
  WORD_AER_OP,
  WORD_FLAGS,
  WORD_OP,
  XEN_PCIF_active,
  XEN_PCI_OP_aer_detected,
  XEN_PCI_OP_conf_read,
} from '../../../src/backend/xen/pciif';
import { fresh } from './fixtures';

const EXAMPLE_READ = { cmd: XEN_PCI_OP_conf_read, offset: 0, size: 4 };

describe('the shared page and the request engine', () => {
  it('1: the page has flags at 0, op at 4, value at 32, MSI-X entries at 40, aer_op at 552', () => {
    const bytes = (word: number): number => 4 * word;
    expect(bytes(WORD_FLAGS)).toBe(0);
    expect(bytes(WORD_OP)).toBe(4);
    expect(bytes(WORD_OP + OP_VALUE)).toBe(32);
    expect(bytes(WORD_OP + OP_MSIX_ENTRIES)).toBe(40);
    expect(bytes(WORD_OP + OP_WORDS)).toBe(552);
    expect(bytes(WORD_AER_OP)).toBe(552);
    expect(new SharedPage().buffer.byteLength).toBe(4096);
  });

  it('2: a request for a function that the guest does not have gives -1 and leaves value alone', () => {
    const { guest } = fresh();
    expect(guest.submit({ ...EXAMPLE_READ, domain: 0, bus: 0, devfn: 5 << 3, value: 0xdead })).toMatchObject({
      err: -1,
      value: 0xdead,
    });
  });

  it('3: an AER command from a guest is not implemented', () => {
    const { guest, dev } = fresh();
    expect(guest.submit({ cmd: XEN_PCI_OP_aer_detected, ...guest.to(dev) }).err).toBe(-4);
  });

  it('4: an unknown command is not implemented', () => {
    const { guest, dev } = fresh();
    expect(guest.submit({ cmd: 99, ...guest.to(dev) }).err).toBe(-4);
  });

  it('5: conf_write gives the guest its own value back', () => {
    const { guest, dev } = fresh();
    expect(guest.write(dev, 0x10, 4, 0x12345678)).toMatchObject({ err: 0, value: 0x12345678 });
  });

  it('7: the request flag is cleared before the notification, the active bit after it', () => {
    const { guest, dev } = fresh();
    const seen: unknown[] = [];
    guest.ring.channel.onNotify = () =>
      seen.push([guest.ring.page.flags & XEN_PCIF_active, guest.backend.isOpActive]);
    guest.read(dev, 0, 4);
    expect(seen).toEqual([[0, true]]);
    expect(guest.backend.isOpActive).toBe(false);
  });

  it('8: an event without a request starts no work and gets a spurious EOI', () => {
    const { guest, host } = fresh();
    const { observed } = host.observe(() => guest.ring.channel.send());
    expect(observed).toMatchObject({ eoi: [1], notifications: 0 });
    expect(guest.ring.channel.spuriousEvents).toBe(1);
  });

  it('9: a request gets its EOI after it was served, and that EOI is not spurious', () => {
    const { guest, dev, host } = fresh();
    const order: string[] = [];
    host.driver.listen(null, {
      notified: () => order.push('notified'),
      eoi: (spurious) => order.push(spurious ? 'spurious EOI' : 'EOI'),
      aerWoken: () => order.push('woken'),
    });
    guest.ring.submit({ ...EXAMPLE_READ, ...guest.to(dev) });
    expect(order).toEqual(['notified', 'EOI']);
  });

  it('10: a request set inside the notification is served by the same run with one EOI', () => {
    const { guest, dev, host } = fresh();
    const values: number[] = [];
    const requests = [0x00, 0x2c].map((offset) => ({ ...EXAMPLE_READ, ...guest.to(dev), offset }));
    guest.ring.channel.onNotify = () => {
      values.push(guest.ring.value);
      const next = requests[values.length];
      if (next !== undefined) guest.ring.fill(next);
    };
    const { observed } = host.observe(() => guest.ring.submit(requests[0]!));
    expect(values).toEqual([0x10d38086, 0xa01f8086]);
    expect(observed).toMatchObject({ eoi: [0], notifications: 2 });
  });

  it('11: a second interrupt before the EOI is warned about', () => {
    const { guest, dev, host } = fresh();
    guest.ring.channel.onNotify = () => {
      guest.ring.channel.onNotify = null;
      guest.ring.channel.deliver();
    };
    const { observed } = host.observe(() => guest.ring.submit({ ...EXAMPLE_READ, ...guest.to(dev) }));
    expect(observed.log).toEqual([{ level: 4, text: 'IRQ while EOI pending' }]);
  });

  it('11: a channel that works as Xen does holds the event back until the EOI instead', () => {
    const { guest, dev, host } = fresh();
    guest.ring.channel.onNotify = () => {
      guest.ring.channel.onNotify = null;
      guest.ring.channel.send();
    };
    const { observed } = host.observe(() => guest.ring.submit({ ...EXAMPLE_READ, ...guest.to(dev) }));
    expect(observed.log).toEqual([]);
    expect(observed.eoi).toEqual([0, 1]);
  });

  it('12: an event that comes before attach stored the interrupt is adopted and gets its EOI', () => {
    const { guest, host } = fresh();
    const { backend, ring } = guest;
    backend.evtchnIrq = -1;
    const { observed } = host.observe(() => ring.channel.send());
    expect(backend.evtchnIrq).toBe(ring.channel.irq);
    expect(observed.eoi).toEqual([1]);
  });

  it('events without work postpone the next delivery by 0, 1, 2, 4 ... ticks, at most a second (XSA-332)', () => {
    const { guest, host } = fresh();
    const { channel } = guest.ring;
    const delays = Array.from({ length: 14 }, () => {
      const before = channel.jiffiesDelayed;
      channel.send();
      host.platform.clock.advance(1000);
      return channel.jiffiesDelayed - before;
    });
    expect(delays).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 250, 250, 250, 250, 250].slice(0, 14));
  });

  it('a request that was served ends the delays (XSA-332)', () => {
    const { guest, dev, host } = fresh();
    const { channel } = guest.ring;
    for (let i = 0; i < 4; i++) {
      channel.send();
      host.platform.clock.advance(1000);
    }
    guest.read(dev, 0, 4);
    const before = channel.jiffiesDelayed;
    channel.send();
    expect(channel.jiffiesDelayed).toBe(before);
  });

  it('a notification after the frontend closed is dropped and the page is no longer touched', () => {
    const { guest, dev } = fresh();
    const request = { ...EXAMPLE_READ, ...guest.to(dev) };
    guest.detach();
    expect(guest.ring.submit(request)).toBe(false);
    expect(guest.ring.page.flags & XEN_PCIF_active).toBe(XEN_PCIF_active);
  });
});
