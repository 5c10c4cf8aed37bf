// SPDX-License-Identifier: Apache-2.0
// Recognising beside the C original: labels and trees in process, the command on an image, an image over HTTP.
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measure, median, mib, printTable, root, times } from './measure.mjs';

export const summary =
  'recognising labels, an image and an image over HTTP, beside the C original (one or two minutes)';

const ROUNDS = 11;
const LABEL_ROUNDS = 5;
/** Times that ours goes through the labels in one process, as an inventory of thousands does. */
const OUR_ROUNDS = 21;
const DATABASE = '/usr/share/osinfo';
const ORIGINAL = '/usr/bin/osinfo-detect';
const PYTHON = '/usr/bin/python3';
const OURS = [process.execPath, join(root, 'dist/bin/osinfo-detect.js')];
const REFERENCE = join(process.env.GUESTWRIGHT_REFERENCE ?? join(root, '../shared/reference'), 'osinfo-db');
/** Of the reference every so many: C takes some ten milliseconds a label. */
const EVERY = 10;

/** What is asked where the reference is not there. */
const SELECTION = [
  { volumeId: 'Fedora-S-dvd-x86_64-37' },
  { volumeId: 'Debian 11.5.0 amd64 n' },
  { volumeId: 'Ubuntu-Server 22.04 LTS s390x' },
  { volumeId: 'RHEL-9-0-0-BaseOS-x86_64' },
  { volumeId: 'alpine-virt 3.14.0 x86_64', systemId: 'LINUX' },
  { volumeId: 'J_CENNA_X64FREV_EN-US_DV5', publisherId: 'MICROSOFT CORPORATION' },
  { volumeId: 'GRMSXFRER_EN_DVD', publisherId: 'MICROSOFT CORPORATION' },
  { volumeId: 'Nothing that anyone made' },
];

