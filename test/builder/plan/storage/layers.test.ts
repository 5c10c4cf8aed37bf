// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { MIB, plan, rows } from './planning.js';

const codes = (notices: readonly { readonly code: string }[]) => notices.map((one) => one.code);

describe('LVM', () => {
  const text = `part /boot --size=500 --fstype=ext4
part pv.1 --size=2000
part pv.2 --size=1000 --ondisk=sdb
volgroup vg0 pv.1 pv.2 --pesize=8192
logvol swap --vgname=vg0 --name=swap --size=100
logvol / --vgname=vg0 --name=root --size=1950 --fstype=xfs
logvol /home --vgname=vg0 --name=my-home --percent=50 --fstype=ext4
logvol /srv --vgname=vg0 --name=srv --size=8 --grow --maxsize=40
`;

  it('counts extents exactly, from one device to the next', () => {
    const { layers } = plan(text);
    const group = layers.volumeGroups[0]!;
    // (2000 - 1) / 8 and (1000 - 1) / 8 MiB, whole ones.
    expect(group.physicalVolumes.map((one) => [one.device, one.extentCount])).toEqual([
      ['sda4', 249],
      ['sdb1', 124],
    ]);
    const extents = group.logicalVolumes.map((one) => (one.kind === 'linear' ? one.segments : []));
    expect(extents).toEqual([
      [{ physicalVolume: 0, firstExtent: 0, extentCount: 13 }],
      [
        { physicalVolume: 0, firstExtent: 13, extentCount: 236 },
        { physicalVolume: 1, firstExtent: 0, extentCount: 8 },
      ],
      // Half of what 13 + 244 + 1 leave of 373.
      [{ physicalVolume: 1, firstExtent: 8, extentCount: 57 }],
      // Grown to its maximum of 40 MiB.
      [{ physicalVolume: 1, firstExtent: 65, extentCount: 5 }],
    ]);
    expect(group.freeExtents).toBe(373 - 13 - 244 - 57 - 5);
  });

  it('names volumes in fstab as device-mapper does, and tells GRUB and the initramfs', () => {
    const { fstab, layers } = plan(text);
    expect(fstab.map((entry) => [entry.source.replace(/UUID=.*/, 'UUID'), entry.target, entry.pass])).toEqual([
      ['/dev/mapper/vg0-root', '/', 0],
      ['UUID', '/boot', 2],
      ['/dev/mapper/vg0-my--home', '/home', 2],
      ['/dev/mapper/vg0-srv', '/srv', 2],
      ['UUID', '/boot/efi', 2],
      ['/dev/mapper/vg0-swap', 'none', 0],
    ]);
    expect(layers.root).toMatchObject({ device: 'vg0/root', argument: '/dev/mapper/vg0-root', readOnly: false });
    expect(layers.initramfs).toEqual(['lvm', 'xfs']);
    expect(layers.resume).toBe('/dev/mapper/vg0-swap');
    expect(layers.boot).toMatchObject({ device: 'sda3', path: '', grubModules: ['part_gpt', 'ext2'], grubUnlocks: [] });
  });

  it('lets a growing partition begin with what its volumes need', () => {
    const { disks, layers } = plan(
      'part pv.1 --size=1 --grow\nvolgroup vg0 pv.1\nlogvol / --vgname=vg0 --name=root --size=30000\n',
    );
    // 1 + 1 + 64 + 30000 + 1 of LVM + 1: the database's 20 GiB are not enough.
    expect(disks[0]!.sizeBytes / MIB).toBe(30068);
    expect(layers.volumeGroups[0]!.freeExtents).toBe(0);
    expect(layers.boot.grubModules).toEqual(['part_gpt', 'lvm', 'ext2']);
  });

  it('keeps what the group is to reserve', () => {
    const { layers } = plan(
      'part pv.1 --size=1001\nvolgroup vg0 pv.1 --reserved-percent=10\nlogvol / --vgname=vg0 --name=root --size=100 --grow\n',
    );
    expect(layers.volumeGroups[0]).toMatchObject({ freeExtents: 25, logicalVolumes: [{ sizeBytes: 225 * 4 * MIB }] });
  });
});

