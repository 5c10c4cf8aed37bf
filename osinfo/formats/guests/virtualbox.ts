// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../recommend/types.js';
import { findGuest, type GuestNames, type GuestRow, versions } from './table.js';

/** VirtualBox adds the architecture to a name: `Debian12`, `Debian12_64`, `Debian12_arm64`. */
const on = (name: string, ...archs: readonly ('32' | '64' | 'arm')[]): GuestNames => ({
  ...(archs.includes('64') ? { x86_64: `${name}_64` } : {}),
  ...(archs.includes('32') ? { i686: name } : {}),
  ...(archs.includes('arm') ? { aarch64: `${name}_arm64` } : {}),
});
const pc = (name: string): GuestNames => on(name, '32', '64');
const only32 = (name: string): GuestNames => on(name, '32');
const only64 = (name: string): GuestNames => on(name, '64');
const new64 = (name: string): GuestNames => on(name, '64', 'arm');
const all = (name: string): GuestNames => on(name, '32', '64', 'arm');

const windows = (ids: readonly string[], names: GuestNames): GuestRow => ({ ids, names });
const family = (name: string, names: GuestNames, since?: string): GuestRow => ({
  family: name,
  ...(since === undefined ? {} : { since }),
  names,
});
const linux = (year: number, names: GuestNames): GuestRow => ({ family: 'linux', year, names });

