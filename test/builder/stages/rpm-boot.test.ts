// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../builder/plan/types.js';
import { writeEntries } from '../../../builder/stages/boot/bls.js';
import { dracutModules } from '../../../builder/stages/boot/dracut.js';
import { prepareEfiVendor } from '../../../builder/stages/boot/efi-vendor.js';
import { findEfiVendor, findGrub, hasOwnGrub } from '../../../builder/stages/boot/grub-home.js';
import { kernelWords, otherWords } from '../../../builder/stages/boot/kernel-words.js';
import { findKernels } from '../../../builder/stages/boot/rpm.js';
import { isSuse, readOsRelease } from '../../../builder/stages/os-release.js';
import { makeTree, type TestTree } from './tree.js';

const ARRAY = '0a0a0a0a-0000-5000-8000-000000000001';
const CONTAINER = '0a0a0a0a-0000-5000-8000-000000000002';

/** An array below a container below two volumes: what dracut has to be told of. */
const STACK = {
  storage: {
    raids: [{ id: 'md/all', uuid: ARRAY, members: [{ device: 'sda2' }, { device: 'sdb2' }] }],
    luks: [{ id: 'luks/safe', name: 'safe', device: 'md/all', uuid: CONTAINER }],
    volumeGroups: [
      {
        name: 'vg-a',
        physicalVolumes: [{ device: 'luks/safe' }],
        logicalVolumes: [{ id: 'vg-a/root' }, { id: 'vg-a/swap' }, { id: 'vg-a/data' }],
      },
    ],
    btrfs: [],
    root: { device: 'vg-a/root', argument: '/dev/mapper/vg--a-root', readOnly: false },
    resume: '/dev/mapper/vg--a-swap',
    boot: { path: '', device: 'sda1', grubModules: [], grubUnlocks: [] },
  },
  boot: { append: 'console=ttyS0', firmware: ['bios', 'uefi'], bootUuid: 'B00T' },
} as unknown as Pick<Plan, 'storage' | 'boot'>;

function treeOf(files: readonly string[]): TestTree {
  const more = { os: { family: 'rpm' }, arch: { name: 'x86_64', packages: 'x86_64' }, ...STACK };
  const tree = makeTree('', [], more as unknown as Partial<Plan>);
  for (const path of files) {
    mkdirSync(dirname(join(tree.tree, path)), { recursive: true });
    writeFileSync(join(tree.tree, path), path);
  }
  return tree;
}

describe('the kernel’s command line of a system with dracut', () => {
  it('names each device below the root and the swap, from the disk upwards', () => {
    expect(kernelWords(STACK)).toBe(`root=/dev/mapper/vg--a-root ro ${otherWords(STACK)}`);
    expect(otherWords(STACK)).toBe(
      `resume=/dev/mapper/vg--a-swap rd.md.uuid=${ARRAY} rd.luks.uuid=${CONTAINER} rd.lvm.lv=vg-a/root rd.lvm.lv=vg-a/swap console=ttyS0`,
    );
  });

  it('names the modules of its initramfs once', () => {
    expect(dracutModules(['ext', 'luks', 'lvm', 'raid', 'thin'])).toEqual(['crypt', 'lvm', 'mdraid']);
  });
});

