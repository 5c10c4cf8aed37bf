// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFstab } from '../../../../osinfo/detect/image/guest/linux.js';
import { parseOsRelease } from '../../../../osinfo/detect/image/guest/os-release.js';
import { inspectImage } from '../../../../osinfo/index.js';
import { db } from './db.js';
import { elf, ext, type Files, mib, treeOf } from './images.js';

test('os-release is read as a shell would, and nothing in it is run', () => {
  const text = [
    '# a comment',
    'ID=debian',
    'NAME=\'Single $HOME "quoted"\'',
    'PRETTY_NAME="A \\"quoted\\" \\$name \\\\ and \\n"',
    'VERSION_ID=12\\ 5 and no more',
    'MIXED=a"b c"\'d e\'',
    'EMPTY=',
    'OPEN="never closed',
    'lower=no',
    ' SPACED=yes',
    'ID=last',
    'NO LINE',
    '=x',
    'CONTROL="a\u001b[31mb\u202ec"',
  ].join('\r\n');
  expect(Object.fromEntries(parseOsRelease(text))).toEqual({
    ID: 'last',
    NAME: 'Single $HOME "quoted"',
    PRETTY_NAME: 'A "quoted" $name \\ and \\n',
    VERSION_ID: '12 5',
    MIXED: 'ab cd e',
    EMPTY: '',
    SPACED: 'yes',
    CONTROL: 'a[31mbc',
  });
});

test('any text is os-release or fstab enough to be read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      parseOsRelease(`ID=${text}`);
      parseFstab(text);
    }),
  );
});

