// VFs that come and go through sriov_numvfs: what the kernel refuses, what it writes, what the new functions are.
import { describe, expect, it } from 'vitest';
import { virtualFunctionImage } from '../../../src/backend/device/virtualFunctionImage';
import type { FunctionDescription } from '../../../src/backend/description';
import type { Machine } from '../../../src/backend/machine';
import { CapId, ExtCapId } from '../../../src/backend/spec/capabilityIds';
import { walkCapabilities, walkExtendedCapabilities } from '../../../src/backend/spec/chain';
import { formatBdf, type Bdf } from '../../../src/backend/spec/bdf';
import { readLe } from '../../../src/backend/spec/uint';
import type { ActionResult, BusState, MachineChange } from '../../../src/backend/view';
import {
  at,
  bridgeTo,
  functionOf,
  IGB,
  machineOf,
  NVME,
  NIC,
  sampleMachine,
  VF,
  type RegisterValue,
} from './machines';

const GUEST = 1;
/** Where the sample's NVMe drive has SR-IOV. */
const NVME_SRIOV = 0x120;

/** A PF with MSI-X at 40, Express at 80, ARI at 100, SR-IOV at 120: 8 VFs, two of whose BARs exist, 16 KiB and 4 KiB. */
const physicalFunction = (
  address: string,
  driver: string | undefined,
  changes: readonly RegisterValue[] = [],
): FunctionDescription => ({
  ...functionOf(
    address,
    [
      [0x00, 4, 0x11118086],
      [0x06, 2, 0x0010],
      [0x08, 4, 0x02000003],
      [0x2c, 4, 0xabcd1234],
      [0x34, 1, 0x40],
      [0x40, 2, 0x8011],
      [0x42, 2, 63],
      [0x44, 4, 0x00002002],
      [0x80, 2, 0x0010],
      [0x82, 2, 0x0202],
      [0x84, 4, 0x10008000],
      [0x8c, 4, 0x00000c11],
      [0x100, 4, 0x1201000e],
      [0x120, 4, 0x00010010],
      [0x128, 2, 0x0010],
      [0x12c, 2, 8],
      [0x12e, 2, 8],
      [0x134, 2, 0x80],
      [0x136, 2, 2],
      [0x13a, 2, 0x10ed],
      [0x13c, 4, 0x553],
      [0x140, 4, 1],
      [0x144, 4, 0xe000000c],
      [0x14c, 4, 0xe0100000],
      ...changes,
    ],
    { size: 4096 },
  ),
  barSizes: { 7: 0x4000n, 9: 0x1000n },
  ...(driver !== undefined && { driver }),
});

const PF = at('0000:03:00.0');
const FIRST = at('0000:03:10.0');
const withDriver = (driver: string | undefined, changes: readonly RegisterValue[] = []): Machine =>
  machineOf(physicalFunction('0000:03:00.0', driver, changes));

const addresses = (machine: Machine, pf: Bdf): readonly string[] =>
  machine
    .functions()
    .filter(({ physicalFunction: of }) => of !== undefined && formatBdf(of) === formatBdf(pf))
    .map(({ bdf }) => formatBdf(bdf));

const refusal = (result: ActionResult): string => {
  if (result.ok) throw new Error('the write was not refused');
  return result.message;
};
const word = (machine: Machine, bdf: Bdf, offset: number): number =>
  readLe(machine.realImage(bdf).bytes, offset, 2);
const texts = ({ observed }: ActionResult): readonly string[] => observed.log.map(({ text }) => text);

