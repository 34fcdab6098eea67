import { describe, expect, it } from 'vitest';
import { decodeStructure, type HostFacts } from '../../../src/backend/spec/decode/decodeStructure';
import { layoutOf } from '../../../src/backend/spec/layout';
import { imageOf } from './sampleImage';

/** What is computed rather than copied from a field. The texts are those of lspci 3.9 -F, but for sizes, which a dump cannot tell. */

const bytes32 = (...values: readonly number[]): number[] =>
  values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));

type Run = readonly [offset: number, ...bytes: number[]];

/** A function with one capability at 40h. `header` overwrites what its header holds. */
const withCapability = (capability: readonly number[], ...header: readonly Run[]) =>
  imageOf(256, [0x00, 0x86, 0x80, 0x34, 0x12], [0x06, 0x10], [0x34, 0x40], [0x40, ...capability], ...header);

const linesOf = (
  { config, known }: ReturnType<typeof imageOf>,
  offset: number,
  host?: HostFacts,
): readonly string[] =>
  layoutOf(config, known)
    .filter((structure) => structure.offset === offset)
    .flatMap((structure) => decodeStructure(structure, config, known, host))
    .map(({ label, text }) => `${label}: ${text}`);

const capabilityLines = (capability: readonly number[], ...header: readonly Run[]): readonly string[] =>
  linesOf(withCapability(capability, ...header), 0x40);

const BRIDGE: Run = [0x0e, 0x01];
const MEMORY_AND_IO: Run = [0x04, 0x07];

/** Lines of a bridge's windows with these registers from 1ch. */
const windows = (...registers: readonly Run[]): readonly string[] =>
  linesOf(imageOf(256, [0x00, 0x86, 0x80], BRIDGE, MEMORY_AND_IO, ...registers), 0).filter((line) =>
    line.includes('behind bridge'),
  );

describe('windows of a bridge', () => {
  it('have size and width, or are disabled', () => {
    expect(
      windows([0x1c, 0xe0, 0xf0], [0x20, ...bytes32(0xfc10fc00)], [0x24, ...bytes32(0x0001fff1)]),
    ).toEqual([
      'I/O behind bridge: e000-ffff [size=8K] [16-bit]',
      'Memory behind bridge: fc000000-fc1fffff [size=2M] [32-bit]',
      'Prefetchable memory behind bridge: 00000000fff00000-00000000000fffff [disabled] [64-bit]',
    ]);
  });

  it('take their upper halves in the wide types only', () => {
    const upper: Run = [0x28, ...bytes32(0x10, 0x11, 0x00020001)];
    expect(windows([0x1c, 0x11, 0x11], [0x24, ...bytes32(0x0011fff1)], upper)).toEqual([
      'I/O behind bridge: 00011000-00021fff [size=68K] [32-bit]',
      'Memory behind bridge: 00000000-000fffff [size=1M] [32-bit]',
      'Prefetchable memory behind bridge: 00000010fff00000-00000011001fffff [size=3M] [64-bit]',
    ]);
    expect(windows([0x1c, 0x10, 0x10], upper)[0]).toBe('I/O behind bridge: 1000-1fff [size=4K] [16-bit]');
  });

  it('say so when base and limit are of different or unknown types', () => {
    expect(
      windows([0x1c, 0xf0, 0x11], [0x20, ...bytes32(0xfc0ffc00)], [0x24, ...bytes32(0x0012fff2)]),
    ).toEqual([
      'I/O behind bridge: !!! Unknown I/O range types f0/11',
      'Memory behind bridge: !!! Unknown memory range types fc00/fc0f',
      'Prefetchable memory behind bridge: !!! Unknown prefetchable memory range types fff2/12',
    ]);
  });
});

describe('regions', () => {
  const bars: Run = [0x10, ...bytes32(0xfc000000, 0xe001, 0x0000000c, 1, 6, 0xffffffff)];
  const rom: Run = [0x30, ...bytes32(0xfc100001)];
  const regions = (command: number, host?: HostFacts): readonly string[] =>
    linesOf(imageOf(256, [0x00, 0x86, 0x80], [0x04, command], bars, rom), 0, host).filter((line) =>
      /^(Region|Expansion)/.test(line),
    );

  it('tell type, address and what the command register decodes', () => {
    expect(regions(0x07)).toEqual([
      'Region 0: Memory at fc000000 (32-bit, non-prefetchable)',
      'Region 1: I/O ports at e000',
      'Region 2: Memory at 100000000 (64-bit, prefetchable)',
      'Region 4: Memory at <unassigned> (type 3, non-prefetchable)',
      'Expansion ROM: at fc100000',
    ]);
    expect(regions(0x01)).toContain('Region 0: Memory at fc000000 (32-bit, non-prefetchable) [disabled]');
    expect(regions(0x02)).toContain('Region 1: I/O ports at e000 [disabled]');
    expect(regions(0x00)).toContain('Expansion ROM: at fc100000 [disabled by cmd]');
  });

  it('have the sizes that the host knows', () => {
    const sized = regions(0x07, { barSizes: { 0: 0x4000n, 1: 32n, 6: 0x20000n } });
    expect(sized[0]).toBe('Region 0: Memory at fc000000 (32-bit, non-prefetchable) [size=16K]');
    expect(sized[1]).toBe('Region 1: I/O ports at e000 [size=32]');
    expect(sized.at(-1)).toBe('Expansion ROM: at fc100000 [size=128K]');
  });
});