const cases: readonly (readonly [release: string | Files, shortId: string | undefined, nearest?: readonly string[]])[] =
  [
    ['ID=debian\nVERSION_ID="12"', 'debian12'],
    ['ID=debian\nVERSION_ID="99"', undefined, ['debian13', 'debian12', 'debian11']],
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux trixie/sid"\nVERSION_CODENAME=trixie', undefined],
    ['ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"', 'ubuntu24.04'],
    ['ID=ubuntu\nVERSION_ID="23.04"', undefined, ['ubuntu22.04', 'ubuntu24.04']],
    ['ID=fedora\nVERSION_ID=40\nVARIANT_ID=server', 'fedora40'],
    ['ID=fedora\nVERSION_ID=40\nVARIANT_ID=silverblue', 'silverblue40'],
    ['ID=fedora\nVERSION_ID=40\nVARIANT_ID=coreos', undefined],
    ['ID=fedora\nVERSION_ID=43\nREDHAT_BUGZILLA_PRODUCT_VERSION=rawhide', 'fedora-rawhide'],
    ['NAME="CentOS Stream"\nID="centos"\nVERSION_ID="8"', 'centos-stream8'],
    ['NAME="CentOS Linux"\nID="centos"\nVERSION_ID="8"', 'centos8'],
    ['NAME="CentOS Linux"\nID="centos"\nVERSION_ID="9"', undefined],
    ['ID="rhel"\nVERSION_ID="9.4"', 'rhel9.4'],
    ['ID="rhel"\nVERSION_ID="9.7"', 'rhel9-unknown'],
    ['ID="rhel"\nVERSION_ID="10.0"', undefined],
    ['ID="rocky"\nVERSION_ID="9.4"', 'rocky9'],
    ['ID="rocky"\nVERSION_ID="9.0"', 'rocky9.0'],
    ['ID="almalinux"\nVERSION_ID="9.4"', 'almalinux9'],
    ['ID="ol"\nVERSION_ID="9.4"', 'ol9.4'],
    ['ID="ol"\nVERSION_ID="9.5"', undefined],
    ['ID="sles"\nVERSION_ID="15.5"', 'sle15sp5'],
    ['ID="sles"\nVERSION_ID="15"', 'sle15'],
    ['ID="sles"\nVERSION_ID="15.9"', 'sle15-unknown'],
    ['ID="opensuse-leap"\nVERSION_ID="15.5"', 'opensuse15.5'],
    ['ID="opensuse-tumbleweed"\nVERSION_ID="20240101"', 'opensusetumbleweed'],
    ['ID=alpine\nVERSION_ID=3.18.4', 'alpinelinux3.18'],
    ['ID=alpine\nVERSION_ID=3.20_alpha20240329', undefined],
    ['ID=arch\nBUILD_ID=rolling', 'archlinux'],
    ['ID=debian\nCPE_NAME="cpe:/o:debian:debian_linux:11"', 'debian11'],
    ['ID=freebsd\nVERSION_ID=14.0', 'freebsd14.0'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21"', undefined],
    [{ 'etc/redhat-release': 'CentOS release 6.10 (Final)\n' }, 'centos6.10'],
    [
      { 'etc/os-release': 'ID=centos\nVERSION_ID="7"', 'etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)' },
      'centos7.0',
    ],
    [{ 'etc/debian_version': '12.5\n' }, 'debian12'],
    [{ 'etc/debian_version': 'trixie/sid\n' }, undefined],
    [{ 'etc/alpine-release': '3.19.0\n' }, 'alpinelinux3.19'],
    [
      { 'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n', 'etc/debian_version': 'bookworm/sid' },
      'ubuntu22.04',
    ],
  ];

for (const [release, shortId, nearest] of cases) {
  const files = typeof release === 'string' ? { 'etc/os-release': release } : release;
  test(`${JSON.stringify(release)} is ${shortId ?? 'not in the database'}`, async () => {
    const [guest] = (await inspectImage(ext(treeOf(files), 2 * mib), { db })).guests;
    expect(guest?.os?.shortId).toBe(shortId);
    expect(guest?.why).not.toBe('');
    if (nearest) expect(guest?.nearest).toEqual(nearest);
    if (shortId) expect(guest?.nearest).toEqual([]);
  });
}

const archs: readonly (readonly [Buffer, string | undefined])[] = [
  [elf(3), 'i686'],
  [elf(62), 'x86_64'],
  [elf(183), 'aarch64'],
  [elf(243), 'riscv64'],
  [elf(21), 'ppc64le'],
  [Buffer.from('#!/bin/true\n'), undefined],
];

test('the architecture is that of the programs', async () => {
  for (const [program, arch] of archs) {
    const files = { 'etc/os-release': 'ID=debian\nVERSION_ID=12', 'bin/sh': program };
    expect((await inspectImage(ext(treeOf(files), 2 * mib), { db })).guests[0]?.arch).toBe(arch);
  }
});

test('other package managers, host names and kernels', async () => {
  const files = {
    'etc/os-release': 'ID=alpine\nVERSION_ID=3.19.1',
    'lib/apk/db/installed': 'P:musl\nV:1\n\nP:busybox\nV:1\n',
    'etc/conf.d/hostname': 'hostname="box"\n',
    'lib/modules/6.6.9-0-virt/modules.dep': '',
    'etc/machine-id': 'b08dfa6083e7567a1921a715000001fb\n',
  };
  const [guest] = (await inspectImage(ext(treeOf(files), 2 * mib), { db })).guests;
  expect(guest).toMatchObject({
    packages: { manager: 'apk', count: 2 },
    hostname: 'box',
    kernels: ['6.6.9-0-virt'],
    machineId: 'set',
    cloudInit: false,
    guestAgent: false,
  });
  const rpm = { 'etc/os-release': 'ID=fedora\nVERSION_ID=40', 'usr/lib/sysimage/rpm/rpmdb.sqlite': 'x' };
  expect((await inspectImage(ext(treeOf(rpm), 2 * mib), { db })).guests[0]?.packages).toEqual({ manager: 'rpm' });
});

test('a deployment of ostree is an installed system', async () => {
  const checkout = `ostree/deploy/fedora/deploy/${'ab'.repeat(32)}.0`;
  const files = { [`${checkout}/usr/lib/os-release`]: 'ID=fedora\nVERSION_ID=40\nVARIANT_ID=silverblue' };
  const image = await inspectImage(ext(treeOf(files), 2 * mib), { db });
  expect(image.guests).toMatchObject([{ subvolume: 'ostree fedora', version: '40' }]);
  expect(image.guests[0]?.os?.shortId).toBe('silverblue40');
});

test('a volume that is mounted at /usr tells who is installed', async () => {
  const image = await inspectImage(ext(treeOf({ 'lib/os-release': 'ID=debian\nVERSION_ID=12' }), 2 * mib), { db });
  expect(image.guests).toMatchObject([{ source: '/lib/os-release', distro: 'debian', version: '12' }]);
});
