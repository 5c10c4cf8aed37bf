// SPDX-License-Identifier: Apache-2.0
import type { OsEvidence } from '../../../../osinfo/detect/tree/layouts/types.js';
import type { TreeFacts } from '../../../../osinfo/detect/types.js';

export interface TreeCase {
  readonly name: string;
  /** The folder of the tree among the files. */
  readonly at: string;
  readonly files: Readonly<Record<string, string>>;
  readonly from: string;
  readonly facts: TreeFacts;
  readonly evidence: Omit<OsEvidence, 'why'>;
  readonly why: RegExp;
}

const release = (origin: string, suite: string, codename: string, version: string | undefined, archs: string) =>
  `Origin: ${origin}\nLabel: ${origin}\nSuite: ${suite}\n${version === undefined ? '' : `Version: ${version}\n`}Codename: ${codename}\nDate: Sat, 10 Feb 2024 11:07:25 UTC\nArchitectures: ${archs}\nComponents: main\nMD5Sum:\n 0ed6d4c8891eb86358b94bb35d9e4da4 1484322 contrib/Contents-all\n`;

const installer = 'dists/bookworm/main/installer-amd64/current/images/netboot/debian-installer/amd64';
const debianMirror = {
  'debian/dists/bookworm/Release': release('Debian', 'stable', 'bookworm', '12.5', 'all amd64 arm64 i386'),
  'debian/dists/sid/Release': release('Debian', 'unstable', 'sid', undefined, 'all amd64'),
  [`debian/${installer}/linux`]: 'kernel',
  [`debian/${installer}/initrd.gz`]: 'initrd',
};
const debian12 = { distro: 'debian', version: '12.5', codename: 'bookworm', arch: 'x86_64' };
const debianFacts = { family: 'Debian', version: '12.5', arch: 'amd64' };
const installed = (prefix: string) => ({ kernel: `${prefix}linux`, initrd: `${prefix}initrd.gz` });

