// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootTest } from '../../builder/boot-test/boot-test.js';
import type { Manifest } from '../../builder/output/manifest.js';
import { writeOsEntry } from '../rpm-fixture/os-entry.js';
import { type Distribution, tinyDistribution } from '../rpm-fixture/tiny.js';
import { ask, makeFolder, program, remains, runTool } from './machine.js';

const folder = makeFolder();
const cache = join(folder, 'cache');
const out = join(folder, 'tiny');
const kickstart = join(folder, 'tiny.ks');
let distribution: Distribution;

beforeAll(async () => {
  distribution = await tinyDistribution();
  writeOsEntry(join(folder, 'db'));
  writeFileSync(
    kickstart,
    `# osinfo: fixture40
url --url=file://${distribution.repository}
rootpw --plaintext fixture
user --name=anna --groups=wheel --uid=1005 --password=anna --plaintext --gecos="Anna A."
user --name=carl
sshkey --username=anna "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ anna@example.org"
network --hostname=tiny.example.org
part / --fstype=ext4 --size=300
bootloader --timeout=1
%packages
@core
%end
%post
id anna >/etc/post-ran
%end
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a tiny rpm distribution, installed by dnf', () => {
  let root: string;
  let manifest: Manifest;
  // debugfs tells its version too, before or after.
  const read = async (path: string) => (await ask('debugfs', '-R', `cat ${path}`, root)).replace(/^debugfs .*\n/m, '');
  const stat = async (path: string) => (await ask('debugfs', '-R', `stat ${path}`, root)).replaceAll('\n', ' ');

  it('is built', async () => {
    const { code, stderr } = await runTool([program('guestwright'), 'build', kickstart, '-o', out, '-f', 'raw'], {
      cache,
      env: { OSINFO_LOCAL_DIR: join(folder, 'db') },
    });
    expect(code, stderr).toBe(0);
    manifest = JSON.parse(readFileSync(join(out, 'tiny.manifest.json'), 'utf8')) as Manifest;
    expect(await remains(folder, join(cache, 'work'))).toEqual([]);
    root = join(folder, 'root.ext4');
    const raw = join(out, 'tiny-sda.raw');
    const table = JSON.parse(await ask('sfdisk', '--json', raw)) as {
      partitiontable: { partitions: { start: number; size: number }[] };
    };
    const { start, size } = table.partitiontable.partitions.at(-1)!;
    await ask('dd', `if=${raw}`, `of=${root}`, 'bs=1M', `skip=${start / 2048}`, `count=${size / 2048}`, 'status=none');
    await ask('e2fsck', '-fn', root);
  });

  // From UEFI it is started in the long run (test/images/rpm.image.ts).
  it('starts from BIOS to its login prompt', async () => {
    const disks = [{ path: join(out, 'tiny-sda.raw'), format: 'raw' }];
    const { recommendation } = manifest;
    const { seconds } = await bootTest({ recommendation, name: 'tiny', disks, firmware: 'bios' });
    expect(seconds).toBeGreaterThan(0);
  });

  it('lists the packages of its own database, and the kernel that is started', () => {
    expect(manifest.packages.map((one) => one.name)).toEqual([
      'busybox',
      'busybox-init',
      'dracut',
      'filesystem',
      'fixture-release',
      'kernel-core',
      'setup',
    ]);
    expect(manifest.packages[0]).toEqual({ name: 'busybox', version: '1-1', arch: 'x86_64' });
  });

  it('has accounts though nothing in it makes any', async () => {
    expect(await read('/etc/passwd')).toMatch(/^anna:x:1005:\d+:Anna A\.:\/home\/anna:\/bin\/sh$/m);
    expect(await read('/etc/passwd')).toMatch(/^carl:x:1000:1000::\/home\/carl:\/bin\/sh$/m);
    expect(await read('/etc/group')).toMatch(/^wheel:x:10:anna$/m);
    const shadow = await read('/etc/shadow');
    expect(shadow).toMatch(/^root:\$6\$/m);
    expect(shadow).toMatch(/^anna:\$6\$/m);
    expect(shadow).toMatch(/^carl:!:/m);
    expect(await stat('/etc/shadow')).toMatch(/Mode:\s+0000/);
    expect(await stat('/home/anna')).toMatch(/Mode:\s+0700 .* User:\s+1005 /);
    expect(await stat('/home/anna/.ssh/authorized_keys')).toMatch(/Mode:\s+0600 .* User:\s+1005 /);
    expect(await read('/etc/post-ran')).toMatch(/^uid=1005\(anna\) .*wheel/);
  });

  it('is told of its disks, and its initramfs is made for any machine', async () => {
    const { kernelVersion } = distribution;
    expect(await read('/etc/hostname')).toBe('tiny.example.org\n');
    expect(await read('/etc/fstab')).toMatch(/^UUID=\S+\t\/\text4/m);
    const [, uuid] = /UUID=(\S+)\t\/\t/.exec(await read('/etc/fstab'))!;
    expect(await read('/etc/kernel/cmdline')).toBe(`root=UUID=${uuid} ro console=tty0 console=ttyS0,115200n8\n`);
    expect(await read('/etc/dracut.conf.d/50-kickstart.conf')).toContain('hostonly="no"');
    expect(await read(`/boot/loader/entries/${'f'.repeat(32)}-${kernelVersion}.conf`)).toContain(
      `linux /boot/vmlinuz-${kernelVersion}\ninitrd /boot/initramfs-${kernelVersion}.img\noptions root=UUID=${uuid} ro`,
    );
  });

  it('has nothing of the build', async () => {
    expect(await ask('debugfs', '-R', 'ls -p /usr/lib/sysimage/rpm', root)).not.toMatch(/-wal|-shm|\.lock/);
    expect(await ask('debugfs', '-R', 'ls -p /var/log', root)).not.toMatch(/dnf|hawkey/);
    expect(await ask('debugfs', '-R', 'ls -p /var/cache', root)).not.toContain('dnf');
    expect(await ask('debugfs', '-R', 'ls -p /etc/yum.repos.d', root)).not.toContain('.repo/');
  });

  it('keeps owners and modes that its packages have', async () => {
    expect(await stat('/var/spool/mail')).toMatch(/Mode:\s+02775 .* Group:\s+12 /);
    expect(await stat('/tmp')).toMatch(/Mode:\s+01777/);
  });
});
