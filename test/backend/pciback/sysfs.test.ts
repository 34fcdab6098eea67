import { describe, expect, it } from 'vitest';
import { showAttribute } from '../../../src/backend/pciback/sysfs';
import {
  addNic,
  addPlain,
  connect,
  fresh,
  MSI,
  newHost,
  real,
  seizeAll,
  seizedOf,
  show,
  store,
} from './fixtures';

const NIC = '0000:03:00.0';

describe('quirks', () => {
  it('98: a quirk field makes its bytes writable without permissive', () => {
    const { guest, dev, host } = fresh((h) => addNic(h, '0000:00:19.0'));
    expect(store(host, 'quirks', '00:19.0-E0:2:FF')).toBe('00:19.0-E0:2:FF'.length);
    expect(guest.write(dev, 0xe0, 2, 0x1234).writes).toEqual([[0xe0, 2, 0x1234]]);
  });

  it('99: for a device that is not seized it is ENODEV', () => {
    const { host } = fresh();
    expect(store(host, 'quirks', '00:19.0-e0:2:ff')).toBe(-19);
  });

  it('100: a mask wider than its size is EINVAL before the device is looked up', () => {
    const { host } = fresh();
    expect(store(host, 'quirks', '00:19.0-e0:1:100')).toBe(-22);
    expect(store(host, 'quirks', `${NIC}-e0:4:ffffffff`)).toBeGreaterThan(0);
  });

  it('101: a register beyond fff is EINVAL', () => {
    const { host } = fresh();
    expect(store(host, 'quirks', `${NIC}-1000:4:0`)).toBe(-22);
    expect(store(host, 'quirks', `${NIC}-ffc:4:0`)).toBeGreaterThan(0);
  });

  it.each([0, 3, 8])('101: so is a size of %i', (size) => {
    const { host } = fresh();
    expect(store(host, 'quirks', `${NIC}-e0:${size}:0`)).toBe(-22);
  });

  it('102: where a field starts already it succeeds and adds nothing', () => {
    const { host, dev } = fresh();
    const before = seizedOf(host, dev).configSpace.entries.length;
    expect(store(host, 'quirks', `${NIC}-4:2:ffff`)).toBeGreaterThan(0);
    expect(seizedOf(host, dev).configSpace.entries).toHaveLength(before);
  });

  it('103: a field inside COMMAND reads raw and is written after COMMAND was handled', () => {
    const { guest, host, dev } = fresh();
    store(host, 'quirks', `${NIC}-5:1:ff`);
    const { writes } = guest.write(dev, 0x04, 2, 0x0407);
    expect(writes.at(-1)).toEqual([0x05, 1, 0x04]);
    expect(real(dev, 0x04, 2)).toBe(0x0407);
    expect(guest.read(dev, 0x04, 2).value).toBe(0x0407);
  });

  it('104: quirk fields go when the device is taken back', () => {
    const { guest, host, dev } = fresh();
    store(host, 'quirks', `${NIC}-e8:2:0`);
    guest.detach();
    const next = connect(host, [dev], { domid: 2 });
    expect(next.write(dev, 0xe8, 2, 0xbeef).writes).toEqual([]);
  });

  it('are shown with every field of the device in list order', () => {
    const { host } = fresh();
    store(host, 'quirks', `${NIC}-e8:2:ff`);
    const lines = show(host, 'quirks').split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '03:00.0',
      '\t8086:10d3:8086:a01f',
      '\t\t00000000:2:00000000',
      '\t\t00000002:2:00000000',
    ]);
    expect(lines.at(-2)).toBe('\t\t000000e8:2:000000ff');
  });
});

describe('slots', () => {
  it('108: wildcards expand, and the write returns its length', () => {
    const host = newHost();
    expect(store(host, 'new_slot', '0000:03:*.*')).toBe(11);
    expect(host.driver.stub.slotIds).toHaveLength(256);
    expect(show(host, 'slots').startsWith('0000:03:00.0\n0000:03:00.1\n')).toBe(true);
  });

  it.each(['0000:03:00.8', '0000:3:20.0', '10000:3:0.0', '0000:100:00.0', '0000:01:00.-1', '0000:05:*.0'])(
    '109: %s is EINVAL',
    (text) => {
      const host = newHost();
      expect(store(host, 'new_slot', text)).toBe(-22);
      expect(show(host, 'slots')).toBe('');
    },
  );

  it('110: an id is listed once however often it is added', () => {
    const host = newHost();
    expect([store(host, 'new_slot', NIC), store(host, 'new_slot', '3:0.0\n')]).toEqual([12, 6]);
    expect(show(host, 'slots')).toBe(`${NIC}\n`);
  });

  it('111: removing what is not listed is ENOENT', () => {
    expect(store(newHost(), 'remove_slot', NIC)).toBe(-2);
  });

  it('111: a wildcard removes what it matches', () => {
    const host = newHost();
    store(host, 'new_slot', '03:00.*');
    store(host, 'new_slot', '04:00.0');
    expect(store(host, 'remove_slot', '03:*.*')).toBe(6);
    expect(show(host, 'slots')).toBe('0000:04:00.0\n');
  });

  it('shows end at a page less one byte', () => {
    const host = newHost();
    store(host, 'new_slot', '0000:03:*.*');
    store(host, 'new_slot', '0000:04:*.*');
    expect(show(host, 'slots')).toHaveLength(4095);
  });
});

