// Makes media/pci.ids.br and its notice from a pci.ids file: `node scripts/tool.mjs scripts/make-pci-ids.ts PCI.IDS`.
// Use the file of Debian's package pci.ids. Only comments are left out.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { PciIds } from '../src/sources/pciIds';

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: make-pci-ids.ts PCI.IDS');
  process.exit(2);
}
const media = path.join(process.env['CONFSPACE_ROOT'] ?? process.cwd(), 'media');
const text = readFileSync(source, 'utf8');
const version = new PciIds(text).version ?? 'unknown';

const kept: string[] = [`# Version: ${version}`];
for (const line of text.split('\n')) {
  if (line === '' || line.startsWith('#')) continue;
  kept.push(line.trimEnd());
}
const compact = Buffer.from(`${kept.join('\n')}\n`);
const packed = brotliCompressSync(compact, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: compact.length,
  },
});
writeFileSync(path.join(media, 'pci.ids.br'), packed);
writeFileSync(path.join(media, 'pci.ids.NOTICE'), notice(version));
console.log(`media/pci.ids.br: version ${version}, ${compact.length} bytes packed into ${packed.length}`);

function notice(dbVersion: string): string {
  return `pci.ids.br is a compact copy of the PCI ID database, version ${dbVersion}, from https://pci-ids.ucw.cz/
as Debian distributes it (package pci.ids). Comments are left out.
The database is under "GPL-2+ or BSD-3-Clause"; this copy is distributed under the BSD-3-Clause license:

Copyright (c) 1997-2023 Martin Mares
Copyright (c) 2015-2023 Albert Pool

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions
are met:

1. Redistributions of source code must retain the above copyright
   notice, this list of conditions and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright
   notice, this list of conditions and the following disclaimer in the
   documentation and/or other materials provided with the distribution.
3. Neither the name of the copyright holder nor the names of its
   contributors may be used to endorse or promote products derived from
   this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE
ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS
BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR
CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF
SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN
CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE)
ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF
THE POSSIBILITY OF SUCH DAMAGE.
`;
}
