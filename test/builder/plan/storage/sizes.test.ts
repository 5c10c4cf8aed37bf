// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { recommendedSwap } from '../../../../builder/plan/storage/swap-size.js';
import { GIB, MIB, plan, rows } from './planning.js';

const codes = (notices: readonly { readonly code: string }[]) => notices.map((one) => one.code);
const sizes = (text: string, change = {}) =>
  Object.fromEntries(rows(plan(text, change)).map((row) => [row[2] === '-' ? row[1] : row[2], row[4]]));

describe('how large a disk is', () => {
  it('is what lies on it, where nothing grows', () => {
    expect(plan('part / --size=100\n').disks[0]!.sizeBytes / MIB).toBe(167);
  });

  it('is what the database recommends, where something of the system grows, and that is said', () => {
    const { disks, notices } = plan('part / --size=1000 --grow\n');
    expect(disks[0]!.sizeBytes).toBe(20 * GIB);
    expect(notices.find((one) => one.code === 'disk-size')).toMatchObject({
      at: { line: 1 },
      message: expect.stringContaining('sda is 20480 MiB, what the database recommends for Test OS'),
    });
  });

  it('is more than that where more must lie on it, and less where nothing may grow so far', () => {
    expect(plan('part / --size=30000 --grow\n').disks[0]!.sizeBytes / MIB).toBe(30067);
    expect(plan('part / --size=1000 --grow --maxsize=3000\n').disks[0]!.sizeBytes / MIB).toBe(3067);
  });

  it('is as the user says, for the system and for others', () => {
    const text = 'part / --size=1000 --grow\npart /srv --size=100 --grow --ondisk=sdb\n';
    const bytes = (diskBytes: Record<string, number>) => plan(text, { diskBytes }).disks.map((disk) => disk.sizeBytes);
    expect(bytes({ '*': 3 * GIB })).toEqual([3 * GIB, 102 * MIB]);
    expect(bytes({ sda: 4 * GIB, sdb: GIB })).toEqual([4 * GIB, GIB]);
    expect(codes(plan(text, { diskBytes: { sdc: GIB } }).notices)).toContain('disk-size-unused');
  });

  it('of data alone does not grow without a size, and that is said', () => {
    const { disks, notices } = plan('part / --size=100\npart /srv --size=100 --grow --ondisk=sdb\n');
    expect(disks[1]!.sizeBytes / MIB).toBe(102);
    expect(codes(notices)).toContain('grow-no-room');
  });

  it('is the same for all disks of a growing mirror', () => {
    const { disks, layers } = plan(
      'part raid.1 --size=1000 --grow --ondisk=sda\npart raid.2 --size=1000 --grow --ondisk=sdb\nraid / --device=md0 --level=1 raid.1 raid.2\n',
    );
    expect(disks.map((disk) => disk.sizeBytes)).toEqual([20 * GIB, 20 * GIB]);
    expect(layers.raids[0]!.sizeBytes / MIB).toBe(20480 - 67 - 1);
  });
});

describe('growing', () => {
  const disk = { diskBytes: { sda: 10067 * MIB } };

  it('shares what is free in proportion to the sizes', () => {
    expect(sizes('part / --size=1000 --grow\npart /srv --size=3000 --grow\npart /x --size=2000\n', disk)).toMatchObject(
      {
        '/': 2000,
        '/srv': 6000,
        '/x': 2000,
      },
    );
  });

  it('leaves to the others what a maximum does not take', () => {
    expect(sizes('part / --size=1000 --grow --maxsize=1500\npart /srv --size=1000 --grow\n', disk)).toMatchObject({
      '/': 1500,
      '/srv': 8500,
    });
  });

  it('begins with 500 MiB where no size is given', () => {
    expect(sizes('part / --grow\npart /srv --size=1500 --grow\n', disk)).toMatchObject({ '/': 2500, '/srv': 7500 });
  });
});

describe('swap by the machine’s memory', () => {
  it.each([
    [1, false, 2],
    [2, false, 4],
    [4, false, 4],
    [8, false, 8],
    [16, false, 8],
    [128, false, 4],
    [2, true, 6],
    [16, true, 24],
    [128, true, 132],
  ])('%i GiB, to sleep: %s: %i GiB', (memory, hibernation, swap) => {
    expect(recommendedSwap(memory * GIB, hibernation, undefined)).toBe(swap * GIB);
  });

  it('takes no more than a tenth of the disk, unless it is to sleep in', () => {
    expect(recommendedSwap(8 * GIB, false, 20 * GIB)).toBe(2 * GIB);
    expect(recommendedSwap(8 * GIB, true, 20 * GIB)).toBe(16 * GIB);
  });

  it('is what part and logvol --recommended and --hibernation give', () => {
    expect(sizes('part / --size=100\npart swap --recommended\n')).toMatchObject({ swap: 2048 });
    expect(sizes('part / --size=100\npart swap --hibernation\n')).toMatchObject({ swap: 6144 });
    const { layers } = plan(
      'part / --size=100\npart pv.1 --size=9000\nvolgroup v pv.1\nlogvol swap --vgname=v --name=s --recommended\n',
    );
    expect(layers.volumeGroups[0]!.logicalVolumes[0]!.sizeBytes).toBe(2 * GIB);
  });
});

