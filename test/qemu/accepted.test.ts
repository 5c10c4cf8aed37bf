// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatLibvirt, type LibvirtRequest } from '../../osinfo/formats/index.js';
import { openDb } from '../../osinfo/open.js';
import { noGrammar, noLibvirt, RealLibvirt, unless } from '../osinfo/formats/real-libvirt.js';
import { all, showTable, spread } from './extent.js';
import { archsOf, type Distinct, distinct, machinesOf } from './machines.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const libvirt = new RealLibvirt();
const folder = mkdtempSync(join(tmpdir(), 'guestwright-accepted-'));
afterAll(() => {
  libvirt.remove();
  rmSync(folder, { recursive: true, force: true });
});

const request: LibvirtRequest = {
  name: 'x',
  disks: [{ path: '/images/x.qcow2', format: 'qcow2' }],
  cdrom: '/isos/x.iso',
};

const platforms = [
  ['kvm-7.2', 'kvm'],
  ['qemu-7.2', 'qemu'],
  ['xen', 'kvm'],
  ['bhyve', 'kvm'],
  ['cloud-hypervisor', 'kvm'],
] as const;

/** All architectures of an OS, or in the quick run its first. */
const archs = (os: Parameters<typeof archsOf>[0]): string[] => (all ? archsOf(os) : archsOf(os).slice(0, 1));

/** libvirt learned of it in version 10.1. */
const unknownToLibvirt9 = 'loongarch64';

const machines = new Map(platforms.map(([platform, virt]) => [platform, machinesOf(db, platform, virt, archs)]));

function describeAll(platform: string, more: Partial<LibvirtRequest> = {}) {
  const known = machines.get(platform as 'xen')!.filter(({ arch }) => arch !== unknownToLibvirt9);
  return distinct(known, (rec) => formatLibvirt(rec, { ...request, ...more }).text);
}

describe.skipIf(noGrammar())(`domain XML for every OS is what libvirt’s grammar takes${unless(noGrammar())}`, () => {
  it.each(platforms.map(([platform]) => platform))('on %s', { timeout: 600_000 }, async (platform) => {
    const { kinds } = describeAll(platform);
    const count = kinds.reduce((sum, kind) => sum + kind.machines.length, 0);
    // A mistake that refuses nearly everything would otherwise pass.
    expect(count).toBeGreaterThan(platform === 'cloud-hypervisor' ? 400 : 900);
    expect(await libvirt.invalid(kinds.map(({ described }) => described))).toEqual([]);
  });
});

/**
 * Descriptors of the host's firmware and, for architectures whose firmware Debian 12 does not have, of files that are
 * never started: libvirt only wants to know where they lie.
 */
function firmwareForAll(): string {
  const descriptors = join(folder, 'firmware');
  cpSync('/usr/share/qemu/firmware', descriptors, { recursive: true });
  for (const [arch, machines] of [
    ['riscv64', ['virt*']],
    ['i686', ['pc-q35-*', 'pc-i440fx-*']],
  ] as const) {
    const part = (name: string): object => {
      const filename = join(folder, `${arch}-${name}.fd`);
      writeFileSync(filename, '');
      truncateSync(filename, 32 * 1024 * 1024);
      return { filename, format: 'raw' };
    };
    const descriptor = {
      description: `UEFI for ${arch}`,
      'interface-types': ['uefi'],
      mapping: { device: 'flash', executable: part('code'), 'nvram-template': part('vars') },
      targets: [{ architecture: arch === 'i686' ? 'i386' : arch, machines }],
      features: [],
      tags: [],
    };
    writeFileSync(join(descriptors, `90-${arch}.json`), JSON.stringify(descriptor));
  }
  return descriptors;
}

/** Emulators that Debian has in packages of their own. */
const emulators: Readonly<Record<string, string>> = { i686: 'i386', armv7l: 'arm' };
const emulated = (arch: string): boolean => existsSync(`/usr/bin/qemu-system-${emulators[arch] ?? arch}`);

describe.skipIf(noLibvirt())(`the real libvirt would start it${unless(noLibvirt())}`, () => {
  const rows: (string | number)[][] = [];
  afterAll(() => {
    if (all) showTable(['libvirt', 'machines', 'kinds', 'accepted'], rows);
  });

  async function accepted(platform: string, kinds: readonly Distinct<string>[], kvm: boolean): Promise<void> {
    const refusals = await libvirt.refusals(
      kinds.map(({ described }) => described),
      { kvm, ...(all ? { firmware: firmwareForAll() } : {}) },
    );
    const count = kinds.reduce((sum, kind) => sum + kind.machines.length, 0);
    rows.push([
      `${platform}${kvm ? ', with KVM' : ''}`,
      count,
      kinds.length,
      refusals.filter((one) => one === undefined).length,
    ]);
    const told = refusals.flatMap((refusal, index) => {
      const { os, arch } = kinds[index]!.machines[0]!;
      return refusal === undefined ? [] : [`${os.shortId} ${arch}: ${refusal}`];
    });
    expect(told).toEqual([]);
  }

  it.each(['kvm-7.2', 'qemu-7.2'])('emulated, recommended for %s', { timeout: 1_800_000 }, async (platform) => {
    const kinds = describeAll(platform, { virt: 'qemu' }).kinds.filter((kind) => emulated(kind.machines[0]!.arch));
    // Without the descriptors above, only the usual PC has firmware everywhere.
    const here = all
      ? kinds
      : spread(
          kinds.filter((kind) => kind.machines[0]!.arch === 'x86_64'),
          15,
        );
    await accepted(platform, here, false);
  });

  const noKvm = !all || !existsSync('/dev/kvm');
  it.skipIf(noKvm)('as it is, for KVM', { timeout: 1_800_000 }, async () => {
    const pc = describeAll('kvm-7.2').kinds.filter((kind) => ['x86_64', 'i686'].includes(kind.machines[0]!.arch));
    await accepted('kvm-7.2', pc, true);
  });
});
