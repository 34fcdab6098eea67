import { describe, expect, it } from 'vitest';
import type { XenHost } from '../../../src/backend/assembly/xenHost';
import type { PciDev } from '../../../src/backend/host/pciDev';
import { addPlain, connect, newHost, probe, seizeAll, seizedOf, type Guest } from './fixtures';

const given = (
  host: XenHost,
  devices: readonly PciDev[],
): { guest: Guest; vdevs: (string | undefined)[] } => {
  seizeAll(host, devices);
  const guest = connect(host, devices);
  return { guest, vdevs: devices.map((_, i) => guest.key(`vdev-${i}`)) };
};

/** Where plain functions at these addresses end up, in this order of adding. */
const placed = (...addresses: string[]): (string | undefined)[] => {
  const host = newHost();
  return given(
    host,
    addresses.map((a) => addPlain(host, a)),
  ).vdevs;
};

/** The same for virtual functions of one PF. */
const placedVfs = (...addresses: string[]): (string | undefined)[] => {
  const host = newHost();
  const physfn = addPlain(host, '0000:03:00.0');
  return given(
    host,
    addresses.map((a) => addPlain(host, a, { physfn })),
  ).vdevs;
};

const at = (...slots: string[]): string[] => slots.map((s) => `0000:00:${s}`);

describe('vpci', () => {
  it('115: unrelated devices take the lowest slots and keep their function numbers', () => {
    expect(placed('0000:03:05.0', '0000:02:1a.1')).toEqual(at('00.00', '01.01'));
  });

  it('116: functions of one host slot share a slot', () => {
    expect(placed('0000:03:00.0', '0000:04:00.0', '0000:03:00.1')).toEqual(at('00.00', '01.00', '00.01'));
  });

  it('117: a VF at function 0 sits alone, others of its slot group', () => {
    expect(placedVfs('0000:03:10.0', '0000:03:10.2', '0000:03:10.4', '0000:03:10.1')).toEqual(
      at('00.00', '01.02', '01.04', '01.01'),
    );
  });

  it('118: whatever the order', () => {
    expect(placedVfs('0000:03:10.2', '0000:03:10.0', '0000:03:10.4')).toEqual(at('00.02', '01.00', '00.04'));
  });

  it('119: the 33rd device has no place, which is fatal', () => {
    const host = newHost();
    const devices = Array.from({ length: 33 }, (_, i) =>
      addPlain(host, `0000:${i < 32 ? '03' : '04'}:${(i % 32).toString(16).padStart(2, '0')}.0`),
    );
    seizeAll(host, devices);
    const guest = probe(host, 1, devices);
    expect(guest.key('vdev-31')).toBe('0000:00:1f.00');
    expect([guest.key('vdev-32'), guest.key('state')]).toEqual([undefined, '5']);
    expect(host.platform.xenstore.read('/local/domain/0/error/backend/pci/1/0/error')).toMatch(/^12 /);
  });

  it('120: bits of devfn above 7 are not looked at; domain and bus are', () => {
    const host = newHost();
    const devices = ['0000:03:00.0', '0000:04:00.0'].map((a) => addPlain(host, a));
    const { topology } = given(host, devices).guest.backend;
    expect(topology.get(0, 0, 0x108)).toBe(seizedOf(host, devices[1]!));
    expect([topology.get(0, 1, 0x08), topology.get(1, 0, 0x08), topology.get(0, 0, 0x09)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('bridges are not refused, although the driver means to', () => {
    const host = newHost();
    const { vdevs } = given(host, [addPlain(host, '0000:00:1c.0', { headerType: 1 })]);
    expect(vdevs).toEqual(at('00.00'));
  });
});

describe('passthrough', () => {
  it('121: the guest sees the host address, and its bus is a root', () => {
    const host = newHost({ passthrough: true });
    const { guest, vdevs } = given(host, [addPlain(host, '0000:06:01.1')]);
    expect(vdevs).toEqual(['0000:06:01.01']);
    expect([guest.key('root-0'), guest.key('root_num')]).toEqual(['0000:06', '1']);
  });

  it('122: what is behind an exported bridge has no root of its own', () => {
    const host = newHost({ passthrough: true });
    const bridge = addPlain(host, '0000:00:1c.0', { headerType: 1 });
    const child = addPlain(host, '0000:03:00.0', { bridgesAbove: [bridge] });
    const { guest } = given(host, [bridge, child]);
    expect([guest.key('root_num'), guest.key('root-0')]).toEqual(['1', '0000:00']);
  });

  it('compares all bits of the address', () => {
    const host = newHost({ passthrough: true });
    const dev = addPlain(host, '0000:06:01.1');
    const { topology } = given(host, [dev]).guest.backend;
    expect(topology.get(0, 6, 0x09)?.dev).toBe(dev);
    expect(topology.get(0, 6, 0x109)).toBeUndefined();
    expect(topology.get(0, 5, 0x109)).toBeUndefined();
  });
});
