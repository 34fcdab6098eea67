import { describe, expect, it } from 'vitest';
import { frontendDirectory, requestAdd, requestRemove } from '../../../src/backend/xen/toolstack';
import { XEN_PCI_OP_conf_read } from '../../../src/backend/xen/pciif';
import { XenbusState } from '../../../src/backend/xen/xenbusState';
import {
  addNic,
  connect,
  fresh,
  newHost,
  probe,
  publish,
  seizeAll,
  seizedOf,
  warnings,
  type Guest,
} from './fixtures';

const errorOf = ({ host, domid }: Guest): string | undefined =>
  host.platform.xenstore.read(`/local/domain/0/error/backend/pci/${domid}/0/error`);

const backendKey = (guest: Guest, key: string): string =>
  `/local/domain/0/backend/pci/${guest.domid}/0/${key}`;

/** Two seized NICs, the first of them in the guest. */
const twoNics = () => {
  const host = newHost();
  const devices = [addNic(host, '0000:03:00.0'), addNic(host, '0000:04:00.0')] as const;
  seizeAll(host, devices);
  return { host, devices };
};

describe('exporting', () => {
  it('114: a device that another guest has cannot be located', () => {
    const { host, dev } = fresh();
    const second = probe(host, 2, [dev]);
    expect(second.key('state')).toBe('5');
    expect(errorOf(second)).toMatch(/^22 Couldn't locate PCI device \(0000:03:00\.0\)/);
    expect(seizedOf(host, dev).owner?.domid).toBe(1);
  });

  it('123: a device added while connected gets its key; the root is published once', () => {
    const { host, devices } = twoNics();
    const guest = connect(host, [devices[0]]);
    requestAdd(host.platform.xenstore, 1, devices[1].bdf);
    host.platform.xenstore.drain();
    guest.frontendTo(XenbusState.Reconfiguring);
    expect(['vdev-1', 'root_num', 'state-1', 'state'].map((k) => guest.key(k))).toEqual([
      '0000:00:01.00',
      '1',
      '3',
      '8',
    ]);
    guest.frontendTo(XenbusState.Connected);
    expect(guest.key('state')).toBe('4');
    expect(guest.read(devices[1], 0, 4).value).toBe(0x10d38086);
  });

  it('126: a device whose substate is Closing is reset and given back; the key is left to the toolstack', () => {
    const { host, devices } = twoNics();
    const guest = connect(host, devices);
    const resets = devices[1].fn.resets;
    requestRemove(host.platform.xenstore, 1, 1);
    host.platform.xenstore.drain();
    guest.frontendTo(XenbusState.Reconfiguring);
    expect([guest.key('state-1'), guest.key('state')]).toEqual(['5', '8']);
    expect(seizedOf(host, devices[1]).owner).toBeNull();
    expect(devices[1].fn.resets).toBe(resets + 1);
    expect(seizedOf(host, devices[0]).owner?.domid).toBe(1);
  });

  it('129: unbinding a device in use warns four times, and the guest no longer finds it', () => {
    const { host, dev, guest } = fresh();
    const to = guest.to(dev);
    const { observed } = host.observe(() => host.driver.stub.remove(dev));
    expect(warnings(observed)).toHaveLength(4);
    expect(warnings(observed)[0]).toContain('while still in-use by domain 1!');
    expect(guest.submit({ cmd: XEN_PCI_OP_conf_read, ...to, offset: 0, size: 4 }).err).toBe(-1);
  });
});

describe('connecting', () => {
  it('124: another magic is fatal', () => {
    const { host, devices } = twoNics();
    const guest = probe(host, 1, devices);
    publish(guest, '6');
    expect(guest.key('state')).toBe('5');
    expect(errorOf(guest)).toMatch(/^14 version mismatch \(6\/7\)/);
    expect(guest.backend.page).toBeUndefined();
  });

  it.each([
    [undefined, /^2 /],
    ['many', /^34 /],
  ])('125: num_devs of %s is fatal', (value, error) => {
    const { host } = twoNics();
    const { xenstore } = host.platform;
    xenstore.write('/local/domain/0/backend/pci/1/0/state', '1');
    if (value !== undefined) xenstore.write('/local/domain/0/backend/pci/1/0/num_devs', value);
    host.driver.probeBackend(1);
    xenstore.drain();
    expect(xenstore.read('/local/domain/0/backend/pci/1/0/state')).toBe('5');
    expect(xenstore.read('/local/domain/0/error/backend/pci/1/0/error')).toMatch(error);
  });

  it('nothing is attached until both ends are Initialised', () => {
    const { host, devices } = twoNics();
    const guest = probe(host, 1, devices);
    expect([guest.key('state'), guest.backend.page]).toEqual(['3', undefined]);
    publish(guest);
    expect([guest.key('state'), guest.backend.page]).toEqual(['4', guest.ring.page]);
  });

  it('a frontend key that is missing is fatal', () => {
    const { host, devices } = twoNics();
    const guest = probe(host, 1, devices);
    guest.frontendTo(XenbusState.Initialised);
    expect(guest.key('state')).toBe('5');
    expect(errorOf(guest)).toMatch(/^2 Error reading configuration from frontend/);
    expect(host.platform.xenstore.read(`${frontendDirectory(1)}/magic`)).toBeUndefined();
  });
});

describe('closing', () => {
  it('127: a frontend that closes while online leaves its devices owned', () => {
    const { host, dev, guest } = fresh();
    guest.frontendTo(XenbusState.Closed);
    expect([guest.key('state'), guest.backend.page, guest.backend.evtchnIrq]).toEqual(['6', undefined, -1]);
    expect(seizedOf(host, dev).owner?.domid).toBe(1);
  });

  it('128: one that closes for good gives everything back, reset', () => {
    const { host, dev, guest } = fresh();
    const resets = dev.fn.resets;
    host.platform.xenstore.write(backendKey(guest, 'online'), '0');
    guest.frontendTo(XenbusState.Closed);
    expect(host.driver.backend(1)).toBeUndefined();
    expect(seizedOf(host, dev).owner).toBeNull();
    expect(dev.fn.resets).toBe(resets + 1);
  });
});
