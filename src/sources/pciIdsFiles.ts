import { readFile } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decodeText } from './text';
import { PciIds } from './pciIds';

/** Where systems keep pci.ids; the last is what `update-pciids` of some distributions writes. */
export const SYSTEM_PCI_IDS: readonly string[] = [
  '/usr/share/misc/pci.ids',
  '/usr/share/hwdata/pci.ids',
  '/var/lib/pciutils/pci.ids',
];

export interface LoadedPciIds {
  readonly ids: PciIds;
  /** The file that the names come from; undefined when none could be read. */
  readonly file: string | undefined;
  /** What a person should know: a file named by a setting that could not be read. */
  readonly problems: readonly string[];
}

const textOf = (file: string, bytes: Uint8Array): string => {
  if (file.endsWith('.br')) return decodeText(brotliDecompressSync(bytes));
  return decodeText(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
};

/**
 * Reads the first file that is there: the one a setting names, the system's, then the bundled copy. Never rejects;
 * without any file the names are those of lspci without a database.
 */
export const loadPciIds = async (options: {
  readonly setting?: string | undefined;
  readonly bundled: string;
  readonly system?: readonly string[];
}): Promise<LoadedPciIds> => {
  const problems: string[] = [];
  const named = options.setting ? [options.setting] : [];
  for (const file of [...named, ...(options.system ?? SYSTEM_PCI_IDS), options.bundled]) {
    const expected = file === options.setting || file === options.bundled;
    try {
      const ids = new PciIds(textOf(file, await readFile(file)));
      if (ids.vendorCount > 0) return { ids, file, problems };
      problems.push(`${file} is not a pci.ids file: it names no vendor.`);
    } catch (error) {
      // A system file that is not there is the normal case; the next one is tried.
      if (expected || !isMissing(error))
        problems.push(`${file} could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { ids: new PciIds(''), file: undefined, problems };
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
