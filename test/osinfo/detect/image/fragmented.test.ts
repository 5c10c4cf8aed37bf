// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectImage } from '../../../../osinfo/detect/image/inspect.js';
import { newFolder } from '../../load/folders.js';
import { db } from './db.js';
import { btrfs, emptyFile, ext, mib, tool, treeOf, xfs } from './images.js';

const line = 'Status: install ok installed\n';
/** A list of packages with one package in every `bytes` bytes. */
const spread = (packages: number, bytes: number): string =>
  `\n${line}${'#'.repeat(bytes - line.length - 1)}`.repeat(packages);
const files = { 'etc/os-release': 'ID=debian\nVERSION_ID=12\n', 'var/lib/dpkg/status': spread(2000, 1024) };

test('ext4: a file with holes in every other block, whose extents make a tree', async () => {
  const path = ext(treeOf(files), 16 * mib, ['-t', 'ext4', '-b', '1024']);
  const holes = Array.from(
    { length: 1000 },
    (_, index) => `punch /var/lib/dpkg/status ${index * 2 + 1} ${index * 2 + 1}`,
  );
  const script = join(newFolder(), 'script');
  writeFileSync(script, `${holes.join('\n')}\n`);
  tool('debugfs', ['-w', '-f', script, path]);
  expect(tool('debugfs', ['-R', 'dump_extents /var/lib/dpkg/status', path])).toMatch(/^ [12]\/ [12]/m);
  expect((await inspectImage(path, { db })).guests[0]?.packages).toEqual({ manager: 'dpkg', count: 1000 });
});

test('ext2: a file with holes behind its direct and indirect blocks', async () => {
  const path = ext(treeOf(files), 16 * mib, ['-t', 'ext2', '-b', '1024']);
  tool('debugfs', ['-w', '-R', 'punch /var/lib/dpkg/status 5 404', path]);
  expect((await inspectImage(path, { db })).guests[0]?.packages).toEqual({ manager: 'dpkg', count: 1600 });
});

const uml = '/usr/bin/linux.uml';

/** What only a kernel writes: a User Mode Linux does the work, with the host's own files and nothing to write but the disks. */
const script = `#!/bin/sh
mount -t proc proc /proc
mount -t tmpfs none /tmp
mkdir /tmp/m
set -e
mount /dev/ubda /tmp/m
i=0
while [ $i -lt 60 ]; do fallocate -p -o $((i * 8192 + 4096)) -l 4096 /tmp/m/var/lib/dpkg/status; i=$((i + 1)); done
umount /tmp/m
for kind in zstd:b lzo:c; do
  mount -o compress-force=\${kind%:*} /dev/ubd\${kind#*:} /tmp/m
  btrfs subvolume create /tmp/m/@home
  btrfs subvolume create /tmp/m/@
  mkdir -p /tmp/m/@/etc /tmp/m/@/var/lib/dpkg
  cp /tmp/m/release /tmp/m/@/etc/os-release
  cat /tmp/m/status > /tmp/m/@/var/lib/dpkg/status
  btrfs subvolume snapshot /tmp/m/@ /tmp/m/before
  [ $kind = zstd:b ] || btrfs subvolume set-default /tmp/m/@
  umount /tmp/m
done
sync
echo uml-done
`;

test.skipIf(!existsSync(uml))(
  'what a kernel wrote: xfs with a tree of extents; btrfs with subvolumes, packed',
  async () => {
    const status = Array.from({ length: 2000 }, (_, index) => `Package: p${index}\n${line}`).join('\n');
    const disks = [
      xfs(treeOf({ 'etc/os-release': 'ID=rhel\nVERSION_ID=9.4\n', 'var/lib/dpkg/status': spread(400, 4096) })),
      btrfs(treeOf({ release: 'ID=debian\nVERSION_ID=12\n', status })),
      btrfs(treeOf({ release: 'ID=ubuntu\nVERSION_ID=22.04\n', status })),
    ];
    const init = join(newFolder(), 'init');
    writeFileSync(init, script);
    chmodSync(init, 0o755);
    chmodSync(join(init, '..'), 0o755);
    const words = ['mem=256M', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${init}`, 'quiet'];
    const drives = disks.map((path, index) => `ubd${index}=${path}`);
    const env = { PATH: process.env['PATH'], HOME: newFolder(), TMPDIR: newFolder() };
    const run = spawnSync(uml, [...words, ...drives, 'con=null', 'con0=null,fd:1'], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 90_000,
      killSignal: 'SIGKILL',
    });
    if (!run.stdout.includes('uml-done')) {
      console.warn(
        `User Mode Linux does not run here: what only a kernel writes is not looked at (${run.stdout.slice(-300)})`,
      );
      return;
    }
    const [fragmented, zstd, lzo] = await Promise.all(disks.map((path) => inspectImage(path, { db })));
    expect(fragmented?.guests[0]).toMatchObject({ packages: { count: 340 }, version: '9.4' });
    expect(zstd?.guests).toMatchObject([{ subvolume: '@', packages: { count: 2000 }, version: '12' }]);
    expect(lzo?.guests).toMatchObject([{ packages: { count: 2000 }, version: '22.04' }]);
    expect(lzo?.guests[0]).not.toHaveProperty('subvolume');
  },
);

test('a file system that was never written to is none', async () => {
  expect((await inspectImage(emptyFile(mib), { db })).volumes).toEqual([
    { name: 'disk', startBytes: 0, lengthBytes: mib },
  ]);
});
