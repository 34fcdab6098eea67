// Prints what lspci decodes of dumps: `npm run decode -- DUMP...`. One JSON array with an object per device, in lspci's
// order, duplicates included. Exit code 1 when a file cannot be read or holds no device.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeDump } from '../src/sources/decode';
import { loadPciIds } from '../src/sources/pciIdsFiles';
import { decodeText } from '../src/sources/text';

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run decode -- DUMP...');
  process.exit(2);
}
const root = process.env['CONFSPACE_ROOT'] ?? process.cwd();
const { ids } = await loadPciIds({ bundled: path.join(root, 'media/pci.ids.br') });
const devices = [];
for (const file of files) {
  try {
    const decoded = decodeDump(decodeText(readFileSync(file)), file, ids);
    if (decoded.length === 0) {
      console.error(`${file}: no device found`);
      process.exitCode = 1;
    }
    devices.push(...decoded);
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${JSON.stringify(devices, undefined, 1)}\n`);
