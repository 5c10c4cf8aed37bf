// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, filesIn, makeFolder, program, remains, root, runTool } from './machine.js';

const folder = makeFolder();
const cache = join(folder, 'cache');
const out = join(folder, 'two-disks');
const kickstart = join(folder, 'two-disks.ks');
const original = readFileSync(join(root, 'kickstarts/two-disks.ks'), 'utf8');
const build = (...words: string[]) =>
  runTool([program('guestwright'), 'build', kickstart, '-o', out, ...words], { cache });

beforeAll(() => writeFileSync(kickstart, original));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the two-disk appliance, built as this user', () => {
  it('is built: two disks in two formats, and what describes them', async () => {
    const { code, stdout, stderr } = await build('-f', 'qcow2,vmdk', '--checksum');
    expect(code, stderr).toBe(0);
    expect(filesIn(out)).toEqual([
      'two-disks-sda.qcow2',
      'two-disks-sda.vmdk',
      'two-disks-sdb.qcow2',
      'two-disks-sdb.vmdk',
      'two-disks.SHA256SUMS',
      'two-disks.SHA512SUMS',
      'two-disks.cdx.json',
      'two-disks.libvirt.xml',
      'two-disks.manifest.json',
      'two-disks.packages.txt',
      'two-disks.spdx.json',
      'two-disks.xml',
    ]);
    expect(stdout).toContain('root, password guestwright');
    expect(await remains(folder, join(cache, 'work'))).toEqual([]);
    expect(filesIn(join(cache, 'work'))).toEqual([]);
  });

  it('has disks of the sizes that the kickstart adds up to, sound by qemu-img and e2fsck', async () => {
    for (const [disk, bytes] of [
      ['sda', 5120 * 1024 ** 2],
      ['sdb', 1024 ** 3],
    ] as const) {
      const info = JSON.parse(await ask('qemu-img', 'info', '--output=json', join(out, `two-disks-${disk}.qcow2`))) as {
        'virtual-size': number;
      };
      expect(info['virtual-size']).toBe(bytes);
      await ask('qemu-img', 'check', join(out, `two-disks-${disk}.qcow2`));
      await ask('qemu-img', 'compare', join(out, `two-disks-${disk}.qcow2`), join(out, `two-disks-${disk}.vmdk`));
    }
    const raw = join(folder, 'sda.raw');
    await ask('qemu-img', 'convert', '-O', 'raw', join(out, 'two-disks-sda.qcow2'), raw);
    const table = JSON.parse(await ask('sfdisk', '--json', raw)) as {
      partitiontable: { label: string; partitions: { start: number; size: number }[] };
    };
    expect(table.partitiontable.label).toBe('gpt');
    expect(table.partitiontable.partitions.map((one) => one.size / 2048)).toEqual([1, 64, 5053]);
    const system = join(folder, 'root.ext4');
    const { start, size } = table.partitiontable.partitions[2]!;
    await ask(
      'dd',
      `if=${raw}`,
      `of=${system}`,
      'bs=1M',
      `skip=${start / 2048}`,
      `count=${size / 2048}`,
      'conv=sparse',
      'status=none',
    );
    await ask('e2fsck', '-fn', system);
    const fstab = await ask('debugfs', '-R', 'cat /etc/fstab', system);
    expect(fstab).toMatch(/UUID=\S+\t\/\text4/);
    expect(fstab).toMatch(/UUID=\S+\t\/srv\text4/);
    // No file of this build's own settings, and nobody's identity.
    expect(await ask('debugfs', '-R', 'cat /etc/machine-id', system)).not.toMatch(/[0-9a-f]{32}/);
    expect(await ask('debugfs', '-R', 'cat /etc/apt/sources.list', system)).toContain(
      'http://ftp.debian.org/debian bookworm main',
    );
    expect(await ask('debugfs', '-R', 'ls -p /etc/apt/apt.conf.d', system)).not.toContain('mmdebstrap');
    expect(await ask('debugfs', '-R', 'stat /usr/bin/chfn', system)).toMatch(/Mode:\s+04755/);
    for (const file of [raw, system]) rmSync(file);
  });

  it('writes an empty 1 GiB data disk small', () => {
    expect(statSync(join(out, 'two-disks-sdb.qcow2')).size).toBeLessThanOrEqual(460_000);
  });

  it('describes itself: sizes and checksums in the manifest are those of the files', async () => {
    const manifest = JSON.parse(readFileSync(join(out, 'two-disks.manifest.json'), 'utf8'));
    const image = manifest.disks[0].images[0];
    expect(image.lengthBytes).toBe(statSync(join(out, image.file)).size);
    expect(`${image.checksums.sha256}  ${join(out, image.file)}\n`).toBe(await ask('sha256sum', join(out, image.file)));
    const names = manifest.packages.map((one: { name: string }) => one.name);
    expect(names).toEqual(expect.arrayContaining(['linux-image-cloud-amd64', 'usr-is-merged']));
    // As Debian's own installer has it: what would merge /usr, and all of perl for it, is not there.
    expect(names).not.toContain('usrmerge');
    expect(names).not.toContain('perl');
    await ask('xmllint', '--noout', '--relaxng', join(root, 'schema/virt-image.rng'), join(out, 'two-disks.xml'));
  });

  it('starts from BIOS and from UEFI by itself, with both disks', async () => {
    writeFileSync(kickstart, original);
    const { code, stdout, stderr } = await build('-f', 'qcow2', '--boot-test');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/starts from BIOS: login prompt after [\d.]+ s/);
    expect(stdout).toMatch(/starts from UEFI: login prompt after [\d.]+ s/);
  });

  it('with only %post changed does not install again, and the change is in the image', async () => {
    writeFileSync(
      kickstart,
      `${original}\n%post --erroronfail\necho changed >/srv/changed\necho changed >/etc/changed\n%end\n`,
    );
    const { code, stderr } = await build('-f', 'raw', '--no-compress', '--verbose');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('install packages: kept from before');
    expect(stderr).not.toMatch(/downloading packages|extracting archives/);
    const disk = join(out, 'two-disks-sdb.raw');
    const text = execFileSync('debugfs', ['-R', 'cat /changed', `${disk}?offset=1048576`], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `/usr/sbin:${process.env['PATH']}` },
    });
    expect(text).toBe('changed\n');
  });

  it('with another format runs no %post again, and says which stages were kept', async () => {
    const { code, stdout, stderr } = await build('-f', 'qcow2', '--verbose');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('run %post: kept from before');
    expect(stderr).not.toContain('scripts: %post of line');
    expect(stdout).toMatch(/run %post .* kept\n {2}clean up .* kept\n/);
  });

  it('runs %post where this machine cannot be seen or written to', async () => {
    const marker = join(folder, 'marker');
    writeFileSync(
      kickstart,
      `${original}\n%post --erroronfail\nset -e\ntest ! -e ${folder}\ntest ! -e /work\nls /proc | grep -c '^[0-9]' >/etc/processes\nmkdir -p ${folder}\necho escaped >${marker}\nid -u >/etc/user\nset +e\nmknod /tmp/device b 8 0 && exit 1\necho b >/proc/sysrq-trigger && exit 1\nfor file in /proc/sys/kernel/core_pattern /proc/sys/vm/swappiness /sys/power/state; do umount -l /proc/sys /sys; mount -o remount,bind,rw /sys; test -e $file && (: >>$file) && exit 1; done\nsleep 1000 &\nexit 0\n%end\n`,
    );
    const { code, stderr } = await build('-f', 'raw', '--no-compress');
    expect(code, stderr).toBe(0);
    expect(filesIn(folder)).not.toContain('marker');
    expect(await remains(folder, join(cache, 'work'))).toEqual([]);
  });

  it('takes no file of this machine into an image through a link that %post left', async () => {
    const post = (...lines: string[]): string => `\n%post --erroronfail\n${lines.join('\n')}\n%end\n`;
    const cases: [string, RegExp][] = [
      [
        original + post('ln -sf /etc/shadow /usr/lib/grub/i386-pc/boot.img'),
        /boot\.img is no plain file in the finished tree/,
      ],
      [
        original + post('rm -rf /srv', 'ln -s /root /srv'),
        /two-disks\.ks:\d+:\d+: \/srv is a link in the finished tree/,
      ],
      [
        original.replace('part /srv --fstype=ext4', 'part /srv --fstype=vfat').replace('--label=data', '') +
          post('ln -s /etc/shadow /srv/shadow'),
        /two-disks\.ks:\d+:\d+: \/srv\/shadow is a link or a device/,
      ],
    ];
    for (const [text, says] of cases) {
      writeFileSync(kickstart, text);
      const { code, stderr } = await build('-f', 'qcow2', '-q');
      expect(stderr).toMatch(says);
      expect(code).not.toBe(0);
    }
  });
});