export async function main() {
  for (const path of [ORIGINAL, `${DATABASE}/VERSION`]) {
    if (!existsSync(path)) throw new Error(`${path} is missing; sudo apt-get install libosinfo-bin osinfo-db`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-bench-'));
  try {
    // Neither sees what this machine or user adds.
    const places = { OSINFO_SYSTEM_DIR: DATABASE, OSINFO_LOCAL_DIR: folder, OSINFO_USER_DIR: folder };
    const env = { ...process.env, ...places, GUESTWRIGHT_CACHE_DIR: folder };
    const iso = join(folder, 'fedora.iso');
    writeFileSync(iso, image('Fedora-S-dvd-x86_64-37', 'LINUX'));
    await measure([...OURS, iso], { env });
    await labels(env, folder);
    await command(env, iso);
    await remote(env, iso);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Media and trees by what they say, in one process each; the time of the identification alone. */
async function labels(env, folder) {
  if (spawnSync(PYTHON, ['-c', 'import gi; gi.require_version("Libosinfo", "1.0")']).status !== 0) {
    throw new Error('the bindings of libosinfo are missing; sudo apt-get install python3-gi gir1.2-libosinfo-1.0');
  }
  const sets = existsSync(REFERENCE)
    ? [
        ['media', read('detect-cases.jsonl').map(mediaFacts)],
        ['trees', read('tree-cases.jsonl').map(treeFacts)],
      ]
    : [['media', SELECTION]];
  const rows = [];
  for (const [kind, facts] of sets) {
    const theirs = [];
    const ours = [];
    for (let round = 0; round < LABEL_ROUNDS; round++) {
      theirs.push(await askTheirs(kind, facts, env));
      ours.push(await askOurs(kind, facts, env, folder));
    }
    const ms = median(ours.map((one) => one.warm));
    const ratio = median(ours.map((one, round) => theirs[round] / one.warm));
    const first = median(ours.map((one) => one.first));
    rows.push(
      [`${facts.length} ${kind}: C`, `${median(theirs).toFixed(2)} ms each`, ''],
      [`${facts.length} ${kind}: guestwright`, `${ms.toFixed(3)} ms each`, `${ratio.toFixed(0)} × faster`],
      [`the first of them, with opening the database`, `${first.toFixed(1)} ms`, ''],
    );
  }
  console.log(`identification in process; medians of ${LABEL_ROUNDS} rounds in turn; ${DATABASE}`);
  printTable(['', 'time', ''], rows);
}

function read(name) {
  const lines = readFileSync(join(REFERENCE, name), 'utf8').trim().split('\n');
  return lines.filter((_, index) => index % EVERY === 0).map((line) => JSON.parse(line));
}

function mediaFacts({ volume_id, system_id, publisher_id, application_id, volume_size }) {
  const facts = {
    volumeId: volume_id,
    systemId: system_id,
    publisherId: publisher_id,
    applicationId: application_id,
    volumeSize: volume_size,
  };
  return present(facts);
}

function treeFacts({ family, variant, version, arch }) {
  return present({ family, variant, version, arch });
}

function present(facts) {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value));
}

const THEIR_WORDS = {
  volumeId: 'volume-id',
  systemId: 'system-id',
  publisherId: 'publisher-id',
  applicationId: 'application-id',
  volumeSize: 'volume-size',
  family: 'treeinfo-family',
  variant: 'treeinfo-variant',
  version: 'treeinfo-version',
  arch: 'treeinfo-arch',
};

/** Milliseconds a label. */
async function askTheirs(kind, facts, env) {
  const lines = facts.map((one) => {
    const words = Object.fromEntries(Object.entries(one).map(([key, value]) => [THEIR_WORDS[key], value]));
    const tree = kind === 'trees' ? { architecture: one.arch ?? 'i386' } : {};
    return JSON.stringify({ kind: kind === 'trees' ? 'tree' : 'media', ...words, ...tree });
  });
  const output = await piped([PYTHON, join(root, 'test/parity/detect.py'), DATABASE], lines.join('\n'), env);
  const took = output.split('\n').map((line) => JSON.parse(line).ms);
  return took.reduce((sum, ms) => sum + ms, 0) / took.length;
}

/** Milliseconds of the first label, with opening the database, and of each in the median of the rounds that follow. */
async function askOurs(kind, facts, env, folder) {
  const script = join(folder, 'ask.mjs');
  const name = kind === 'trees' ? 'identifyTree' : 'identifyMedia';
  const text = [
    `import { openDb, ${name} as identify } from ${JSON.stringify(pathToFileURL(join(root, 'dist/index.js')).href)};`,
    "import { readFileSync } from 'node:fs';",
    "const facts = JSON.parse(readFileSync(0, 'utf8'));",
    'const start = performance.now();',
    "const db = openDb({ db: 'system' });",
    'identify(db, facts[0]);',
    'const first = performance.now() - start;',
    'const rounds = [];',
    `for (let round = 0; round < ${OUR_ROUNDS}; round++) {`,
    '  const before = performance.now();',
    '  for (const one of facts) identify(db, one);',
    '  rounds.push((performance.now() - before) / facts.length);',
    '}',
    'console.log(JSON.stringify({ first, warm: rounds.sort((a, b) => a - b)[rounds.length >> 1] }));',
  ];
  writeFileSync(script, text.join('\n'));
  return JSON.parse(await piped([process.execPath, script], JSON.stringify(facts), env));
}

function piped([program, ...words], input, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(`${Buffer.concat(chunks)}`.trim()) : reject(new Error(`${program} ended with ${code}`)),
    );
    child.stdin.end(input);
  });
}

/** `osinfo-detect ISO`, the two in turn. */
async function command(env, iso) {
  const results = { original: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    results.original.push(await measure([ORIGINAL, iso], { env }));
    results.ours.push(await measure([...OURS, iso], { env }));
  }
  if (results.original[0].stdout !== results.ours[0].stdout) console.log('osinfo-detect: the two answers differ');
  const seconds = (list) => median(list.map((one) => one.seconds));
  const memory = (list) => mib(median(list.map((one) => one.processKiB)) * 1024);
  const faster = median(results.ours.map((one, round) => results.original[round].seconds / one.seconds));
  console.log(`the command on an image; medians of ${ROUNDS} rounds in turn`);
  printTable(
    ['', 'time', '', 'memory'],
    [
      ['osinfo-detect ISO: C', `${seconds(results.original).toFixed(3)} s`, '', memory(results.original)],
      [
        'osinfo-detect ISO: guestwright',
        `${seconds(results.ours).toFixed(3)} s`,
        `${times(faster)} faster`,
        memory(results.ours),
      ],
    ],
  );
}