describe('thin LVM', () => {
  const text = `part /boot --size=500
part pv.1 --size=10241
volgroup vg0 pv.1
logvol none --vgname=vg0 --name=pool --thinpool --size=1000 --grow
logvol / --vgname=vg0 --name=root --thin --poolname=pool --size=6000
logvol /srv --vgname=vg0 --name=srv --thin --poolname=pool --size=8000
`;

  it('gives the pool its data, its metadata and the spare of that', () => {
    const { layers } = plan(text);
    const group = layers.volumeGroups[0]!;
    const pool = group.logicalVolumes[0]!;
    if (pool.kind !== 'thin-pool') throw new Error('no pool');
    // 2560 extents; 64 bytes for each 64 KiB of 10 GiB are 10 MiB, three extents, twice.
    expect(pool.metadata.segments).toEqual([{ physicalVolume: 0, firstExtent: 2554, extentCount: 3 }]);
    expect(group.poolSpare!.segments).toEqual([{ physicalVolume: 0, firstExtent: 2557, extentCount: 3 }]);
    expect(pool.data.segments).toEqual([{ physicalVolume: 0, firstExtent: 0, extentCount: 2554 }]);
    expect(pool.chunkBytes).toBe(64 * 1024);
    expect(group.freeExtents).toBe(0);
  });

  it('takes volumes of any size into it, and says when they are more', () => {
    const { layers, notices } = plan(text);
    expect(layers.volumeGroups[0]!.logicalVolumes.slice(1)).toMatchObject([
      { kind: 'thin', name: 'root', pool: 'pool', deviceNumber: 1, sizeBytes: 6000 * MIB },
      { kind: 'thin', name: 'srv', pool: 'pool', deviceNumber: 2, sizeBytes: 8000 * MIB },
    ]);
    expect(codes(notices)).toContain('thin-overcommitted');
    expect(layers.initramfs).toEqual(['ext', 'lvm', 'thin']);
  });
});

describe('software RAID', () => {
  const text = `part raid.11 --size=500 --ondisk=sda
part raid.12 --size=500 --ondisk=sdb
part raid.21 --size=4000 --ondisk=sda
part raid.22 --size=4100 --ondisk=sdb
raid /boot --device=boot --level=RAID1 --fstype=ext4 raid.11 raid.12
raid / --device=md0 --level=1 --fstype=xfs raid.21 raid.22
`;

  it('starts from each disk of the mirror: the second ESP is a copy', () => {
    const storage = plan(text);
    expect(rows(storage)).toEqual([
      ['sda1', 'biosboot', '-', 1, 1],
      ['sda2', 'esp', '/boot/efi', 2, 64],
      ['sda3', 'raid', '-', 66, 500],
      ['sda4', 'raid', '-', 566, 4000],
      ['sdb1', 'biosboot', '-', 1, 1],
      ['sdb2', 'esp', '-', 2, 64],
      ['sdb3', 'raid', '-', 66, 500],
      ['sdb4', 'raid', '-', 566, 4100],
    ]);
    expect(storage.disks.map((disk) => disk.boot)).toEqual([true, true]);
    expect(storage.disks[1]!.partitions[1]!.copyOf).toBe('sda2');
    expect(storage.fstab.filter((entry) => entry.target === '/boot/efi')).toHaveLength(1);
    expect(codes(storage.notices)).toContain('raid-unequal');
  });

  it('keeps /boot readable without the array, and the rest in the modern form', () => {
    const { layers, fstab } = plan(text);
    expect(layers.raids).toMatchObject([
      { id: 'md/boot', level: 1, metadata: '1.0', dataOffsetBytes: 0, sizeBytes: 499 * MIB, mountpoint: '/boot' },
      { id: 'md/md0', level: 1, metadata: '1.2', dataOffsetBytes: MIB, sizeBytes: 3999 * MIB, mountpoint: '/' },
    ]);
    expect(layers.mdadm[1]).toMatch(
      /^ARRAY \/dev\/md\/md0 metadata=1\.2 UUID=([0-9a-f]{8}:){3}[0-9a-f]{8} name=any:md0$/,
    );
    expect(layers.initramfs).toEqual(['raid', 'xfs']);
    expect(layers.boot.grubModules).toEqual(['part_gpt', 'ext2']);
    expect(fstab[0]!.source).toMatch(/^UUID=/);
  });

  const member = (n: number) => `part raid.${n} --size=1001 --ondisk=sd${'abcdefgh'[n]}\n`;
  it.each([
    [0, 3, '', 3000],
    [1, 3, '--spares=1', 1000],
    [4, 3, '', 2000],
    [5, 4, '--spares=1', 2000],
    [6, 5, '', 3000],
    [10, 4, '', 2000],
    [5, 3, '--chunksize=65536', 15 * 64 * 2],
  ])('RAID%i of %i members %s holds the right amount', (level, count, options, mib) => {
    const members = Array.from({ length: count }, (_, index) => index);
    const { layers } = plan(
      `part / --size=100\n${members.map(member).join('')}raid /srv --device=d --level=${level} ${options} ${members.map((n) => `raid.${n}`).join(' ')}\n`,
    );
    expect(layers.raids[0]!.sizeBytes / MIB).toBe(mib);
    expect(layers.raids[0]!.members.filter((one) => one.slot === undefined)).toHaveLength(
      options.includes('spares') ? 1 : 0,
    );
  });

  it('carries LVM, whose members may be called by the array', () => {
    const { layers } = plan(
      'part raid.1 --size=900 --ondisk=sda\npart raid.2 --size=900 --ondisk=sdb\nraid pv.1 --device=md_test --level=1 raid.1 raid.2\nvolgroup vg0 md_test\nlogvol / --vgname=vg0 --name=r --size=100\n',
    );
    expect(layers.volumeGroups[0]!.physicalVolumes).toMatchObject([{ device: 'md/md_test', extentCount: 224 }]);
    expect(layers.initramfs).toEqual(['ext', 'lvm', 'raid']);
    expect(layers.boot.grubModules).toEqual(['part_gpt', 'mdraid1x', 'lvm', 'ext2']);
  });
});

