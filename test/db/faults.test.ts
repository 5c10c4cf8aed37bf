// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { resourcesFor } from '../../osinfo/answers.js';
import type { Os } from '../../osinfo/index.js';
import { openDb } from '../../osinfo/open.js';
import { DB } from './places.js';

// What is wrong or missing in the public database of May 2026, kind by kind: here it is right.

const db = openDb({ db: DB, env: {}, index: false });
const all = db.oses().filter(({ origins }) => origins.length > 0);
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const pci = (...ids: readonly string[]): readonly string[] => ids.map((id) => `http://pcisig.com/pci/${id}`);
const drives = (os: Os): ReadonlySet<string> => new Set(os.allDevices.map(({ id }) => id));
const drivesOne = (os: Os, ids: readonly string[]): boolean => ids.some((id) => drives(os).has(id));
const startsFrom = (os: Os, type: string, arch = 'x86_64'): boolean =>
  os.firmware.some((one) => one.type === type && one.arch === arch);
const runsOn = (os: Os, arch: string): boolean =>
  [...os.media, ...os.trees, ...os.images].some((part) => part.arch === arch);
const amount = (os: Os, kind: 'minimum' | 'recommended', key: 'ramBytes' | 'storageBytes'): number =>
  resourcesFor(os, 'x86_64')[kind][key]?.value ?? 0;
/** Made of the kernel and the loader of RHEL 5 or 6, whose point releases came out until 2018. */
const isOld = (os: Os): boolean =>
  os.lineage.some((id) => /^http:\/\/redhat\.com\/rhel\/[56]\b/.test(id)) || os.shortId === 'rhel6-unknown';
const year = ({ releaseDate }: Os): number => Number(releaseDate?.slice(0, 4) ?? 9999);

/** Those of a distribution from one version to another, both of them included. */
function line(distro: string, from = 0, to = Number.POSITIVE_INFINITY): readonly Os[] {
  const found = all.filter((os) => {
    const version = Number.parseFloat(os.version ?? '');
    return os.distro === distro && version >= from && version <= to;
  });
  expect(found.length, distro).toBeGreaterThan(0);
  return found;
}
const named = (...names: readonly string[]): readonly Os[] =>
  names.map((name) => db.findOs(name) ?? expect.fail(`there is no ${name}`));
const failing = (among: readonly Os[], passes: (os: Os) => boolean): readonly string[] =>
  among.filter((os) => !passes(os)).map(({ shortId, id }) => shortId ?? id);

/** The ids of virtio devices, transitional and modern. */
const virtio = {
  disk: pci('1af4/1001', '1af4/1042'),
  net: pci('1af4/1000', '1af4/1041'),
  console: pci('1af4/1003', '1af4/1043'),
  rng: pci('1af4/1005', '1af4/1044'),
  balloon: pci('1af4/1002', '1af4/1045'),
  gpu: pci('1af4/1050'),
};
const Q35 = ['http://qemu.org/chipset/x86/q35'];
const XHCI = pci('1b36/000d');

describe('ids', () => {
  it.each([
    ['qemu-xhci', '1b36/000d', '1b36/0004'],
    ['vmware-svga', '15ad/0405', '15ad/0710'],
  ])('of %s: the right one and the historical one, both', (_, right, historical) => {
    const [one = '', other = ''] = pci(right, historical);
    expect(failing(all, (os) => drives(os).has(one) === drives(os).has(other))).toEqual([]);
    expect(all.some((os) => drives(os).has(one))).toBe(true);
  });
});