describe('sriov_numvfs', () => {
  it('creates VFs where the PF’s First VF Offset and VF Stride put them', () => {
    const machine = withDriver('ixgbe');
    const result = machine.createVirtualFunctions(PF, 3);
    expect(result).toMatchObject({
      ok: true,
      told: 'has 3 VFs: 0000:03:10.0 to 0000:03:10.4, with a generic configuration space',
    });
    expect(addresses(machine, PF)).toEqual(['0000:03:10.0', '0000:03:10.2', '0000:03:10.4']);
    expect(machine.function(PF)?.sriov).toEqual({ numVFs: 3, totalVFs: 8 });
    expect(machine.function(FIRST)).toMatchObject({
      vendorId: 0x8086,
      deviceId: 0x10ed,
      subsystemVendorId: 0x1234,
      subsystemId: 0xabcd,
      classCode: 0x020000,
      revision: 3,
      configSize: 4096,
      irq: 0,
      driver: undefined,
    });
    expect(texts(result)).toContain('pci 0000:03:10.4: [8086:10ed] type 00 class 0x020000 PCIe Endpoint');
  });

  it('writes NumVFs, then VF Enable and VF MSE; and takes them back in the other order', () => {
    const machine = withDriver('ixgbe');
    const written = (count: number): readonly (readonly number[])[] =>
      machine
        .createVirtualFunctions(PF, count)
        .observed.writes.filter(({ bdf, offset }) => formatBdf(bdf) === formatBdf(PF) && offset >= 0x100)
        .map(({ offset, value }) => [offset, value]);
    expect(written(2)).toEqual([
      [0x130, 2],
      [0x128, 0x19],
    ]);
    expect(written(0)).toEqual([
      [0x128, 0x10],
      [0x130, 0],
    ]);
    expect(addresses(machine, PF)).toEqual([]);
    expect(machine.function(FIRST)).toBeUndefined();
  });

  it('switches the PF’s memory decoding on, as for any BAR', () => {
    const machine = withDriver('ixgbe');
    expect(texts(machine.createVirtualFunctions(PF, 1))).toContain(
      'ixgbe 0000:03:00.0: enabling device (0000 -> 0002)',
    );
    expect(word(machine, PF, 4)).toBe(2);
  });

  it('says that it has them already, and does nothing', () => {
    const machine = sampleMachine();
    const result = machine.createVirtualFunctions(IGB, 2);
    expect(result).toMatchObject({ ok: true, told: 'has 2 VFs already' });
    expect(result.observed.writes).toEqual([]);
  });

  it.each([
    ['no driver', undefined, 1, 'no driver bound to device; cannot configure SR-IOV: error -2'],
    ['a driver without it', 'e1000e', 1, 'driver does not support SR-IOV configuration via sysfs: error -2'],
    ['more than TotalVFs', 'ice', 9, 'write(2) of "9" to sriov_numvfs, where sriov_totalvfs is 8: error -34'],
    [
      'more than the driver manages',
      'igb',
      8,
      'write(2) of "8" to sriov_numvfs, where sriov_totalvfs is 7: error -34',
    ],
    ['no number', 'ice', -1, 'write(2) of "-1" to sriov_numvfs: error -22'],
  ])('refuses: %s', (_why, driver, count, message) => {
    const machine = withDriver(driver);
    const result = machine.createVirtualFunctions(PF, count);
    expect(refusal(result)).toBe(message);
    expect(result.observed.writes).toEqual([]);
    expect(addresses(machine, PF)).toEqual([]);
  });

  it('refuses another number while there are VFs, and a PF that pciback has, with the kernel’s message', () => {
    const machine = sampleMachine();
    const busy = machine.createVirtualFunctions(IGB, 3);
    expect(refusal(busy)).toBe('2 VFs already enabled. Disable before enabling 3 VFs: error -16');
    expect(busy.observed.log).toEqual([
      { level: 4, text: 'igb 0000:02:00.0: 2 VFs already enabled. Disable before enabling 3 VFs' },
    ]);
    machine.seize(IGB);
    expect(refusal(machine.createVirtualFunctions(IGB, 2))).toBe(
      'driver does not support SR-IOV configuration via sysfs: error -2',
    );
    expect(refusal(machine.createVirtualFunctions(NIC, 1))).toBe(
      '0000:03:00.0 has no sriov_numvfs: it is not a physical function',
    );
  });

  it('refuses VF BARs without addresses', () => {
    // A BAR that holds a type but no address exists, and nothing was assigned to it.
    const unassigned = withDriver('ice', [[0x144, 4, 0x0000000c]]);
    expect(refusal(unassigned.createVirtualFunctions(PF, 1))).toBe(
      'not enough MMIO resources for SR-IOV: error -12',
    );
  });

  it('refuses InitialVFs that are not TotalVFs, and a PF that depends on another that is not there', () => {
    expect(refusal(withDriver('ice', [[0x12c, 2, 4]]).createVirtualFunctions(PF, 1))).toContain('error -5');
    expect(refusal(withDriver('ice', [[0x132, 1, 1]]).createVirtualFunctions(PF, 1))).toContain('error -19');
  });

  it('refuses to remove VFs that pciback has, in the driver’s words, whether or not a guest has them', () => {
    const machine = sampleMachine();
    machine.seize(VF);
    expect(refusal(machine.createVirtualFunctions(IGB, 0))).toBe(
      'Cannot deallocate SR-IOV virtual functions while they are assigned - VFs will not be deallocated: error -1',
    );
    machine.release(VF);
    expect(machine.createVirtualFunctions(IGB, 0)).toMatchObject({ ok: true, told: 'lost its 2 VFs' });
    machine.assign(GUEST, at('0000:01:00.1'));
    expect(refusal(machine.createVirtualFunctions(NVME, 0))).toBe(
      'Cannot modify SR-IOV while VFs are assigned: error -1',
    );
  });

  it('tells that any function may have changed', () => {
    const machine = sampleMachine();
    const changes: MachineChange[] = [];
    machine.onDidChange((change) => changes.push(change));
    machine.createVirtualFunctions(IGB, 0);
    machine.createVirtualFunctions(IGB, 0);
    expect(changes.map(({ action, functions }) => [action, functions])).toEqual([
      ['createVirtualFunctions', undefined],
      ['createVirtualFunctions', [IGB]],
    ]);
  });

  it('can be undone and done again', () => {
    const machine = sampleMachine();
    machine.createVirtualFunctions(NVME, 0);
    machine.createVirtualFunctions(NVME, 4);
    machine.assign(GUEST, at('0000:01:00.4'));
    machine.undo();
    machine.undo();
    expect(addresses(machine, NVME)).toEqual([]);
    expect(machine.undo()).toMatchObject({ told: 'undone: 0 to sriov_numvfs of 0000:01:00.0' });
    expect(addresses(machine, NVME)).toEqual(['0000:01:00.1', '0000:01:00.2']);
    for (let i = 0; i < 3; i++) machine.redo();
    expect(machine.function(at('0000:01:00.4'))?.assignedTo?.domid).toBe(GUEST);
  });
});

