// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { commonPreference } from '../../../osinfo/formats/guests/kubevirt.js';
import { proxmoxGuest } from '../../../osinfo/formats/guests/proxmox.js';
import { virtualboxGuest } from '../../../osinfo/formats/guests/virtualbox.js';
import { cimOsType, vmwareGuest, vmxGuest } from '../../../osinfo/formats/guests/vmware.js';
import { describeForOpenStack } from '../../../osinfo/formats/index.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { Recommendation } from '../../../osinfo/recommend/types.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const rec = (os: string, platform: string, arch?: string): Recommendation =>
  recommend({ os: db.os(os), platform: db.platform(platform), ...(arch === undefined ? {} : { arch }) });
/** As if the database knew a release that it does not know yet. */
const newer = (os: string, platform: string, change: Partial<Recommendation['os']>): Recommendation => {
  const one = rec(os, platform);
  return { ...one, os: { ...one.os, shortId: 'something-new', ...change } };
};

describe('VMware calls it', () => {
  it.each([
    ['win11', 'windows11_64Guest', 'windows11-64'],
    ['win2k25', 'windows2022srvNext_64Guest', 'windows2022srvnext-64'],
    ['win2k22', 'windows2019srvNext_64Guest', 'windows2019srvnext-64'],
    ['win2k16', 'windows9Server64Guest', 'windows9srv-64'],
    ['win2k8', 'winLonghorn64Guest', 'longhorn-64'],
    ['win98', 'win98Guest', 'win98'],
    ['msdos6.22', 'dosGuest', 'dos'],
    ['debian12', 'debian12_64Guest', 'debian12-64'],
    ['debian13', 'debian13_64Guest', 'debian13-64'],
    ['debiantesting', 'debian13_64Guest', 'debian13-64'],
    ['ubuntu24.04', 'ubuntu64Guest', 'ubuntu-64'],
    ['rhel10.0', 'rhel10_64Guest', 'rhel10-64'],
    ['rhel6.10', 'rhel6_64Guest', 'rhel6-64'],
    ['centos7.0', 'centos7_64Guest', 'centos7-64'],
    ['rocky9', 'rockylinux_64Guest', 'rockylinux-64'],
    ['ol9.4', 'oracleLinux9_64Guest', 'oraclelinux9-64'],
    ['sle15sp5', 'sles15_64Guest', 'sles15-64'],
    ['linuxmint22', 'ubuntu64Guest', 'ubuntu-64'],
    ['proxmox-ve8', 'debian12_64Guest', 'debian12-64'],
    ['alpinelinux3.22', 'other6xLinux64Guest', 'other6xlinux-64'],
    ['freebsd15.0', 'freebsd15_64Guest', 'freebsd15-64'],
    ['macos15', 'darwin23_64Guest', 'darwin23-64'],
    ['macosx10.9', 'darwin13_64Guest', 'darwin13-64'],
    ['solaris11.4', 'solaris11_64Guest', 'solaris11-64'],
    ['esxi8.0', 'vmkernel8Guest', 'vmkernel8'],
    ['openbsd7.6', 'otherGuest64', 'other-64'],
  ])('%s: %s', (os, guest, vmx) => {
    const one = rec(os, 'esxi');
    expect(vmwareGuest(one)).toBe(guest);
    expect(vmxGuest(one)).toBe(vmx);
  });

  it('older hardware gets the newest name that it knows', () => {
    expect(vmwareGuest(rec('debian13', 'esxi-8.0'))).toBe('debian12_64Guest');
    expect(vmwareGuest(rec('debian13', 'esxi-6.5'))).toBe('debian10_64Guest');
    expect(vmwareGuest(rec('win11', 'esxi-7.0'))).toBe('windows9_64Guest');
    expect(vmwareGuest(rec('rocky9', 'esxi-7.0'))).toBe('rhel8_64Guest');
  });

  it('a 32-bit machine gets the 32-bit name', () => {
    expect(vmwareGuest(rec('debian11', 'esxi', 'i686'))).toBe('debian11Guest');
    expect(vmwareGuest(rec('winxp', 'esxi', 'i686'))).toBe('winXPProGuest');
  });

  it('a release that nobody knows yet is the newest of its kind, a distribution its family’s', () => {
    expect(vmwareGuest(newer('debian13', 'esxi', { version: '17' }))).toBe('debian13_64Guest');
    expect(vmwareGuest(newer('win11', 'esxi', { version: '10.0', name: 'Windows Server 2031' }))).toBe(
      'windows2022srvNext_64Guest',
    );
    expect(vmwareGuest(newer('debian13', 'esxi', { distro: 'mine', version: '1', releaseDate: '2024-01-01' }))).toBe(
      'other6xLinux64Guest',
    );
  });

  it('every OS of a family that VMware knows has a name of it, and a number of CIM', () => {
    const platform = db.platform('esxi');
    for (const os of db.oses()) {
      const guest = vmwareGuest(recommend({ os, platform }));
      if (os.family === 'linux') expect(guest, os.shortId).not.toMatch(/^otherGuest/);
      if (os.family === 'winnt' || os.family === 'win9x') expect(guest, os.shortId).toMatch(/^win/);
      if (os.family === 'freebsd') expect(guest, os.shortId).toMatch(/^freebsd/);
      expect(cimOsType(guest)).toBeGreaterThan(0);
    }
  });

  it('numbers of CIM', () => {
    expect(['debian12_64Guest', 'debian12Guest', 'other6xLinux64Guest', 'windows11_64Guest'].map(cimOsType)).toEqual([
      96, 95, 101, 102,
    ]);
  });
});