describe('BSDs', () => {
  it.each(['disk', 'net', 'rng', 'balloon'] as const)('FreeBSD since 10 drives virtio: %s', (device) => {
    expect(failing(line('freebsd', 10), (os) => drivesOne(os, virtio[device]))).toEqual([]);
  });
  it('FreeBSD since 10 runs on Q35 with xHCI, since 10.1 from UEFI', () => {
    expect(failing(line('freebsd', 10), (os) => drivesOne(os, Q35) && drivesOne(os, XHCI))).toEqual([]);
    expect(failing(line('freebsd', 10.1), (os) => startsFrom(os, 'efi'))).toEqual([]);
  });
  it.each(['disk', 'net', 'balloon'] as const)('OpenBSD since 5.4 drives virtio: %s', (device) => {
    expect(failing(line('openbsd', 5.4), (os) => drivesOne(os, virtio[device]))).toEqual([]);
  });
  it.each([
    ['netbsd', 8],
    ['dragonflybsd', 5.6],
  ])('%s since %s drives virtio: disk and network', (distro, from) => {
    expect(failing(line(distro, from), (os) => drivesOne(os, virtio.disk) && drivesOne(os, virtio.net))).toEqual([]);
  });
  it.each(['freebsd', 'openbsd', 'netbsd', 'dragonflybsd'])('%s: how much memory is known of all', (distro) => {
    expect(failing(line(distro), (os) => amount(os, 'recommended', 'ramBytes') > 0)).toEqual([]);
  });
});

describe('Linux', () => {
  it('drives virtio since 2009: disk and network', () => {
    const some = [
      ...named('android-x86-8.1', 'android-x86-9.0', 'asianux4.6', 'asianux4.7', 'asianux7.1', 'asianux7.3', 'mbs1.0'),
      ...named('sles11', 'sles11sp2', 'sled11', 'sled11sp1', 'sled11sp2', 'cirros0.3.0'),
      ...line('eos', 3.1, 3.5),
      ...line('opensuse', 11.2, 12.2),
      ...line('slackware', 13, 14.1),
      ...named('alpinelinux3.5', 'alpinelinux3.6', 'alpinelinux3.7', 'alpinelinux3.8', 'alpinelinux3.9'),
    ];
    expect(failing(some, (os) => drivesOne(os, virtio.disk) && drivesOne(os, virtio.net))).toEqual([]);
  });

  it('drives the graphics of virtio: Ubuntu 22.04 and what is made from it, as those before and after', () => {
    const some = named('ubuntu21.10', 'ubuntu22.04', 'ubuntu22.10', 'trisquel11', 'debian9', 'debian10', 'voidlinux');
    const more = named('alpinelinux3.11', 'alpinelinux3.23', 'nixos-20.03', 'nixos-25.11', 'gentoo', 'archlinux');
    expect(failing([...some, ...more], (os) => drivesOne(os, virtio.gpu))).toEqual([]);
  });

  it('drives randomness, balloon and console of virtio', () => {
    const some = [
      ...['rhel', 'centos', 'ol', 'scientificlinux'].flatMap((distro) => line(distro, 6, 7.9)),
      ...line('ubuntu', 10.04, 16.1),
      ...line('mageia', 1, 9),
      ...named('slackware14.2', 'slackware15.0', 'debian6', 'debian7'),
      ...all.filter(({ shortId }) => shortId?.startsWith('rhel-atomic-7')),
    ];
    for (const device of ['rng', 'balloon', 'console'] as const)
      expect(
        failing(some, (os) => drivesOne(os, virtio[device])),
        device,
      ).toEqual([]);
  });

  it('drives the virtio disk wherever it drives the virtio network card', () => {
    expect(failing(named('ubuntu8.04', 'ubuntu8.10', 'fedora9'), (os) => drivesOne(os, virtio.disk))).toEqual([]);
    const cards = all.filter(({ family }) => family === 'linux').filter((os) => drivesOne(os, virtio.net));
    expect(failing(cards, (os) => drivesOne(os, virtio.disk))).toEqual([]);
  });

  it('runs on Q35 since 2013', () => {
    const young = all.filter(
      (os) => os.family === 'linux' && year(os) >= 2013 && !isOld(os) && drivesOne(os, virtio.disk),
    );
    expect(young.length).toBeGreaterThan(300);
    expect(failing(young, (os) => drivesOne(os, Q35))).toEqual([]);
  });

  it('starts from UEFI since 2017, where it is for x86_64', () => {
    const young = all.filter((os) => os.family === 'linux' && year(os) >= 2017 && !isOld(os) && runsOn(os, 'x86_64'));
    // Their images have had a loader for it since Alpine 3.7 and CirrOS 0.4.
    const without = ['alpinelinux3.6', 'cirros0.3.5'];
    expect(young.length).toBeGreaterThan(200);
    expect(failing(young, (os) => startsFrom(os, 'efi') || without.includes(os.shortId!))).toEqual([]);
    expect(failing(named(...without), (os) => startsFrom(os, 'efi'))).toEqual(without);
  });

  it('is given memory that it runs in', () => {
    const ram = (least: number) => (os: Os) => amount(os, 'recommended', 'ramBytes') >= least;
    expect(failing([...line('ol', 7.3, 9.4), ...line('anolis')], ram(GIB))).toEqual([]);
    expect(failing(named('freenix14.2', 'unknown'), ram(1))).toEqual([]);
    expect(failing(named('voidlinux', 'alpinelinux3.23'), ram(512 * MIB))).toEqual([]);
    expect(failing(named('archlinux', 'slackware15.0'), ram(2 * GIB))).toEqual([]);
    const clones = ['rhel', 'almalinux', 'rocky'].flatMap((distro) => line(distro, 9, 10.9));
    expect(failing(clones, ram(3 * GIB))).toEqual([]);
  });

  it('has the entry of Endless OS 3', () => {
    expect(db.findOs('eos3')?.version).toBe('3');
  });
});

