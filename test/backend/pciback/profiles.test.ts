// Each rule that changed between kernels, before and after: the version is the only difference between the two runs.
import { describe, expect, it } from 'vitest';
import { showAttribute, storeAttribute } from '../../../src/backend/pciback/sysfs';
import { PROFILES, profileNamed, type DriverProfile } from '../../../src/backend/pciback/profiles';
import { OP_MSIX_ENTRIES, OP_VALUE } from '../../../src/backend/xen/pciif';
import { parseHide, parseSlot } from '../../../src/backend/pciback/slotText';
import type { XenHost } from '../../../src/backend/assembly/xenHost';
import {
  addNic,
  addPlain,
  addVf,
  connect,
  fresh,
  MSI,
  MSIX,
  newHost,
  real,
  seizeAll,
  warnings,
  type Fresh,
} from './fixtures';

const kernel = (name: string): DriverProfile => {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile;
};
const nicOn = (name: string, attributes: Parameters<typeof fresh>[1] = []): Fresh =>
  fresh(addNic, attributes, { profile: kernel(name) });
const vfOn = (name: string): Fresh => {
  const host = newHost({ profile: kernel(name) });
  const dev = addVf(host, addNic(host));
  seizeAll(host, [dev]);
  return { host, dev, guest: connect(host, [dev]) };
};
const slotsOn = (name: string, place: (host: XenHost) => Parameters<typeof seizeAll>[1]): string[] => {
  const host = newHost({ profile: kernel(name) });
  const devices = place(host);
  seizeAll(host, devices);
  const guest = connect(host, devices);
  return devices.map((_, i) => guest.key(`vdev-${i}`) ?? '');
};

describe('driver profiles', () => {
  it('are named by kernel, oldest first, and each is complete', () => {
    expect(PROFILES.map((p) => p.name)).toEqual(['3.1', '3.18', '4.4', '5.4', '5.10', '6.1', '6.12']);
    const fields = Object.keys(kernel('6.12')).sort();
    for (const p of PROFILES) expect(Object.keys(p).sort()).toEqual(fields);
  });
});

describe('COMMAND (XSA-120)', () => {
  it('3.18 let a guest switch memory decoding off in the device; 4.4 keeps it on and shows the guest its own value', () => {
    const old = nicOn('3.18');
    old.guest.write(old.dev, 4, 2, 0x0007);
    old.guest.write(old.dev, 4, 2, 0x0000);
    expect(real(old.dev, 4, 2)).toBe(0x0000);
    const fixed = nicOn('4.4');
    fixed.guest.write(fixed.dev, 4, 2, 0x0007);
    fixed.guest.write(fixed.dev, 4, 2, 0x0000);
    expect(real(fixed.dev, 4, 2) & 0x3).toBe(0x3);
    expect(fixed.guest.read(fixed.dev, 4, 2).value).toBe(0x0000);
  });
  it('3.18 wrote SERR and PARITY to the device; 4.4 keeps them in the cache', () => {
    const old = nicOn('3.18');
    old.guest.write(old.dev, 4, 2, 0x0147);
    expect(real(old.dev, 4, 2) & 0x140).toBe(0x140);
    const fixed = nicOn('4.4');
    fixed.guest.write(fixed.dev, 4, 2, 0x0147);
    expect(real(fixed.dev, 4, 2) & 0x140).toBe(0);
  });
  it('3.18 showed a VF with memory decoding once it was enabled; its COMMAND has no such bit', () => {
    const { dev, guest } = vfOn('3.18');
    guest.write(dev, 4, 2, 0x0002);
    expect(guest.read(dev, 4, 2).value & 0x2).toBe(0x2);
    expect(real(dev, 4, 2) & 0x2).toBe(0);
  });
  it('4.4 zeroed COMMAND when a device was taken back (the addendum); 5.4 leaves decoding on', () => {
    for (const [name, decoding] of [
      ['4.4', 0],
      ['5.4', 3],
    ] as const) {
      const { dev, guest } = nicOn(name);
      guest.write(dev, 4, 2, 0x0007);
      guest.detach();
      expect(real(dev, 4, 2) & 0x3).toBe(decoding);
    }
  });
});

