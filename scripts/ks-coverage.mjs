// SPDX-License-Identifier: Apache-2.0
// `npm run ks:coverage`: what the pieces of real kickstarts do to an image, by command, and what becomes of the storage
// that they ask for. It asks the parser, the table of effects and the planner themselves, so it stays true.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { formatTable, refuse } from './db-library.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const help = `Usage: npm run ks:coverage -- [OPTION…] [FOLDER|FILE…]
  --refused       name every refusal with its place, instead of its count
  --json          one JSON document
Without a folder: the cases of the reference, where this machine has them, else kickstarts/.
Of a folder all files that end in .ks, .cfg, .ks.in or .ks.template are looked at. Counted are the lines of a command, the
sections and the add-ons; "files" are those that have one. A file that no version of the language takes is not counted.`;

const { values: options, positionals } = readArguments();
const ks = await loadSources();
const reference = resolve(process.env.GUESTWRIGHT_REFERENCE ?? join(root, '../shared/reference'), 'kickstart');
const files = listFiles();
if (files.length === 0) refuse('ks:coverage', 'there is no kickstart there: give a folder or a file');

const unread = new Map();
/** By command: how many of its pieces have which outcome, and the files that have it. */
const commands = new Map();
const storage = { asked: 0, laidOut: 0, refused: [], broken: [] };
let read = 0;

for (const file of files) {
  const kickstart = readOne(file);
  if (!kickstart) continue;
  read++;
  for (const { name, outcome } of ks.explainKickstart(kickstart)) count(name, outcome, file);
  if (asksForStorage(kickstart)) planOne(kickstart, file);
}
if (options.json) printJson();
else printText();
// A refusal names the file, and the line where there is one; whatever else the planner throws is a fault of it.
process.exitCode = storage.broken.length > 0 ? 1 : 0;

function readArguments() {
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: { refused: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (!parsed.values.help) return parsed;
  } catch (error) {
    refuse('ks:coverage', `${error.message.split('. ')[0]}; see --help`);
  }
  console.log(help);
  process.exit(0);
}

/** The sources as they stand, so that no build is needed first. */
async function loadSources() {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { parseKickstart, readKickstartText } from './builder/kickstart/index.js';
        export { readIncluded } from './builder/kickstart/read.js';
        export { explainKickstart } from './builder/kickstart/explain.js';
        export { planStorage } from './builder/plan/storage.js';
        export { InputError } from './osinfo/errors.js';`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    external: ['libxml2-wasm', 'got'],
  });
  return await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

function listFiles() {
  if (positionals.length > 0) return positionals.flatMap((path) => under(resolve(path)));
  const cases = join(reference, 'expected.jsonl');
  if (!existsSync(cases)) return under(join(root, 'kickstarts'));
  const lines = readFileSync(cases, 'utf8').trim().split('\n');
  return lines.map((line) => join(reference, 'corpus', JSON.parse(line).file));
}

function under(path) {
  if (!existsSync(path)) refuse('ks:coverage', `there is no ${path}; give a folder or a file`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => /\.(ks|cfg|ks\.in|ks\.template)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** A kickstart without errors; an included file that was not collected is no error here. */
function readOne(file) {
  let issues;
  try {
    const kickstart = ks.parseKickstart(ks.readKickstartText(file), file, { readInclude: ks.readIncluded });
    const error = kickstart.issues.find(({ severity, code }) => severity === 'error' && code !== 'include-missing');
    if (!error) return kickstart;
    issues = error.code;
  } catch (error) {
    if (!(error instanceof ks.InputError)) throw error;
    issues = error.code;
  }
  unread.set(issues, (unread.get(issues) ?? 0) + 1);
  return undefined;
}

function count(name, outcome, file) {
  const row = commands.get(name) ?? { files: new Set(), done: 0, 'in-part': 0, 'no-effect': 0, refused: 0 };
  row.files.add(file);
  row[outcome]++;
  commands.set(name, row);
}

function asksForStorage({ parts, volumeGroups, logicalVolumes, raids, btrfs, autopart, reqpart }) {
  return [parts, volumeGroups, logicalVolumes, raids, btrfs].some((list) => list.length > 0) || (autopart ?? reqpart);
}

function planOne(kickstart, file) {
  const { bootloader } = kickstart;
  storage.asked++;
  try {
    ks.planStorage(kickstart, {
      name: 'coverage',
      bootable: !bootloader?.disabled && bootloader?.location !== 'none',
      arch: 'x86_64',
      osName: 'this OS',
      defaultFilesystem: 'ext4',
      recommended: () => ({ memoryBytes: 2 * 2 ** 30, storageBytes: 20 * 2 ** 30 }),
    });
    storage.laidOut++;
  } catch (error) {
    const list = error instanceof ks.InputError && error.at ? storage.refused : storage.broken;
    list.push({ file, code: error.code ?? error.name, message: error.message.split('\n')[0] });
  }
}

function commandRows() {
  const rows = [...commands].map(([name, row]) => ({
    name,
    files: row.files.size,
    implemented: row.done,
    approximated: row['in-part'],
    noEffect: row['no-effect'],
    refused: row.refused,
  }));
  return rows.sort((a, b) => b.files - a.files || (a.name < b.name ? -1 : 1));
}

function sums(rows) {
  const add = (key) => rows.reduce((sum, row) => sum + row[key], 0);
  return Object.fromEntries(['implemented', 'approximated', 'noEffect', 'refused'].map((key) => [key, add(key)]));
}

function printJson() {
  const rows = commandRows();
  const document = {
    files: files.length,
    read,
    notRead: Object.fromEntries(unread),
    commands: rows,
    sums: sums(rows),
    storage,
  };
  console.log(JSON.stringify(document, undefined, 2));
}

function printText() {
  const rows = commandRows();
  const total = sums(rows);
  const cells = (row) => [row.implemented, row.approximated, row.noEffect, row.refused];
  const head = ['command', 'files', 'implemented', 'approximated', 'no effect', 'refused'];
  console.log(
    formatTable(head, [...rows.map((row) => [row.name, row.files, ...cells(row)]), ['all', read, ...cells(total)]]),
  );
  const reasons = [...unread].map(([code, times]) => `${code} ${times}`).join(', ');
  console.log(`\n${files.length} kickstarts, ${read} read${reasons ? `; not read: ${reasons}` : ''}`);
  console.log(
    `${storage.asked} with storage: ${storage.laidOut} laid out, ${storage.refused.length} refused with a reason` +
      `${storage.broken.length > 0 ? `, ${storage.broken.length} broken` : ''}`,
  );
  if (options.refused) for (const { message } of storage.refused) console.log(`  ${short(message)}`);
  else console.log(reasonTable());
  for (const { file, message } of storage.broken) console.log(`  broken: ${short(file)}: ${message}`);
}

function reasonTable() {
  const codes = new Map();
  for (const { code } of storage.refused) codes.set(code, (codes.get(code) ?? 0) + 1);
  const rows = [...codes].sort((a, b) => b[1] - a[1]);
  return rows.length === 0 ? '' : formatTable(['refused for', 'files'], rows, '  ');
}

function short(text) {
  return text.replaceAll(`${dirname(reference)}/`, '').replaceAll(`${relative('/', root)}`, '');
}
