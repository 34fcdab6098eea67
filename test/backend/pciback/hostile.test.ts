import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PciDev } from '../../../src/backend/host/pciDev';
import {
  OP_CMD,
  OP_DEVFN,
  OP_MSIX_ENTRIES,
  OP_OFFSET,
  OP_SIZE,
  OP_VALUE,
  OP_WORDS,
  PAGE_BYTES,
  WORD_OP,
  XEN_PCI_OP_conf_read,
  XEN_PCI_OP_enable_msix,
  XEN_PCIF_active,
} from '../../../src/backend/xen/pciif';
import { addNic, connect, fresh, MSI, MSIX, newHost, PM, real, seizeAll, seizedOf, VPD } from './fixtures';

/** A guest that does not keep to the protocol. */

const WORDS = PAGE_BYTES / 4;
const word = fc.oneof(fc.integer({ min: -0x80000000, max: 0x7fffffff }), fc.integer({ min: -2, max: 300 }));

/** A request that may well be valid, with every word of the page open to nonsense. */
interface Attack {
  readonly scribbles: readonly (readonly [number, number])[];
  readonly cmd: number;
  readonly devfn: number;
  readonly offset: number;
  readonly size: number;
  readonly value: number;
  readonly active: boolean;
}
const attack: fc.Arbitrary<Attack> = fc.record({
  scribbles: fc.array(fc.tuple(fc.nat(WORDS - 1), word), { maxLength: 4 }),
  cmd: fc.oneof({ weight: 6, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: word }),
  devfn: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: word }),
  offset: fc.oneof(
    { weight: 4, arbitrary: fc.nat(0xff) },
    { weight: 4, arbitrary: fc.constantFrom(4, 0x10, 0x30, PM + 4, MSI + 2, MSIX + 2, VPD + 2, 0xe8) },
    { weight: 1, arbitrary: word },
  ),
  size: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(1, 2, 4) }, { weight: 1, arbitrary: word }),
  value: word,
  active: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
});

const setUp = () => {
  const host = newHost();
  const own = addNic(host, '0000:03:00.0');
  const foreign = addNic(host, '0000:04:00.0');
  const unseized = addNic(host, '0000:05:00.0');
  seizeAll(host, [own, foreign]);
  return { host, own, foreign, unseized, guest: connect(host, [own]) };
};

const carryOut = (page: Int32Array, a: Attack): void => {
  page.fill(0, WORD_OP, WORD_OP + OP_WORDS);
  page[WORD_OP + OP_CMD] = a.cmd;
  page[WORD_OP + OP_DEVFN] = a.devfn;
  page[WORD_OP + OP_OFFSET] = a.offset;
  page[WORD_OP + OP_SIZE] = a.size;
  page[WORD_OP + OP_VALUE] = a.value;
  for (const [at, value] of a.scribbles) page[at] = value;
  page[0] = a.active ? page[0]! | XEN_PCIF_active : page[0]! & ~XEN_PCIF_active;
};

/** Bytes that a guest may change without permissive: COMMAND, cache line, BIST, PMCSR, VPD, MSI and MSI-X control. */
const OPEN = new Set([
  0x04,
  0x05,
  0x0c,
  0x0f,
  ...[0, 1].flatMap((i) => [PM + 4 + i, MSI + 2 + i, MSIX + 2 + i]),
  ...[2, 3, 4, 5, 6, 7].map((i) => VPD + i),
]);
/** Decoding that a guest can never take away, and COMMAND bits that it can never change (XSA-120). */
const DECODING = 0x0003;
const NEVER_SET = 0x0040 | 0x0100 | 0x0008 | 0x0020 | 0x0080 | 0x0200;

const closedBytes = (dev: PciDev): number[] => Array.from(dev.fn.config).filter((_, i) => !OPEN.has(i));

