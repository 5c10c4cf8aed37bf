// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../../osinfo/package-root.js';
import { debianFiles, ext, mib, partitioned, treeOf } from '../../osinfo/detect/image/images.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { bundleTool, type Program } from '../bundle.js';

let program: Program;
beforeAll(async () => {
  program = await bundleTool('guestwright');
});
afterAll(() => program.remove());

const home = newFolder();
function inspect(...words: string[]) {
  const env = { PATH: process.env['PATH'], HOME: home, OSINFO_LOCAL_DIR: home, OSINFO_USER_DIR: home };
  return spawnSync(process.execPath, [program.path, 'inspect', ...words], { env, encoding: 'utf8' });
}

const disk = partitioned('gpt', 80 * mib, [
  { start: 8, size: 60, type: 'L', content: ext(treeOf(debianFiles()), 60 * mib, ['-t', 'ext4', '-L', 'root']) },
]);
const empty = ext(treeOf({ 'lost.txt': '' }), 2 * mib);

test('for people: the short id first, then facts', () => {
  const { status, stdout, stderr } = inspect(disk);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toBe(`${disk}: debian12 (Debian GNU/Linux 12 (bookworm))
  id          http://debian.org/debian/12
  root        partition 1
  arch        x86_64
  host name   mail.example.org
  kernels     6.1.0-18-amd64, 6.1.0-9-amd64
  packages    dpkg, 2000
  ready for   cloud-init, QEMU guest agent
  image       raw, 80 MiB, GPT with 1 partition
  boots from  neither BIOS nor UEFI, by itself
`);
  expect(inspect('--quiet', disk, disk).stdout).toBe(
    `${`${disk}: debian12 (Debian GNU/Linux 12 (bookworm))\n`.repeat(2)}`,
  );
  const verbose = inspect('--verbose', disk).stdout;
  expect(verbose).toContain('  why         /etc/os-release says debian 12\n');
  expect(verbose).toContain('  holds       partition 1: ext4 "root", 60 MiB\n');
  expect(verbose).toContain('  mounts      /srv/my data (xfs) from /dev/vg0/data\n');
});

test('--json is what its schema says, for every image', () => {
  const { status, stdout } = inspect('--json', disk, empty);
  expect(status).toBe(1);
  const document = JSON.parse(stdout);
  const schema = JSON.parse(readFileSync(join(packageRoot(), 'schema/inspect.schema.json'), 'utf8'));
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  expect(ajv.validate(schema, document), JSON.stringify(ajv.errors)).toBe(true);
  expect(document.images[0]).toMatchObject({
    path: disk,
    recognised: true,
    format: 'raw',
    partitionTable: 'gpt',
    guests: [{ shortId: 'debian12', id: 'http://debian.org/debian/12', arch: 'x86_64' }],
  });
  expect(document.images[1]).toMatchObject({ path: empty, recognised: false, guests: [] });
});

test('exit codes: 1 where no system is found, 2 where an image cannot be read, and the others are told all the same', () => {
  const { status, stdout } = inspect(empty);
  expect(status).toBe(1);
  expect(stdout).toContain('no installed system was recognised\n');
  expect(stdout).toContain('  holds       disk: ext2, 2 MiB\n');
  const absent = join(newFolder(), 'absent.qcow2');
  const both = inspect(absent, disk);
  expect(both.status).toBe(2);
  expect(both.stdout).toContain(': debian12 ');
  expect(both.stderr).toBe(`guestwright inspect: ${absent}: there is no such file\n`);
  expect(inspect().status).toBe(2);
  expect(inspect('--format', 'floppy', disk).status).toBe(2);
});

test('the names that an image has do nothing to the terminal', () => {
  const files = {
    'etc/os-release': 'ID=debian\nVERSION_ID=12\nPRETTY_NAME="\u001b]0;x\u0007\u001b[2Jred"',
    'etc/hostname': 'a\u001b[1mb\n',
  };
  const { stdout } = inspect('-v', ext(treeOf(files), 2 * mib));
  expect([...stdout].filter((letter) => letter < ' ' && letter !== '\n')).toEqual([]);
});

test('an image is never written and no process is started', () => {
  const copy = join(newFolder(), 'copy.raw');
  writeFileSync(copy, readFileSync(disk), { mode: 0o400 });
  const traced = spawnSync(
    'strace',
    ['-f', '-e', 'trace=execve,openat', process.execPath, program.path, 'inspect', copy],
    {
      env: { PATH: process.env['PATH'], HOME: home },
      encoding: 'utf8',
    },
  );
  if (traced.error) {
    console.warn('strace is missing: what the command opens is not looked at');
    return;
  }
  expect(traced.stdout).toContain('debian12');
  const lines = traced.stderr.split('\n');
  expect(lines.filter((line) => line.includes('execve('))).toHaveLength(1);
  expect(lines.filter((line) => line.includes(copy) && /O_RDWR|O_WRONLY/.test(line))).toEqual([]);
  expect(execFileSync('cmp', [disk, copy], { encoding: 'utf8' })).toBe('');
});