describe('the others', () => {
  it('Haiku drives the virtio disk on a plain PC too', () => {
    const some = named('haikur1beta1', 'haikur1beta2', 'haikur1beta3', 'haikur1beta4', 'haikur1beta5');
    expect(failing(some, (os) => drives(os).has(virtio.disk[0]!))).toEqual([]);
  });

  it('Windows has memory for its desktop, not for Server Core alone', () => {
    const servers = named('win2k12', 'win2k12r2', 'win2k16', 'win2k19', 'win2k22', 'win2k25');
    expect(failing(servers, (os) => amount(os, 'recommended', 'ramBytes') >= 2 * GIB)).toEqual([]);
    const young = named('win2k16', 'win2k19', 'win2k22', 'win2k25');
    expect(failing(young, (os) => amount(os, 'recommended', 'ramBytes') >= 4 * GIB)).toEqual([]);
  });

  it('Windows since 8 starts from UEFI, and 2025 as 11 does', () => {
    const young = named('win8', 'win8.1', 'win10', 'win11', 'win2k12', 'win2k12r2', 'win2k16', 'win2k19', 'win2k22');
    expect(failing([...young, ...named('win2k25')], (os) => startsFrom(os, 'efi'))).toEqual([]);
  });

  it('macOS starts from UEFI on Q35, and reads AHCI', () => {
    const some = all.filter(({ family, version }) => family === 'darwin' && version !== '27');
    const young = some.filter((os) => year(os) >= 2011);
    expect(young.length).toBeGreaterThan(10);
    const fits = (os: Os) => startsFrom(os, 'efi') && drivesOne(os, Q35) && drivesOne(os, pci('8086/2922'));
    expect(failing(young, fits)).toEqual([]);
  });

  it('of all there is the least processor, Secure Boot where there is UEFI, the TPM and the clock', () => {
    const told = (name: string) => (os: Os) => os.facts.some((fact) => fact.name === name);
    const known = all.filter(({ id }) => !id.startsWith('http://libosinfo.org/'));
    for (const name of ['tpm', 'clock']) expect(failing(known, told(name)), name).toEqual([]);
    // Processors before the i386, and Apple's of before 2005, have no names here.
    const ancient = ['dos', 'win16'];
    const young = known.filter((os) => !ancient.includes(os.family!) && !/^macosx10\.[0-3]$/.test(os.shortId ?? ''));
    expect(failing(young, told('cpu'))).toEqual([]);
    expect(
      failing(
        known.filter((os) => startsFrom(os, 'efi')),
        told('secure-boot'),
      ),
    ).toEqual([]);
  });
});

describe('platforms', () => {
  it('reach from long ago to now, each with devices of its own or by inheritance', () => {
    expect(db.platforms().length).toBeGreaterThan(200);
    for (const name of ['qemu-1.0', 'kvm', 'xen', 'esxi-9.0', 'virtualbox-7.2', 'hyperv', 'bhyve-15.0', 'ec2', 'gce'])
      expect(db.findPlatform(name)?.allDevices.length, name).toBeGreaterThan(0);
  });
});
