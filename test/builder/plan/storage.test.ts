// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { MIB, plan, rows } from './storage/planning.js';

describe('planStorage', () => {
  it('lays partitions on whole MiB, between the table and its copy', () => {
    expect(
      rows(
        plan('part biosboot --fstype=biosboot --size=1\npart /boot/efi --fstype=efi --size=64\npart / --size=100\n'),
      ),
    ).toEqual([
      ['sda1', 'biosboot', '-', 1, 1],
      ['sda2', 'esp', '/boot/efi', 2, 64],
      ['sda3', 'filesystem', '/', 66, 100],
    ]);
  });

  it('makes a disk as large as what lies on it', () => {
    const { disks } = plan(
      'part biosboot --fstype=biosboot --size=1 --ondisk=sda\npart /boot/efi --fstype=efi --size=64 --ondisk=sda\npart / --size=5053 --ondisk=sda\npart /srv --size=1022 --ondisk=sdb\n',
    );
    expect(disks.map((disk) => [disk.name, disk.sizeBytes / MIB, disk.boot])).toEqual([
      ['sda', 5120, true],
      ['sdb', 1024, false],
    ]);
  });

  it('adds what a start from BIOS and UEFI needs, and says so', () => {
    const { disks, notices } = plan('part / --size=100\n');
    expect(disks[0]!.partitions.map((one) => one.role)).toEqual(['biosboot', 'esp', 'filesystem']);
    expect(notices.map((one) => one.code)).toEqual(['added-esp', 'added-biosboot']);
    expect(plan('part / --size=100\n', { bootable: false }).disks[0]!.partitions).toHaveLength(1);
  });

  it('the disk that the machine starts from is its first, whichever the kickstart names first', () => {
    const order = (text: string): string[] => plan(text).disks.map((disk) => disk.name);
    expect(order('part /srv --size=100 --ondisk=sdb\npart / --size=100 --ondisk=sda\n')).toEqual(['sda', 'sdb']);
    expect(order('part / --size=100 --ondisk=sda\npart /boot --size=200 --ondisk=sdb\n')).toEqual(['sdb', 'sda']);
  });

  it('takes the disk of /boot as the one to start from', () => {
    const { disks, boot } = plan('part / --size=100 --ondisk=sda\npart /boot --size=200 --ondisk=sdb\n');
    expect(disks.find((disk) => disk.boot)!.name).toBe('sdb');
    expect(boot.target).toBe('/boot');
  });

  it('lets the last of two lines with one mount point win', () => {
    expect(plan('part / --size=100\npart / --size=300\n').root.sizeBytes / MIB).toBe(300);
  });

  it('writes fstab by UUID, in the order that mounting needs', () => {
    const { fstab } = plan('part swap --size=64\npart /srv/data --size=50\npart /srv --size=50\npart / --size=100\n');
    expect(fstab.map((entry) => [entry.target, entry.type, entry.pass])).toEqual([
      ['/', 'ext4', 1],
      ['/srv', 'ext4', 2],
      ['/boot/efi', 'vfat', 2],
      ['/srv/data', 'ext4', 2],
      ['none', 'swap', 0],
    ]);
    expect(new Set(fstab.map((entry) => entry.source)).size).toBe(fstab.length);
  });

  it('gives the same identities to the same disks, and others to others', () => {
    const text = 'part / --size=100\npart /srv --size=100 --ondisk=sdb\n';
    expect(plan(text)).toEqual(plan(text));
    const ids = plan(text).disks.flatMap((disk) => [
      disk.diskGuid,
      ...disk.partitions.flatMap((one) => [one.partitionGuid, one.filesystem?.uuid ?? one.partitionGuid]),
    ]);
    expect(new Set(ids).size).toBe(ids.length - 1);
  });
});

describe('--mkfsoptions', () => {
  const options = (text: string) => plan(`part / --size=100 --mkfsoptions="${text}"\n`).root.filesystem!;

  it('is handed on, -E values joined with the plan’s own', () => {
    expect(options('-O ^has_journal -m1 -E stride=4 -E stripe_width=8')).toMatchObject({
      mkfsOptions: ['-O', '^has_journal', '-m', '1'],
      extendedOptions: ['stride=4', 'stripe_width=8'],
    });
  });

  for (const hostile of [
    '-d /etc',
    '-d/etc',
    '-E offset=0',
    '-E stride=4,offset=0',
    '-U random',
    '-l /etc/shadow',
    '-O a b',
    '/dev/sda',
    '-b -d',
    '-m',
  ]) {
    it(`${hostile} is refused with its line`, () =>
      expect(() => options(hostile)).toThrow(/test\.ks:1:\d+: --mkfsoptions/));
  }
});
