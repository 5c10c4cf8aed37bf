// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fetchDebs, kernelBehind } from '../rpm-fixture/debs.js';

const HERE = join(import.meta.dirname, 'tiny');
const MBR = '/usr/lib/SYSLINUX/mbr.bin';

/** Drivers of the machine's disk, its discs, and what lies on those. */
const MODULES = [
  ...['virtio', 'virtio_ring', 'virtio_pci', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_blk'],
  ...['scsi_common', 'scsi_mod', 'libata', 'libahci', 'ahci', 'cdrom', 'sr_mod', 'isofs'],
];

/** What this machine lacks for it; empty where everything is there. */
export function missing(): string {
  const needed = {
    '/bin/busybox': 'busybox-static',
    '/usr/bin/syslinux': 'syslinux',
    [MBR]: 'extlinux',
    '/usr/bin/grub-mkimage': 'grub-common',
    '/usr/lib/grub/i386-pc/iso9660.mod': 'grub-pc-bin',
  };
  return Object.entries(needed)
    .filter(([file]) => !existsSync(file))
    .map(([, name]) => name)
    .join(', ');
}

export interface TinyMedia {
  /** A medium whose kernel and initrd lie at `boot/linux` and `boot/initrd`. */
  readonly plain: string;
  /** The same with a loader of its own. */
  readonly bootable: string;
}

/** The password of root that the answers have. */
export const PASSWORD = 'correct horse';

/** Behind the name of a group of tests that are passed over. */
export const skipped = (lacking: string): string => (lacking === '' ? '' : ` (skipped: not installed are ${lacking})`);

/** Media, and a file of answers, in the folder of a test. */
export async function setUpTiny(
  folder: string,
  label: string,
): Promise<{ readonly media: TinyMedia; readonly answers: string }> {
  const place = join(folder, 'media');
  mkdirSync(place);
  const answers = join(folder, 'answers.conf');
  writeFileSync(answers, `[install-script]\nadmin-password=${PASSWORD}\n`, { mode: 0o600 });
  return { media: await makeTinyMedia(place, label), answers };
}

/**
 * Makes an installation medium of Debian's kernel and busybox: the installer and the system that it installs are a shell
 * script each.
 */
async function makeTinyMedia(folder: string, label: string): Promise<TinyMedia> {
  const kernelPackage = await kernelBehind('linux-image-amd64');
  const debs = mkdtempSync(join(folder, 'debs-'));
  const deb = (await fetchDebs([kernelPackage], debs)).get(kernelPackage)!;
  const tree = join(folder, 'kernel');
  mkdirSync(tree);
  const wanted = ['./boot/vmlinuz-*', ...MODULES.map((name) => `*/${name}.ko`)];
  const unpack = 'deb=$0 to=$1; shift; dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$to" --wildcards "$@"';
  execFileSync('sh', ['-c', unpack, deb, tree, ...wanted], { stdio: ['ignore', 'ignore', 'ignore'] });
  rmSync(debs, { recursive: true });
  const files = (readdirSync(tree, { recursive: true }) as string[]).map((name) => join(tree, name));
  const kernel = files.find((name) => name.includes('/boot/vmlinuz-'))!;
  const modules = files.filter((name) => name.endsWith('.ko'));

  const system = makeInitrd(folder, 'system', modules, {});
  const payload = makeDisk(folder, kernel, system);
  const installer = makeInitrd(folder, 'installer', modules, {
    'payload.gz': gzipSync(readFileSync(payload), { level: 1 }),
  });
  const disc = join(folder, 'disc');
  mkdirSync(join(disc, 'boot'), { recursive: true });
  copyFileSync(kernel, join(disc, 'boot/linux'));
  copyFileSync(installer, join(disc, 'boot/initrd'));
  const make = (name: string, ...words: string[]): string => {
    const iso = join(folder, name);
    execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-V', label, '-J', '-r', ...words, '-o', iso, disc], {
      stdio: 'ignore',
    });
    return iso;
  };
  const plain = make('plain.iso');
  const menu = join(folder, 'grub.cfg');
  writeFileSync(menu, 'linux /boot/linux console=ttyS0\ninitrd /boot/initrd\nboot\n');
  execFileSync('grub-mkimage', [
    ...['-O', 'i386-pc-eltorito', '-c', menu, '-p', '/boot', '-o', join(disc, 'boot/loader.img')],
    ...['biosdisk', 'iso9660', 'linux', 'boot'],
  ]);
  const bootable = make(
    'bootable.iso',
    ...['-b', 'boot/loader.img', '-c', 'boot/boot.cat', '-no-emul-boot', '-boot-load-size', '4', '-boot-info-table'],
  );
  return { plain, bootable };
}

function makeInitrd(
  folder: string,
  name: 'installer' | 'system',
  modules: readonly string[],
  files: Readonly<Record<string, Uint8Array>>,
): string {
  const root = join(folder, `${name}-root`);
  for (const part of ['bin', 'modules']) mkdirSync(join(root, part), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  writeFileSync(join(root, 'init'), readFileSync(join(HERE, `${name}-init`)), { mode: 0o755 });
  for (const module of modules) copyFileSync(module, join(root, 'modules', basename(module)));
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(root, path), bytes);
  const made = join(folder, `${name}.initrd`);
  execFileSync('sh', ['-c', 'cd "$0" && find . | cpio -o -H newc --quiet -R 0:0 | gzip -1 >"$1"', root, made]);
  return made;
}

/** A disk that starts by itself from BIOS; behind its file system there is room for what the installer adds. */
function makeDisk(folder: string, kernel: string, initrd: string): string {
  const [partition, disk] = [join(folder, 'boot.fat'), join(folder, 'payload.raw')];
  const config = join(folder, 'syslinux.cfg');
  writeFileSync(
    config,
    'SERIAL 0 115200\nDEFAULT tiny\nLABEL tiny\n  KERNEL linux\n  APPEND initrd=initrd console=ttyS0 quiet\n',
  );
  const run = (...words: string[]): void => void execFileSync(words[0]!, words.slice(1), { stdio: 'ignore' });
  execFileSync('truncate', ['-s', '40M', partition]);
  run('mkfs.vfat', '-F', '16', '-h', '2048', partition);
  run('mcopy', '-i', partition, kernel, '::/linux');
  run('mcopy', '-i', partition, initrd, '::/initrd');
  run('mcopy', '-i', partition, config, '::/syslinux.cfg');
  run('syslinux', '--install', partition);
  execFileSync('truncate', ['-s', '42M', disk]);
  execFileSync('sfdisk', ['-q', disk], {
    input: 'label: dos\nstart=2048,size=81920,type=e,bootable\nstart=83968,size=2048,type=83\n',
  });
  run('dd', `if=${MBR}`, `of=${disk}`, 'bs=440', 'count=1', 'conv=notrunc');
  run('dd', `if=${partition}`, `of=${disk}`, 'bs=1M', 'seek=1', 'conv=notrunc');
  return disk;
}
