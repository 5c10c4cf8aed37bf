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
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
`;
const daemonSettings = `auth_unix_ro = "none"
auth_unix_rw = "none"
`;

function must(program, words) {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`test:libvirt: ${program} ${words.join(' ')}: ${stderr.trim()}\n`);
  process.exit(1);
}

/** Goes on in name spaces that nobody else sees. */
function enter() {
  setUp('libvirt');
  const user = process.getuid() === 0 ? [] : ['--user', '--map-root-user'];
  const spaces = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
  // The first process of the name space has to bury orphans, which a shell does and node does not: libvirt waits for each.
  const words = [
    ...user,
    ...spaces,
    'sh',
    '-c',
    '"$@"; exit $?',
    'sh',
    process.execPath,
    own,
    ...process.argv.slice(2),
  ];
  const { status } = spawnSync('unshare', words, { stdio: 'inherit', env: { ...process.env, [inside]: '1' } });
  process.exit(status ?? 1);
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
  const daemon = spawn('/usr/sbin/libvirtd', [], { stdio: ['ignore', log, log] });
  closeSync(log);
  for (let tries = 0; tries < 300; tries++) {
    if (spawnSync('virsh', ['-q', '-c', 'qemu:///system', 'uri']).status === 0) return daemon;
    if (daemon.exitCode !== null) break;
    await wait(100);
  }
  process.stderr.write(`test:libvirt: libvirtd does not come up:\n${readFileSync('/var/log/libvirt/libvirtd.log')}`);
  process.exit(1);
}

if (process.env[inside] === undefined) enter();
const daemon = await startDaemon();
const test = fileURLToPath(new URL('test.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [test, '--libvirt', ...process.argv.slice(2)], { stdio: 'inherit' });
daemon.kill('SIGTERM');
process.exit(status ?? 1);