describe('a further bus', () => {
  /** VFs 0 to 7 from routing id 0380h: two on bus 03, the others would begin on bus 04. */
  const far = (subordinate: number): Machine =>
    machineOf(
      {
        ...bridgeTo('0000:00:01.0', 3),
        config: bridgeTo('0000:00:01.0', 3).config.map((byte, i) => (i === 0x1a ? subordinate : byte)),
      },
      physicalFunction('0000:03:00.0', 'ice', [
        [0x134, 2, 0x80],
        [0x136, 2, 0x40],
      ]),
    );

  it('is used where the bridge passes it on, and stands behind that bridge', () => {
    const machine = far(4);
    expect(machine.createVirtualFunctions(PF, 4).ok).toBe(true);
    expect(addresses(machine, PF)).toEqual(['0000:03:10.0', '0000:03:18.0', '0000:04:00.0', '0000:04:08.0']);
    const buses = (bus: BusState): unknown => [
      bus.bus,
      ...bus.functions.flatMap(({ behind }) => behind.map((b) => [b.bus, b.functions.length])),
    ];
    expect(machine.rootBuses().map(buses)).toEqual([[0, [3, 3], [4, 2]]]);
    machine.createVirtualFunctions(PF, 0);
    expect(machine.rootBuses().map(buses)).toEqual([[0, [3, 1]]]);
  });

  it('is refused where it does not', () => {
    const result = far(3).createVirtualFunctions(PF, 3);
    expect(refusal(result)).toBe("can't enable 3 VFs (bus 04 out of range of [bus 03]): error -12");
    expect(refusal(far(4).createVirtualFunctions(PF, 8))).toBe(
      "can't enable 8 VFs (bus 05 out of range of [bus 03-04]): error -12",
    );
  });
});

