import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { LogOutputChannel } from 'vscode';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../src/backend/machine';
import { formatBdf, type Bdf } from '../../src/backend/spec/bdf';
import { LayoutMemo } from '../../src/backend/spec/layoutMemo';
import { writeLe } from '../../src/backend/spec/uint';
import type { FunctionState } from '../../src/backend/view';
import { DecodedFunction } from '../../src/extension/inspector/decoded';
import { snapshotOf } from '../../src/extension/inspector/describe';
import { messageBetween } from '../../src/extension/inspector/difference';
import { access } from '../../src/extension/inspector/requests';
import { parseHostMessage } from '../../src/protocol/messages';
import type { Snapshot } from '../../src/protocol/model';
import { readSample } from '../../src/sources/sample';
import { View } from '../../webview/view';

const COMMAND = 0x04;
const LATENCY_TIMER = 0x0d;
const GUEST = 1;

const sample = (): Machine =>
  new Machine(
    readSample(JSON.parse(readFileSync(new URL('../../media/sample-machine.json', import.meta.url), 'utf8'))),
  );
const stateOf = (machine: Machine, bdf: Bdf): FunctionState => {
  const state = machine.function(bdf);
  if (!state) throw new Error(`no ${formatBdf(bdf)}`);
  return state;
};
/** The first network controller that is not a bridge: something that one would give to a guest. */
const nic = (machine: Machine): Bdf => {
  const state = machine.functions().find((f) => f.classCode >> 8 === 0x0200);
  if (!state) throw new Error('the sample has no network controller');
  return state.bdf;
};
const assigned = (): { machine: Machine; bdf: Bdf } => {
  const machine = sample();
  const bdf = nic(machine);
  expect(machine.assign(GUEST, bdf).ok).toBe(true);
  return { machine, bdf };
};
/** One for all pictures, as the inspector has it: what did not change stays the same object. */
const decoded = new DecodedFunction();
const picture = (machine: Machine, bdf: Bdf, revision: number): Snapshot =>
  snapshotOf(machine, stateOf(machine, bdf), 'title', revision, decoded);
const silent = (): LogOutputChannel => {
  const nothing = () => undefined;
  return {
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
  } as unknown as LogOutputChannel;
};

/** A page's view that was told the message, through validation as in the page. */
const told = (view: View, message: unknown): boolean => {
  const parsed = parseHostMessage(structuredClone(message));
  if (!parsed.ok) throw new Error(parsed.message);
  if (parsed.value.type !== 'snapshot' && parsed.value.type !== 'changed') throw new Error('not a picture');
  return view.take(parsed.value) !== undefined;
};

