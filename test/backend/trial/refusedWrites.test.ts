import { describe, expect, it } from 'vitest';
import { AccessLog } from '../../../src/backend/journal/accessLog';
import type { Machine } from '../../../src/backend/machine';
import { refusedWrites } from '../../../src/backend/trial/refusedWrites';
import { at, CARD, IGB, sampleMachine } from '../machine/machines';

const GUEST = at('0000:00:00.0');
const OTHER = at('0000:00:01.0');

const logged = (): { readonly machine: Machine; readonly log: AccessLog } => {
  const machine = sampleMachine();
  const log = new AccessLog();
  machine.onAccess(log);
  expect(machine.assign(1, IGB).ok).toBe(true);
  expect(machine.assign(1, CARD).ok).toBe(true);
  return { machine, log };
};
const of = (log: AccessLog, limit = 100, host = IGB): readonly (readonly [number, number, number])[] =>
  refusedWrites(log, { domid: 1, host }, limit).map(({ offset, size, value }) => [offset, size, value]);

describe('refused writes of a log', () => {
  it('are those that lost bits for want of a field, each once, oldest first', () => {
    const { machine, log } = logged();
    machine.confWrite(1, GUEST, 0xa8, 2, 0x0f);
    machine.confWrite(1, GUEST, 4, 2, 0x107);
    machine.confWrite(1, GUEST, 0x3c, 1, 0x55);
    machine.confRead(1, GUEST, 0xa8, 2);
    machine.confWrite(1, GUEST, 0xb0, 2, 0x40);
    machine.confWrite(1, GUEST, 0xa8, 2, 0x0f);
    machine.confWrite(1, GUEST, 0xa8, 2, 0x1f);
    // The guest asks for what it reads: nothing is lost.
    machine.confWrite(1, GUEST, 0xa8, 2, machine.confRead(1, GUEST, 0xa8, 2).value);
    machine.confWrite(1, OTHER, 0x40, 4, 0x55);
    expect(of(log)).toEqual([
      [0xb0, 2, 0x40],
      [0xa8, 2, 0x0f],
      [0xa8, 2, 0x1f],
    ]);
    expect(of(log, 2)).toEqual([
      [0xa8, 2, 0x0f],
      [0xa8, 2, 0x1f],
    ]);
  });

  it('are not those that undo took back, nor those of another device', () => {
    const { machine, log } = logged();
    machine.confWrite(1, GUEST, 0xa8, 2, 0x0f);
    machine.undo();
    expect(of(log)).toEqual([]);
    machine.redo();
    expect(of(log)).toEqual([[0xa8, 2, 0x0f]]);
    expect(of(log, 100, CARD)).toEqual([]);
  });

  it('are bytes beside a field too: there the driver counts the request as handled', () => {
    const { machine, log } = logged();
    machine.permissive(IGB);
    // Header type and STATUS have no field; their neighbours do.
    machine.confWrite(1, GUEST, 0x0c, 4, 0x00ff0010);
    machine.confWrite(1, GUEST, 4, 4, 0xffff0107);
    expect(of(log)).toEqual([
      [0x0c, 4, 0x00ff0010],
      [4, 4, 0xffff0107],
    ]);
  });
});
