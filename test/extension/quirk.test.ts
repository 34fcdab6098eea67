import * as assert from 'node:assert/strict';
import { formatBdf } from '../../src/backend/spec/bdf';
import {
  formatQuirk,
  openedBy,
  parseQuirk,
  parseRegister,
  quirkFault,
} from '../../src/extension/commands/quirkText';
import type { Session } from '../../src/extension/session';
import { bdf, sampleSession } from './api';

const NIC = '0000:02:00.0';

describe('REG:SIZE:MASK', () => {
  let current: Session;
  beforeEach(async () => {
    current = await sampleSession();
  });
  after(sampleSession);

  it('is refused in the form exactly where the driver refuses it', () => {
    const { machine } = current;
    machine.seize(bdf(NIC));
    for (const reg of [0, 0x48, 0xfff, 0x1000, 0xffffffff])
      for (const size of [0, 1, 2, 3, 4, 5, 8])
        for (const mask of [0, 0xff, 0x100, 0xffff, 0x10000, 0xffffff, 0x1000000, 0xffffffff]) {
          const quirk = { reg, size, mask };
          const text = formatQuirk(quirk);
          const result = machine.sysfs('quirks', `${formatBdf(bdf(NIC))}-${text}`);
          assert.equal(quirkFault(quirk) === undefined, result.ok, text);
          assert.deepEqual(parseQuirk(text), quirk);
        }
  });

  it('is previewed by the registers that it opens', () => {
    const image = current.machine.realImage(bdf(NIC));
    assert.equal(openedBy(image, { reg: 4, size: 2 }), 'opens COMMAND');
    assert.equal(openedBy(image, { reg: 4, size: 4 }), 'opens COMMAND, STATUS');
    assert.equal(openedBy(image, { reg: 5, size: 1 }), 'opens part of COMMAND');
    assert.equal(openedBy(image, { reg: 0x48, size: 4 }), 'opens no register that is known by name');
    assert.equal(
      openedBy(image, { reg: 0xffe, size: 4 }),
      'past the end of configuration space (4096 bytes)',
    );
  });

  it('takes a register as setpci does', () => {
    assert.deepEqual(parseRegister('40'), { reg: 0x40 });
    assert.deepEqual(parseRegister('0x40.w'), { reg: 0x40, size: 2 });
    assert.deepEqual(parseRegister('40.L'), { reg: 0x40, size: 4 });
    assert.equal(parseRegister('COMMAND'), undefined);
    assert.equal(parseQuirk('40:2'), undefined);
    assert.equal(parseQuirk('40:2:ffff:1'), undefined);
  });
});
