// SPDX-License-Identifier: Apache-2.0
import type { RpmDatabasePlan, RpmInstallPlan } from './types.js';

/** What rpm distributions of one descent have in common. */
export type RpmFamily = 'fedora' | 'suse' | 'mageia' | 'other';

/** The database's architecture names, and rpm's `$basearch` of Fedora and its kin. */
const BASEARCH: Readonly<Record<string, string>> = { i686: 'i386', armv7l: 'armhfp' };

/** SUSE's names differ from those. */
const SUSE_ARCH: Readonly<Record<string, string>> = { i686: 'i586', armv7l: 'armv7hl' };

/** By the database's `<distro>`; systems that carry a platform id are of Fedora's descent too. */
const FAMILIES: Readonly<Record<string, RpmFamily>> = {
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  rocky: 'fedora',
  almalinux: 'fedora',
  ol: 'fedora',
  oel: 'fedora',
  scientificlinux: 'fedora',
  circle: 'fedora',
  eurolinux: 'fedora',
  miraclelinux: 'fedora',
  anolis: 'fedora',
  opencloudos: 'fedora',
  openeuler: 'fedora',
  opensuse: 'suse',
  sle: 'suse',
  sles: 'suse',
  sled: 'suse',
  slem: 'suse',
  mageia: 'mageia',
};

export function rpmFamily(distro: string, platformId: string | undefined): RpmFamily {
  return FAMILIES[distro] ?? (platformId === undefined ? 'other' : 'fedora');
}

/** `$basearch` of an architecture, in the words of the family. */
export function basearchOf(arch: string, family: RpmFamily): string {
  return (family === 'suse' ? SUSE_ARCH : BASEARCH)[arch] ?? arch;
}

export function toolOf(family: RpmFamily): RpmInstallPlan['tool'] {
  return family === 'suse' ? 'zypper' : 'dnf';
}

interface DatabaseRule extends RpmDatabasePlan {
  readonly distro: string | RegExp;
  /** From this release on. */
  readonly from: number;
}

/**
 * Where the rpm of a release has its database, and in which format: the first rule that fits, newest releases first
 * (fedoraproject.org/wiki/Changes/RelocateRPMToUsr and Sqlite_Rpmdb; RHEL 9 and 10 release notes; openSUSE's rpm since
 * Leap 15). The installed system's own rpm is asked for the format afterwards: where it names another, it is right.
 */
const DATABASES: readonly DatabaseRule[] = [
  { distro: 'fedora', from: 36, path: '/usr/lib/sysimage/rpm', format: 'sqlite' },
  { distro: 'fedora', from: 33, path: '/var/lib/rpm', format: 'sqlite' },
  { distro: 'fedora', from: 0, path: '/var/lib/rpm', format: 'bdb' },
  { distro: 'opensuse', from: 42, path: '/var/lib/rpm', format: 'bdb' },
  { distro: /^(?:opensuse|sle[sdm]?)$/, from: 15, path: '/usr/lib/sysimage/rpm', format: 'ndb' },
  { distro: /^slem$/, from: 5, path: '/usr/lib/sysimage/rpm', format: 'ndb' },
  { distro: /^(?:opensuse|sle[sdm]?)$/, from: 0, path: '/var/lib/rpm', format: 'bdb' },
  { distro: 'openeuler', from: 22, path: '/var/lib/rpm', format: 'sqlite' },
  { distro: 'openeuler', from: 0, path: '/var/lib/rpm', format: 'bdb' },
  { distro: 'anolis', from: 23, path: '/var/lib/rpm', format: 'sqlite' },
  { distro: 'anolis', from: 0, path: '/var/lib/rpm', format: 'bdb' },
  { distro: 'mageia', from: 9, path: '/var/lib/rpm', format: 'sqlite' },
  { distro: 'mageia', from: 0, path: '/var/lib/rpm', format: 'bdb' },
  // RHEL, and all that follow its numbers.
  { distro: /./, from: 10, path: '/usr/lib/sysimage/rpm', format: 'sqlite' },
  { distro: /./, from: 9, path: '/var/lib/rpm', format: 'sqlite' },
  { distro: /./, from: 1, path: '/var/lib/rpm', format: 'bdb' },
];

/**
 * The database of a release.
 * @param releasever `41`, `9`, `15.6`; a name such as `rawhide` or `tumbleweed` is newer than any number
 */
export function rpmDatabaseOf(distro: string, releasever: string): RpmDatabasePlan {
  const isNumber = /^\d/.test(releasever);
  const release = isNumber ? Number.parseFloat(releasever) : Number.POSITIVE_INFINITY;
  // openSUSE 42 came before 15: its numbers count only among numbers.
  const rule = DATABASES.find(
    (one) =>
      (typeof one.distro === 'string' ? one.distro === distro : one.distro.test(distro)) &&
      release >= one.from &&
      (isNumber || one.from !== 42),
  );
  return { path: rule?.path ?? '/usr/lib/sysimage/rpm', format: rule?.format ?? 'sqlite' };
}