describe('the picture that the page gets', () => {
  it('of every function of the sample passes the page’s validation, free and assigned', () => {
    const machine = sample();
    for (const { bdf } of machine.functions())
      expect(parseHostMessage({ type: 'snapshot', snapshot: picture(machine, bdf, 1) })).toMatchObject({
        ok: true,
      });
    // VFs before their PF, whose driver takes them away when it is unbound.
    for (const { bdf } of [...machine.functions()].reverse()) {
      if (!machine.assign(GUEST, bdf).ok) continue;
      const snapshot = picture(machine, bdf, 1);
      expect(snapshot.guest?.bytes.length).toBe(snapshot.hardware.bytes.length);
      expect(snapshot.head.pipeline).toEqual(['guest1', 'pcifront', 'shared page', 'pciback', 'device']);
      expect(parseHostMessage({ type: 'snapshot', snapshot })).toMatchObject({ ok: true });
    }
  });
  it('does not follow the engine unseen', () => {
    const { machine, bdf } = assigned();
    const before = picture(machine, bdf, 1);
    const command = before.hardware.bytes[COMMAND] ?? 0;
    machine.hardwareWrite(bdf, COMMAND, 2, command ^ 0x4);
    expect(before.hardware.bytes[COMMAND]).toBe(command);
  });
  it('after a write is told as runs, and the view ends equal to the engine', () => {
    const { machine, bdf } = assigned();
    const view = new View();
    const first = picture(machine, bdf, 1);
    expect(told(view, messageBetween(undefined, first))).toBe(true);
    access(machine, bdf, { kind: 'confWrite', offset: COMMAND, size: 2, value: 0x0147 }, silent());
    const second = picture(machine, bdf, 2);
    const message = messageBetween(first, second);
    expect(message?.type).toBe('changed');
    expect(told(view, message)).toBe(true);
    expect(view.guest).toEqual(second.guest);
    expect(view.hardware).toEqual(second.hardware);
    expect(view.revision).toBe(2);
  });
  it('has both chains, which are told again only when one changed', () => {
    const { machine, bdf } = assigned();
    const view = new View();
    const first = picture(machine, bdf, 1);
    const { hardware, guest } = first.chains;
    expect(hardware.capabilities.length).toBeGreaterThan(2);
    expect(hardware.findings).toEqual([]);
    expect(guest).toEqual(hardware);
    told(view, messageBetween(undefined, first));
    const before = view.chains;
    machine.hardwareWrite(bdf, 0x04, 2, 0);
    const second = picture(machine, bdf, 2);
    told(view, messageBetween(first, second));
    expect(view.chains).toBe(before);
    const broken = {
      ...second,
      revision: 3,
      chains: { ...second.chains, hardware: { ...hardware, extended: [] } },
    };
    expect(messageBetween(second, broken)).toMatchObject({
      type: 'changed',
      chains: { hardware: { extended: [] } },
    });
    told(view, messageBetween(second, broken));
    expect(view.chains?.hardware.extended).toEqual([]);
  });
  it('has the lines that it would have had it been worked out anew, whatever was written', () => {
    const { machine, bdf } = assigned();
    machine.permissive(bdf);
    const offset = fc.oneof(fc.nat({ max: 0x3f }), fc.nat({ max: 0x1ff }));
    const write = fc.record({ offset, value: fc.nat({ max: 0xff }), guest: fc.boolean() });
    const at = machine.function(bdf)?.assignedTo?.guest ?? bdf;
    let revision = 1;
    fc.assert(
      fc.property(write, ({ offset, value, guest }) => {
        if (guest) machine.confWrite(GUEST, at, offset, 1, value);
        else machine.hardwareWrite(bdf, offset, 1, value);
        const kept = picture(machine, bdf, ++revision);
        const anew = snapshotOf(machine, stateOf(machine, bdf), 'title', revision, new DecodedFunction());
        expect(JSON.stringify(kept.decoded)).toBe(JSON.stringify(anew.decoded));
      }),
      { numRuns: 200 },
    );
  });
  it('has lines of the Express capability that follow the base addresses, which lspci looks at', () => {
    const machine = sample();
    const bdf = nic(machine);
    const image = machine.realImage(bdf);
    const layouts = new LayoutMemo();
    const lines = new DecodedFunction();
    const express = (baseAddress: number): string => {
      for (let slot = 0; slot < 6; slot++) writeLe(image.bytes, 0x10 + 4 * slot, 4, baseAddress);
      return JSON.stringify(lines.hardware.lines(layouts.layoutOf(image.bytes, image.known), image, {}));
    };
    expect(express(0)).not.toContain('AtomicOpsCap');
    expect(express(0xfe000000)).toContain('AtomicOpsCap');
  });
  it('that did not change is not told, and one with another owner is told whole', () => {
    const { machine, bdf } = assigned();
    const first = picture(machine, bdf, 1);
    expect(messageBetween(first, picture(machine, bdf, 2))).toBeUndefined();
    machine.detach(GUEST, bdf);
    const free = picture(machine, bdf, 2);
    expect(free.guest).toBeUndefined();
    expect(messageBetween(first, free)?.type).toBe('snapshot');
  });
  it('of a skipped revision is refused by the view, which then needs a snapshot', () => {
    const { machine, bdf } = assigned();
    const view = new View();
    told(view, messageBetween(undefined, picture(machine, bdf, 1)));
    const later = picture(machine, bdf, 5);
    machine.hardwareWrite(bdf, COMMAND, 2, 0);
    const message = messageBetween(later, picture(machine, bdf, 6));
    expect(message?.type).toBe('changed');
    expect(told(view, message)).toBe(false);
    expect(view.revision).toBe(1);
    expect(told(view, messageBetween(undefined, later))).toBe(true);
  });
});