describe('MSI (XSA-157)', () => {
  it('3.18 put the fake handler on an MSI vector; 4.4 does not', () => {
    for (const [name, on] of [
      ['3.18', true],
      ['4.4', false],
    ] as const) {
      const { host, dev, guest } = nicOn(name);
      guest.enableMsi(dev);
      guest.write(dev, 4, 2, 0x0007);
      expect(host.driver.stub.find(dev.bdf)?.data.isrOn).toBe(on);
    }
  });
  it('3.18 acknowledged again on disabling MSI that was not on; 4.4 does nothing', () => {
    for (const [name, ack] of [
      ['3.18', true],
      ['4.4', false],
    ] as const) {
      const { host, dev, guest } = nicOn(name);
      guest.disableMsi(dev);
      expect(host.driver.stub.find(dev.bdf)?.data.ackIntr).toBe(ack);
    }
  });
  it('4.4 refuses MSI-X while memory decoding is off; 3.18 went ahead', () => {
    for (const [name, err] of [
      ['3.18', 0],
      ['4.4', -6],
    ] as const) {
      const { host, dev, guest } = nicOn(name);
      host.observe(() => dev.configWrite(4, 2, 0));
      expect(guest.enableMsix(dev, 2, [0, 1]).err).toBe(err);
    }
  });
  it('4.4 lost the MSI-X vectors on the way back to the guest; 5.4 writes them', () => {
    for (const [name, vector] of [
      ['4.4', 0],
      ['5.4', 951],
    ] as const) {
      const { dev, guest } = nicOn(name);
      guest.write(dev, 4, 2, 0x0007);
      expect(guest.enableMsix(dev, 1, [0]).err).toBe(0);
      expect(guest.ring.vector(0)).toBe(vector);
    }
  });
  it('6.1 counted MSI-X entries before it looked for duplicates; 6.12 the other way round', () => {
    for (const [name, err] of [
      ['6.1', -28],
      ['6.12', -22],
    ] as const) {
      const { dev, guest } = nicOn(name);
      guest.write(dev, 4, 2, 0x0007);
      expect(guest.enableMsix(dev, 6, [0, 0, 1, 2, 3, 4]).err).toBe(err);
    }
  });
  it('4.4 looked for memory decoding in the VF, which has none; 5.4 looks in its PF', () => {
    for (const [name, err] of [
      ['4.4', -6],
      ['5.4', 0],
    ] as const) {
      const { dev, guest } = vfOn(name);
      guest.write(dev, 4, 2, 0x0006);
      expect(guest.enableMsix(dev, 1, [0]).err).toBe(err);
    }
  });
});

describe('configuration space core', () => {
  it('4.4 missed a field that a wider request encloses; 5.4 sees it', () => {
    // Cache line and BIST touch an end of the dword at 0c; latency between them does not.
    const entries = (name: string): number => {
      const { host, dev } = nicOn(name);
      const seized = host.driver.stub.find(dev.bdf);
      let told = 0;
      if (seized === undefined) throw new Error('not seized');
      seized.configSpace.sink = { decided: (d) => (told += d.code === 'read-field-hardware' ? 1 : 0) };
      seized.configSpace.read(0x0c, 4);
      return told;
    };
    expect(entries('4.4')).toBe(2);
    expect(entries('5.4')).toBe(3);
  });
  it('4.4 answered a BAR probe with the plain size; 5.4 as hardware does', () => {
    for (const [name, size] of [
      ['4.4', 0x00020000],
      ['5.4', 0xfffe0000],
    ] as const) {
      const { dev, guest } = nicOn(name);
      guest.write(dev, 0x10, 4, 0xffffffff);
      expect(guest.read(dev, 0x10, 4).value).toBe(size);
    }
  });
  it('4.4 took only fffffffe for a ROM probe; 5.4 takes fffff800', () => {
    for (const [name, value] of [
      ['4.4', 0xfeb40000],
      ['5.4', 0xffff0000],
    ] as const) {
      const { dev, guest } = nicOn(name);
      guest.write(dev, 0x30, 4, 0xfffff800);
      expect(guest.read(dev, 0x30, 4).value).toBe(value);
    }
  });
});

