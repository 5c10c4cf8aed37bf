// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { GIB, plan } from './planning.js';

/** A volume group on one partition, for what is said about volumes. */
const GROUP = 'part /boot --size=500\npart pv.1 --size=4000\nvolgroup vg0 pv.1\n';
const MIRROR = 'part raid.1 --size=500 --ondisk=sda\npart raid.2 --size=500 --ondisk=sdb\n';
const KEY = '--encrypted --passphrase=secret';

/** What is asked, and what is said: the file and line first. */
const CASES: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['no root', 'part /home --size=100\n', /test\.ks: there is no `part \/`/],
  ['a root without a size', 'part /\n', /test\.ks:1:\d+: part \/ needs --size/],
  ['a size of nothing', 'part / --size=0\n', /test\.ks:1:\d+: part \/ needs --size/],
  ['a recommended size that nobody has', 'part / --recommended\n', /:1:\d+: .*only swap has a recommended size/],
  ['an unknown file system', 'part / --size=100 --fstype=zfs\n', /test\.ks:1:\d+: --fstype=zfs is not made/],
  ['a root on vfat', 'part /boot --size=100\npart / --size=100 --fstype=vfat\n', /:2:\d+: \/ cannot be vfat/],
  ['a maximum below the size', 'part / --size=100 --maxsize=50 --grow\n', /:1:\d+: .*--maxsize is smaller/],
  ['a tiny ext4', 'part / --size=100\npart /x --size=1\n', /test\.ks:2:\d+: part \/x: ext4 needs 8 MiB/],
  ['a tiny xfs', 'part / --size=299 --fstype=xfs\n', /:1:\d+: part \/: xfs needs 300 MiB or more, and has 299 MiB/],
  ['a tiny btrfs', 'part / --size=108 --fstype=btrfs\n', /:1:\d+: part \/: btrfs needs 109 MiB/],
  ['a tiny vfat', 'part / --size=100\npart /d --fstype=vfat --size=3\n', /:2:\d+: part \/d: vfat needs 4 MiB/],
  ['a huge vfat', 'part / --size=100\npart /d --fstype=vfat --size=2097153\n', /:2:\d+: .*vfat is at most 2 TiB/],
  ['a huge ext3', 'part / --size=100\npart /d --fstype=ext3 --size=16777217\n', /:2:\d+: .*ext3 is at most 16 TiB/],
  ['a partition of more than 64 TiB', 'part / --size=67108865\n', /:1:\d+: .*more than 64 TiB/],
  ['a long label', 'part / --size=100 --label=a-label-that-is-too-long\n', /:1:\d+: .*ext4 has at most 16/],
  ['a long label of xfs', 'part / --size=400 --fstype=xfs --label=thirteenchars\n', /xfs has at most 12/],
  ['a disk that is none', 'part / --size=100 --ondisk=../x\n', /:1:\d+: .*no disk name/],
  ['a disk by its hardware', 'part / --size=100 --ondisk=disk/by-id/x\n', /:1:\d+: .*no disk name for an image/],
  ['a disk that is ruled out', 'ignoredisk --only-use=sda\npart / --size=9 --ondisk=sdb\n', /:2:\d+: .*ignoredisk/],
  ['a boot drive with nothing on it', 'bootloader --boot-drive=sdb\npart / --size=100 --ondisk=sda\n', /:1:\d+: .*sdb/],
  ['an unknown table', 'clearpart --all --disklabel=mac\npart / --size=100\n', /:1:\d+: clearpart --disklabel=mac/],
  ['fstab options of two words', 'part / --size=100 --fsoptions="a b"\n', /:1:\d+: --fsoptions is one word/],
  ['what is on the disk already', 'part / --size=100 --noformat --onpart=sda1\n', /:1:\d+: part --noformat/],
  [
    'a start where something lies',
    'part / --size=100\npart /x --size=100 --start=100\n',
    /:2:\d+: part \/x --start=100: sda is taken up to 101 MiB/,
  ],
  [
    'a start behind what grows',
    'part / --size=100 --grow\npart /x --size=100 --start=900\n',
    /:2:\d+: .*what lies before it grows/,
  ],
  ['an end of its own', 'part / --size=100 --end=10\n', /:1:\d+: part --end cannot be done/],
  ['mount', 'mount /dev/sda1 /\n', /test\.ks:1:\d+: mount: /],
  [
    'two file systems at one place',
    'part / --size=100\npart /a --size=50\nlogvol /a --vgname=v --name=a --size=9\n',
    /:3:\d+: logvol \/a: line 2 \(part\) has it already/,
  ],
  [
    'a mount point that is none',
    'part home --size=100\npart / --size=100\n',
    /:1:\d+: part home: give an absolute path/,
  ],
  ['a mount point that leads upwards', 'part /a/../../b --size=100\npart //b --size=10\n', /:\d:\d+: .*/],
  [
    'a group called as arrays are',
    'part /boot --size=100\npart pv.1 --size=900\nvolgroup md pv.1\nlogvol / --vgname=md --name=r --size=9\n',
    /:3:\d+: volgroup md: other devices are called so; use md0/,
  ],
  ['a group that nobody makes', 'logvol / --vgname=vg0 --name=root --size=100\n', /:1:\d+: .*no volgroup of this name/],
  [
    'a member that nobody makes',
    'part /boot --size=100\nvolgroup vg0 pv.7\nlogvol / --vgname=vg0 --name=r --size=9\n',
    /:2:\d+: volgroup vg0: there is no part or raid pv\.7/,
  ],
  [
    'a member used twice',
    `${GROUP}volgroup vg1 pv.1\nlogvol / --vgname=vg0 --name=r --size=9\n`,
    /:4:\d+: volgroup vg1: pv\.1 belongs to volgroup vg0 already/,
  ],
  [
    'a member of another kind',
    `${MIRROR}part / --size=100\nvolgroup vg0 raid.1\n`,
    /:4:\d+: .*members are called pv\.01/,
  ],
  [
    'a group that is too small',
    `${GROUP}logvol / --vgname=vg0 --name=root --size=4000\n`,
    /:3:\d+: volgroup vg0 has 3996 MiB for volumes \(999 extents\), and they need 4000 MiB \(1000\); give its pv 4 MiB more/,
  ],
  [
    'extents of an odd size',
    'part pv.1 --size=900\nvolgroup vg0 pv.1 --pesize=5000\nlogvol / --vgname=vg0 --name=r --size=9\n',
    /:2:\d+: .*power of two/,
  ],
  [
    'shares of more than the whole',
    `${GROUP}logvol / --vgname=vg0 --name=a --percent=60\nlogvol /b --vgname=vg0 --name=b --percent=50\n`,
    /:5:\d+: .*come to 110/,
  ],
  ['a name that LVM keeps', `${GROUP}logvol / --vgname=vg0 --name=a_tdata --size=9\n`, /:4:\d+: logvol --name=a_tdata/],
  [
    'a thin volume without its pool',
    `${GROUP}logvol / --vgname=vg0 --name=root --thin --poolname=p --size=100\n`,
    /:4:\d+: .*vg0 has no thin pool p/,
  ],
  [
    'a thin pool that is mounted',
    `${GROUP}logvol / --vgname=vg0 --name=p --thinpool --size=100\n`,
    /:4:\d+: .*a thin pool cannot be mounted/,
  ],
  [
    'a /boot on a thin volume',
    'part pv.1 --size=4000\nvolgroup vg0 pv.1\nlogvol none --vgname=vg0 --name=p --thinpool --size=900\nlogvol / --vgname=vg0 --name=r --thin --poolname=p --size=800\n',
    /:4:\d+: the boot loader cannot read a thin volume/,
  ],
  [
    'a cache',
    `${GROUP}logvol / --vgname=vg0 --name=a --size=9 --cachepvs=pv.1 --cachesize=100\n`,
    /:4:\d+: logvol --cachepvs/,
  ],
  [
    'a mirror of one',
    'part raid.1 --size=500\nraid / --device=md0 --level=1 raid.1\n',
    /:2:\d+: raid md0: RAID1 needs 2 members or more, and has 1/,
  ],
  ['a RAID5 of two', `${MIRROR}raid / --device=md0 --level=5 raid.1 raid.2\n`, /:3:\d+: .*RAID5 needs 3 members/],
  ['a RAID6 of two', `${MIRROR}raid / --device=md0 --level=6 raid.1 raid.2\n`, /:3:\d+: .*RAID6 needs 4 members/],
  ['a RAID10 of two', `${MIRROR}raid / --device=md0 --level=10 raid.1 raid.2\n`, /:3:\d+: .*RAID10 needs 4 members/],
  [
    'spares that leave too few',
    `${MIRROR}raid / --device=md0 --level=1 --spares=1 raid.1 raid.2\n`,
    /:3:\d+: .*beside 1 spare, and has 1/,
  ],
  [
    'spares of RAID0',
    `${MIRROR}raid / --device=md0 --level=0 --spares=1 raid.1 raid.2\n`,
    /:3:\d+: .*no use for spares/,
  ],
  [
    'two arrays of one name',
    `${MIRROR}raid / --device=md0 --level=1 raid.1 raid.2\nraid /b --device=0 --level=1 raid.1 raid.2\n`,
    /:4:\d+: raid --device=0 is there already/,
  ],
  ['an array made of itself', 'part / --size=90\nraid raid.1 --device=a --level=1 raid.1 raid.1\n', /:2:\d+: /],
  [
    'an ESP on a stripe',
    `${MIRROR}part / --size=100 --ondisk=sda\nraid /boot/efi --device=md0 --level=0 raid.1 raid.2\n`,
    /:4:\d+: \/boot\/efi is read by firmware/,
  ],
  [
    'an ESP on a volume',
    `${GROUP}logvol / --vgname=vg0 --name=a --size=99\nlogvol /boot/efi --vgname=vg0 --name=e --size=99\n`,
    /:5:\d+: \/boot\/efi is read by firmware/,
  ],
  [
    'encryption without a passphrase',
    'part / --size=100 --encrypted\n',
    /:1:\d+: part \/ --encrypted has no --passphrase/,
  ],
  [
    'a /boot that GRUB cannot open',
    `part / --size=900 ${KEY} --pbkdf=argon2id\n`,
    /:1:\d+: .*cannot open it to read \/boot; use --pbkdf=pbkdf2/,
  ],
  [
    'the same below LVM',
    `part pv.1 --size=900 ${KEY} --pbkdf=argon2i\nvolgroup vg0 pv.1\nlogvol / --vgname=vg0 --name=a --size=99\n`,
    /:1:\d+: .*cannot open it/,
  ],
  [
    'LUKS1 with argon2',
    `part /boot --size=100\npart / --size=100 ${KEY} --luks-version=luks1 --pbkdf=argon2id\n`,
    /:2:\d+: .*luks1 knows pbkdf2 only/,
  ],
  [
    'an unknown LUKS',
    `part /boot --size=100\npart / --size=100 ${KEY} --luks-version=luks3\n`,
    /:2:\d+: .*use luks2 or luks1/,
  ],
  ['a cipher of spaces', `part /boot --size=100\npart / --size=100 ${KEY} --cipher="a b"\n`, /:2:\d+: .*is no cipher/],
  [
    'a cipher that no kernel has',
    `part /boot --size=100\npart / --size=100 ${KEY} --cipher=aes-rot13-plain64\n`,
    /:2:\d+: .*--cipher=aes-rot13-plain64 is no cipher.*aes-xts-plain64/,
  ],
  [
    'a cost that cryptsetup refuses',
    `part /boot --size=100\npart / --size=100 ${KEY} --pbkdf=pbkdf2 --pbkdf-iterations=10\n`,
    /:2:\d+: .*--pbkdf-iterations=10: give a number from 1000 to/,
  ],
  [
    'more memory than argon2 takes',
    `part /boot --size=100\npart / --size=100 ${KEY} --pbkdf-memory=9000000\n`,
    /:2:\d+: .*--pbkdf-memory=9000000: give a number from 32 to 4194304/,
  ],
  ['an encrypted ESP', `part / --size=100\npart /boot/efi --size=100 ${KEY}\n`, /:2:\d+: .*firmware could not read it/],
  ['a container with no room', `part /boot --size=100\npart / --size=16 ${KEY}\n`, /:2:\d+: .*encryption takes 16 MiB/],
  [
    'a subvolume of nothing',
    'part /boot --size=100\npart btrfs.1 --size=900\nbtrfs none --label=a btrfs.1\nbtrfs / --subvol --name=root LABEL=b\n',
    /:4:\d+: .*no btrfs volume is called LABEL=b/,
  ],
  [
    'a subvolume that leads out',
    'part btrfs.1 --size=900\nbtrfs none --label=a btrfs.1\nbtrfs / --subvol --name=../x LABEL=a\n',
    /:3:\d+: .*no name of a subvolume/,
  ],
  [
    'btrfs raid1 on one device',
    'part btrfs.1 --size=900\nbtrfs / --label=a --data=1 btrfs.1\n',
    /:2:\d+: btrfs --data=\w+ needs 2 devices/,
  ],
  [
    'a root of squashfs with /boot in it',
    'part / --size=900 --fstype=squashfs\n',
    /:1:\d+: the boot loader does not read its files from squashfs; add a `part \/boot/,
  ],
  [
    'five primaries on an MBR',
    'clearpart --all --disklabel=msdos\npart / --size=100 --asprimary\npart /a --size=50 --asprimary\npart /b --size=50 --asprimary\npart /c --size=50 --asprimary\npart /d --size=50\n',
    /:5:\d+: .*an MBR takes 3 primary ones/,
  ],
  [
    'more than an MBR reaches',
    'clearpart --all --disklabel=msdos\npart / --size=100\npart /a --size=2097152\n',
    /:3:\d+: .*an MBR reaches 2 TiB/,
  ],
];

describe('what cannot be laid out is refused with its line', () => {
  for (const [what, text, says] of CASES) it(what, () => expect(() => plan(text)).toThrow(says));

  it('more than a disk of a given size holds, with the sum', () => {
    expect(() => plan('part / --size=4000\npart /srv --size=100\n', { diskBytes: { '*': 4 * GIB } })).toThrow(
      /test\.ks:2:\d+: sda of 4096 MiB cannot hold the 4167 MiB that its partitions need \(biosboot 1, \/boot\/efi 64, \/ 4000, \/srv 100\)/,
    );
  });

  it('an array below a group that is made of itself', () => {
    const text =
      'part / --size=90\nraid pv.1 --device=b --level=1 raid.1 raid.2\nraid raid.1 --device=a --level=1 raid.3 pv.1\nvolgroup v pv.1\nlogvol /x --vgname=v --name=x --size=9\n';
    expect(() => plan(text)).toThrow(/^test\.ks:\d:\d+: raid [^\n]+$/);
    const itself = 'part / --size=90\npart raid.2 --size=90\nraid raid.1 --device=a --level=1 raid.1 raid.2\n';
    expect(() => plan(itself)).toThrow(/:3:\d+: raid a is made of itself/);
  });

  it('more partitions than a table takes', () => {
    const many = Array.from({ length: 130 }, (_, index) => `part /m${index} --size=8\n`).join('');
    expect(() => plan(`part / --size=90\n${many}`)).toThrow(/:127:\d+: sda would have 133 partitions, and takes 128/);
  });

  it('more extents than LVM counts', () => {
    const text =
      'part / --size=90\npart pv.1 --size=8000000\nvolgroup v pv.1 --pesize=1\nlogvol /x --vgname=v --name=x --size=9\n';
    expect(() => plan(text)).toThrow(/:3:\d+: .*larger --pesize/);
  });

  it('a file that was not found, where the root may be', () => {
    expect(() => plan('%include storage.ks\n')).toThrow(/no `part \/`|storage\.ks/);
  });
});
