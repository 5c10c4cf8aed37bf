// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder, program, runTool } from '../e2e/machine.js';

/** Where Debian's package `debian-installer-12-netboot-amd64` has kernel and initrd. */
const NETBOOT = '/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64';

/** A mirror that has the installer's own components too: with one the installation is done to its end. */
const fullMirror = process.env['INSTALL_MIRROR'];

const folder = makeFolder();
const disk = join(folder, 'disk.qcow2');
const serial = join(folder, 'serial.log');
const cache = join(folder, 'cache');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The archive that this machine itself installs from. */
function ownMirror(): string {
  const text = execFileSync('sh', ['-c', 'cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true'], {
    encoding: 'utf8',
  });
  const address = /https?:\/\/\S*debian\/?(?=\s)/.exec(text)?.[0] ?? 'http://ftp.debian.org/debian';
  return address.replace(/^https:/, 'http:').replace(/\/$/, '');
}

/** What the installer writes into its log, sent here line by line. */
function listen(): Promise<{ port: number; lines: string[]; socket: Socket }> {
  const lines: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (text) => lines.push(text.toString().trimEnd()));
  return new Promise((done) => socket.bind(0, '127.0.0.1', () => done({ port: socket.address().port, lines, socket })));
}

function startMachine(words: readonly string[]): ChildProcess {
  const machine = ['-accel', 'tcg', '-cpu', 'max,-erms', '-m', '1G', '-display', 'none', '-no-reboot'];
  const drive = ['-drive', `file=${disk},if=virtio,format=qcow2`, '-serial', `file:${serial}`, '-monitor', 'none'];
  return spawn('qemu-system-x86_64', [...machine, ...drive, ...words], { stdio: 'ignore' });
}

const seconds = (count: number): Promise<void> => new Promise((done) => setTimeout(done, count * 1000));

/** Questions that the installer put to somebody: those that no answer was there for. */
function asked(lines: readonly string[]): string[] {
  return lines.flatMap((line, at) => {
    const question = /debconf: --> INPUT \S+ (\S+)/.exec(line)?.[1];
    return question !== undefined && /debconf: <-- 0 question will be asked/.test(lines[at + 1] ?? '')
      ? [question]
      : [];
  });
}

const skip = existsSync(NETBOOT) ? '' : ' (skipped: debian-installer-12-netboot-amd64 is not installed)';

describe(`the installer of Debian 12 with our preseed in its initrd${skip}`, () => {
  it.skipIf(skip !== '')('asks nothing: language, keyboard, network, mirror', async () => {
    const answers = join(folder, 'answers.conf');
    const values = {
      'admin-password': 'top secret',
      'user-login': 'berta',
      'user-password': 'also secret',
      hostname: 'box',
      'l10n-language': 'de_DE',
      'l10n-keyboard': 'de_DE',
      'l10n-timezone': 'Europe/Berlin',
      'target-disk': '/dev/vda',
      'installation-url': fullMirror ?? ownMirror(),
    };
    const text = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(answers, `[install-script]\n${text.join('')}`, { mode: 0o600 });
    const words = [program('osinfo-install-script'), 'debian12', '-f', answers, '-d', folder, '--inject', 'initrd'];
    const made = await runTool([...words, '--initrd', join(NETBOOT, 'initrd.gz')], { cache });
    expect(made.code, made.stderr).toBe(0);
    const told = await runTool([...words, '--command-line'], { cache });
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '8G']);

    const { port, lines, socket } = await listen();
    const log = `log_host=10.0.2.2 log_port=${port} DEBCONF_DEBUG=5`;
    const machine = startMachine([
      ...['-kernel', join(NETBOOT, 'linux'), '-initrd', join(folder, made.stdout.trim())],
      ...['-append', `${told.stdout.trim()} console=ttyS0 DEBIAN_FRONTEND=text ${log}`],
      ...['-nic', 'user,model=virtio-net-pci'],
    ]);
    const ended = new Promise<void>((done) => machine.once('exit', () => done()));
    try {
      const limit = Date.now() + (fullMirror === undefined ? 1200 : 10_800) * 1000;
      while (Date.now() < limit && machine.exitCode === null && asked(lines).length === 0) await seconds(1);
    } finally {
      if (fullMirror === undefined || asked(lines).length > 0) machine.kill('SIGKILL');
      await ended;
      socket.close();
    }
    const said = lines.map((line) => line.replace(/^<\d+>\w+ +\d+ [\d:]+ /, ''));
    const screen = readFileSync(serial, 'utf8');
    const summary = [
      'netcfg\\[\\d+\\]: DEBUG: Using preseeded hostname',
      "main-menu\\[\\d+\\]: INFO: Menu item '\\S+' selected",
      'choose-mirror\\[\\d+\\]: INFO: ',
      'gpgv: Good signature',
      'anna\\[\\d+\\]: WARNING',
    ].flatMap((pattern) => said.filter((line) => new RegExp(pattern).test(line)).slice(0, 8));
    console.log(
      `${summary.join('\n')}\nquestions skipped: ${said.filter((line) => /question skipped/.test(line)).length}`,
    );

    // What is asked before there is a network does not reach the log: it would have been the end, with its screen.
    expect(screen).not.toMatch(/Select a language|Configure the keyboard|Choose language/);
    expect(said.join('\n')).toContain('box is a valid FQDN');
    expect(said.join('\n')).toMatch(/choose-mirror\[\d+\]: INFO: suite\/codename set to: \S+\/bookworm/);
    expect(said.join('\n')).toContain('gpgv: Good signature');
    // A mirror without the installer's components ends it there; that is the only thing it may have to say.
    expect(asked(lines)).toEqual(fullMirror === undefined ? ['retriever/net/error'] : []);
  });

  it.skipIf(skip !== '' || fullMirror === undefined)(
    'leaves a machine that starts by itself, to its login prompt',
    async () => {
      rmSync(serial);
      const machine = startMachine(['-nic', 'none']);
      try {
        const text = (): string => (existsSync(serial) ? readFileSync(serial, 'utf8') : '');
        for (let second = 0; second < 600 && !/login: *$/.test(text()); second++) await seconds(1);
        expect(text()).toMatch(/box login: *$/);
      } finally {
        machine.kill('SIGKILL');
      }
    },
  );
});
