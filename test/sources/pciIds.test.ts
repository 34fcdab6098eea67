import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatBdf } from '../../src/backend/spec/bdf';
import { formatLspci } from '../../src/sources/formatLspci';
import { parseLspci } from '../../src/sources/lspci';
import { identityOf, PciIds } from '../../src/sources/pciIds';
import { loadPciIds } from '../../src/sources/pciIdsFiles';

const root = path.resolve(import.meta.dirname, '../..');
const bundled = path.join(root, 'media/pci.ids.br');
const withLspci = spawnSync('lspci', ['--version']).status === 0;

const SMALL = `# A comment
#	Version: 2026.01.02
8086  Intel Corporation
	2922  82801I SATA Controller [AHCI mode]
		1af4 1100  QEMU Virtual Machine
	2929  Another
1af4  Red Hat, Inc.
ffff  Illegal Vendor ID
broken line
C 01  Mass storage controller
	01  IDE interface
		00  ISA Compatibility mode-only controller
	06  SATA controller
		01  AHCI 1.0
C 02  Network controller
`;
const ids = new PciIds(SMALL);
const title = (vendorId: number, deviceId: number, classCode: number, revision = 0): string =>
  ids.title({ vendorId, deviceId, classCode, revision });

describe('PciIds', () => {
  it('prints what lspci prints after the slot', () => {
    expect(title(0x8086, 0x2922, 0x010601, 2)).toBe(
      'SATA controller: Intel Corporation 82801I SATA Controller [AHCI mode] (rev 02)',
    );
    expect(title(0x8086, 0xabcd, 0x010601)).toBe('SATA controller: Intel Corporation Device abcd');
    expect(title(0x1234, 0x1111, 0x027700)).toBe('Network controller [0277]: Device 1234:1111');
    expect(title(0xffff, 0xffff, 0x123456, 0xff)).toBe('Class 1234: Illegal Vendor ID Device ffff (rev ff)');
  });

  it('prints ids in brackets and the programming interface as lspci -nnv does', () => {
    const withIds = (vendorId: number, deviceId: number, classCode: number): string =>
      ids.titleWithIds({ vendorId, deviceId, classCode, revision: 0 });
    expect(withIds(0x8086, 0x2929, 0x010601)).toBe(
      'SATA controller [0106]: Intel Corporation Another [8086:2929] (prog-if 01 [AHCI 1.0])',
    );
    expect(withIds(0x1234, 0x1111, 0x123400)).toBe('Unknown class [1234]: Device [1234:1111]');
    expect(withIds(0x8086, 0x1111, 0x01018a)).toContain('(prog-if 8a [Master SecP PriP])');
  });

  it('names subsystems, and one with the ids of its device after the device', () => {
    expect(ids.subsystemTitle(0x8086, 0x2922, 0x1af4, 0x1100)).toBe('Red Hat, Inc. QEMU Virtual Machine');
    expect(ids.subsystemTitle(0x8086, 0x2929, 0x8086, 0x2929)).toBe('Intel Corporation Another');
    expect(ids.subsystemTitle(0x8086, 0x2929, 0x1af4, 0x1100)).toBe('Red Hat, Inc. Device 1100');
  });

  it('reads the version of the file and skips lines that do not fit', () => {
    expect(ids.version).toBe('2026.01.02');
    expect(ids.vendorCount).toBe(3);
  });

  it('answers for any text and any id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(0xffff), fc.nat(0xffffff), (text, id, classCode) => {
        const any = new PciIds(text);
        expect(any.titleWithIds({ vendorId: id, deviceId: id, classCode, revision: id & 0xff })).toContain(
          '[',
        );
      }),
    );
  });
});

describe('loadPciIds', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'confspace-'));
  const own = path.join(folder, 'pci.ids');
  beforeAll(() => writeFileSync(own, SMALL));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('prefers the file of the setting, then the system, then the bundled copy', async () => {
    const missing = path.join(folder, 'none');
    expect((await loadPciIds({ setting: own, system: [missing], bundled })).file).toBe(own);
    expect((await loadPciIds({ system: [missing, own], bundled })).file).toBe(own);
    const last = await loadPciIds({ system: [missing], bundled });
    expect(last).toMatchObject({ file: bundled, problems: [] });
    expect(last.ids.vendor(0x8086)).toBe('Intel Corporation');
    expect(last.ids.vendorCount).toBeGreaterThan(2000);
  });

  it('says when the file of the setting cannot be used, and goes on', async () => {
    const loaded = await loadPciIds({ setting: path.join(folder, 'none'), system: [], bundled });
    expect(loaded.file).toBe(bundled);
    expect(loaded.problems).toHaveLength(1);
    writeFileSync(path.join(folder, 'text'), 'no ids here\n');
    expect(
      (await loadPciIds({ setting: path.join(folder, 'text'), system: [], bundled })).problems[0],
    ).toContain('is not a pci.ids file');
  });

  it('still shows numbers without any file', async () => {
    const loaded = await loadPciIds({ system: [], bundled: path.join(folder, 'none') });
    expect(loaded.file).toBeUndefined();
    expect(loaded.ids.title({ vendorId: 0x8086, deviceId: 1, classCode: 0x020000, revision: 0 })).toBe(
      'Class 0200: Device 8086:0001',
    );
  });

  it.skipIf(!withLspci)(
    'names every function of the sample dumps as lspci does, with the same file',
    async () => {
      for (const dump of ['workspace/q35-rich.lspci.txt', 'q35/qemu-7.2-rich-vfs.lspci.txt']) {
        const file = path.join(root, 'samples', dump);
        const result = parseLspci(readFileSync(file, 'utf8'), dump);
        if (!result.ok) throw new Error(result.message);
        const { ids: names, file: idsFile } = await loadPciIds({ bundled });
        const database = idsFile && idsFile !== bundled ? ['-i', idsFile] : [];
        if (database.length === 0) return;
        // lspci -F knows a VF's ids no better than its bytes.
        const expected = result.machine.functions.map(
          ({ bdf, config, known }) => `${formatBdf(bdf)} ${names.title(identityOf({ bdf, config, known }))}`,
        );
        const printed = execFileSync('lspci', ['-F', file, '-D', ...database], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        expect(printed.trimEnd().split('\n')).toEqual(expected);
      }
    },
  );

  it.skipIf(!withLspci)('finds its own dumps readable by lspci -F', () => {
    const result = parseLspci(
      readFileSync(path.join(root, 'samples/workspace/damaged.lspci.txt'), 'utf8'),
      'd',
    );
    if (!result.ok) throw new Error(result.message);
    const file = path.join(folder, 'written');
    writeFileSync(file, formatLspci(result.machine.functions));
    const printed = execFileSync('lspci', ['-F', file, '-D', '-n'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(printed.trimEnd().split('\n')).toHaveLength(result.machine.functions.length);
  });
});