describe('a VF that was created', () => {
  it('has the BARs of its number, of which a guest learns address and size', () => {
    const machine = withDriver('ice');
    machine.createVirtualFunctions(PF, 3);
    machine.assign(GUEST, at('0000:03:10.4'));
    const guest = machine.function(at('0000:03:10.4'))!.assignedTo!.guest;
    const read = (offset: number): number => machine.confRead(GUEST, guest, offset, 4).value;
    const size = (offset: number): number => {
      machine.confWrite(GUEST, guest, offset, 4, 0xffffffff);
      return read(offset);
    };
    expect([read(0x10), read(0x14), read(0x18), read(0x1c)]).toEqual([0xe000800c, 0, 0xe0102000, 0]);
    expect([size(0x10), size(0x14), size(0x18)]).toEqual([0xffffc00c, 0xffffffff, 0xfffff000]);
    expect(readLe(machine.realImage(at('0000:03:10.4')).bytes, 0x10, 4)).toBe(0);
  });

  it('reads ffff for its ids in hardware and its PF’s in the guest, which can enable memory and MSI-X', () => {
    const machine = withDriver('ice');
    machine.createVirtualFunctions(PF, 1);
    machine.hardwareWrite(PF, 4, 2, 6);
    machine.assign(GUEST, FIRST);
    const guest = machine.function(FIRST)!.assignedTo!.guest;
    expect(readLe(machine.realImage(FIRST).bytes, 0, 4)).toBe(0xffffffff);
    expect(machine.confRead(GUEST, guest, 0, 4).value).toBe(0x10ed8086);
    machine.confWrite(GUEST, guest, 4, 2, 6);
    expect(machine.confRead(GUEST, guest, 4, 2).value & 0xffff).toBe(6);
    expect(word(machine, FIRST, 4)).toBe(4);
    expect(machine.guestMsix(GUEST, guest, 3)).toMatchObject({ ok: true });
    expect(machine.function(FIRST)?.msixEnabled).toBe(true);
  });

  it('shows what the specification has every VF show, where the source has none of that PF', () => {
    const machine = withDriver('ice');
    machine.createVirtualFunctions(PF, 1);
    const { bytes, known } = machine.realImage(FIRST);
    expect(walkCapabilities(bytes, known).found.map(({ id, offset }) => [id, offset])).toEqual([
      [CapId.EXP, 0x80],
      [CapId.MSIX, 0x40],
    ]);
    expect(walkExtendedCapabilities(bytes, known).found.map(({ id }) => id)).toEqual([ExtCapId.ARI]);
    expect(known.every((byte) => byte === 1)).toBe(true);
    // 64 vectors in BAR 2, as the PF has them, need 1 KiB of its 4 KiB.
    expect([word(machine, FIRST, 0x42), readLe(bytes, 0x44, 4), readLe(bytes, 0x48, 4)]).toEqual([
      63, 2, 0x802,
    ]);
    machine.reset(FIRST);
    expect(machine.realImage(FIRST).bytes).toEqual(bytes);
  });

  it('is like the VFs that the source has, after a reset, with the driver that they had', () => {
    const machine = sampleMachine();
    const seen = machine.realImage(at('0000:01:00.1')).bytes;
    machine.createVirtualFunctions(NVME, 0);
    machine.createVirtualFunctions(NVME, 4);
    const fourth = at('0000:01:00.4');
    const made = machine.realImage(fourth).bytes;
    expect(
      walkCapabilities(
        made,
        made.map(() => 1),
      ),
    ).toEqual(
      walkCapabilities(
        seen,
        seen.map(() => 1),
      ),
    );
    expect(machine.function(fourth)).toMatchObject({ driver: 'nvme', busMaster: true, vendorId: 0x1b36 });
    expect(word(machine, fourth, 0x42) & 0x8000).toBe(0);
  });

  it('goes to pciback where its address was given to new_slot before', () => {
    const machine = sampleMachine();
    machine.createVirtualFunctions(NVME, 0);
    machine.sysfs('new_slot', '0000:01:00.2');
    const result = machine.createVirtualFunctions(NVME, 2);
    expect(machine.function(at('0000:01:00.1'))?.driver).toBe('nvme');
    expect(machine.function(at('0000:01:00.2'))?.driver).toBe('pciback');
    expect(texts(result)).toContain('pciback 0000:01:00.2: xen_pciback: seizing device');
  });

  it.each([NVME, IGB])('that nobody has seen has what QEMU’s VFs of %o have', (pf) => {
    const machine = sampleMachine();
    const { bytes, known } = machine.realImage(pf);
    const image = virtualFunctionImage(bytes, { 0: 0x4000, 3: 0x4000 });
    const real = machine
      .functions()
      .find((f) => f.physicalFunction && formatBdf(f.physicalFunction) === formatBdf(pf));
    const theirs = machine.realImage(real!.bdf).bytes;
    const parts = [
      [0x00, 0x04],
      [0x06, 0x34],
      [0x38, 0x40],
    ] as const;
    for (const [from, to] of parts) expect(image.slice(from, to)).toEqual(theirs.slice(from, to));
    const express = walkCapabilities(bytes, known).found.find(({ id }) => id === CapId.EXP)!.offset;
    const identity = [0x02, 0x04, 0x05, 0x06, 0x07, 0x24, 0x25, 0x2c, 0x2d];
    expect(identity.map((i) => image[express + i])).toEqual(identity.map((i) => theirs[express + i]));
    const ids = (b: Uint8Array): readonly number[] =>
      walkCapabilities(
        b,
        b.map(() => 1),
      ).found.map(({ id }) => id);
    expect(ids(theirs)).toEqual(expect.arrayContaining([...ids(image)]));
  });
});

