// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../recommend/types.js';
import { findGuest, type GuestNames, type GuestRow, versions } from './table.js';

/** `debian12`: `debian12_64Guest` and `debian12Guest`. */
const both = (stem: string): GuestNames => ({ x86_64: `${stem}_64Guest`, i686: `${stem}Guest` });
/** For names without a number: `ubuntu64Guest` and `ubuntuGuest`. */
const plain = (stem: string): GuestNames => ({ x86_64: `${stem}64Guest`, i686: `${stem}Guest` });
const only64 = (stem: string): GuestNames => ({ x86_64: `${stem}_64Guest` });
const only32 = (name: string): GuestNames => ({ i686: `${name}Guest` });
const named = (x86_64: string, i686?: string): GuestNames => (i686 === undefined ? { x86_64 } : { x86_64, i686 });

const windows = (id: string | readonly string[], names: GuestNames): GuestRow => ({
  ids: typeof id === 'string' ? [id] : id,
  names,
});
const winnt = (since: string, names: GuestNames, server?: boolean): GuestRow => ({
  family: 'winnt',
  since,
  ...(server === undefined ? {} : { server }),
  names,
});
const linux = (year: number, names: GuestNames): GuestRow => ({ family: 'linux', year, names });
const family = (name: string, names: GuestNames): GuestRow => ({ family: name, names });

/**
 * VMware's names of guests, as its API spells them.
 * @see https://developer.broadcom.com/xapis/virtual-infrastructure-json-api/latest/data-structures/VirtualMachineGuestOsIdentifier_enum
 */
