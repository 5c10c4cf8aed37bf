// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { notLaidOut, refuseUnbuildable } from '../../../builder/plan/not-laid-out.js';
import { plan } from './storage/planning.js';

const planned = (text: string) => {
  const { disks, layers } = plan(text);
  return { disks, storage: layers, kickstart: { file: 'test.ks', sha256: '' } };
};
const MIRROR = 'part raid.1 --size=900 --ondisk=sda\npart raid.2 --size=900 --ondisk=sdb\n';

describe('a layout that the stages do not write yet', () => {
  it.each([
    ['clearpart --all --disklabel=msdos\npart / --size=100\n', 'an MBR', 1],
    [`${MIRROR}raid / --device=md0 --level=1 raid.1 raid.2\n`, 'software RAID', 3],
    ['part /boot --size=100\npart / --size=100 --encrypted --passphrase=x\n', 'encryption', 2],
    ['part pv.1 --size=900\nvolgroup v pv.1\nlogvol / --vgname=v --name=r --size=99\n', 'LVM', 2],
    ['part btrfs.1 --size=900\nbtrfs / --label=x btrfs.1\n', 'a btrfs volume', 2],
    ['part / --size=900 --fstype=xfs\n', 'xfs, btrfs, squashfs and erofs', 1],
    ['part /boot --fstype=vfat --size=99\npart / --size=900\n', 'a /boot on vfat', 1],
    ['part / --size=900\npart none --fstype=ext4 --size=99\n', 'a file system that is mounted nowhere', 2],
  ])('%j: planned whole, said, and refused by a build with the line', (text, what, line) => {
    const issues = notLaidOut(planned(text));
    expect(issues[0]).toMatchObject({ severity: 'warning', code: 'not-laid-out', at: { line } });
    expect(issues[0]!.message).toContain(what);
    expect(() => refuseUnbuildable(planned(text))).toThrow(new RegExp(`^test\\.ks:${line}:1: .*--dry-run`));
  });

  it('is none of those that are written today', () => {
    const text =
      'part /boot --size=100 --fstype=ext2\npart swap --size=64\npart / --size=100 --grow\npart /data --fstype=vfat --size=64 --ondisk=sdb\npart /tmp --fstype=tmpfs\n';
    expect(notLaidOut(planned(text))).toEqual([]);
    expect(() => refuseUnbuildable(planned(text))).not.toThrow();
  });
});
