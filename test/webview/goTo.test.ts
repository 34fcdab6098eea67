import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Structure } from '../../src/protocol/model';
import { completionsOf, matching, placeOf } from '../../webview/grid/goTo';
import { nicSnapshot, sampleSnapshots } from './sample';

const nic = nicSnapshot().structures;
const SIZE = 4096;

const at = (text: string, structures: readonly Structure[] = nic, size = SIZE) => {
  const place = placeOf(text, structures, size);
  if (!place.ok) throw new Error(place.message);
  return place.target;
};
const why = (text: string, size = SIZE): string => {
  const place = placeOf(text, nic, size);
  return place.ok ? `went to ${place.target.offset}` : place.message;
};

describe('Go to, told an address', () => {
  it('reads every number as hexadecimal, as setpci does', () => {
    expect(at('44').offset).toBe(0x44);
    expect(at('0x44').offset).toBe(0x44);
    expect(at('44h').offset).toBe(0x44);
    expect(at(' 10 ').offset).toBe(0x10);
    expect(at('af').offset).toBe(0xaf);
  });
  it('takes decimal behind #', () => {
    expect(at('#68').offset).toBe(0x44);
  });
  it('takes any offset in the space in any way to write it, and none beyond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x1fff }), fc.constantFrom(256, 4096), (offset, size) => {
        const digits = offset.toString(16);
        for (const text of [digits, `0x${digits}`, `${digits}h`, digits.toUpperCase(), `#${offset}`]) {
          const place = placeOf(text, nic, size);
          expect(place.ok).toBe(offset < size);
          if (place.ok) expect(place.target.offset).toBe(offset);
        }
      }),
    );
  });
  it('chooses the width that a suffix names, and otherwise none', () => {
    expect(at('10.l')).toMatchObject({ offset: 0x10, width: 4 });
    expect(at('10.W')).toMatchObject({ offset: 0x10, width: 2 });
    expect(at('3.b')).toMatchObject({ offset: 3, width: 1 });
    expect(at('10').width).toBeUndefined();
  });
  it('says why there is nothing to go to', () => {
    expect(why('1000')).toBe('0x1000 is past the end: the space ends at 0xfff.');
    expect(why('100', 256)).toBe('0x100 is past the end: the space ends at 0xff.');
    expect(why('fe.l')).toBe('0xfe is not a multiple of 4: no access of that width begins there.');
    expect(why('ffd.l')).toContain('past the end');
    expect(why('')).toBe('Type an offset, a name or a setpci expression.');
    expect(why('10@1')).toContain('not among addresses');
  });
});

describe('Go to, told a setpci expression', () => {
  it('finds capabilities by name and by number', () => {
    expect(at('CAP_EXP')).toMatchObject({ offset: 0xa0 });
    expect(at('CAP_EXP+8.w')).toMatchObject({ offset: 0xa8, width: 2 });
    expect(at('cap_exp+0x8.W')).toMatchObject({ offset: 0xa8, width: 2 });
    expect(at('CAP05+2.W')).toMatchObject({ offset: 0x52, width: 2 });
    expect(at('CAP10')).toMatchObject({ offset: 0xa0 });
    expect(at('ECAP_AER+0x10.L')).toMatchObject({ offset: 0x110, width: 4 });
    expect(at('ECAP0001+10.L')).toMatchObject({ offset: 0x110, width: 4 });
    expect(at('ECAP_SRIOV+8.w')).toMatchObject({ offset: 0x168, width: 2 });
  });
  it('takes header registers by setpci’s names, with another width and a distance', () => {
    expect(at('COMMAND')).toMatchObject({ offset: 4 });
    expect(at('status')).toMatchObject({ offset: 6 });
    expect(at('COMMAND.l')).toMatchObject({ offset: 4, width: 4 });
    expect(at('BASE_ADDRESS_0+4.l')).toMatchObject({ offset: 0x14, width: 4 });
  });
  it('says which capability is missing, and of how many instances', () => {
    expect(why('CAP_AGP')).toBe('This function has no capability AGP.');
    expect(why('ECAP_EXP')).toBe('This function has no extended capability EXP.');
    expect(why('CAP_EXP@1')).toBe('This function has one capability EXP; @0 is the first.');
    expect(why('CAP_EXP+1.w')).toContain('0xa1 is not a multiple of 2');
  });
  it('wants the parts in setpci’s order', () => {
    expect(at('CAP_EXP+12.w@0').offset).toBe(0xb2);
    expect(placeOf('CAP_EXP@0+12.w', nic, SIZE).ok).toBe(false);
  });
});

describe('Go to, told a name', () => {
  it('finds structures, registers and fields, the inner ones behind dots', () => {
    expect(at('EXP').offset).toBe(0xa0);
    expect(at('MSI-X').offset).toBe(0x70);
    expect(at('DEVCTL').offset).toBe(0xa8);
    expect(at('EXP.DEVCTL').offset).toBe(0xa8);
    expect(at('EXP.DEVCTL.w')).toMatchObject({ offset: 0xa8, width: 2 });
    expect(at('BusMaster').offset).toBe(4);
    expect(at('COMMAND.DisINTx').offset).toBe(5);
  });
  it('says that there is none', () => {
    expect(why('NOSUCH')).toBe('No register, structure or field is called NOSUCH.');
    expect(why('COMMAND.NoSuch')).toBe('No register, structure or field is called COMMAND.NoSuch.');
  });
  it('goes where the list says, for every name of every function of the sample', () => {
    for (const { structures, hardware } of sampleSnapshots())
      for (const { text, offset } of completionsOf(structures)) {
        const place = placeOf(text, structures, hardware.bytes.length);
        expect(place.ok ? place.target.offset : place.message, text).toBe(offset);
      }
  });
  it('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const place = placeOf(text, nic, SIZE);
        if (place.ok) expect(place.target.offset).toBeLessThan(SIZE);
        else expect(place.message).not.toBe('');
        expect(matching(completionsOf(nic), text, 5).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('the list of names', () => {
  const all = completionsOf(nic);
  const offered = (text: string) => matching(all, text, 10).map((completion) => completion.text);
  it('puts what begins with the text first, the outer names before the inner ones', () => {
    expect(offered('comm')[0]).toBe('COMMAND');
    expect(offered('exp')[0]).toBe('CAP_EXP');
    expect(offered('devctl')[0]).toBe('EXP.DEVCTL');
    expect(offered('busm')).toEqual(['COMMAND.BusMaster']);
  });
  it('finds by what a register is called in full', () => {
    expect(offered('power management').length).toBeGreaterThan(0);
  });
  it('is empty for nothing and once a distance is typed', () => {
    expect(offered('')).toEqual([]);
    expect(offered('CAP_EXP+')).toEqual([]);
  });
});