describe('hide', () => {
  const idsOf = (hide: string): [number, string[]] => {
    const host = newHost();
    const ret = host.driver.load(hide);
    return [ret, show(host, 'slots').split('\n').slice(0, -1)];
  };

  it('105: takes addresses with and without domain', () => {
    expect(idsOf('(0000:03:00.0)(04:00.0)')).toEqual([0, ['0000:03:00.0', '0000:04:00.0']]);
  });

  it('106: takes wildcards and white space between items', () => {
    const [ret, ids] = idsOf('(03:00.*) (0001:00:1f.3)');
    expect(ret).toBe(0);
    expect(ids).toHaveLength(9);
    expect(ids.at(-1)).toBe('0001:00:1f.3');
  });

  it.each([
    ['(03:00.0),(04:00.0)', ',(04:00.0)'],
    ['03:00.0', '03:00.0'],
    ['(1:0:0)', '(1:0:0)'],
    ['(0000:01:00.0', '(0000:01:00.0'],
    ['( 01:00.0 )', '( 01:00.0 )'],
    ['()', '()'],
    ['(x)', '(x)'],
    ['(0000:01:00.0)(x)', '(x)'],
  ])('107: %s is EINVAL, and the message quotes %s', (hide, rest) => {
    const host = newHost();
    const { result, observed } = host.observe(() => host.driver.load(hide));
    expect(result).toBe(-22);
    expect(observed.log.map((l) => l.text)).toEqual([
      `xen_pciback: Error parsing pci_devs_to_hide at "${rest}"`,
    ]);
  });

  it('107: an address out of range is EINVAL without a message', () => {
    const host = newHost();
    const { result, observed } = host.observe(() => host.driver.load('(0000:01:00.9)'));
    expect([result, observed.log]).toEqual([-22, []]);
  });

  it('listing a bridge hides what is behind it', () => {
    const host = newHost();
    const bridge = addPlain(host, '0000:00:1c.0', { headerType: 1 });
    const child = addPlain(host, '0000:03:00.0', { bridgesAbove: [bridge] });
    const other = addPlain(host, '0000:04:00.0');
    seizeAll(host, [bridge]);
    expect([bridge, child, other].map((d) => d.driver)).toEqual(['pciback', 'pciback', undefined]);
  });
});

describe('flags of a device', () => {
  it('112: a wildcard is no device', () => {
    const { host } = fresh();
    expect(store(host, 'permissive', '03:00.*')).toBe(-19);
  });

  it('permissive warns twice, once per device, and cannot be cleared', () => {
    const { host } = fresh();
    const first = host.observe(() => store(host, 'permissive', NIC));
    const second = host.observe(() => store(host, 'permissive', NIC));
    expect([first.result, first.observed.log.length]).toEqual([12, 2]);
    expect([second.result, second.observed.log.length]).toEqual([12, 0]);
    expect(show(host, 'permissive')).toBe(`${NIC}\n`);
  });

  it('113: irq_handler_state of an unknown device is ENOENT; it flips the flag and nothing else', () => {
    const { host, dev } = fresh();
    expect(store(host, 'irq_handler_state', '07:00.0')).toBe(-2);
    store(host, 'irq_handler_state', NIC);
    expect(show(host, 'irq_handlers')).toBe(`${NIC}:on:acking:0\n`);
    expect(host.kernel.irqLines.raise(dev.irq)).toEqual({ handled: 0, none: 0 });
    store(host, 'irq_handler_state', NIC);
    expect(show(host, 'irq_handlers')).toBe(`${NIC}:off:acking:0\n`);
  });

  it('130: permissive survives a guest, interrupt control does not', () => {
    const { guest, host } = fresh(addNic, ['permissive', 'allow_interrupt_control']);
    expect(show(host, 'allow_interrupt_control')).toBe(`${NIC}\n`);
    guest.detach();
    expect([show(host, 'permissive'), show(host, 'allow_interrupt_control')]).toEqual([`${NIC}\n`, '']);
  });

  it('130: so does the one warning', () => {
    const { guest, host, dev } = fresh();
    guest.write(dev, MSI + 4, 4, 0);
    guest.detach();
    const next = connect(host, [dev], { domid: 2 });
    expect(next.write(dev, MSI + 4, 4, 0).log).toEqual([]);
  });

  it('attributes know which way they go', () => {
    const host = newHost();
    expect(store(host, 'slots', 'x')).toBe(-13);
    expect(showAttribute(host.driver.stub, 'new_slot')).toBe(-13);
    expect(store(host, 'do_flr', NIC)).toBe(-2);
  });
});
