// SPDX-License-Identifier: Apache-2.0
import type { DebFacts } from './os-facts.js';
import type { StorageLayers, StorageNeed } from './types.js';

/** A package that the layout asks for. */
export interface StoragePackage {
  readonly name: string;
  readonly why: string;
  /** The system starts without it too: it is left out where the kickstart excludes it. */
  readonly optional: boolean;
}

interface Choice {
  readonly deb: Pick<DebFacts, 'distro' | 'version'>;
  readonly storage: StorageLayers;
  /** dracut makes the initramfs, and not initramfs-tools. */
  readonly dracut: boolean;
}

/** Packages by what the storage is made of. Names are those of Debian 11 to 14 and of Ubuntu. */
const PACKAGES: Readonly<Record<StorageNeed, (choice: Choice) => readonly StoragePackage[]>> = {
  lvm: () => [needed('lvm2', 'the storage has logical volumes')],
  thin: () => [needed('thin-provisioning-tools', 'thin volumes are checked before they are opened')],
  luks: (choice) => [
    // cryptsetup's part for initramfs-tools, which dracut has of its own.
    isOpenedEarly(choice.storage) && !choice.dracut
      ? needed('cryptsetup-initramfs', 'the root is opened by the initramfs')
      : needed('cryptsetup', 'the storage is encrypted'),
    ...(hasOwnSystemdCryptsetup(choice.deb) ? [needed('systemd-cryptsetup', 'crypttab is read by it')] : []),
  ],
  raid: () => [needed('mdadm', 'the storage has arrays')],
  btrfs: () => [needed('btrfs-progs', 'the devices of btrfs are found by it')],
  xfs: () => [optional('xfsprogs', 'repair of the xfs file systems')],
  ext: () => [optional('e2fsprogs', 'checks of the ext file systems')],
  vfat: () => [optional('dosfstools', 'checks of the vfat file systems')],
  overlay: () => [],
};

function needed(name: string, why: string): StoragePackage {
  return { name, why, optional: false };
}

function optional(name: string, why: string): StoragePackage {
  return { name, why, optional: true };
}

function isOpenedEarly({ crypttab }: StorageLayers): boolean {
  return crypttab.some((one) => one.options.split(',').includes('initramfs'));
}

/**
 * What of systemd reads crypttab is a package of its own since systemd 256, which cryptsetup only recommends: Debian 13 and
 * Ubuntu 24.10 have it. An unnumbered release is newer.
 */
function hasOwnSystemdCryptsetup({ distro, version }: Choice['deb']): boolean {
  const first = { debian: 13, ubuntu: 24.1 }[distro];
  if (first === undefined) return false;
  return version === undefined || !/^\d/.test(version) || Number.parseFloat(version) >= first;
}

/** Packages that a deb system needs for its storage, each with its reason. */
export function storagePackages(choice: Choice): StoragePackage[] {
  return choice.storage.needs.flatMap((need) => PACKAGES[need](choice));
}