describe('btrfs', () => {
  const text = `part /boot --size=500
part btrfs.1 --size=2000
part btrfs.2 --size=1000 --ondisk=sdb
btrfs none --label=pool --data=0 --metadata=1 btrfs.1 btrfs.2
btrfs / --subvol --name=root LABEL=pool
btrfs /home --subvol --name=home pool
`;

  it('has subvolumes, mounted by their names', () => {
    const { layers, fstab } = plan(text);
    expect(layers.btrfs).toMatchObject([
      {
        devices: ['sda4', 'sdb1'],
        dataProfile: 'raid0',
        metadataProfile: 'raid1',
        subvolumes: [
          { path: 'root', mountpoint: '/' },
          { path: 'home', mountpoint: '/home' },
        ],
      },
    ]);
    expect(fstab[0]).toMatchObject({ target: '/', type: 'btrfs', options: 'subvol=root', pass: 0 });
    expect(fstab[0]!.source).toBe(fstab.find((entry) => entry.target === '/home')!.source);
    expect(layers.root.flags).toBe('subvol=root');
  });

  it('has /boot below its subvolume for GRUB', () => {
    const { layers } = plan(text.replace(/^part \/boot.*\n/, ''));
    expect(layers.boot).toMatchObject({ path: '/root/boot', grubModules: ['part_gpt', 'btrfs'] });
  });

  it('without a word of its levels keeps metadata twice', () => {
    const one = plan('part btrfs.1 --size=900\nbtrfs / --label=x btrfs.1\n').layers;
    expect(one.btrfs[0]).toMatchObject({ dataProfile: 'single', metadataProfile: 'dup', mountpoint: '/' });
    expect(plan('part / --size=900 --fstype=btrfs\n').fstab[0]).toMatchObject({ options: 'defaults', pass: 0 });
  });
});