describe('a PF that loses its driver', () => {
  it('loses its VFs, after pciback has released the idle ones', () => {
    const machine = sampleMachine();
    machine.seize(VF);
    const result = machine.seize(IGB);
    expect(addresses(machine, IGB)).toEqual([]);
    expect(machine.function(IGB)?.sriov).toEqual({ numVFs: 0, totalVFs: 8 });
    expect(word(machine, IGB, 0x168)).toBe(0x10);
    expect(texts(result).filter((text) => text.includes('SR-IOV'))).toEqual([]);
    expect(machine.showSysfs('irq_handlers')).toBe('0000:02:00.0:off:not acking:0\n');
  });

  it('keeps them all while a guest has one, and pciback keeps that one', () => {
    const machine = sampleMachine();
    const other = at('0000:02:10.2');
    machine.assign(GUEST, VF);
    machine.seize(other);
    const result = machine.seize(IGB);
    expect(addresses(machine, IGB)).toEqual(['0000:02:10.0', '0000:02:10.2']);
    expect(machine.function(VF)?.assignedTo?.domid).toBe(GUEST);
    expect(machine.function(other)?.driver).toBeUndefined();
    expect(texts(result)).toEqual(
      expect.arrayContaining([
        'igb 0000:02:00.0: Cannot deallocate SR-IOV virtual functions while they are assigned - VFs will not be deallocated',
        'igb 0000:02:00.0: driver left SR-IOV enabled after remove',
      ]),
    );
    expect(machine.function(IGB)?.sriov).toEqual({ numVFs: 2, totalVFs: 8 });
  });

  it('keeps them where its driver leaves them', () => {
    const machine = sampleMachine();
    expect(texts(machine.seize(NVME))).toContain(
      'nvme 0000:01:00.0: driver left SR-IOV enabled after remove',
    );
    expect(addresses(machine, NVME)).toEqual(['0000:01:00.1', '0000:01:00.2']);
  });

  it('takes them out of a guest where its driver does not ask', () => {
    const machine = withDriver('mlx5_core');
    machine.createVirtualFunctions(PF, 2);
    machine.assign(GUEST, FIRST);
    const result = machine.createVirtualFunctions(PF, 0);
    expect(result.ok).toBe(true);
    expect(texts(result)).toContain(
      'pciback 0000:03:10.0: xen_pciback: ****** removing device 0000:03:10.0 while still in-use by domain 1! ******',
    );
    expect(machine.function(FIRST)).toBeUndefined();
    expect(machine.guests()[0]?.devices).toEqual([]);
  });

  it('gives pciback’s idle VFs back too when pciback is what it loses', () => {
    const machine = sampleMachine();
    machine.seize(NVME);
    machine.seize(at('0000:01:00.1'));
    expect(machine.release(NVME).ok).toBe(true);
    expect(machine.function(at('0000:01:00.1'))?.driver).toBeUndefined();
  });
});

describe('the hardware of a VF', () => {
  it('is reset with its PF, and is there again when the kernel has restored SR-IOV', () => {
    const machine = sampleMachine();
    machine.hardwareWrite(VF, 4, 2, 4);
    expect(word(machine, VF, 4) & 4).toBe(4);
    expect(machine.reset(IGB).ok).toBe(true);
    expect(word(machine, VF, 4)).toBe(0);
    expect(word(machine, VF, 6)).toBe(0x10);
  });

  it('answers only while VF Enable is set and NumVFs counts it', () => {
    const machine = sampleMachine();
    const second = at('0000:01:00.2');
    machine.hardwareWrite(second, 4, 2, 4);
    machine.hardwareWrite(NVME, NVME_SRIOV + 8, 2, 0x10);
    expect(word(machine, second, 6)).toBe(0xffff);
    machine.hardwareWrite(NVME, NVME_SRIOV + 0x10, 2, 1);
    machine.hardwareWrite(NVME, NVME_SRIOV + 8, 2, 0x19);
    expect(word(machine, at('0000:01:00.1'), 6)).toBe(0x10);
    expect(word(machine, second, 6)).toBe(0xffff);
    machine.hardwareWrite(NVME, NVME_SRIOV + 0x10, 2, 2);
    expect(word(machine, second, 6)).toBe(0x10);
    expect(word(machine, second, 4)).toBe(0);
  });
});