describe('the boot files of an rpm tree', () => {
  it('has kernels beside their modules and in /boot, the newest first, rescue images not', () => {
    const tree = treeOf([
      'usr/lib/modules/6.9.9-1.fc41.x86_64/vmlinuz',
      'usr/lib/modules/6.10.1-1.fc41.x86_64/vmlinuz',
      'usr/lib/modules/5.14.0/modules.dep',
      'usr/lib/modules/4.18.0/modules.dep',
      'boot/vmlinuz-4.18.0',
      'boot/vmlinuz-0-rescue-abc',
    ]);
    expect(findKernels(tree.tree, 'x86_64')).toEqual(['6.10.1-1.fc41.x86_64', '6.9.9-1.fc41.x86_64', '4.18.0']);
  });

  it('has an entry for each kernel, and none of the machine that builds', () => {
    const tree = treeOf(['boot/loader/entries/0123-6.9.9.conf', 'usr/lib/os-release']);
    writeFileSync(join(tree.tree, 'usr/lib/os-release'), 'NAME="Fedora Linux"\nID=fedora\n');
    const kernel = { version: '6.9.9', image: 'boot/vmlinuz-6.9.9', initramfs: 'boot/initramfs-6.9.9.img' };
    writeEntries(tree.context, [kernel], 'root=UUID=x ro', readOsRelease(tree.tree));
    expect(tree.has('boot/loader/entries/0123-6.9.9.conf')).toBe(false);
    expect(tree.read(`boot/loader/entries/${'f'.repeat(32)}-6.9.9.conf`)).toBe(
      'title Fedora Linux (6.9.9)\nversion 6.9.9\nlinux /vmlinuz-6.9.9\ninitrd /initramfs-6.9.9.img\noptions root=UUID=x ro\ngrub_users $grub_users\ngrub_arg --unrestricted\ngrub_class fedora\n',
    );
  });

  it('is started by its own GRUB where it has one for each firmware', () => {
    const none = treeOf([]);
    expect(hasOwnGrub(none.context)).toBe(false);
    const bios = ['usr/bin/grub2-mkimage', 'usr/lib/grub/i386-pc/normal.mod'];
    expect(hasOwnGrub(treeOf(bios).context)).toBe(false);
    const fedora = treeOf([...bios, 'boot/efi/EFI/fedora/grubx64.efi', 'boot/efi/EFI/fedora/shimx64.efi']);
    expect(hasOwnGrub(fedora.context)).toBe(true);
    expect(findGrub(fedora.context, 'i386-pc')).toEqual({
      root: 'tree',
      mkimage: 'grub2-mkimage',
      modules: 'usr/lib/grub/i386-pc',
    });
    const suse = treeOf(['usr/bin/grub2-mkimage', 'usr/share/grub2/x86_64-efi/normal.mod']);
    expect(findGrub(suse.context, 'x86_64-efi')?.modules).toBe('usr/share/grub2/x86_64-efi');
  });

  it('has the distribution’s own programs where UEFI looks, and a way from them to the menu', () => {
    const tree = treeOf(['boot/efi/EFI/fedora/grubx64.efi', 'boot/efi/EFI/fedora/shimx64.efi']);
    prepareEfiVendor(tree.context, findEfiVendor(tree.context)!);
    expect(tree.read('boot/efi/EFI/BOOT/BOOTX64.EFI')).toBe('boot/efi/EFI/fedora/shimx64.efi');
    expect(tree.read('boot/efi/EFI/BOOT/grubx64.efi')).toBe('boot/efi/EFI/fedora/grubx64.efi');
    expect(tree.read('boot/efi/EFI/fedora/grub.cfg')).toContain(
      'search --no-floppy --fs-uuid --set=root B00T\nset prefix=($root)/grub2\n',
    );
    const shipped = treeOf(['boot/efi/EFI/fedora/grubx64.efi', 'boot/efi/EFI/BOOT/BOOTX64.EFI']);
    prepareEfiVendor(shipped.context, findEfiVendor(shipped.context)!);
    expect(shipped.read('boot/efi/EFI/BOOT/BOOTX64.EFI')).toBe('boot/efi/EFI/BOOT/BOOTX64.EFI');
  });

  it.each([
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', true],
    ['ID=sles\n', true],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', false],
  ])('is of SUSE’s descent or not: %j', (text, suse) => {
    const tree = treeOf(['usr/lib/os-release']);
    writeFileSync(join(tree.tree, 'usr/lib/os-release'), text);
    expect(isSuse(readOsRelease(tree.tree))).toBe(suse);
  });
});
