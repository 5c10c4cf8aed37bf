// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAppliance } from '../../builder/machine/appliances.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { bundleTool, type Program } from '../bundle.js';

const cache = newFolder();
const env = { ...process.env, GUESTWRIGHT_CACHE_DIR: cache };
const folder = writeAppliance(join(newFolder(), 'tiny'));
let program: Program;
beforeAll(async () => {
  program = await bundleTool('guestwright');
});
afterAll(() => program.remove());

const words = (...more: string[]): string[] => [program.path, 'run', ...more];

function run(...more: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, words(...more), { env, encoding: 'utf8', input: '' });
}

interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly heard: (text: string) => Promise<void>;
  readonly ended: Promise<number | null>;
}

function start(command: readonly string[]): Running {
  const child = spawn(command[0]!, command.slice(1), { env, stdio: 'pipe' });
  let said = '';
  const waiting = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    said += chunk.toString('latin1');
    for (const check of waiting) check();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const heard = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const check = (): void => {
        if (!said.includes(text)) return;
        waiting.delete(check);
        done();
      };
      waiting.add(check);
      child.once('close', () => fail(new Error(`it ended without ${text}: ${said}`)));
      check();
    });
  return { child, said: () => said, heard, ended: new Promise((done) => child.once('close', done)) };
}

/** The QEMU that a process has started. */
function emulatorOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

describe('guestwright run', () => {
  it('says what it starts and why emulated, speaks through pipes, and ends with the guest', async () => {
    const { child, heard, said, ended } = start([process.execPath, ...words(folder, '--verify')]);
    await heard('ready');
    expect(said()).toMatch(
      /(?:^|\n)verified: 2 images\ntiny: Debian 12, 1 CPU, 64 MiB, BIOS; (?:with KVM|emulated without KVM, which is slow: \S.*)\n {2}what it writes is gone/,
    );
    child.stdin!.write('q');
    expect(await ended).toBe(0);
  });

  it('in a terminal gives every key to the guest but Ctrl-], and gives the terminal back', async () => {
    const inside = `"${process.execPath}" ${words(folder, '-q').join(' ')}; echo code $?; stty -a`;
    const { child, heard, said, ended } = start(['script', '-qfc', inside, '/dev/null']);
    await heard('ready');
    child.stdin!.write('a\x03b');
    await heard('a\x03b');
    child.stdin!.write('\x1d');
    await heard('code 0');
    await ended;
    expect(said()).toMatch(/[^-]icanon/);
    expect(said()).toMatch(/[^-]isig/);
  });

  it('takes the guest with it, whatever ends it', async () => {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGKILL', null],
    ] as const) {
      const { child, heard, ended } = start([process.execPath, ...words(folder)]);
      await heard('ready');
      const emulator = emulatorOf(child.pid!);
      expect(readFileSync(`/proc/${emulator}/comm`, 'utf8')).toContain('qemu');
      child.kill(signal);
      expect(await ended).toBe(code);
      await expect.poll(() => existsSync(`/proc/${emulator}/stat`) && isAlive(emulator), { timeout: 5000 }).toBe(false);
    }
  });

  it('prints the command, and starts nothing', () => {
    const { status, stdout } = run(folder, '--print', '--memory', '128', '--forward', '8080:80');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^qemu-system-x86_64 \\\n {2}-name tiny \\\n/);
    expect(stdout).toContain('  -m 128M \\\n');
    expect(stdout).toContain('hostfwd=tcp:127.0.0.1:8080-:80');
    expect(stdout).toContain(join(folder, 'tiny-sdb.raw'));
    expect(stdout).toContain('-serial mon:stdio');
  });

  it('refuses in one line what cannot be started', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const lines: readonly (readonly [readonly string[], number, RegExp])[] = [
      [[join(folder, 'none')], 2, /none: there is no such appliance$/],
      [
        [folder, '--forward', `${port}:80`],
        1,
        /port \d+ of 127\.0\.0\.1 \(tcp\) is in use; choose another with --forward$/,
      ],
      [[folder, '--forward', 'x'], 2, /"x" is no way from a port here/],
      [[folder, '--uefi', '--bios'], 2, /cannot be used with/],
      [[folder, '--memory', '0'], 2, /whole number, 1 or more/],
      [[], 2, /missing required argument 'appliance'/],
    ];
    for (const [given, code, message] of lines) {
      const { status, stdout, stderr } = run(...given);
      expect(stderr.trimEnd()).toMatch(message);
      expect(stderr.trimEnd()).not.toContain('\n');
      expect([status, stdout]).toEqual([code, '']);
    }
    const other = writeAppliance(join(newFolder(), 'tiny'));
    writeFileSync(join(other, 'tiny-sdb.raw'), 'changed');
    expect(run(other, '--verify', '-q')).toMatchObject({ status: 2, stderr: expect.stringMatching(/sha256 is/) });
    rmSync(join(other, 'tiny-sdb.raw'));
    expect(run(other)).toMatchObject({ status: 2, stderr: expect.stringMatching(/tiny-sdb\.raw is missing\n$/) });
    await new Promise((done) => server.close(done));
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
