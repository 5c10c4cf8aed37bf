// SPDX-License-Identifier: Apache-2.0
// `npm run docs:layouts [results.json]`: writes the table of docs/layouts.md from what `npm run test:images` measured.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const begin = '<!-- Written by npm run docs:layouts -->\n';
const end = '<!-- End of what is written -->\n';
const MIB = 1024 ** 2;
const mib = (bytes) => String(Math.round(bytes / MIB));

/** A row of the table; results as `test/images/layout-results.ts` has them. */
function row(one) {
  const boot = (firmware) => (one.bootSeconds[firmware] === undefined ? '–' : String(one.bootSeconds[firmware]));
  return [
    `\`${one.name}\``,
    one.what.replaceAll('|', '\\|'),
    `${mib(one.capacityBytes)}${one.disks > 1 ? ` on ${one.disks} disks` : ''}`,
    mib(one.qcow2Bytes),
    one.installSeconds === undefined ? 'kept' : String(one.installSeconds),
    String(one.buildSeconds),
    boot('bios'),
    boot('uefi'),
    one.helper === undefined ? 'no' : `${one.helper.machine}, ${one.helper.seconds} s`,
    one.treesCompared ? 'same' : 'not compared',
  ];
}

const HEAD = [
  'kickstart',
  'what it is for',
  'MiB',
  'qcow2, MiB',
  'install, s',
  'the rest, s',
  'BIOS, s',
  'UEFI, s',
  'helper machine',
  'tree read back',
];

/** The page with its table written anew. */
export function writeTable(page, results) {
  const start = page.indexOf(begin);
  const stop = page.indexOf(end);
  if (start < 0 || stop < start) throw new Error('docs/layouts.md has no place for the table');
  const lines = [HEAD, HEAD.map(() => '---'), ...results.map(row)].map((cells) => `| ${cells.join(' | ')} |\n`);
  return `${page.slice(0, start)}${begin}\n${lines.join('')}\n${page.slice(stop)}`;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const results = JSON.parse(readFileSync(process.argv[2] ?? `${root}/coverage/layouts.json`, 'utf8'));
  const file = `${root}/docs/layouts.md`;
  writeFileSync(file, writeTable(readFileSync(file, 'utf8'), results));
}