describe('VirtualBox calls it', () => {
  it.each([
    ['win11', 'Windows11_64'],
    ['win2k25', 'Windows2025_64'],
    ['win8.1', 'Windows81_64'],
    ['winnt4.0', 'WindowsNT4'],
    ['win3.1', 'Windows31'],
    ['msdos6.22', 'DOS'],
    ['debian13', 'Debian13_64'],
    ['ubuntu24.04', 'Ubuntu24_LTS_64'],
    ['ubuntu23.10', 'Ubuntu231_64'],
    ['ubuntu10.10', 'Ubuntu10_64'],
    ['rocky9', 'RedHat9_64'],
    ['ol8.4', 'Oracle8_64'],
    ['fedora43', 'Fedora_64'],
    ['opensusetumbleweed', 'OpenSUSE_Tumbleweed_64'],
    ['opensuse15.6', 'OpenSUSE_Leap_64'],
    ['archlinux', 'ArchLinux_64'],
    ['nixos-25.05', 'Linux26_64'],
    ['freebsd15.0', 'FreeBSD_64'],
    ['solaris11.4', 'Solaris11_64'],
    ['openindiana', 'OpenSolaris_64'],
    ['macos10.13', 'MacOS1013_64'],
    ['macos15', 'MacOS_64'],
    ['netware6', 'Netware'],
  ])('%s: %s', (os, name) => {
    expect(virtualboxGuest(rec(os, 'virtualbox'))).toBe(name);
  });

  it('an older release gets what it knows', () => {
    expect(virtualboxGuest(rec('debian12', 'virtualbox-6.1'))).toBe('Debian_64');
    expect(virtualboxGuest(rec('debian13', 'virtualbox-7.0'))).toBe('Debian12_64');
    expect(virtualboxGuest(rec('win2k25', 'virtualbox-7.0'))).toBe('Windows2022_64');
  });
});

describe('others call it', () => {
  it.each([
    ['win11', 'win11'],
    ['win2k22', 'win11'],
    ['win2k19', 'win10'],
    ['winxp', 'wxp'],
    ['debian12', 'l26'],
    ['rhl7.3', 'l24'],
    ['openindiana', 'solaris'],
    ['freebsd15.0', 'other'],
  ])('Proxmox: %s is %s', (os, name) => expect(proxmoxGuest(rec(os, 'pve'))).toBe(name));

  it.each([
    ['win11', 'windows.11', undefined],
    ['rhel9.4', 'rhel.9', undefined],
    ['rhel9.4', 'rhel.9.arm64', 'aarch64'],
    ['rocky10', 'rhel.10', undefined],
    ['centos-stream9', 'centos.stream9', undefined],
    ['fedora43', 'fedora.s390x', 's390x'],
    ['linuxmint22', 'ubuntu', undefined],
    ['archlinux', 'linux.efi', undefined],
    ['winvista', 'legacy', undefined],
  ])('KubeVirt: %s is %s', (os, name, arch) => expect(commonPreference(rec(os, 'kubevirt', arch))).toBe(name));

  it.each([
    ['win2k22', 'windows', '2022', 'windows'],
    ['debian12', 'debian', '12', 'linux'],
    ['archlinux', 'arch', 'rolling', 'linux'],
    ['centos-stream9', 'centos', '9', 'linux'],
    ['freebsd14.3', 'freebsd', '14.3', undefined],
  ])('Glance: %s is %s %s', (os, distro, version, type) => {
    const { image } = describeForOpenStack(rec(os, 'openstack'), { name: 'x', disks: [] });
    const { os_distro, os_version, os_type } = image.properties;
    expect([os_distro, os_version, os_type]).toEqual([distro, version, type]);
  });
});
