// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import { planAppliance } from '../../../builder/plan/appliance.js';
import { formatAptSource } from '../../../builder/plan/apt-sources.js';
import { refuseArchitecture } from '../../../builder/plan/architecture.js';
import type { DebInstallPlan, HostFacts, Plan } from '../../../builder/plan/types.js';
import { formatLibvirt, formatQemu } from '../../../osinfo/formats/index.js';
import { openDb } from '../../../osinfo/index.js';

const db = openDb({ index: false });
const host: HostFacts = {
  distro: 'debian',
  codename: 'bookworm',
  arch: 'x86_64',
  aptSources: [
    { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main'] },
    { uri: 'http://mirror.example/debian', suite: 'bookworm-updates', components: ['main'] },
    { uri: 'http://mirror.example/debian-security', suite: 'bookworm-security', components: ['main'] },
  ],
  aptOptions: [],
  keyrings: ['/usr/share/keyrings/debian-archive-keyring.gpg'],
};

const KICKSTART = 'rootpw --plaintext x\nbootloader --timeout=1\npart / --size=900\n%packages\n%end\n';

function planOf(os: string, arch?: string, on: HostFacts = host, text = KICKSTART): Plan {
  return planAppliance({
    kickstart: parseKickstart(text, 'a.ks'),
    text,
    db,
    platform: db.platform('qemu-7.2'),
    host: on,
    options: {
      name: 'web',
      os,
      ...(arch === undefined ? {} : { arch }),
      formats: ['qcow2'],
      compress: true,
      checksum: false,
    },
  });
}

const installOf = (plan: Plan): DebInstallPlan => {
  if (plan.install.family !== 'deb') throw new Error('it is a deb system');
  return plan.install;
};
const sourcesOf = (plan: Plan) => installOf(plan).sources.map(formatAptSource);
const added = (plan: Plan) => installOf(plan).packages.flatMap(({ name, why }) => (why === undefined ? [] : [name]));
const kernelOf = (plan: Plan) => added(plan).filter((name) => name.startsWith('linux-image-'));
const loaderOf = (plan: Plan) => added(plan).filter((name) => /^(?:grub|s390)/.test(name));

describe('what a disk gets on each architecture', () => {
  it.each([
    ['x86_64', 'gpt', ['biosboot', 'esp', 'filesystem'], ['bios', 'uefi'], 'ttyS0,115200n8'],
    ['i686', 'gpt', ['biosboot', 'esp', 'filesystem'], ['bios', 'uefi'], 'ttyS0,115200n8'],
    ['aarch64', 'gpt', ['esp', 'filesystem'], ['uefi'], 'ttyAMA0,115200'],
    ['armv7l', 'gpt', ['esp', 'filesystem'], ['uefi'], 'ttyAMA0,115200'],
    ['ppc64le', 'gpt', ['prepboot', 'filesystem'], [], 'hvc0'],
    ['s390x', 'gpt', ['filesystem'], [], 'ttysclp0'],
  ])('%s', (arch, label, roles, firmware, console) => {
    const plan = planOf('debian12', arch);
    const [disk] = plan.disks;
    expect(disk?.label).toBe(label);
    expect(disk?.partitions.map((one) => one.role)).toEqual(roles);
    expect(plan.boot.firmware).toEqual(firmware);
    expect(plan.boot.append.split(' ').at(-1)).toBe(`console=${console}`);
    expect(plan.recommendation.arch).toBe(arch);
  });

  it('riscv64, since Debian 13', () => {
    const plan = planOf('debian13', 'riscv64');
    expect(plan.disks[0]?.partitions.map((one) => one.role)).toEqual(['esp', 'filesystem']);
    expect(kernelOf(plan)).toEqual(['linux-image-riscv64']);
    expect(loaderOf(plan)).toEqual(['grub2-common', 'grub-efi-riscv64-bin']);
    expect(() => planOf('debian12', 'riscv64')).toThrow(/^debian12 has no kernel for riscv64 .*x86_64, aarch64/);
  });
});

describe('what is installed on each architecture', () => {
  it.each([
    ['amd64', 'linux-image-cloud-amd64', ['grub2-common', 'grub-pc-bin', 'grub-efi-amd64-bin']],
    ['i386', 'linux-image-686-pae', ['grub2-common', 'grub-pc-bin', 'grub-efi-ia32-bin']],
    ['arm64', 'linux-image-cloud-arm64', ['grub2-common', 'grub-efi-arm64-bin']],
    ['armhf', 'linux-image-armmp', ['grub2-common', 'grub-efi-arm-bin']],
    ['ppc64el', 'linux-image-powerpc64le', ['grub2-common', 'grub-ieee1275-bin']],
    ['s390x', 'linux-image-s390x', ['s390-tools']],
  ])('%s, by dpkg’s own name', (arch, kernel, loader) => {
    const plan = planOf('debian12', arch);
    expect(plan.arch.packages).toBe(arch);
    expect(kernelOf(plan)).toEqual([kernel]);
    expect(loaderOf(plan)).toEqual(loader);
    expect(plan.boot.loader).toBe(arch === 's390x' ? 'zipl' : 'grub');
    expect(sourcesOf(plan)[0]).toBe('deb http://mirror.example/debian bookworm main');
  });

  it('is nothing of what an older release had and this one has dropped', () => {
    for (const os of ['debian13', 'debiantesting', 'ubuntu24.04'])
      expect(() => planOf(os, 'i386'), os).toThrow(new RegExp(`^${os} has no kernel for i686 .*: those|but those`));
    expect(kernelOf(planOf('debiantesting', 'arm64'))).toEqual(['linux-image-cloud-arm64']);
  });
});

describe('the architecture of a plan', () => {
  it('is this machine’s where none is asked for', () => {
    expect(planOf('debian12').arch).toEqual({ name: 'x86_64', packages: 'amd64' });
    expect(planOf('debian12', undefined, { ...host, arch: 'aarch64' }).arch.name).toBe('aarch64');
  });

  it('is refused by its name where it is none', () => {
    expect(() => planOf('debian12', 'arm46')).toThrow(/^--arch arm46: .*; did you mean arm64/);
    expect(() => planOf('debian12', 'sparc64')).toThrow(/^--arch sparc64: plans are made for x86_64, /);
    expect(() => planOf('debian12', undefined, { ...host, arch: 'mips' })).toThrow(/^this machine is mips; say/);
  });

  it('is what its machine is described for', () => {
    const { recommendation } = planOf('debian12', 'arm64');
    const disks = [{ path: '/var/lib/a.qcow2', format: 'qcow2' }];
    expect(formatLibvirt(recommendation, { name: 'a', disks }).text).toMatch(/<type arch="aarch64" machine="virt/);
    const { argv } = formatQemu(recommendation, { name: 'a', disks, accel: 'tcg' });
    expect(argv[0]).toBe('qemu-system-aarch64');
    expect(argv.join(' ')).toMatch(/AAVMF_CODE\.fd/);
  });

  it('can be planned for all and built for some', () => {
    for (const arch of ['x86_64', 'i686', 'aarch64']) expect(() => refuseArchitecture(arch)).not.toThrow();
    for (const arch of ['armv7l', 'ppc64le', 'riscv64', 's390x'])
      expect(() => refuseArchitecture(arch)).toThrow(
        /^images are built for x86_64, i686, aarch64, not for \w+: --dry-run/,
      );
  });
});

describe('the releases of Debian', () => {
  it.each([
    ['debian11', 'bullseye'],
    ['debian12', 'bookworm'],
    ['debian13', 'trixie'],
    ['debiantesting', 'testing'],
  ])('%s has its suites, of the mirror that the host uses, and its keyring', (os, suite) => {
    const plan = planOf(os);
    expect(sourcesOf(plan)).toEqual([
      `deb http://mirror.example/debian ${suite} main`,
      `deb http://mirror.example/debian ${suite}-updates main`,
      `deb http://mirror.example/debian-security ${suite}-security main`,
    ]);
    expect(installOf(plan).imageSources.map(formatAptSource)).toEqual([
      `deb http://ftp.debian.org/debian ${suite} main`,
      `deb http://ftp.debian.org/debian ${suite}-updates main`,
      `deb http://security.debian.org/debian-security ${suite}-security main`,
    ]);
    expect(installOf(plan).keyring).toBe('/usr/share/keyrings/debian-archive-keyring.gpg');
    expect(kernelOf(plan)).toEqual(['linux-image-cloud-amd64']);
    expect(loaderOf(plan)).toEqual(['grub2-common', 'grub-pc-bin', 'grub-efi-amd64-bin']);
  });
});

describe('the releases of Ubuntu', () => {
  const keyring = '/usr/share/keyrings/ubuntu-archive-keyring.gpg';
  const ubuntu: HostFacts = {
    ...host,
    distro: 'ubuntu',
    codename: 'noble',
    keyrings: [keyring],
    aptSources: [{ uri: 'http://mirror.example/ubuntu', suite: 'noble', components: ['main', 'universe'] }],
  };

  it.each([
    ['ubuntu20.04', 'focal'],
    ['ubuntu22.04', 'jammy'],
    ['ubuntu24.04', 'noble'],
    ['ubuntu26.04', 'resolute'],
  ])('%s has the archive of PCs, and the one of ports for the others', (os, suite) => {
    expect(sourcesOf(planOf(os))).toEqual([
      `deb http://archive.ubuntu.com/ubuntu ${suite} main universe`,
      `deb http://archive.ubuntu.com/ubuntu ${suite}-updates main universe`,
      `deb http://security.ubuntu.com/ubuntu ${suite}-security main universe`,
    ]);
    const ports = planOf(os, 'arm64');
    expect(sourcesOf(ports)).toEqual([
      `deb http://ports.ubuntu.com/ubuntu-ports ${suite} main universe`,
      `deb http://ports.ubuntu.com/ubuntu-ports ${suite}-updates main universe`,
      `deb http://ports.ubuntu.com/ubuntu-ports ${suite}-security main universe`,
    ]);
    expect(installOf(ports).imageSources).toEqual(installOf(ports).sources);
    expect(kernelOf(ports)).toEqual(['linux-image-virtual']);
    expect(loaderOf(ports)).toEqual(['grub2-common', 'grub-efi-arm64-bin']);
  });

  it('are warned of where the host does not have their keys', () => {
    const said = (plan: Plan) => plan.notices.filter(({ code }) => code === 'no-keyring').map(({ message }) => message);
    expect(said(planOf('ubuntu24.04'))).toEqual([
      `the keys that sign the packages of ubuntu (${keyring}) are not on this machine, and apt's own have to do: install ubuntu-keyring`,
    ]);
    expect(said(planOf('ubuntu24.04', undefined, ubuntu))).toEqual([]);
  });

  it('are taken from the host’s mirror where that serves the architecture', () => {
    expect(sourcesOf(planOf('ubuntu22.04', undefined, ubuntu))).toEqual([
      'deb http://mirror.example/ubuntu jammy main universe',
    ]);
    expect(installOf(planOf('ubuntu22.04', undefined, ubuntu)).keyring).toBe(keyring);
    expect(sourcesOf(planOf('ubuntu24.04', 'arm64', ubuntu))[0]).toMatch(/^deb http:\/\/ports\.ubuntu\.com/);
    const onArm = { ...ubuntu, arch: 'aarch64' };
    expect(sourcesOf(planOf('ubuntu24.04', undefined, onArm))[0]).toMatch(/^deb http:\/\/mirror\.example/);
    expect(sourcesOf(planOf('ubuntu24.04', 's390x', onArm))[0]).toMatch(/^deb http:\/\/mirror\.example/);
    expect(sourcesOf(planOf('ubuntu24.04', 'amd64', onArm))[0]).toMatch(/^deb http:\/\/archive\.ubuntu\.com/);
  });
});