describe('PCI Express', () => {
  const express = (portType: number, ...dwords: readonly number[]): number[] => [
    ...bytes32(0x0002_0010 + portType * 0x0010_0000, ...dwords),
  ];
  const said = (capability: readonly number[], ...header: readonly Run[]): string =>
    capabilityLines(capability, ...header).join('\n');

  it('counts slot power in steps of its scale, or by the codes above 239', () => {
    const limit = (value: number, scale: number): string | undefined =>
      /SlotPowerLimit (\S+)/.exec(said(express(0, value * 2 ** 18 + scale * 2 ** 26)))?.[1];
    expect([limit(75, 0), limit(75, 1), limit(123, 3), limit(250, 3)]).toEqual([
      '75W',
      '7.5W',
      '0.123W',
      '0.25W',
    ]);
    expect([limit(240, 0), limit(250, 0), limit(255, 0), limit(240, 1)]).toEqual([
      '250W',
      '500W',
      '>600W',
      '24W',
    ]);
  });

  it('judges the link from the side of the device', () => {
    const x4at8 = 0x43;
    const link = (portType: number, status: number): string | undefined =>
      /LnkSta: (.*)/.exec(said(express(portType, 0, 0, x4at8, status * 0x10000)))?.[1];
    expect(link(0, 0x43)).toBe('Speed 8GT/s, Width x4');
    expect(link(0, 0x22)).toBe('Speed 5GT/s (downgraded), Width x2 (downgraded)');
    expect(link(4, 0x22)).toBe('Speed 5GT/s, Width x2');
    expect(link(4, 0x84)).toBe('Speed 16GT/s (overdriven), Width x8 (overdriven)');
  });

  it('leaves link control out of the functions that do not control the link', () => {
    const { config, known } = withCapability(express(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0e, 3));
    const labels = (fn: number): readonly string[] =>
      linesOf({ config, known }, 0x40, { bdf: { domain: 0, bus: 1, device: 0, function: fn } }).map(
        (line) => line.split(':')[0] ?? '',
      );
    expect(labels(0)).toEqual(expect.arrayContaining(['LnkCap2', 'LnkCtl2', 'LnkSta2']));
    expect(labels(1)).not.toContain('LnkCtl2');
    expect(labels(1)).toContain('LnkSta2');
  });

  it('tells of AtomicOps where a BAR decodes memory', () => {
    const io: Run = [0x10, 0x01, 0xe0];
    const memory: Run = [0x10, ...bytes32(0xfc000000)];
    expect(said(express(0), io)).not.toContain('AtomicOpsCap');
    expect(said(express(0), memory)).toContain('AtomicOpsCap: 32bit- 64bit- 128bitCAS-');
    expect(said(express(5))).toContain('AtomicOpsCap: Routing-');
  });
});