describe('accesses that the page asks for', () => {
  it('write and read as the guest, through the protocol', () => {
    const { machine, bdf } = assigned();
    const written = access(
      machine,
      bdf,
      { kind: 'confWrite', offset: COMMAND, size: 2, value: 0x0006 },
      silent(),
    );
    expect(written).toMatchObject({
      ok: true,
      outcome: { op: 'conf_write', through: 'guest', sent: 6, err: { code: 0, name: 'XEN_PCI_ERR_success' } },
    });
    if (!written.ok) return;
    expect(written.outcome.notifications).toBe(1);
    expect(written.outcome.writes[0]).toMatchObject({ address: formatBdf(bdf), offset: COMMAND });
    const read = access(machine, bdf, { kind: 'confRead', offset: COMMAND, size: 2 }, silent());
    expect(read).toMatchObject({ ok: true, outcome: { op: 'conf_read' } });
    expect(read.ok && (read.outcome.value ?? 0) & 2).toBe(2);
    for (const accessed of [written, read])
      if (accessed.ok)
        expect(
          parseHostMessage({ type: 'reply', id: 1, reply: { kind: 'outcome', outcome: accessed.outcome } }),
        ).toMatchObject({ ok: true });
  });
  it('that are dropped say so by having no real write, though the guest is told success', () => {
    const { machine, bdf } = assigned();
    const dropped = access(
      machine,
      bdf,
      { kind: 'confWrite', offset: LATENCY_TIMER, size: 1, value: 0xff },
      silent(),
    );
    expect(dropped).toMatchObject({ ok: true, outcome: { err: { code: 0 }, writes: [] } });
  });
  it('write the hardware past the driver', () => {
    const { machine, bdf } = assigned();
    const before = machine.realImage(bdf).bytes[COMMAND] ?? 0;
    const result = access(
      machine,
      bdf,
      { kind: 'hardwareWrite', offset: COMMAND, size: 1, value: before ^ 0x4 },
      silent(),
    );
    expect(result).toMatchObject({
      ok: true,
      outcome: { through: 'hardware', writes: [{ offset: COMMAND, width: 1 }] },
    });
    expect(machine.realImage(bdf).bytes[COMMAND]).toBe(before ^ 0x4);
  });
  it('read what the hardware holds as an unsigned value', () => {
    const { machine, bdf } = assigned();
    const { bytes } = machine.realImage(bdf);
    const ids = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    expect(access(machine, bdf, { kind: 'hardwareRead', offset: 0, size: 4 }, silent())).toMatchObject({
      ok: true,
      outcome: { value: ids },
    });
  });
  it('are refused with a reason when nobody owns the function, it is gone, or the place does not exist', () => {
    const machine = sample();
    const bdf = nic(machine);
    const guest = { kind: 'confRead', offset: 0, size: 4 } as const;
    expect(access(machine, bdf, guest, silent())).toEqual({
      ok: false,
      message: 'The function is not assigned to a guest any more.',
    });
    expect(access(machine, { domain: 9, bus: 0, device: 0, function: 0 }, guest, silent()).ok).toBe(false);
    expect(access(machine, bdf, { kind: 'hardwareWrite', offset: 5, size: 2, value: 0 }, silent()).ok).toBe(
      false,
    );
    expect(access(machine, bdf, { kind: 'hardwareRead', offset: 0xfff, size: 2 }, silent()).ok).toBe(false);
  });
});
