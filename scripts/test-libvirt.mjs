// SPDX-License-Identifier: Apache-2.0
// `npm run test:libvirt`: a real libvirtd of its own, in mount and process name spaces of its own, whose folders lie in
// memory: `qemu:///system` is that one for everything that is started here, and when this ends nothing of it is left.
// Machines are emulated, so that it runs the same everywhere. An ordinary user is root in a name space.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const own = fileURLToPath(import.meta.url);
const inside = 'GUESTWRIGHT_LIBVIRT_ROOT';

/** What libvirt keeps, and where its sockets are; and what QEMU's emulated TPM keeps. */
const folders = ['/run/libvirt', '/var/lib/libvirt', '/var/log/libvirt', '/var/cache/libvirt', '/etc/libvirt'];

const qemuSettings = `user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
`;
const daemonSettings = `auth_unix_ro = "none"
auth_unix_rw = "none"
`;

/** What a run may take: the longest was a seventh of it, on two busy processors without KVM. */
const WHOLE_MS = 60 * 60_000;

/** What libvirt may take for a word of its own, when it has just come up. */
const ASK_MS = 20_000;

/** No test was run: said as `npm test` says it. */
function fail(text) {
  process.stderr.write(`test:libvirt: ${text.trimEnd()}\n`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

function must(program, words) {
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) fail(`${program} ${words.join(' ')}: ${stderr ?? error?.message}`);
}

/**
 * Goes on in name spaces that nobody else sees. All that runs in them ends when their first process does, and that one
 * when this one does, however it ends.
 */
function enter() {
  setUp('libvirt');
  // All ids of the user's, since libvirtd sets the groups of each QEMU that it starts.
  const user = process.getuid() === 0 ? [] : ['--user', '--map-auto', '--map-root-user'];
  const words = [
    ...['--pdeathsig', 'KILL', '--', 'unshare', ...user],
    ...['--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--'],
    // The first process of the name space has to bury orphans, which a shell does and node does not: libvirt waits for each.
    ...['sh', '-c', '"$@"; exit $?', 'sh', process.execPath, own, ...process.argv.slice(2)],
  ];
  const child = spawn('setpriv', words, { stdio: 'inherit', env: { ...process.env, [inside]: '1' } });
  let why;
  const end = (text) => {
    why ??= text;
    // unshare keeps itself from softer signals while its child runs.
    child.kill('SIGKILL');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(`ended by ${signal}`));
  const limit = setTimeout(() => end(`it has not ended in ${WHOLE_MS / 60_000} minutes`), WHOLE_MS);
  child.once('error', (error) => fail(`setpriv: ${error.message}`));
  child.once('close', (status, signal) => {
    clearTimeout(limit);
    if (status === null) fail(why ?? `ended by ${signal}`);
    process.exit(status);
  });
}

async function startDaemon() {
  // What libvirt is not installed with has no folder there.
  for (const folder of folders.filter((one) => existsSync(one) || one === '/run/libvirt')) {
    mkdirSync(folder, { recursive: true });
    must('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'none', folder]);
  }
  if (existsSync('/dev/kvm')) {
    // Where it is there and of no use, libvirt learns its QEMU anew at every turn, for minutes.
    writeFileSync('/run/libvirt/no-kvm', '');
    must('mount', ['--bind', '/run/libvirt/no-kvm', '/dev/kvm']);
    must('mount', ['-o', 'remount,bind,ro', '/dev/kvm']);
  }
  mkdirSync('/etc/libvirt/qemu', { recursive: true });
  mkdirSync('/var/lib/libvirt/images', { recursive: true });
  writeFileSync('/etc/libvirt/qemu.conf', qemuSettings);
  writeFileSync('/etc/libvirt/libvirtd.conf', daemonSettings);
  const log = openSync('/var/log/libvirt/libvirtd.log', 'a');
  // Its usual place for its number is outside of those folders, where another libvirtd has its own.
  const daemon = spawn('/usr/sbin/libvirtd', ['--pid-file', '/run/libvirt/libvirtd.pid'], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  daemon.once('error', () => undefined);
  for (let tries = 0; tries < 100; tries++) {
    const asked = spawnSync('virsh', ['-q', '-c', 'qemu:///system', 'uri'], { timeout: ASK_MS, killSignal: 'SIGKILL' });
    if (asked.status === 0) return;
    if (daemon.exitCode !== null || daemon.pid === undefined) break;
    await wait(100);
  }
  fail(`libvirtd does not come up:\n${readFileSync('/var/log/libvirt/libvirtd.log')}`);
}

if (process.env[inside] === undefined) enter();
else {
  await startDaemon();
  const test = fileURLToPath(new URL('test.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [test, '--libvirt', ...process.argv.slice(2)], { stdio: 'inherit' });
  // The daemon and its machines end with the name space.
  process.exit(status ?? 1);
}