/** What `VBoxManage list ostypes` prints in 7.2, as far as systems of the database go. */
const rows: readonly GuestRow[] = [
  windows(['win11'], new64('Windows11')),
  windows(['win2k25'], only64('Windows2025')),
  windows(['win2k22', 'win2k25'], only64('Windows2022')),
  windows(['win2k19', 'win2k22', 'win2k25'], only64('Windows2019')),
  windows(['win2k16'], only64('Windows2016')),
  windows(['win10', 'win11'], pc('Windows10')),
  windows(['win2k12', 'win2k12r2'], only64('Windows2012')),
  windows(['win8.1'], pc('Windows81')),
  windows(['win8'], pc('Windows8')),
  windows(['win7'], pc('Windows7')),
  windows(['win2k8', 'win2k8r2'], pc('Windows2008')),
  windows(['winvista'], pc('WindowsVista')),
  windows(['win2k3', 'win2k3r2'], pc('Windows2003')),
  windows(['winxp'], pc('WindowsXP')),
  windows(['win2k'], only32('Windows2000')),
  windows(['winnt4.0'], only32('WindowsNT4')),
  windows(['winme'], only32('WindowsMe')),
  windows(['win98'], only32('Windows98')),
  windows(['win95'], only32('Windows95')),
  { distros: ['reactos'], names: pc('Windows2003') },

  ...versions(
    ['debian'],
    [
      ['13', new64('Debian13')],
      ...['12', '11', '10', '9'].map((version) => [version, all(`Debian${version}`)] as const),
      ...['8', '7', '6', '5', '4'].map((version) => [version, pc(`Debian${version}`)] as const),
      ['3.1', only32('Debian31')],
      ['0', all('Debian')],
    ],
  ),
  ...versions(
    ['ubuntu'],
    [
      ['25', new64('Ubuntu25')],
      ['24.10', new64('Ubuntu24')],
      ['24.04', new64('Ubuntu24_LTS')],
      ['23.10', new64('Ubuntu231')],
      ['23.04', new64('Ubuntu23')],
      ['22.10', new64('Ubuntu22')],
      ['22.04', only64('Ubuntu22_LTS')],
      ['21', only64('Ubuntu21')],
      ['20.10', only64('Ubuntu20')],
      ['20.04', only64('Ubuntu20_LTS')],
      ['19', pc('Ubuntu19')],
      ...['18', '16', '14', '12', '10'].flatMap((year): [string, GuestNames][] => [
        ...(year === '18' ? [] : [[`${Number(year) + 1}.04`, pc(`Ubuntu${Number(year) + 1}`)] as [string, GuestNames]]),
        [`${year}.10`, pc(`Ubuntu${year}`)],
        [`${year}.04`, pc(`Ubuntu${year}_LTS`)],
      ]),
      ['0', all('Ubuntu')],
    ],
  ),
  // Where the newer name is not known yet.
  { distros: ['debian'], names: all('Debian') },
  { distros: ['ubuntu'], names: all('Ubuntu') },
  ...versions(
    ['ol', 'oel'],
    [
      ...['10', '9', '8', '7'].map((version) => [version, new64(`Oracle${version}`)] as const),
      ...['6', '5', '4'].map((version) => [version, pc(`Oracle${version}`)] as const),
      ['0', all('Oracle')],
    ],
  ),
  ...versions(
    ['rhel'],
    [
      ...['10', '9', '8', '7'].map((version) => [version, new64(`RedHat${version}`)] as const),
      ...['6', '5', '4', '3'].map((version) => [version, pc(`RedHat${version}`)] as const),
      ['0', pc('RedHat')],
    ],
  ),
  { distros: ['rhl'], names: pc('RedHat') },
  { distros: ['fedora'], names: all('Fedora') },
  { ids: ['opensusetumbleweed', 'opensuse-factory', 'opensusemicroos'], names: all('OpenSUSE_Tumbleweed') },
  ...versions(
    ['opensuse'],
    [
      ['15', new64('OpenSUSE_Leap')],
      ['0', pc('OpenSUSE')],
    ],
  ),
  { distros: ['sles'], names: pc('SUSE_LE') },
  { distros: ['archlinux'], names: all('ArchLinux') },
  { distros: ['gentoo'], names: pc('Gentoo') },
  { distros: ['mandriva'], names: pc('Mandriva') },
  { distros: ['mageia'], names: pc('Mageia') },

  { distros: ['freebsd'], names: all('FreeBSD') },
  { distros: ['dragonflybsd'], names: pc('FreeBSD') },
  { distros: ['openbsd'], names: all('OpenBSD') },
  { distros: ['netbsd'], names: all('NetBSD') },
  ...versions(
    ['solaris'],
    [
      ['11', only64('Solaris11')],
      ['10', pc('Solaris10U8_or_later')],
      ['0', pc('Solaris')],
    ],
  ),
  { distros: ['opensolaris'], names: pc('OpenSolaris') },
  ...versions(
    ['macos', 'osx'],
    [
      // What is newer has no number of its own.
      ['10.14', only64('MacOS')],
      ...['13', '12', '11', '10', '9', '8', '7'].map(
        (minor) => [`10.${minor}`, only64(`MacOS10${minor}`)] as [string, GuestNames],
      ),
      ['10.6', pc('MacOS106')],
      ['0', only32('MacOS')],
    ],
  ),
  { distros: ['haiku'], names: pc('Haiku') },

  family('winnt', pc('Windows10'), '10'),
  family('winnt', pc('Windows81'), '6.3'),
  family('winnt', pc('Windows7'), '6.1'),
  family('winnt', pc('WindowsNT'), '4'),
  family('winnt', only32('WindowsNT3x')),
  family('win9x', only32('Windows98')),
  family('win16', only32('Windows31')),
  family('dos', only32('DOS')),
  family('netware', only32('Netware')),
  family('illumos', pc('OpenSolaris')),
  family('freebsd', all('FreeBSD')),
  linux(2004, { ...pc('Linux26'), aarch64: 'Linux_arm64' }),
  linux(2001, pc('Linux24')),
  linux(1999, only32('Linux22')),
  linux(0, pc('Linux')),
];

/** The release of VirtualBox that first knew the name. */
const firstRelease: readonly (readonly [release: number, names: RegExp])[] = [
  [7.2, /^(Debian13|Ubuntu(24|25|231)(_64|_arm64)|Oracle10|RedHat10|Windows11_arm64)/],
  [7.1, /_arm64$|^(Windows2025|Ubuntu24_LTS)/],
  [7, /^(Debian(31|\d)|Ubuntu\d|Oracle\d|RedHat\d|Windows11|Windows2022|OpenSUSE_|SUSE_LE)/],
  [6, /^(Windows2019|Haiku_64|MacOS1013)/],
  [5, /^(Windows10|Windows2016|MacOS101[0-2])/],
];

/** The `--ostype` of an OS: `Debian12_64`. */
export function virtualboxGuest({ os, arch, platform }: Recommendation): string {
  const release = Number(/\/(\d+\.\d+)$/.exec(platform.id)?.[1] ?? Number.POSITIVE_INFINITY);
  const known = (name: string): boolean => release >= (firstRelease.find(([, names]) => names.test(name))?.[0] ?? 0);
  const other = { x86_64: 'Other_64', aarch64: 'Other_arm64' }[arch] ?? 'Other';
  return findGuest(os, arch, rows, known) ?? other;
}