describe('capabilities', () => {
  it('tell both halves of an address that Enhanced Allocation fixes', () => {
    const entry = bytes32(0x80ff0004, 2, 0x3ffffffc, 0x8430, 0);
    expect(capabilityLines([0x14, 0, 1, 0, ...entry])).toEqual([
      'Capabilities: [40] Enhanced Allocation (EA): NumEntries=1',
      'Entry 0: Enable+ Writable- EntrySize=4',
      ': BAR Equivalent Indicator: BAR 0',
      ': PrimaryProperties: memory space, non-prefetchable',
      ': SecondaryProperties: entry unavailable for use, PrimaryProperties should be used',
      ': Base: 843000000000',
      ': MaxOffset: 3fffffff',
    ]);
    const fixed = capabilityLines([0x14, 0, 0, 0, ...bytes32(0x504)], BRIDGE);
    expect(fixed).toEqual([
      'Capabilities: [40] Enhanced Allocation (EA): NumEntries=0, secondary=4, subordinate=5',
    ]);
  });

  it('count AGP rates by version and mode', () => {
    expect(capabilityLines([0x02, 0, 0x30, 0, ...bytes32(0x1f004a0b, 0x1f000b02)])).toEqual([
      'Capabilities: [40] AGP version 3.0',
      'Status: RQ=32 Iso- ArqSz=2 Cal=2 SBA+ ITACoh- GART64- HTrans- 64bit- FW- AGP3+ Rate=x4,x8',
      'Command: RQ=32 ArqSz=0 Cal=2 SBA+ AGP+ GART64- 64bit- FW- Rate=x8',
    ]);
    expect(capabilityLines([0x02, 0, 0x20, 0, ...bytes32(0x1f004a0b, 0)])[1]).toMatch(/Rate=x1,x2$/);
    expect(capabilityLines([0x02, 0, 0x20, 0, ...bytes32(0, 0)])[2]).toMatch(/Rate=<none>$/);
  });

  it('tell PCI-X functions and bridges apart', () => {
    expect(capabilityLines([0x07, 0, 0x22, 0, ...bytes32(0x0143fff9)])).toEqual([
      'Capabilities: [40] PCI-X non-bridge device',
      'Command: DPERE- ERO+ RBC=512 OST=3',
      'Status: Dev=ff:1f.1 64bit+ 133MHz+ SCD- USC- DC=simple DMMRBC=2048 DMOST=3 DMCRS=8 RSCEM- 266MHz- 533MHz-',
    ]);
    expect(capabilityLines([0x07, 0, 0xff, 0xff, ...bytes32(0x30508, 0x20001, 5)], BRIDGE).slice(1)).toEqual([
      'Secondary Status: 64bit+ 133MHz+ SCD+ USC+ SCO+ SRD+ Freq=?7',
      'Status: Dev=05:01.0 64bit+ 133MHz+ SCD- USC- SCO- SRD-',
      'Upstream: Capacity=1 CommitmentLimit=2',
      'Downstream: Capacity=5 CommitmentLimit=0',
    ]);
  });

  it.each([
    ['a power-managed bus', [0x01, 0, 3, 0, 0, 0, 0x40, 0], 'Bridge: PM- B3-'],
    ['a bus without power', [0x01, 0, 2, 0, 0, 0, 0x80, 0], 'Bridge: PM+ B3+'],
    [
      'reserved message counts',
      [0x05, 0, 0xff, 0x01],
      'Capabilities: [40] MSI: Enable+ Count=128/128 Maskable+ 64bit+',
    ],
    ['a debug port', [0x0a, 0, 0xa0, 0x20], 'Capabilities: [40] Debug port: BAR=1 offset=00a0'],
    [
      'SATA registers in a BAR',
      [0x12, 0, 0x10, 0, 0x48, 0x40],
      'Capabilities: [40] SATA HBA v1.0 BAR4 Offset=00000404',
    ],
    ['SATA registers here', [0x12, 0, 0x10, 0, 0x0f], 'Capabilities: [40] SATA HBA v1.0 InCfgSpace'],
    ['a reserved place', [0x12, 0, 0x10, 0, 0], 'Capabilities: [40] SATA HBA v1.0 BAR??0'],
    ['a chassis', [0x04, 0, 0x3f, 0x12], 'Capabilities: [40] Slot ID: 31 slots, First+, chassis 12'],
    [
      'a HyperTransport revision',
      [0x08, 0, 0xff, 0x88],
      'Capabilities: [40] HyperTransport: Revision ID: 7.31',
    ],
    [
      'a mapping elsewhere',
      [0x08, 0, 0, 0xa8, ...bytes32(0xfee00000, 1)],
      'Mapping Address Base: 00000001fee00000',
    ],
    ['vendor bytes', [0x09, 0, 0x14, 0x01], 'Capabilities: [40] Vendor Specific Information: Len=14 <?>'],
    ['an unassigned id', [0x30, 0, 0x34, 0x12], 'Capabilities: [40] Capability ID 0x30 [1234]'],
  ])('describe %s', (_what, capability, line) => {
    expect(capabilityLines(capability)).toContain(line);
  });

  it('follow virtio where the device is one', () => {
    const notify = [0x09, 0, 0x14, 2, 4, 0, 0, 0, ...bytes32(0x3000, 0x1000, 4)];
    expect(capabilityLines(notify, [0x00, 0xf4, 0x1a, 0x41, 0x10])).toEqual([
      'Capabilities: [40] Vendor Specific Information: VirtIO: Notify',
      ': BAR=4 offset=00003000 size=00001000 multiplier=00000004',
    ]);
  });
});
