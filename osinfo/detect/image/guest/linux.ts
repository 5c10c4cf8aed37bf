// SPDX-License-Identifier: Apache-2.0
import { compareVersions } from '../../../version-order.js';
import type { Tree } from '../filesystems/tree.js';
import type { GuestInspection, MountPoint } from '../types.js';
import { linesOf, printable } from './text.js';

const maxMounts = 64;
const maxKernels = 64;
/** dpkg's status of a large desktop is 10 MiB. */
const maxPackageList = 48 * 1024 * 1024;

/** Fields of fstab(5) of what is mounted; the octal escapes for blanks are undone. */
export function parseFstab(text: string): MountPoint[] {
  const mounts: MountPoint[] = [];
  for (const line of linesOf(text)) {
    const [source, path, type] = line.trim().split(/[ \t]+/, 3);
    if (!source || source.startsWith('#') || !path || !type || mounts.length >= maxMounts) continue;
    const plain = (word: string): string =>
      printable(word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))));
    mounts.push({ source: plain(source), path: plain(path), type: plain(type) });
  }
  return mounts;
}

/** The name that the system gives itself, from the files of the families. */
export function readHostname(tree: Tree): string | undefined {
  const own = tree.readText('/etc/hostname', 4096) ?? tree.readText('/etc/HOSTNAME', 4096);
  if (own !== undefined) {
    const line = linesOf(own).find((one) => one.trim() !== '' && !one.startsWith('#'));
    const name = printable(line ?? '', 253);
    if (name !== '') return name;
  }
  for (const path of ['/etc/sysconfig/network', '/etc/conf.d/hostname']) {
    const found = /^(?:HOSTNAME|hostname)=["']?([\w.-]{1,253})/m.exec(tree.readText(path, 16384) ?? '');
    if (found) return found[1];
  }
  return undefined;
}

/** Versions of the kernels in /boot and of those that have modules, newest first. */
export function readKernels(tree: Tree): string[] {
  const versions = new Set<string>();
  for (const name of tree.list('/boot')) {
    const version = /^(?:vmlinuz|vmlinux|kernel|Image|linux)-(\d[\w.+~-]{0,100})$/.exec(name)?.[1];
    if (version && !/\.(?:old|hmac|img)$/.test(version)) versions.add(version);
  }
  for (const folder of ['/usr/lib/modules', '/lib/modules']) {
    for (const name of tree.list(folder)) if (/^\d[\w.+~-]{0,100}$/.test(name)) versions.add(name);
  }
  return [...versions].sort((a, b) => compareVersions(b, a)).slice(0, maxKernels);
}

const countOf = (text: string | undefined, pattern: RegExp): number => {
  let count = 0;
  for (const _ of (text ?? '').matchAll(pattern)) count++;
  return count;
};

const rpmFolders = ['/usr/lib/sysimage/rpm', '/var/lib/rpm'];
const rpmFiles = ['rpmdb.sqlite', 'Packages.db', 'Packages'];

/** The package manager whose list of packages is there, with their number where it can be read without a database. */
export function readPackages(tree: Tree): GuestInspection['packages'] {
  const whole = (path: string): string | undefined => tree.readHead(path, maxPackageList)?.toString('latin1');
  if (tree.isFile('/var/lib/dpkg/status')) {
    return { manager: 'dpkg', count: countOf(whole('/var/lib/dpkg/status'), /^Status: \w+ ok installed$/gm) };
  }
  if (rpmFolders.some((folder) => rpmFiles.some((file) => tree.isFile(`${folder}/${file}`)))) return { manager: 'rpm' };
  const apk = ['/usr/lib/apk/db/installed', '/lib/apk/db/installed'].find((path) => tree.isFile(path));
  if (apk) return { manager: 'apk', count: countOf(whole(apk), /^P:/gm) };
  if (tree.isFolder('/var/lib/pacman/local')) {
    const folders = tree.list('/var/lib/pacman/local').filter((name) => name !== 'ALPM_DB_VERSION');
    return { manager: 'pacman', count: folders.length };
  }
  if (tree.isFolder('/var/db/xbps')) return { manager: 'xbps' };
  if (tree.isFolder('/var/db/pkg')) return { manager: 'portage' };
  if (tree.isFolder('/nix/store')) return { manager: 'nix' };
  return undefined;
}

/** Whether copies of the image would share an id (machine-id(5)). */
export function readMachineId(tree: Tree): GuestInspection['machineId'] {
  const text = tree.readText('/etc/machine-id', 1024)?.trim();
  if (text === undefined) return 'absent';
  if (text === '') return 'empty';
  return text === 'uninitialized' ? 'uninitialized' : 'set';
}

const anyFile = (tree: Tree, paths: readonly string[]): boolean => paths.some((path) => tree.isFile(path));

export function hasCloudInit(tree: Tree): boolean {
  return anyFile(tree, ['/usr/bin/cloud-init', '/etc/cloud/cloud.cfg']);
}

export function hasGuestAgent(tree: Tree): boolean {
  return anyFile(tree, ['/usr/sbin/qemu-ga', '/usr/bin/qemu-ga', '/sbin/qemu-ga', '/bin/qemu-ga']);
}
