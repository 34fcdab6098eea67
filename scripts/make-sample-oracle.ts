// Makes samples/oracle.json: what the lspci of this machine decodes of the sample dumps, in the shape that
// `npm run decode` prints. Needs pciutils. `node scripts/tool.mjs scripts/make-sample-oracle.ts`
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const root = process.env['CONFSPACE_ROOT'] ?? process.cwd();
const samples = path.join(root, 'samples');
const dumps = ['workspace/q35-rich.lspci.txt', 'q35/qemu-7.2-rich-vfs.lspci.txt'];

const lspci = (dump: string, ...options: string[]): string =>
  execFileSync('lspci', ['-F', path.join(samples, dump), '-D', ...options], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const HEADING = /^([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) (.*)/;
const CAPABILITY = /^\tCapabilities: \[([0-9a-f]{2,3})(?: v(\d+))?\]/;

const devices = dumps.flatMap((dump) => {
  const bytes = new Map<string, Uint8Array>();
  const shown = new Map<string, number>();
  let slot = '';
  for (const line of lspci(dump, '-xxxx').split('\n')) {
    slot = HEADING.exec(line)?.[1] ?? slot;
    const row = /^([0-9a-f]{2,3}): ((?:[0-9a-f]{2} ?)+)$/.exec(line);
    if (!row) continue;
    const config = bytes.get(slot) ?? new Uint8Array(4096).fill(0xff);
    bytes.set(slot, config);
    const row16 = (row[2] ?? '')
      .trim()
      .split(' ')
      .map((byte) => parseInt(byte, 16));
    const offset = parseInt(row[1] ?? '', 16);
    config.set(row16, offset);
    shown.set(slot, offset + row16.length);
  }
  const found = new Map<string, { offset: number; version: number | undefined }[]>();
  for (const line of lspci(dump, '-vvv').split('\n')) {
    slot = HEADING.exec(line)?.[1] ?? slot;
    const capability = CAPABILITY.exec(line);
    if (!capability) continue;
    const version = capability[2] === undefined ? undefined : Number(capability[2]);
    found.set(slot, [...(found.get(slot) ?? []), { offset: parseInt(capability[1] ?? '', 16), version }]);
  }
  const titles = lspci(dump)
    .split('\n')
    .map((line) => HEADING.exec(line));
  return titles.flatMap((title) => {
    const [, address = '', text = ''] = title ?? [];
    const config = bytes.get(address);
    if (!config) return [];
    const word = (at: number): number => (config[at] ?? 0) | ((config[at + 1] ?? 0) << 8);
    const id = (n: number): string => n.toString(16).padStart(4, '0');
    const capabilities = found.get(address) ?? [];
    return [
      {
        dump,
        slot: address,
        title: text,
        configBytes: shown.get(address) ?? 0,
        headerType: (config[0x0e] ?? 0) & 0x7f,
        multiFunction: ((config[0x0e] ?? 0) & 0x80) !== 0,
        vendor: id(word(0)),
        device: id(word(2)),
        cls: id(word(0x0a)) + (config[9] ?? 0).toString(16).padStart(2, '0'),
        capabilities: capabilities
          .filter(({ version }) => version === undefined)
          .map(({ offset }) => ({ offset, id: config[offset] })),
        extCapabilities: capabilities
          .filter(({ version }) => version !== undefined)
          .map(({ offset, version }) => ({ offset, id: word(offset), ver: version })),
      },
    ];
  });
});
const version = execFileSync('lspci', ['--version'], { encoding: 'utf8' })
  .trim()
  .replace('lspci version ', '');
const rows = devices.map((device) => JSON.stringify(device)).join(',\n');
writeFileSync(path.join(samples, 'oracle.json'), `{"lspci":"${version}","devices":[\n${rows}\n]}\n`);
console.log(`samples/oracle.json: ${devices.length} devices, lspci ${version}`);
