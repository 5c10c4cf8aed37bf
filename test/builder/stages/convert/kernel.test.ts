// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '../../../../builder/plan/types.js';
import type { StageContext } from '../../../../builder/run/context.js';
import { keepKernelFiles } from '../../../../builder/stages/convert/kernel.js';
import { folderOf, newFolder } from '../../../osinfo/load/folders.js';

const DEBIAN = {
  'boot/vmlinuz-6.1.0-9-amd64': 'old kernel',
  'boot/initrd.img-6.1.0-9-amd64': 'old initramfs',
  'boot/vmlinuz-6.1.0-31-amd64': 'kernel',
  'boot/initrd.img-6.1.0-31-amd64': 'initramfs',
  'boot/config-6.1.0-31-amd64': 'x',
  'usr/sbin/mkinitramfs': 'x',
  'usr/sbin/update-initramfs': 'x',
};

function contextOf(tree: string, family: 'deb' | 'rpm' = 'deb'): StageContext {
  const plan = {
    name: 'web',
    os: { family },
    storage: {
      root: { argument: 'UUID=1234', flags: 'subvol=root', device: 'sda1' },
      raids: [],
      luks: [],
      volumeGroups: [],
      btrfs: [],
      resume: '/dev/mapper/swap',
    },
    boot: { append: 'console=ttyS0 quiet' },
  } as unknown as Plan;
  return { plan, tree, outFolder: newFolder() } as StageContext;
}

const read = (context: StageContext, file: string): string => readFileSync(join(context.outFolder, file), 'utf8');

test('the newest kernel, its initramfs and the words of the boot menu lie beside the images', () => {
  const context = contextOf(folderOf(DEBIAN));
  expect(keepKernelFiles(context)).toEqual({
    version: '6.1.0-31-amd64',
    kernel: 'web.vmlinuz',
    initrd: 'web.initrd',
    commandLine: 'web.cmdline',
  });
  expect(read(context, 'web.vmlinuz')).toBe('kernel');
  expect(read(context, 'web.initrd')).toBe('initramfs');
  expect(read(context, 'web.cmdline')).toBe('root=UUID=1234 ro rootflags=subvol=root console=ttyS0 quiet\n');
});

test('where dracut made the initramfs the words have what it is to open', () => {
  const context = contextOf(
    folderOf({
      'boot/vmlinuz-6.12.0-1.fc42.x86_64': 'kernel',
      'boot/initramfs-6.12.0-1.fc42.x86_64.img': 'initramfs',
      'boot/vmlinuz-0-rescue-f00': 'rescue',
      'boot/initramfs-0-rescue-f00.img': 'rescue',
    }),
    'rpm',
  );
  expect(keepKernelFiles(context).version).toBe('6.12.0-1.fc42.x86_64');
  expect(read(context, 'web.cmdline')).toBe(
    'root=UUID=1234 ro rootflags=subvol=root resume=/dev/mapper/swap console=ttyS0 quiet\n',
  );
});

test('an image in /boot that is a link to where its package has it is found there', () => {
  const tree = folderOf({
    'usr/lib/modules/6.4.0-1-default/vmlinuz': 'kernel',
    'boot/initrd-6.4.0-1-default': 'initramfs',
  });
  symlinkSync('../usr/lib/modules/6.4.0-1-default/vmlinuz', join(tree, 'boot/vmlinuz-6.4.0-1-default'));
  const context = contextOf(tree, 'rpm');
  keepKernelFiles(context);
  expect(read(context, 'web.vmlinuz')).toBe('kernel');
});

test('a tree without a kernel, and one whose kernel is a file of this machine, end the build with nothing written', () => {
  for (const empty of [folderOf({ 'etc/x': '' }), folderOf({ 'boot/vmlinuz-1': 'no initramfs' })]) {
    const context = contextOf(empty);
    expect(() => keepKernelFiles(context)).toThrow(/no kernel with an initramfs in \/boot; leave kernel out of -f/);
    expect(readdirSync(context.outFolder)).toEqual([]);
  }
  const tree = newFolder();
  mkdirSync(join(tree, 'boot'));
  symlinkSync('/etc/hostname', join(tree, 'boot/vmlinuz-1'));
  symlinkSync('/etc/hostname', join(tree, 'boot/initrd.img-1'));
  const context = contextOf(tree);
  expect(() => keepKernelFiles(context)).toThrow(/modules|no plain file/);
  expect(readdirSync(context.outFolder)).toEqual([]);
});