describe('--onpart', () => {
  it('makes the partition, in the order of the numbers', () => {
    const storage = plan(
      'part / --fstype=ext4 --onpart=vda3\npart /boot --fstype=ext4 --onpart=/dev/vda2\npart /boot/efi --fstype=efi --onpart=vda1\n',
    );
    expect(rows(storage).map((row) => [row[0], row[2], row[4]])).toEqual([
      ['vda1', '-', 1],
      ['vda2', '/boot/efi', 64],
      ['vda3', '/boot', 1024],
      ['vda4', '/', 20480 - 1091],
    ]);
    expect(codes(storage.notices).filter((one) => one === 'onpart')).toHaveLength(3);
  });

  it('takes the size that the line has', () => {
    expect(rows(plan('part / --size=700 --onpart=nvme0n1p2\n'))[2]).toEqual(['nvme0n1p3', 'filesystem', '/', 66, 700]);
  });
});

describe('the disk of a partition that names none', () => {
  it.each([
    ['part / --size=100\n', 'sda'],
    ['ignoredisk --only-use=vda\npart / --size=100\n', 'vda'],
    ['ignoredisk --only-use=nvme0n1|sda\npart / --size=100\n', 'nvme0n1'],
    ['ignoredisk --drives=vd*\npart / --size=100\n', 'sda'],
    ['clearpart --all --drives=/dev/vdb\npart / --size=100\n', 'vdb'],
    ['bootloader --boot-drive=vda\nclearpart --all --drives=vdb\npart / --size=100\n', 'vda'],
    ['part /boot --size=100 --ondisk=xvda\npart / --size=100\n', 'xvda'],
  ])('%j: %s', (text, disk) => expect(plan(text).disks.map((one) => one.name)).toEqual([disk]));
});

describe('--start', () => {
  it('leaves room in front for the firmware of a board', () => {
    expect(rows(plan('part /boot --size=200 --start=10\npart / --size=100\n', { arch: 'aarch64' }))).toEqual([
      ['sda1', 'filesystem', '/boot', 10, 200],
      ['sda2', 'filesystem', '/', 210, 100],
      ['sda3', 'esp', '/boot/efi', 310, 64],
    ]);
    expect(plan('part / --size=100 --start=10\n', { bootable: false }).disks[0]!.sizeBytes / MIB).toBe(111);
  });
});

describe('reqpart', () => {
  it('adds a /boot where it is asked to and there is none', () => {
    expect(sizes('reqpart --add-boot\npart / --size=100\n')).toMatchObject({ '/boot': 1024, '/': 100, biosboot: 1 });
    expect(sizes('reqpart --add-boot\npart /boot --size=200\npart / --size=100\n')).toMatchObject({ '/boot': 200 });
  });
});

describe('autopart', () => {
  const large = { diskBytes: { '*': 100 * GIB } };

  it('is plain where it says nothing, with swap and /boot, and says so', () => {
    const storage = plan('autopart\n');
    expect(rows(storage).map((row) => [row[1], row[2], row[4]])).toEqual([
      ['biosboot', '-', 1],
      ['esp', '/boot/efi', 64],
      ['filesystem', '/boot', 1024],
      ['swap', '-', 2048],
      ['filesystem', '/', 20480 - 67 - 1024 - 2048],
    ]);
    expect(codes(storage.notices)).toContain('autopart-type');
  });

  it('leaves out what it is told to', () => {
    expect(
      rows(plan('autopart --noboot --noswap --nohome --type=plain --fstype=xfs\n', large)).map((row) => row[2]),
    ).toEqual(['-', '/boot/efi', '/']);
    expect(plan('autopart --noboot --type=plain --fstype=xfs\n').root.filesystem.type).toBe('xfs');
  });

  it('has a /home on a large disk, and a root of 70 GiB at most beside it', () => {
    const { layers } = plan('autopart --type=lvm\n', large);
    const volumes = layers.volumeGroups[0]!.logicalVolumes;
    expect(volumes.map((one) => [one.name, one.mountpoint])).toEqual([
      ['swap', undefined],
      ['root', '/'],
      ['home', '/home'],
    ]);
    expect(volumes[1]!.sizeBytes / GIB).toBeLessThanOrEqual(70);
    expect(layers.volumeGroups[0]!.freeExtents).toBe(0);
    expect(plan('autopart --type=lvm --nohome\n', large).layers.volumeGroups[0]!.logicalVolumes).toHaveLength(2);
  });

  it('of thin volumes has them in one pool', () => {
    const { layers } = plan('autopart --type=thinp\n', large);
    expect(layers.volumeGroups[0]!.logicalVolumes.map((one) => [one.name, one.kind])).toEqual([
      ['swap', 'linear'],
      ['pool00', 'thin-pool'],
      ['root', 'thin'],
      ['home', 'thin'],
    ]);
  });

  it('of btrfs has subvolumes', () => {
    const { layers } = plan('autopart --type=btrfs\n', large);
    expect(layers.btrfs[0]!.subvolumes.map((one) => [one.path, one.mountpoint])).toEqual([
      ['root', '/'],
      ['home', '/home'],
    ]);
  });

  it('encrypts everything but /boot', () => {
    const key = '--encrypted --passphrase=s';
    expect(plan(`autopart --type=lvm ${key}\n`).layers.luks.map((one) => one.role)).toEqual(['lvm']);
    expect(plan(`autopart --type=plain ${key}\n`).layers.luks.map((one) => one.role)).toEqual(['swap', 'filesystem']);
    expect(plan(`autopart --type=btrfs --noswap ${key}\n`).layers.luks.map((one) => one.role)).toEqual(['btrfs']);
    expect(plan(`autopart --type=plain --noboot ${key}\n`).layers.luks.at(-1)!.pbkdf.kind).toBe('pbkdf2');
  });

  it('has room to sleep in', () => {
    const { layers } = plan('autopart --type=lvm --hibernation\n');
    expect(layers.volumeGroups[0]!.logicalVolumes[0]!.sizeBytes).toBe(6 * GIB);
  });
});