/** An image that a server has: how often it is asked, and what it sends. */
async function remote(env, iso) {
  const rows = [];
  for (const ranges of [true, false]) {
    const seen = { requests: 0, bytes: 0 };
    const server = createServer((request, response) => serve(iso, ranges, seen, request, response));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { seconds } = await measure([...OURS, `http://127.0.0.1:${server.address().port}/fedora.iso`], { env });
      const kib = `${Math.ceil(seen.bytes / 1024)} KiB`;
      rows.push([`a server ${ranges ? 'with' : 'without'} ranges`, `${seconds.toFixed(3)} s`, `${seen.requests}`, kib]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
  console.log('an image over HTTP (of 4 GiB, as the server tells it)');
  printTable(['', 'time', 'requests', 'sent'], rows);
}

const REMOTE_BYTES = 4 * 1024 ** 3;

/** The image, followed by zeros up to what a real one has. */
function serve(iso, ranges, seen, request, response) {
  seen.requests += 1;
  const range = /^bytes=(\d+)-(\d*)$/.exec((ranges && request.headers.range) || '');
  const from = range === null ? 0 : Number(range[1]);
  const to = range?.[2] ? Math.min(Number(range[2]), REMOTE_BYTES - 1) : REMOTE_BYTES - 1;
  const headers = { 'content-length': to - from + 1, ...(ranges ? { 'accept-ranges': 'bytes' } : {}) };
  if (range !== null) headers['content-range'] = `bytes ${from}-${to}/${REMOTE_BYTES}`;
  response.writeHead(range === null ? 200 : 206, headers);
  if (request.method === 'HEAD') return response.end();
  const size = statSync(iso).size;
  const body = from < size ? createReadStream(iso, { start: from, end: Math.min(to, size - 1) }) : undefined;
  let left = to - from + 1;
  const zeros = Buffer.alloc(16 * 1024);
  const send = (chunk) => {
    left -= chunk.length;
    seen.bytes += chunk.length;
    return response.write(chunk);
  };
  const fill = () => {
    while (left > 0 && !response.destroyed) {
      if (!send(zeros.subarray(0, Math.min(left, zeros.length)))) return response.once('drain', fill);
    }
    response.end();
  };
  if (body === undefined) return fill();
  body.on('data', send);
  body.on('end', fill);
}

const SECTOR = 2048;

/** An image with nothing but its descriptors: primary volume, boot record, terminator, and a boot catalogue for BIOS. */
function image(volumeId, systemId) {
  const bytes = Buffer.alloc(20 * SECTOR);
  const descriptor = (sector, type) => {
    const part = bytes.subarray(sector * SECTOR, (sector + 1) * SECTOR);
    part[0] = type;
    part.write('CD001\x01', 1, 'latin1');
    return part;
  };
  const text = (part, at, length, value) => part.write(value.padEnd(length, ' '), at, length, 'latin1');
  const primary = descriptor(16, 1);
  text(primary, 8, 32, systemId);
  text(primary, 40, 32, volumeId);
  for (const [at, length] of [
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
  ]) {
    text(primary, at, length, '');
  }
  primary.writeUInt32LE(20, 80);
  primary.writeUInt32BE(20, 84);
  primary.writeUInt16LE(SECTOR, 128);
  primary.writeUInt16BE(SECTOR, 130);
  const boot = descriptor(17, 0);
  boot.write('EL TORITO SPECIFICATION', 7, 'latin1');
  boot.writeUInt32LE(19, 71);
  descriptor(18, 255);
  const catalogue = bytes.subarray(19 * SECTOR);
  catalogue[0] = 1;
  catalogue[30] = 0x55;
  catalogue[31] = 0xaa;
  catalogue.writeUInt16LE(0x10000 - (0x0001 + 0xaa55), 28);
  catalogue[32] = 0x88;
  return bytes;
}