describe('interrupt control', () => {
  it('5.4 dropped a change of MSI flags with success; 5.10 refuses it', () => {
    const old = nicOn('5.4');
    expect(old.guest.write(old.dev, MSI + 2, 2, 0x0081).err).toBe(0);
    expect(real(old.dev, MSI + 2, 2)).toBe(0x0080);
    const later = nicOn('5.10');
    expect(later.guest.write(later.dev, MSI + 2, 2, 0x0081).err).toBe(-3);
  });
  it('5.4 had no allow_interrupt_control attribute', () => {
    const { host } = nicOn('5.4');
    expect(storeAttribute(host.driver.stub, 'allow_interrupt_control', '03:00.0')).toBe(-2);
    expect(showAttribute(host.driver.stub, 'allow_interrupt_control')).toBe(-2);
  });
  it('5.10 refused MSI while INTx was on; 6.1 allows it', () => {
    for (const [name, err] of [
      ['5.10', -3],
      ['6.1', 0],
    ] as const) {
      const { dev, guest } = nicOn(name, ['allow_interrupt_control']);
      expect(guest.write(dev, MSI + 2, 2, 0x0081).err).toBe(err);
    }
  });
  it('5.10 refused INTx while MSI-X was on; 6.1 allows it', () => {
    for (const [name, err] of [
      ['5.10', -3],
      ['6.1', 0],
    ] as const) {
      const { dev, guest } = nicOn(name, ['allow_interrupt_control']);
      guest.write(dev, 4, 2, 0x0406);
      expect(guest.write(dev, MSIX + 2, 2, 0x8004).err).toBe(0);
      expect(guest.write(dev, 4, 2, 0x0006).err).toBe(err);
    }
  });
});

describe('stub, topology and events', () => {
  it('3.1 neither saved nor reset a device when seizing it; 3.18 does both', () => {
    expect(nicOn('3.1').dev.fn.resets).toBe(0);
    expect(nicOn('3.18').dev.fn.resets).toBe(1);
  });
  it('3.18 deadlocked on unbinding a device in use; 4.4 takes it from the guest', () => {
    const old = nicOn('3.18');
    expect(old.host.driver.stub.remove(old.dev)).toBe(-35);
    const later = nicOn('4.4');
    expect(later.host.driver.stub.remove(later.dev)).toBe(0);
  });
  it('5.10 let a VF at function 0 share a slot; 6.1 gives it one of its own', () => {
    const vfs = (host: XenHost): ReturnType<typeof addPlain>[] => {
      const physfn = addPlain(host, '03:00.0');
      return [addPlain(host, '03:10.2', { physfn }), addPlain(host, '03:10.0', { physfn })];
    };
    expect(slotsOn('5.10', vfs)).toEqual(['0000:00:00.02', '0000:00:00.00']);
    expect(slotsOn('6.1', vfs)).toEqual(['0000:00:00.02', '0000:00:01.00']);
  });
  it('5.4 acknowledged events at once, without late EOI; 5.10 after the work (XSA-332)', () => {
    const old = nicOn('5.4');
    expect(old.guest.read(old.dev, 0, 4).eoi).toEqual([]);
    const later = nicOn('5.10');
    expect(later.guest.read(later.dev, 0, 4).eoi).toEqual([0]);
  });
  it('3.1 took no wildcard and looked at nothing behind an address', () => {
    expect(parseSlot('03:00.*', false)).toBeUndefined();
    expect(parseSlot('03:00.*', true)).toMatchObject({ slot: 0, func: -1 });
    expect(parseSlot('03:00.0 and more', false)).toMatchObject({ bus: 3 });
    expect(parseSlot('03:00.0 and more', true)).toBeUndefined();
  });
  it('3.1 logged every failing MSI request; since then a burst is held back (XSA-43)', () => {
    const flood = (name: string): number => {
      const { dev, guest } = nicOn(name);
      guest.enableMsi(dev);
      let told = 0;
      for (let i = 0; i < 100; i++) {
        const reply = guest.enableMsi(dev);
        expect(reply.err).toBe(-5);
        told += warnings(reply).length;
      }
      return told;
    };
    expect(flood('3.1')).toBe(100);
    expect(flood('6.12')).toBe(10);
  });
});

