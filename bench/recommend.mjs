// SPDX-License-Identifier: Apache-2.0
// Recommending beside virt-install: an OS in process, and the command.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measure, median, printTable, root, times } from './measure.mjs';

export const summary = 'the machine for an OS, beside virt-install: in process, and the command (a minute or two)';

const ROUNDS = 7;
const DATABASE = '/usr/share/osinfo';
const ORIGINAL = '/usr/bin/virt-install';
/** Where Debian's package has the library behind the command. */
const LIBRARY = '/usr/share/virt-manager';
const OSES = ['fedora37', 'debian11', 'win10', 'ubuntu22.04', 'rhel9.0', 'freebsd13.1', 'win2k22', 'opensuse15.4'];
const HOST = join(process.env.GUESTWRIGHT_REFERENCE ?? join(root, '../shared/reference'), 'recommend/host');
const OURS = [process.execPath, join(root, 'dist/bin/guestwright.js'), 'recommend'];

export async function main() {
  for (const path of [ORIGINAL, `${DATABASE}/VERSION`]) {
    if (!existsSync(path)) throw new Error(`${path} is missing; sudo apt-get install virtinst osinfo-db`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-bench-'));
  try {
    const places = { OSINFO_SYSTEM_DIR: DATABASE, OSINFO_LOCAL_DIR: folder, OSINFO_USER_DIR: folder };
    const env = { ...process.env, ...places, GUESTWRIGHT_CACHE_DIR: folder, HOME: folder };
    inProcess(env, folder);
    await command(env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A host for virt-install's test driver: the KVM server of the reference, else the driver's own. */
function connection() {
  if (!existsSync(HOST)) return 'test:///default';
  const parts = ['predictable', 'fakeuri=qemu:///system', `caps=${HOST}/kvm-x86_64.xml`];
  return `__virtinst_test__test://${HOST}/empty.xml,${[...parts, `domcaps=${HOST}/kvm-x86_64-domcaps-latest.xml`]}`;
}

const wordsFor = (os) => [
  ...['--connect', connection(), '--name', 'x', '--osinfo', os, '--check', 'disk_size=off'],
  ...['--memory', '2048', '--disk', 'size=20', '--import', '--print-xml', '--dry-run'],
];

function output(program, words, env) {
  const { status, stdout, stderr } = spawnSync(program, words, { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.trim().split('\n').at(-1)}`);
  return stdout;
}

/** virt-install's own code, called once for each OS in one process, with the database loaded before; and ours. */
function inProcess(env, folder) {
  const script = [
    'import contextlib, io, json, sys, time',
    `sys.path.insert(0, ${JSON.stringify(LIBRARY)})`,
    'from virtinst import virtinstall',
    'took = []',
    'for words in json.load(sys.stdin):',
    "    sys.argv = ['virt-install'] + words",
    '    start = time.perf_counter()',
    '    with contextlib.redirect_stdout(io.StringIO()):',
    '        try:',
    '            virtinstall.main()',
    '        except SystemExit:',
    '            pass',
    '    took.append((time.perf_counter() - start) * 1000)',
    'print(json.dumps(took))',
  ].join('\n');
  // The first loads the database, which is not what is compared.
  const input = JSON.stringify([OSES[0], ...Array.from({ length: 3 }, () => OSES).flat()].map(wordsFor));
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script], { env, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`virtinst as a library: ${stderr.trim().split('\n').at(-1)}`);
  const theirs = median(JSON.parse(stdout.trim().split('\n').at(-1)).slice(1));

  const ask = join(folder, 'ask.mjs');
  const text = [
    `import { openDb, recommend } from ${JSON.stringify(pathToFileURL(join(root, 'dist/index.js')).href)};`,
    "const oses = openDb({ db: 'system' }), platform = openDb({ db: 'bundled' }).platform('qemu-7.2');",
    `const names = ${JSON.stringify(OSES)};`,
    'const round = () => { const start = performance.now();',
    '  for (const name of names) recommend({ os: oses.os(name), platform });',
    '  return (performance.now() - start) / names.length; };',
    'for (let i = 0; i < 200; i++) round();',
    'const all = Array.from({ length: 201 }, round).sort((a, b) => a - b);',
    'console.log(all[100]);',
  ];
  writeFileSync(ask, text.join('\n'));
  const ours = Number(output(process.execPath, [ask], env));
  console.log(`an OS in process, ${OSES.length} of them; ${DATABASE}`);
  printTable(
    ['', 'time', ''],
    [
      ['virt-install: virtinst', `${theirs.toFixed(2)} ms each`, ''],
      ['guestwright: recommend()', `${ours.toFixed(3)} ms each`, `${(theirs / ours).toFixed(0)} × faster`],
    ],
  );
}

/** `virt-install --print-xml` and `guestwright recommend --format libvirt`, in turn. */
async function command(env) {
  const [os] = OSES;
  // Theirs has no hypervisors of this age: ours is asked with its own.
  const words = [...OURS, os, '--platform', 'qemu-7.2', '--format', 'libvirt'];
  const { OSINFO_SYSTEM_DIR: _, ...ourEnv } = env;
  await measure(words, { env: ourEnv });
  const results = { original: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    results.original.push((await measure([ORIGINAL, ...wordsFor(os)], { env })).seconds);
    results.ours.push((await measure(words, { env: ourEnv })).seconds);
  }
  const faster = median(results.ours.map((seconds, round) => results.original[round] / seconds));
  console.log(`the command for ${os}; medians of ${ROUNDS} rounds in turn`);
  printTable(
    ['', 'time', ''],
    [
      ['virt-install --print-xml', `${median(results.original).toFixed(3)} s`, ''],
      ['guestwright recommend -f libvirt', `${median(results.ours).toFixed(3)} s`, `${times(faster)} faster`],
    ],
  );
}