const rows: readonly GuestRow[] = [
  windows('win11', only64('windows11')),
  // A server's name lags: each was the next one of its forerunner when it was made.
  windows('win2k25', only64('windows2022srvNext')),
  windows('win2k22', only64('windows2019srvNext')),
  windows('win2k19', only64('windows2019srv')),
  windows('win2k16', named('windows9Server64Guest')),
  windows('win10', both('windows9')),
  windows(['win2k12', 'win2k12r2'], named('windows8Server64Guest')),
  windows(['win8', 'win8.1'], both('windows8')),
  windows('win2k8r2', named('windows7Server64Guest')),
  windows('win7', both('windows7')),
  windows('win2k8', plain('winLonghorn')),
  windows('winvista', plain('winVista')),
  windows(['win2k3', 'win2k3r2'], plain('winNetEnterprise')),
  windows('winxp', named('winXPPro64Guest', 'winXPProGuest')),
  windows('win2k', only32('win2000Pro')),
  windows('winme', only32('winMe')),
  windows('win98', only32('win98')),
  windows('win95', only32('win95')),
  // It is made to be like Windows Server 2003.
  { distros: ['reactos'], names: plain('winNetEnterprise') },

  ...versions(
    ['debian'],
    ['13', '12', '11', '10', '9', '8', '7', '6', '5', '4'].map((version) => [version, both(`debian${version}`)]),
  ),
  { distros: ['ubuntu'], names: plain('ubuntu') },
  ...versions(
    ['rhel'],
    [
      ...['10', '9', '8'].map((version) => [version, only64(`rhel${version}`)] as const),
      ...['7', '6', '5', '4', '3'].map((version) => [version, both(`rhel${version}`)] as const),
      ['2', only32('rhel2')],
    ],
  ),
  { distros: ['rhl'], names: only32('redhat') },
  ...versions(
    ['centos'],
    [
      ['9', only64('centos9')],
      ['8', only64('centos8')],
      ['7', both('centos7')],
      ['6', both('centos6')],
      ['0', plain('centos')],
    ],
  ),
  ...versions(
    ['ol', 'oel'],
    [
      ['10', only64('oracleLinux10')],
      ['9', only64('oracleLinux9')],
      ['8', only64('oracleLinux8')],
      ['7', both('oracleLinux7')],
      ['6', both('oracleLinux6')],
      ['0', plain('oracleLinux')],
    ],
  ),
  { distros: ['almalinux'], names: only64('almalinux') },
  { distros: ['rocky'], names: only64('rockylinux') },
  // Its makers' name for both.
  ...versions(
    ['asianux', 'miraclelinux'],
    [
      ['9', only64('asianux9')],
      ['8', only64('asianux8')],
      ['7', only64('asianux7')],
      ['5', only64('asianux5')],
      ['4', both('asianux4')],
      ['0', both('asianux3')],
    ],
  ),
  { distros: ['fedora'], names: plain('fedora') },
  ...versions(
    ['sles', 'sled'],
    [
      ['16', only64('sles16')],
      ['15', only64('sles15')],
      ['12', both('sles12')],
      ['11', both('sles11')],
      ['10', both('sles10')],
      ['0', plain('sles')],
    ],
  ),
  { distros: ['opensuse'], names: plain('opensuse') },
  { distros: ['mandrake'], names: only32('mandrake') },
  { distros: ['mandriva'], names: plain('mandriva') },
  { distros: ['photon'], names: named('vmwarePhoton64Guest') },

  ...versions(
    ['freebsd'],
    [
      ...['15', '14', '13', '12', '11'].map((version) => [version, both(`freebsd${version}`)] as const),
      ['0', plain('freebsd')],
    ],
  ),
  { distros: ['dragonflybsd'], names: plain('freebsd') },
  ...versions(
    ['solaris'],
    [
      ['11', only64('solaris11')],
      ['10', both('solaris10')],
      ['9', only32('solaris9')],
      ['8', only32('solaris8')],
      ['0', only32('solaris7')],
    ],
  ),
  { distros: ['opensolaris'], names: both('solaris10') },
  { family: 'illumos', names: only64('solaris11') },
  ...versions(
    ['netware'],
    [
      ['6', only32('netware6')],
      ['5', only32('netware5')],
      ['0', only32('netware4')],
    ],
  ),
  ...versions(
    ['macos', 'osx'],
    [
      ['14', only64('darwin23')],
      ['13', only64('darwin22')],
      ['12', only64('darwin21')],
      ['11', only64('darwin20')],
      ['10.15', only64('darwin19')],
      ['10.14', only64('darwin18')],
      ['10.13', only64('darwin17')],
      ['10.12', only64('darwin16')],
      ['10.11', only64('darwin15')],
      ['10.10', only64('darwin14')],
      ['10.9', only64('darwin13')],
      ['10.8', only64('darwin12')],
      ['10.7', both('darwin11')],
      ['10.6', both('darwin10')],
      ['0', plain('darwin')],
    ],
  ),
  ...versions(
    ['esxi'],
    [
      ['9', named('vmkernel9Guest')],
      ['8', named('vmkernel8Guest')],
      ['7', named('vmkernel7Guest')],
      ['6.5', named('vmkernel65Guest')],
      ['6', named('vmkernel6Guest')],
      ['5', named('vmkernel5Guest')],
      ['0', named('vmkernelGuest')],
    ],
  ),

  winnt('12', only64('windows12'), false),
  winnt('10', only64('windows2022srvNext'), true),
  winnt('10', named('windows9Server64Guest'), true),
  winnt('11', only64('windows11')),
  winnt('10', both('windows9')),
  winnt('6.2', both('windows8')),
  winnt('6.1', both('windows7')),
  winnt('6.0', plain('winVista')),
  winnt('5.2', plain('winNetEnterprise')),
  winnt('5.1', only32('winXPPro')),
  winnt('5.0', only32('win2000Pro')),
  winnt('0', only32('winNT')),
  family('win9x', only32('win98')),
  family('win16', only32('win31')),
  family('dos', only32('dos')),
  // By the kernel of the time.
  linux(2026, named('other7xLinux64Guest', 'other7xLinuxGuest')),
  linux(2023, named('other6xLinux64Guest', 'other6xLinuxGuest')),
  linux(2019, named('other5xLinux64Guest', 'other5xLinuxGuest')),
  linux(2015, named('other4xLinux64Guest', 'other4xLinuxGuest')),
  linux(2012, named('other3xLinux64Guest', 'other3xLinuxGuest')),
  linux(2004, named('other26xLinux64Guest', 'other26xLinuxGuest')),
  linux(2001, named('other24xLinux64Guest', 'other24xLinuxGuest')),
  linux(0, named('otherLinux64Guest', 'otherLinuxGuest')),
  family('freebsd', plain('freebsd')),
];