describe('a hostile guest', () => {
  it('never reaches another device, never opens a closed byte, never makes the driver throw', () => {
    fc.assert(
      fc.property(fc.array(attack, { minLength: 1, maxLength: 60 }), (attacks) => {
        const { host, own, foreign, unseized, guest } = setUp();
        const closed = closedBytes(own);
        const others = [foreign, unseized].map((d) => d.fn.config.slice());
        const vpd = own.fn.vpd.slice();
        const { observed } = host.observe(() => {
          for (const a of attacks) {
            carryOut(guest.ring.page.words, a);
            guest.ring.channel.send();
            host.platform.clock.advance(1000);
            expect(real(own, 0x04, 2) & DECODING).toBe(DECODING);
            expect(real(own, 0x04, 2) & NEVER_SET).toBe(0);
          }
        });
        expect(observed.writes.filter((w) => w.bdf !== own.bdf)).toEqual([]);
        expect([foreign, unseized].map((d) => d.fn.config)).toEqual(others);
        expect(closedBytes(own)).toEqual(closed);
        expect(own.fn.vpd).toEqual(vpd);
        // A request that still waits would mean that the backend hangs.
        expect(guest.backend.isOpActive).toBe(false);
      }),
      { seed: 155, numRuns: 150 },
    );
  });

  it('leaves nothing behind that harms its successor', () => {
    fc.assert(
      fc.property(fc.array(attack, { minLength: 1, maxLength: 40 }), (attacks) => {
        const { host, own, guest } = setUp();
        for (const a of attacks) {
          carryOut(guest.ring.page.words, a);
          guest.ring.channel.send();
          host.platform.clock.advance(1000);
        }
        guest.detach();
        expect(own).toMatchObject({
          enableCount: 0,
          isBusMaster: false,
          msiEnabled: false,
          msixEnabled: false,
        });
        expect(host.kernel.irqLines.raise(16)).toEqual({ handled: 0, none: 0 });
        expect(host.platform.owners.find(own)).toBeLessThan(0);
        const next = connect(host, [own], { domid: 2 });
        expect(next.read(own, 0x10, 4).value).toBe(0xfeb80000);
        expect(next.enableMsix(own, 1, [0])).toMatchObject({ err: 0, value: 0 });
        expect(next.ring.vector(0)).toBe(951);
      }),
      { seed: 157, numRuns: 60 },
    );
  });
});

describe('a page that changes while a request is served (XSA-155)', () => {
  it('6: another command and another address after the copy change nothing', () => {
    const { guest, dev, host } = fresh();
    const { op } = guest.ring.page;
    const { configSpace } = seizedOf(host, dev);
    let changed = 0;
    configSpace.sink = {
      decided: () => {
        changed++;
        op.fill(-1);
        op[OP_CMD] = XEN_PCI_OP_enable_msix;
        op[OP_MSIX_ENTRIES] = 0x00070007;
      },
    };
    const reply = guest.submit({ cmd: XEN_PCI_OP_conf_read, ...guest.to(dev), offset: 0x10, size: 4 });
    expect(changed).toBeGreaterThan(0);
    expect(reply).toMatchObject({ err: 0, value: 0xfeb80000, writes: [] });
    expect(dev.msixEnabled).toBe(false);
    expect(op[OP_MSIX_ENTRIES]).toBe(0x00070007);
  });

  it('a larger count after the copy enables and writes back only as many vectors as were asked for', () => {
    const { guest, dev, host } = fresh();
    const { op } = guest.ring.page;
    const mapper = host.kernel.vectorMapper!;
    host.kernel.vectorMapper = {
      map: (...args) => {
        op[OP_VALUE] = 128;
        for (let i = 0; i < 128; i++) op[OP_MSIX_ENTRIES + i] = (i << 16) | 0xaaaa;
        return mapper.map(...args);
      },
      unmap: (irq) => mapper.unmap(irq),
    };
    expect(guest.enableMsix(dev, 2, [4, 1])).toMatchObject({ err: 0, value: 0 });
    expect(dev.vectors.map((v) => v.entry)).toEqual([1, 4]);
    expect([0, 1, 2, 127].map((i) => guest.ring.vector(i))).toEqual([951, 950, 0xaaaa, 0xaaaa]);
  });

  it('a page that is rewritten inside the notification is a new request, served from a new copy', () => {
    const { guest, dev } = fresh();
    const values: number[] = [];
    guest.ring.channel.onNotify = () => {
      values.push(guest.ring.value);
      if (values.length === 1)
        guest.ring.fill({ cmd: XEN_PCI_OP_conf_read, ...guest.to(dev), offset: 0x2c, size: 4 });
    };
    guest.ring.submit({ cmd: XEN_PCI_OP_conf_read, ...guest.to(dev), offset: 0x00, size: 4 });
    expect(values).toEqual([0x10d38086, 0xa01f8086]);
  });
});