/** Trees as their makers lay them out, cut down to what is looked at. */
export const trees: readonly TreeCase[] = [
  {
    name: "Debian's netinst medium",
    at: '.',
    files: {
      '.disk/info': 'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 NETINST with firmware 20240210-11:27\n',
      'install.amd/vmlinuz': 'k',
      'install.amd/initrd.gz': 'i',
    },
    from: 'Debian',
    facts: {
      family: 'Debian GNU/Linux',
      version: '12.5.0',
      arch: 'amd64',
      kernel: 'install.amd/vmlinuz',
      initrd: 'install.amd/initrd.gz',
    },
    evidence: { distro: 'debian', version: '12.5.0', codename: 'Bookworm', arch: 'x86_64' },
    why: /^\.disk\/info says "Debian GNU\/Linux 12\.5\.0/,
  },
  {
    name: "Ubuntu's live server",
    at: '.',
    files: {
      '.disk/info': 'Ubuntu-Server 22.04.3 LTS "Jammy Jellyfish" - Release amd64 (20230810)',
      'casper/vmlinuz': 'k',
      'casper/initrd.lz': 'i',
    },
    from: 'Debian',
    facts: {
      family: 'Ubuntu-Server',
      version: '22.04.3',
      arch: 'amd64',
      kernel: 'casper/vmlinuz',
      initrd: 'casper/initrd.lz',
    },
    evidence: { distro: 'ubuntu', version: '22.04.3', codename: 'Jammy Jellyfish', arch: 'x86_64' },
    why: /^\.disk\/info says/,
  },
  ...(
    [
      ['a mirror, of which the stable suite is meant', 'debian', `${installer}/`],
      ['a suite', 'debian/dists/bookworm', `${installer.slice('dists/bookworm/'.length)}/`],
      [
        'the installer of an architecture',
        'debian/dists/bookworm/main/installer-amd64',
        'current/images/netboot/debian-installer/amd64/',
      ],
      [
        'the images of an installer',
        'debian/dists/bookworm/main/installer-amd64/current/images',
        'netboot/debian-installer/amd64/',
      ],
      ["an installer's folder for the network", `debian/${installer}`, ''],
    ] as const
  ).map(([name, at, prefix]) => ({
    name: `Debian: ${name}`,
    at,
    files: {
      ...debianMirror,
      ...(at === 'debian' ? { 'debian/dists/stable/Release': debianMirror['debian/dists/bookworm/Release'] } : {}),
      ...(at === 'debian'
        ? {
            [`debian/${installer.replace('bookworm', 'stable')}/linux`]: 'k',
            [`debian/${installer.replace('bookworm', 'stable')}/initrd.gz`]: 'i',
          }
        : {}),
    },
    from: 'Debian',
    facts: { ...debianFacts, ...installed(at === 'debian' ? prefix.replace('bookworm', 'stable') : prefix) },
    evidence: debian12,
    why: /Release says "Debian 12\.5 bookworm"$/,
  })),
  {
    name: "Ubuntu's older images for the network",
    at: 'ubuntu/dists/focal/main/installer-amd64',
    files: {
      'ubuntu/dists/focal/Release': release('Ubuntu', 'focal', 'focal', '20.04', 'amd64 arm64'),
      'ubuntu/dists/focal/main/installer-amd64/current/legacy-images/netboot/ubuntu-installer/amd64/linux': 'k',
      'ubuntu/dists/focal/main/installer-amd64/current/legacy-images/netboot/ubuntu-installer/amd64/initrd.gz': 'i',
    },
    from: 'Debian',
    facts: {
      family: 'Ubuntu',
      version: '20.04',
      arch: 'amd64',
      ...installed('current/legacy-images/netboot/ubuntu-installer/amd64/'),
    },
    evidence: { distro: 'ubuntu', version: '20.04', codename: 'focal', arch: 'x86_64' },
    why: /Release says "Ubuntu 20\.04 focal"$/,
  },
  {
    name: 'Debian unstable, which has no version',
    at: 'debian/dists/sid',
    files: debianMirror,
    from: 'Debian',
    facts: { family: 'Debian', version: 'unstable', arch: 'amd64' },
    evidence: { distro: 'debian', version: 'unstable', codename: 'sid', arch: 'x86_64' },
    why: /Release says "Debian unstable sid"$/,
  },
  {
    name: 'openSUSE Leap without its treeinfo',
    at: '.',
    files: {
      'media.1/media': 'openSUSE - openSUSE-Leap-15.4-DVD-x86_64-Build243.2-Media\nopenSUSE-Leap-15.4-DVD\n1\n',
      'boot/x86_64/loader/linux': 'k',
      'boot/x86_64/loader/initrd': 'i',
    },
    from: 'SUSE',
    facts: {
      family: 'openSUSE Leap',
      version: '15.4',
      arch: 'x86_64',
      kernel: 'boot/x86_64/loader/linux',
      initrd: 'boot/x86_64/loader/initrd',
    },
    evidence: { distro: 'opensuse', version: '15.4', arch: 'x86_64' },
    why: /^media\.1\/media says "openSUSE Leap 15\.4"$/,
  },
  {
    name: 'SUSE Linux Enterprise 15',
    at: '.',
    files: { 'media.1/media': 'SUSE - SLE-15-SP4-Full-aarch64-Build151.1-Media\n', 'boot/aarch64/linux': 'k' },
    from: 'SUSE',
    facts: { family: 'SUSE Linux Enterprise', version: '15.4', arch: 'aarch64', kernel: 'boot/aarch64/linux' },
    evidence: { distro: 'sle', version: '15.4', arch: 'aarch64' },
    why: /"SUSE Linux Enterprise 15\.4"$/,
  },
  {
    name: 'SUSE Linux Enterprise Server 12, by its content file',
    at: '.',
    files: {
      content:
        'CONTENTSTYLE     11\nDATADIR suse\nDISTRO cpe:/o:suse:sles:12:sp3,SUSE Linux Enterprise Server 12 SP3\nREPOID obsproduct://build.suse.de/SLES/12/x86_64\n',
      'boot/x86_64/loader/linux': 'k',
    },
    from: 'SUSE',
    facts: {
      family: 'SUSE Linux Enterprise Server',
      version: '12.3',
      arch: 'x86_64',
      kernel: 'boot/x86_64/loader/linux',
    },
    evidence: { distro: 'sles', version: '12.3', arch: 'x86_64' },
    why: /^content says/,
  },
  {
    name: 'openSUSE 11.4, of 32 bits, by the content file of its time',
    at: '.',
    files: {
      'media.1/media': 'SUSE Linux Products GmbH\n20110303092358\n1\n',
      content:
        'PRODUCT openSUSE\nVERSION 11.4\nLABEL openSUSE 11.4\nVENDOR openSUSE\nDISTPRODUCT openSUSE-11.4\nBASEARCHS i586\n',
      'boot/i386/loader/linux': 'k',
      'boot/i386/loader/initrd': 'i',
    },
    from: 'SUSE',
    facts: {
      family: 'openSUSE',
      version: '11.4',
      arch: 'i586',
      kernel: 'boot/i386/loader/linux',
      initrd: 'boot/i386/loader/initrd',
    },
    evidence: { distro: 'opensuse', version: '11.4', arch: 'i686' },
    why: /"openSUSE 11\.4"$/,
  },
  {
    name: "Fedora's tree of the years before treeinfo",
    at: '.',
    files: {
      '.discinfo': '1161131669.166107\nFedora Core 6\ni386\n1,2,3,4,5,6\n',
      'images/pxeboot/vmlinuz': 'k',
      'images/pxeboot/initrd.img': 'i',
      'images/boot.iso': 'b',
    },
    from: 'Fedora and Red Hat',
    facts: {
      family: 'Fedora Core',
      version: '6',
      arch: 'i386',
      kernel: 'images/pxeboot/vmlinuz',
      initrd: 'images/pxeboot/initrd.img',
      bootIso: 'images/boot.iso',
    },
    evidence: { distro: 'fedora', version: '6', arch: 'i686' },
    why: /^\.discinfo says "Fedora Core 6, i386"$/,
  },
  {
    name: "Alpine's medium",
    at: '.',
    files: {
      '.alpine-release': 'alpine-virt-3.19.1 240126\n',
      'apks/x86_64/APKINDEX.tar.gz': 'a',
      'boot/vmlinuz-virt': 'k',
      'boot/initramfs-virt': 'i',
    },
    from: 'Alpine',
    facts: {
      family: 'Alpine Linux',
      version: '3.19.1',
      arch: 'x86_64',
      kernel: 'boot/vmlinuz-virt',
      initrd: 'boot/initramfs-virt',
    },
    evidence: { distro: 'alpinelinux', version: '3.19.1', arch: 'x86_64' },
    why: /^\.alpine-release says "alpine-virt-3\.19\.1 240126"$/,
  },
  {
    name: 'the folder of an Alpine release',
    at: 'alpine/v3.19/releases/x86',
    files: {
      'alpine/v3.19/releases/x86/latest-releases.yaml':
        '---\n-\n  title: "Standard"\n  desc: "Alpine as it was intended"\n  branch: v3.19\n  arch: x86\n  version: 3.19.1\n  flavor: alpine-standard\n  file: alpine-standard-3.19.1-x86.iso\n',
      'alpine/v3.19/releases/x86/netboot/vmlinuz-lts': 'k',
      'alpine/v3.19/releases/x86/netboot/initramfs-lts': 'i',
    },
    from: 'Alpine',
    facts: {
      family: 'Alpine Linux',
      version: '3.19.1',
      arch: 'x86',
      kernel: 'netboot/vmlinuz-lts',
      initrd: 'netboot/initramfs-lts',
    },
    evidence: { distro: 'alpinelinux', version: '3.19.1', arch: 'i686' },
    why: /^latest-releases\.yaml says "version: 3\.19\.1"$/,
  },
  {
    name: "Arch Linux's medium",
    at: '.',
    files: {
      'arch/version': '2024.03.01\n',
      'arch/boot/x86_64/vmlinuz-linux': 'k',
      'arch/boot/x86_64/initramfs-linux.img': 'i',
    },
    from: 'Arch',
    facts: {
      family: 'Arch Linux',
      version: '2024.03.01',
      arch: 'x86_64',
      kernel: 'arch/boot/x86_64/vmlinuz-linux',
      initrd: 'arch/boot/x86_64/initramfs-linux.img',
    },
    evidence: { distro: 'archlinux', arch: 'x86_64' },
    why: /^it has the kernel arch\/boot\/x86_64\/vmlinuz-linux$/,
  },
  {
    name: "FreeBSD's sets on a mirror",
    at: 'pub/FreeBSD/releases/amd64/13.2-RELEASE',
    files: {
      'pub/FreeBSD/releases/amd64/13.2-RELEASE/MANIFEST': `base-dbg.txz\t${'a'.repeat(64)}\t1\tbase_dbg\t"Base"\toff\nbase.txz\t${'a'.repeat(64)}\t29000\tbase\t"Base system (MANDATORY)"\ton\n`,
      'pub/FreeBSD/releases/amd64/13.2-RELEASE/base.txz': 'b',
    },
    from: 'FreeBSD',
    facts: { family: 'FreeBSD', version: '13.2', arch: 'amd64' },
    evidence: { distro: 'freebsd', version: '13.2', arch: 'x86_64' },
    why: /^MANIFEST lists FreeBSD's sets$/,
  },
  {
    name: "FreeBSD's medium",
    at: '.',
    files: {
      'usr/freebsd-dist/MANIFEST': `base.txz\t${'a'.repeat(64)}\t29000\tbase\t"Base system (MANDATORY)"\ton\n`,
      'bin/freebsd-version': '#!/bin/sh\nset -e\nUSERLAND_VERSION="14.0-RELEASE"\n',
      'boot/kernel/kernel': 'k',
    },
    from: 'FreeBSD',
    facts: { family: 'FreeBSD', version: '14.0', kernel: 'boot/kernel/kernel' },
    evidence: { distro: 'freebsd', version: '14.0' },
    why: /^bin\/freebsd-version says it$/,
  },
  {
    name: "OpenBSD's sets on a mirror",
    at: 'pub/OpenBSD/7.4/amd64',
    files: {
      'pub/OpenBSD/7.4/amd64/SHA256':
        'SHA256 (BOOTX64.EFI) = 22\nSHA256 (INSTALL.amd64) = 33\nSHA256 (base74.tgz) = 44\nSHA256 (cd74.iso) = 55\n',
      'pub/OpenBSD/7.4/amd64/bsd.rd': 'k',
      'pub/OpenBSD/7.4/amd64/cd74.iso': 'i',
    },
    from: 'OpenBSD',
    facts: { family: 'OpenBSD', version: '7.4', arch: 'amd64', kernel: 'bsd.rd', bootIso: 'cd74.iso' },
    evidence: { distro: 'openbsd', version: '7.4', arch: 'x86_64' },
    why: /^SHA256 lists base74\.tgz$/,
  },
  {
    name: "OpenBSD's medium",
    at: '.',
    files: {
      'etc/boot.conf': 'set image /6.9/i386/bsd.rd\n',
      '6.9/i386/SHA256': 'SHA256 (base69.tgz) = 44\n',
      '6.9/i386/bsd.rd': 'k',
    },
    from: 'OpenBSD',
    facts: { family: 'OpenBSD', version: '6.9', arch: 'i386', kernel: '6.9/i386/bsd.rd' },
    evidence: { distro: 'openbsd', version: '6.9', arch: 'i686' },
    why: /^6\.9\/i386\/SHA256 lists base69\.tgz$/,
  },
  {
    name: "NetBSD's sets on a mirror",
    at: 'pub/NetBSD/NetBSD-9.3/amd64',
    files: {
      'pub/NetBSD/NetBSD-9.3/amd64/INSTALL.txt':
        'INSTALL(8)\n\nDESCRIPTION\n   This document describes the installation procedure for NetBSD 9.3 on the\n   amd64 platform.  It is available in four different formats\n',
      'pub/NetBSD/NetBSD-9.3/amd64/binary/kernel/netbsd-INSTALL.gz': 'k',
      'pub/NetBSD/NetBSD-9.3/amd64/installation/cdrom/boot.iso': 'i',
    },
    from: 'NetBSD',
    facts: {
      family: 'NetBSD',
      version: '9.3',
      arch: 'amd64',
      kernel: 'binary/kernel/netbsd-INSTALL.gz',
      bootIso: 'installation/cdrom/boot.iso',
    },
    evidence: { distro: 'netbsd', version: '9.3', arch: 'x86_64' },
    why: /^INSTALL\.txt says NetBSD 9\.3$/,
  },
];