/** The hardware version that first knew the name; older names are known to all that can still be had. */
const firstHardware: readonly (readonly [hardware: number, names: RegExp])[] = [
  [22, /^vmkernel9/],
  [21, /^(debian13|rhel10|oracleLinux10|freebsd15|other7x)/],
  [20, /^(windows1[12]|windows2022|debian12|freebsd14|other6x|darwin2[23]|almalinux|rockylinux|vmkernel8)/],
  [18, /^(rhel9|centos9|oracleLinux9|other5x|freebsd13|darwin2[01]|windows2019srvNext|sles16|asianux9)/],
  [17, /^(debian11|darwin19|windows2019srv|vmkernel7)/],
  [14, /^(rhel8|centos8|oracleLinux8|sles15|other4x|freebsd1[12]|darwin1[78]|asianux8)/],
  [13, /^(debian(9|10)|centos[67]|oracleLinux[67]|darwin16|vmwarePhoton|asianux7|vmkernel65)/],
  [11, /^(windows9|debian8|darwin1[45]|asianux5|vmkernel6)/],
  [10, /^(rhel7|sles12|debian7|fedora|other3x|darwin13)/],
];

/** The number of a machine's version: 20 of `vmx-20`. Newest where it says none. */
export function hardwareVersion({ machine }: Recommendation): number {
  const number = /^vmx-(\d{1,3})$/.exec(machine.version ?? '')?.[1];
  return number === undefined ? newestHardware : Number(number);
}

const newestHardware = 22;

/** VMware's name of the recommended OS, as its API and OVF spell it: `debian12_64Guest`. */
export function vmwareGuest(rec: Recommendation): string {
  const hardware = hardwareVersion(rec);
  const known = (name: string): boolean => hardware >= (firstHardware.find(([, names]) => names.test(name))?.[0] ?? 0);
  return findGuest(rec.os, rec.arch, rows, known) ?? (rec.arch === 'x86_64' ? 'otherGuest64' : 'otherGuest');
}

/** The same name as a VMX file spells it: `debian12-64`. */
export function vmxGuest(rec: Recommendation): string {
  const name = vmwareGuest(rec).replace(/Guest(64)?$/, '$1');
  return (irregular[name] ?? name.replace(/_?64$/, '-64')).toLowerCase();
}

const irregular: Readonly<Record<string, string>> = {
  windows7Server64: 'windows7srv-64',
  windows8Server64: 'windows8srv-64',
  windows9Server64: 'windows9srv-64',
  winLonghorn: 'longhorn',
  winLonghorn64: 'longhorn-64',
  vmwarePhoton64: 'vmware-photon-64',
};

/**
 * The number of an OS in DMTF's CIM schema (`CIM_OperatingSystem.OSType`), which OVF asks for, of VMware's name.
 * Its list ends before Windows 10; newer ones are `Other 64-Bit`, and VMware's name beside it tells them.
 */
export function cimOsType(guest: string): number {
  const is64 = guest.includes('64');
  for (const [names, bits32, bits64] of cimTypes) if (names.test(guest)) return is64 ? bits64 : bits32;
  return is64 ? 102 : 1;
}

const cimTypes: readonly (readonly [names: RegExp, bits32: number, bits64: number])[] = [
  [/^dos/, 14, 14],
  [/^win31/, 15, 15],
  [/^win95/, 16, 16],
  [/^win98/, 17, 17],
  [/^winNT/, 18, 18],
  [/^winMe/, 63, 63],
  [/^win2000/, 58, 58],
  [/^winXP/, 67, 71],
  [/^winNet/, 69, 70],
  [/^winVista/, 73, 74],
  [/^winLonghorn/, 76, 77],
  [/^windows7Server/, 103, 103],
  [/^windows7/, 105, 105],
  [/^windows8Server/, 112, 112],
  [/^windows8/, 113, 113],
  [/^netware/, 21, 21],
  [/^solaris/, 29, 81],
  [/^darwin/, 2, 2],
  [/^freebsd/, 42, 78],
  [/^(rhel|redhat)/, 79, 80],
  [/^(suse|opensuse)/, 82, 83],
  [/^sles/, 84, 85],
  [/^mandr/, 89, 90],
  [/^ubuntu/, 93, 94],
  [/^debian/, 95, 96],
  [/^other24x/, 97, 98],
  [/^other26x/, 99, 100],
  [/^centos/, 106, 107],
  [/^oracleLinux/, 108, 109],
  [/^vmkernel/, 104, 104],
  [/^(other.*Linux|fedora|asianux|almalinux|rockylinux|vmwarePhoton|coreos)/, 36, 101],
];
