// SPDX-License-Identifier: Apache-2.0
// osinfo-query beside the C original: the same questions to the same database, in turn.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, median, mib, printTable, root, times } from './measure.mjs';

export const summary = 'osinfo-query, beside the C original (one or two minutes)';

const ROUNDS = 11;
const DATABASE = '/usr/share/osinfo';
const ORIGINAL = '/usr/bin/osinfo-query';
const OURS = [process.execPath, join(root, 'dist/bin/osinfo-query.js')];
const QUESTIONS = [['os'], ['os', 'short-id=debian11']];

export async function main() {
  for (const path of [ORIGINAL, `${DATABASE}/VERSION`]) {
    if (!existsSync(path)) throw new Error(`${path} is missing; sudo apt-get install libosinfo-bin osinfo-db`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-bench-'));
  try {
    // Neither sees what this machine or user adds.
    const env = { ...process.env, OSINFO_SYSTEM_DIR: DATABASE, OSINFO_LOCAL_DIR: folder, OSINFO_USER_DIR: folder };
    const rows = [];
    for (const question of QUESTIONS) rows.push(...(await ask(question, env, folder)));
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
  await measure([...OURS, ...question], { env: withCache('kept') });
  for (let round = 0; round < ROUNDS; round++) {
    const fresh = `fresh-${question.length}-${round}`;
    mkdirSync(join(folder, fresh));
    results.original.push(await measure([ORIGINAL, ...question], { env }));
    results.warm.push(await measure([...OURS, ...question], { env: withCache('kept') }));
    results.cold.push(await measure([...OURS, ...question], { env: withCache(fresh) }));
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

/** A ratio is the median of the rounds' own ratios: what disturbs a round disturbs both of its sides. */
function figures(results, floor) {
  const of = (key) => median(results.map((one) => one[key]));
  const compared = (key) =>
    floor === undefined ? '' : times(median(results.map((one, round) => one[key] / floor[round][key])));
  return [`${of('seconds').toFixed(3)} s`, compared('seconds'), mib(of('processKiB') * 1024), compared('processKiB')];
}