describe('an MBR', () => {
  const label = 'clearpart --all --disklabel=msdos\n';

  it('has four primary partitions at most, and is started from BIOS', () => {
    const storage = plan(
      `${label}part /boot --size=100\npart swap --size=64\npart / --size=200\npart /srv --size=50\n`,
    );
    expect(rows(storage).map((row) => row[0])).toEqual(['sda1', 'sda2', 'sda3', 'sda4']);
    expect(storage.disks[0]).toMatchObject({ label: 'dos' });
    expect(storage.disks[0]!.diskGuid).toMatch(/^[0-9a-f]{8}$/);
    expect(storage.disks[0]!.partitions.map((one) => one.typeGuid)).toEqual(['83', '82', '83', '83']);
    expect(storage.disks[0]!.partitions[2]!.partitionGuid).toBe(`${storage.disks[0]!.diskGuid}-03`);
    expect(storage.firmware).toEqual(['bios']);
    expect(storage.layers.boot.grubModules).toEqual(['part_msdos', 'ext2']);
  });

  it('is for UEFI too where the kickstart has an ESP', () => {
    expect(plan(`${label}part /boot/efi --size=64\npart / --size=200\n`).firmware).toEqual(['bios', 'uefi']);
  });

  it('holds more in an extended partition, each behind a MiB of its own', () => {
    const storage = plan(
      `${label}part /a --size=10\npart /boot --size=20\npart / --size=30\npart /b --size=40\npart /c --size=50 --asprimary\npart swap --size=60\n`,
    );
    expect(rows(storage)).toEqual([
      ['sda1', 'filesystem', '/boot', 1, 20],
      ['sda2', 'filesystem', '/', 21, 30],
      ['sda3', 'filesystem', '/c', 51, 50],
      ['sda5', 'filesystem', '/a', 102, 10],
      ['sda6', 'filesystem', '/b', 113, 40],
      ['sda7', 'swap', '-', 154, 60],
    ]);
    expect(storage.disks[0]!.extended).toEqual({ number: 4, startBytes: 101 * MIB, sizeBytes: 113 * MIB });
    expect(storage.disks[0]!.sizeBytes / MIB).toBe(215);
  });

  it('has no use for a BIOS boot partition, and says so', () => {
    const { disks, notices } = plan(`${label}part biosboot --size=1\npart / --size=100\n`);
    expect(disks[0]!.partitions).toHaveLength(1);
    expect(codes(notices)).toContain('biosboot-mbr');
  });
});

describe('other platforms', () => {
  it('arm64 starts from UEFI alone', () => {
    const { disks, firmware } = plan('part / --size=100\n', { arch: 'aarch64' });
    expect(disks[0]!.partitions.map((one) => one.role)).toEqual(['esp', 'filesystem']);
    expect(firmware).toEqual(['uefi']);
  });

  it('POWER gets a PReP boot partition', () => {
    const { disks } = plan('part / --size=100\n', { arch: 'ppc64le' });
    expect(disks[0]!.partitions.map((one) => one.role)).toEqual(['prepboot', 'filesystem']);
    expect(
      plan('part prepboot --size=4 --fstype="PPC PReP Boot"\npart / --size=100\n').disks[0]!.partitions[2],
    ).toMatchObject({
      role: 'prepboot',
      typeGuid: '9E1A2D38-C612-4316-AA26-8B49521E5A8B',
    });
  });
});

describe('a read-only root', () => {
  it('is found by its partition, and has no line in fstab', () => {
    const { layers, fstab, disks } = plan('part /boot --size=100\npart / --size=800 --fstype=squashfs\n');
    expect(layers.root).toEqual({
      device: 'sda4',
      argument: `PARTUUID=${disks[0]!.partitions[3]!.partitionGuid}`,
      readOnly: true,
    });
    expect(fstab.map((entry) => entry.target)).toEqual(['/boot', '/boot/efi']);
    expect(layers.initramfs).toEqual(['overlay']);
  });
});

describe('memory', () => {
  it('may be mounted', () => {
    const { fstab, disks } = plan('part / --size=100\npart /tmp --fstype=tmpfs --size=64 --fsoptions=nosuid\n');
    expect(disks[0]!.partitions).toHaveLength(3);
    expect(fstab[1]).toEqual({ source: 'tmpfs', target: '/tmp', type: 'tmpfs', options: 'nosuid,size=64m', pass: 0 });
  });
});
