// SPDX-License-Identifier: Apache-2.0
// The kickstart language: real files read in one process, large ones, and the start of the programs. pykickstart is not
// in Debian, so its figures are those of the reference's notes: 21.7 ms a file, 313 ms for ksvalidator.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measure, median, mib, printTable, root, times } from './measure.mjs';

export const summary = 'kickstarts read in one process, large ones, and how ks check and ksvalidator start (a minute)';

const ROUNDS = 11;
/** Milliseconds that the reference parser takes for a file of its corpus, and its validator for a small one. */
const REFERENCE_FILE = 21.7;
const REFERENCE_START = 313;
const corpus = resolve(process.env.GUESTWRIGHT_REFERENCE ?? join(root, '../shared/reference'), 'kickstart/corpus');

export async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-bench-'));
  try {
    const rows = [...(await inProcess(folder)), ...(await starts())];
    console.log(`${ROUNDS} rounds in turn; medians`);
    printTable(['', 'time', 'reference', '', 'memory'], rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process for each round: what its first reading takes, and what it takes when the code is warm. */
async function inProcess(folder) {
  const script = join(folder, 'read.mjs');
  writeFileSync(script, readerScript());
  const files = corpusFiles();
  const list = join(folder, 'files.json');
  writeFileSync(list, JSON.stringify(files));
  const packages = Array.from({ length: 4000 }, (_, index) => `package-${index}`).join('\n');
  writeFileSync(join(folder, 'packages.ks'), `%packages\n${packages}\n%end\n`);
  const lines = Array.from({ length: 20_000 }, (_, index) => `  echo "line ${index}" >> /root/log # 100% done`).join(
    '\n',
  );
  writeFileSync(join(folder, 'post.ks'), `%post\n${lines}\n%end\n`);
  const rows = [];
  for (const [name, argument, reference] of [
    [`${files.length} files, each`, list, REFERENCE_FILE],
    ['4,000 packages', join(folder, 'packages.ks')],
    ['20,000 lines of %post', join(folder, 'post.ks')],
  ]) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const result = await measure([process.execPath, script, argument]);
      rounds.push({ ...JSON.parse(result.stdout), processKiB: result.processKiB });
    }
    for (const state of ['cold', 'warm']) {
      const ms = median(rounds.map((one) => one[state]));
      rows.push([
        `${name}, ${state}`,
        `${ms.toFixed(ms < 1 ? 3 : 1)} ms`,
        reference ? `${reference} ms` : '',
        reference ? times(reference / ms) : '',
        mib(median(rounds.map((one) => one.processKiB)) * 1024),
      ]);
    }
  }
  return rows;
}

/** Reads a list of files, or one, several times, and says what the first and the best later reading took. */
function readerScript() {
  return `import { readFileSync } from 'node:fs';
import { readKickstart } from ${JSON.stringify(pathToFileURL(join(root, 'dist/builder.js')).href)};
const [path] = process.argv.slice(2);
const files = path.endsWith('.json') ? JSON.parse(readFileSync(path, 'utf8')) : [path];
const took = [];
for (let round = 0; round < 6; round++) {
  const start = performance.now();
  for (const file of files) try { readKickstart(file); } catch {}
  took.push((performance.now() - start) / files.length);
}
console.log(JSON.stringify({ cold: took[0], warm: Math.min(...took.slice(1)) }));
`;
}

/** The corpus where this machine has it, else what this repository ships. */
function corpusFiles() {
  const folder = existsSync(corpus) ? corpus : join(root, 'kickstarts');
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.(ks|cfg|ks\.in)$/.test(name))
    .map((name) => join(folder, name));
}

async function starts() {
  const file = join(root, 'kickstarts', 'debian-12-minimal.ks');
  const bin = (name) => [process.execPath, join(root, `dist/bin/${name}.js`)];
  const sides = {
    'node -e 0 (what nothing costs)': [process.execPath, '-e', '0'],
    'guestwright ks check': [...bin('guestwright'), 'ks', 'check', file],
    ksvalidator: [...bin('ksvalidator'), file],
  };
  const results = new Map(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, words] of Object.entries(sides)) results.get(name).push(await measure(words));
  }
  return [...results].map(([name, rounds], index) => {
    const ms = median(rounds.map((one) => one.seconds)) * 1000;
    const beside = index === 0 ? ['130–150 ms', ''] : [`${REFERENCE_START} ms`, times(REFERENCE_START / ms)];
    return [name, `${ms.toFixed(0)} ms`, ...beside, mib(median(rounds.map((one) => one.processKiB)) * 1024)];
  });
}
