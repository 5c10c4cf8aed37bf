// SPDX-License-Identifier: Apache-2.0
// The commands of the database beside the C originals: the same work on the same database, in turn.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measure, median, mib, printTable, root, times } from './measure.mjs';

export const summary = 'osinfo-query, osinfo-db-validate and -import beside the C originals; openDb (two minutes)';

const ROUNDS = 11;
/** Debian's, or another that both sides read: `GUESTWRIGHT_BENCH_DB=$PWD/db`. */
const DATABASE = process.env.GUESTWRIGHT_BENCH_DB ?? '/usr/share/osinfo';
const original = (name) => `/usr/bin/${name}`;
const ours = (name) => [process.execPath, join(root, `dist/bin/${name}.js`)];
const QUESTIONS = [['os'], ['os', 'short-id=debian11']];

export async function main() {
  for (const path of [original('osinfo-query'), original('osinfo-db-import'), `${DATABASE}/VERSION`]) {
    if (!existsSync(path)) {
      throw new Error(`${path} is missing; sudo apt-get install libosinfo-bin osinfo-db-tools osinfo-db`);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-bench-'));
  try {
    // Neither sees what this machine or user adds.
    const env = { ...process.env, OSINFO_SYSTEM_DIR: DATABASE, OSINFO_LOCAL_DIR: folder, OSINFO_USER_DIR: folder };
    const rows = [];
    for (const question of QUESTIONS) rows.push(...(await ask(question, env, folder)));
    rows.push(...(await validate(env)), ...(await imports(env, folder)), await open(env, folder));
    const node = [];
    for (let round = 0; round < ROUNDS; round++) node.push(await measure([process.execPath, '-e', '0']));
    rows.push(['node -e 0 (what nothing costs)', ...figures(node)]);
    console.log(`${ROUNDS} rounds in turn; medians; ${DATABASE}`);
    printTable(['', 'time', '', 'memory', ''], rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(question, env, folder) {
  const withCache = (name) => ({ ...env, GUESTWRIGHT_CACHE_DIR: join(folder, name) });
  const results = { original: [], warm: [], cold: [] };
  await measure([...ours('osinfo-query'), ...question], { env: withCache('kept') });
  for (let round = 0; round < ROUNDS; round++) {
    const fresh = `fresh-${question.length}-${round}`;
    mkdirSync(join(folder, fresh));
    results.original.push(await measure([original('osinfo-query'), ...question], { env }));
    results.warm.push(await measure([...ours('osinfo-query'), ...question], { env: withCache('kept') }));
    results.cold.push(await measure([...ours('osinfo-query'), ...question], { env: withCache(fresh) }));
  }
  const same = results.warm[0].stdout === results.original[0].stdout;
  const name = `osinfo-query ${question.join(' ')}`;
  if (!same) console.log(`${name}: the two answers differ`);
  return [
    [`${name}: C`, ...figures(results.original)],
    [`${name}: guestwright`, ...figures(results.warm, results.original)],
    [`${name}: guestwright, first run`, ...figures(results.cold, results.original)],
  ];
}

/** The whole database against its grammar. */
async function validate(env) {
  const name = 'osinfo-db-validate';
  const results = { original: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    results.original.push(await measure([original(name), '--dir', DATABASE], { env }));
    results.ours.push(await measure([...ours(name), '--dir', DATABASE], { env }));
  }
  return [
    [`${name}: C`, ...figures(results.original)],
    [`${name}: guestwright`, ...figures(results.ours, results.original)],
  ];
}

/** An archive over a database: of the very same files, and one in which every file is another. */
async function imports(env, folder) {
  const name = 'osinfo-db-import';
  const changed = join(folder, 'changed');
  cpSync(DATABASE, changed, { recursive: true, dereference: true });
  for (const file of readdirSync(changed, { recursive: true })) {
    if (file.endsWith('.xml')) writeFileSync(join(changed, file), `${readFileSync(join(changed, file), 'utf8')}\n`);
  }
  const archives = {};
  for (const [key, database] of Object.entries({ same: DATABASE, changed })) {
    archives[key] = join(folder, `${key}.tar.xz`);
    await measure([original('osinfo-db-export'), '--dir', database, archives[key]], { env });
  }
  const rows = [];
  for (const [what, second] of [
    ['the same files', 'same'],
    ['every file changed', 'changed'],
  ]) {
    const results = { original: [], ours: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [side, command] of [
        ['original', [original(name)]],
        ['ours', ours(name)],
      ]) {
        const target = join(folder, `${second}-${side}-${round}`);
        mkdirSync(target);
        await measure([original(name), '--dir', target, archives.same], { env });
        results[side].push(await measure([...command, '--dir', target, archives[second]], { env }));
        rmSync(target, { recursive: true });
      }
    }
    rows.push(
      [`${name} over ${what}: C`, ...figures(results.original)],
      [`${name} over ${what}: guestwright`, ...figures(results.ours, results.original)],
    );
  }
  return rows;
}

/** In a process that has started: the time of openDb(), one OS and the names of its devices, with the index there. */
async function open(env, folder) {
  const script = join(folder, 'open.mjs');
  const text = [
    `import { openDb } from ${JSON.stringify(pathToFileURL(join(root, 'dist/index.js')).href)};`,
    'const start = performance.now();',
    "const names = openDb({ db: 'system' }).os('debian11').allDevices.map(({ product, name }) => product ?? name);",
    'console.log(performance.now() - start, names.length);',
  ];
  writeFileSync(script, text.join('\n'));
  const took = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const { stdout } = await measure([process.execPath, script], { env: { ...env, GUESTWRIGHT_CACHE_DIR: folder } });
    // The first makes the index.
    if (round > 0) took.push(Number(stdout.split(' ')[0]));
  }
  return ['openDb(), one OS and its devices, in process', `${median(took).toFixed(1)} ms`, '', '', ''];
}

/** A ratio is the median of the rounds' own ratios: what disturbs a round disturbs both of its sides. */
function figures(results, floor) {
  const of = (key) => median(results.map((one) => one[key]));
  const compared = (key) =>
    floor === undefined ? '' : times(median(results.map((one, round) => one[key] / floor[round][key])));
  return [`${of('seconds').toFixed(3)} s`, compared('seconds'), mib(of('processKiB') * 1024), compared('processKiB')];
}
