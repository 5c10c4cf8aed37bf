// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { GIB, MIB, plan } from './planning.js';

const codes = (notices: readonly { readonly code: string }[]) => notices.map((one) => one.code);

describe('LUKS', () => {
  it('stands between the partition and what is in it', () => {
    const { layers, disks, fstab } = plan(
      'part /boot --size=500\npart / --size=1016 --encrypted --passphrase=secret\npart swap --size=100 --encrypted --passphrase=secret\n',
    );
    expect(disks[0]!.partitions[3]).toMatchObject({ id: 'sda4', role: 'luks', sizeBytes: 1016 * MIB });
    expect(layers.luks[0]).toMatchObject({
      device: 'sda4',
      version: 2,
      cipher: 'aes-xts-plain64',
      keyBits: 512,
      sectorBytes: 4096,
      pbkdf: { kind: 'argon2id', memoryKiB: 131072, iterations: 4 },
      dataOffsetBytes: 16 * MIB,
      sizeBytes: 1000 * MIB,
      role: 'filesystem',
      mountpoint: '/',
    });
    const { name, uuid } = layers.luks[0]!;
    expect(layers.crypttab).toMatchObject([
      { name, source: `UUID=${uuid}`, options: 'luks,discard,initramfs' },
      { options: 'luks,discard' },
    ]);
    expect(fstab[0]!.source).toBe(`/dev/mapper/${name}`);
    expect(layers.root.argument).toBe(`/dev/mapper/${name}`);
    // Nobody asks for the key of a swap that nothing is resumed from.
    expect(layers.resume).toBeUndefined();
  });

  it('opens the swap early that a sleeping system is in', () => {
    const { layers } = plan(
      'part /boot --size=500\npart / --size=1016\npart swap --hibernation --encrypted --passphrase=secret\n',
    );
    expect(layers.luks[0]!.sizeBytes).toBe(6 * GIB - 16 * MIB);
    expect(layers.crypttab[0]!.options).toBe('luks,discard,initramfs');
    expect(layers.resume).toMatch(/^\/dev\/mapper\/luks-/);
  });

  it('is made so that GRUB can open it where /boot is inside', () => {
    const { layers, notices } = plan('part / --size=1016 --encrypted --passphrase=secret\n');
    expect(layers.luks[0]).toMatchObject({ pbkdf: { kind: 'pbkdf2' }, sectorBytes: 512 });
    expect(layers.boot.grubModules).toEqual([
      'part_gpt',
      'cryptodisk',
      'luks2',
      'pbkdf2',
      'gcry_sha256',
      'gcry_sha512',
      'gcry_rijndael',
      'ext2',
    ]);
    expect(layers.boot.grubUnlocks).toEqual([layers.luks[0]!.uuid]);
    expect(codes(notices)).toContain('luks-boot-pbkdf2');
  });

  it('has a second key for its initramfs where that lies encrypted itself, and the root too', () => {
    const key = (text: string) => plan(text).layers.crypttab.map((one) => one.key);
    const name = plan('part / --size=1016 --encrypted --passphrase=s\n').layers.luks[0]!.name;
    expect(key('part / --size=1016 --encrypted --passphrase=s\n')).toEqual([`/etc/keys/${name}.key`]);
    expect(key('part /boot --size=500\npart / --size=1016 --encrypted --passphrase=s\n')).toEqual([undefined]);
    expect(
      key('part /boot --size=500 --encrypted --passphrase=s\npart / --size=1016 --encrypted --passphrase=t\n'),
    ).toMatchObject([undefined, expect.stringContaining('/etc/keys/luks-')]);
    expect(key('part /boot --size=500 --encrypted --passphrase=s\npart / --size=1016\n')).toEqual([undefined]);
  });

  it('is refused where GRUB would have to open a cipher that it does not know', () => {
    const text = 'part / --size=1016 --encrypted --passphrase=s --cipher=';
    expect(plan(`${text}serpent-xts-plain64\n`).layers.boot.grubModules).toContain('gcry_serpent');
    expect(() => plan(`${text}aria-xts-plain64\n`)).toThrow(/--cipher=aria-xts-plain64.*\/boot/);
  });

  it('says what the kickstart says of costs, cipher and version', () => {
    const { layers } = plan(
      'part /boot --size=500\npart / --size=1000 --encrypted --passphrase=s --luks-version=luks1 --cipher=aes-cbc-essiv:sha256 --pbkdf-iterations=5000\npart /srv --size=1000 --encrypted --passphrase=s --pbkdf=argon2i --pbkdf-memory=64 --pbkdf-time=10\n',
    );
    expect(layers.luks).toMatchObject([
      {
        version: 1,
        cipher: 'aes-cbc-essiv:sha256',
        keyBits: 256,
        pbkdf: { kind: 'pbkdf2', iterations: 5000 },
        dataOffsetBytes: 16 * MIB,
      },
      { version: 2, pbkdf: { kind: 'argon2i', memoryKiB: 64, iterations: 4 } },
    ]);
  });

  it('may lie on a volume, and a volume on it', () => {
    const key = '--encrypted --passphrase=s';
    const { layers } = plan(
      `part /boot --size=500\npart pv.1 --size=1000 ${key}\nvolgroup vg0 pv.1\nlogvol / --vgname=vg0 --name=root --size=500 ${key}\n`,
    );
    expect(layers.luks.map((one) => [one.device, one.role])).toEqual([
      ['sda4', 'lvm'],
      ['vg0/root', 'filesystem'],
    ]);
    expect(layers.volumeGroups[0]!.physicalVolumes[0]).toMatchObject({ device: layers.luks[0]!.id, extentCount: 245 });
    expect(layers.crypttab[1]!.source).toBe('/dev/mapper/vg0-root');
    expect(layers.initramfs).toEqual(['ext', 'luks', 'lvm']);
  });
});