describe('hide=', () => {
  it('takes every form of address, white space around each', () => {
    expect(parseHide(' (0000:03:00.0)(04:00.0) (0001:00:1f.*)(05:*.*) ', true)).toEqual({
      ok: true,
      ids: [
        { domain: 0, bus: 3, slot: 0, func: 0 },
        { domain: 0, bus: 4, slot: 0, func: 0 },
        { domain: 1, bus: 0, slot: 0x1f, func: -1 },
        { domain: 0, bus: 5, slot: -1, func: -1 },
      ],
    });
  });
  it.each(['(03:00.0),(04:00.0)', '03:00.0', '(1:0:0)', '(03:00.0', '(03:*.0)'])('refuses %s', (text) => {
    expect(parseHide(text, true).ok).toBe(false);
  });
  it('that cannot be parsed leaves the driver unloaded and quotes the rest', () => {
    const host = newHost();
    const dev = addNic(host);
    const { result, observed } = host.observe(() => host.driver.load('(03:00.0),(04:00.0)'));
    expect(result).toBe(-22);
    expect(observed.log).toEqual([
      { level: 3, text: 'xen_pciback: Error parsing pci_devs_to_hide at ",(04:00.0)"' },
    ]);
    expect(host.driver.stub.find(dev.bdf)).toBeUndefined();
  });
});

describe('a page that changes while a request is served (XSA-155)', () => {
  /** Asks for two vectors; raises the count to all 128 while the kernel maps the first. The entries afterwards. */
  const entriesAfter = (name: string): Int32Array => {
    const { guest, dev, host } = nicOn(name);
    dev.fn.config[4]! |= 2;
    const { op } = guest.ring.page;
    const mapper = host.kernel.vectorMapper!;
    host.kernel.vectorMapper = {
      map: (...args) => {
        op[OP_VALUE] = 128;
        for (let i = 2; i < 128; i++) op[OP_MSIX_ENTRIES + i] = 0x5a5a5a5a;
        return mapper.map(...args);
      },
      unmap: (irq) => mapper.unmap(irq),
    };
    guest.enableMsix(dev, 2, [0, 1]);
    return op.slice(OP_MSIX_ENTRIES + 2, OP_MSIX_ENTRIES + 128);
  };

  it('made 3.18 write past its table into the page; since then the count is the one that was checked', () => {
    expect(entriesAfter('3.18').every((entry) => entry === 0)).toBe(true);
    for (const name of ['4.4', '5.4', '6.12'])
      expect(entriesAfter(name).every((entry) => entry === 0x5a5a5a5a)).toBe(true);
  });
});

describe('event storms (XSA-332)', () => {
  it('postpone the unmasking by 0, 1, 2, 4 ... ticks, and a real request clears the count', () => {
    const { host, dev, guest } = nicOn('6.12');
    const { channel } = guest.ring;
    const { clock } = host.platform;
    const delays: number[] = [];
    for (let i = 0; i < 6; i++) {
      const before = channel.jiffiesDelayed;
      channel.send();
      delays.push(channel.jiffiesDelayed - before);
      clock.advance(1000);
    }
    expect(delays).toEqual([0, 1, 2, 4, 8, 16]);
    expect(guest.read(dev, 0, 4).eoi).toEqual([0]);
    const before = channel.jiffiesDelayed;
    channel.send();
    expect(channel.jiffiesDelayed - before).toBe(0);
  });
  it('delay a request that comes while the channel is held back, and lose nothing', () => {
    const { host, dev, guest } = nicOn('6.12');
    guest.ring.channel.send();
    guest.ring.channel.send();
    expect(guest.ring.submit({ cmd: 0, ...guest.to(dev), offset: 0, size: 4 })).toBe(false);
    host.platform.clock.advance(1000);
    expect(guest.ring.active).toBe(false);
    expect(guest.ring.value).toBe(0x10d38086);
  });
});
