// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { dbFromXml } from '../../../../osinfo/model/build.js';
import type { Os } from '../../../../osinfo/model/types.js';
import { type CompatAnswer, type CompatInput, recommendCompat } from '../../../../osinfo/recommend/compat/index.js';
import type { HostFacts } from '../../../../osinfo/recommend/host/types.js';
import { contradiction, devices, q35 } from '../world.js';

/** An OS of the given inside; `more` are other entries that it may name. */
function osOf(inside: string, more: Readonly<Record<string, string>> = {}, name = 'os1'): Os {
  const entries = {
    'os/e.org/os-1.xml': `<os id="http://e.org/os/1"><short-id>${name}</short-id>${inside}</os>`,
    ...more,
  };
  const files = Object.entries(entries).map(([path, xml]) => [path, `<libosinfo version="0.0.1">${xml}</libosinfo>`]);
  return dbFromXml(Object.fromEntries(files)).os('http://e.org/os/1');
}

const ask = (inside: string, rest: Partial<CompatInput> = {}): CompatAnswer =>
  recommendCompat({ os: osOf(inside), version: '5', ...rest });

const windows = '<family>winnt</family>';

describe('what virt-install asks the database', () => {
  it('q35 is taken where the entry lists it, but not for virtio of the old kind alone', () => {
    expect(ask(devices(q35)).machine).toBe('q35');
    expect(ask(devices(q35, '1af4:1000')).machine).toBe('pc');
    expect(ask(devices(q35, '1af4:1000', '1af4:1041')).machine).toBe('q35');
    expect(ask('').machine).toBe('pc');
  });

  it('USB 3 goes by the wrong id that the public database has, not by the right one', () => {
    expect(ask(devices('1b36:0004')).usb).toEqual(['qemu-xhci']);
    expect(ask(devices('1b36:000d')).usb[0]).toBe('ich9-ehci1');
  });

  it('either id of a virtio device is enough, an unsupported one none', () => {
    for (const id of ['1af4:1001', '1af4:1042']) expect(ask(devices(id)).disk_bus).toBe('virtio');
    const off = '<devices><device id="http://pcisig.com/pci/1af4/1042" supported="false"/></devices>';
    expect(ask(off).disk_bus).toBe('ide');
  });

  it('a relative of RHEL 6.0 has a channel for the agent without listing one, by however many steps', () => {
    const rhel = '<os id="http://redhat.com/rhel/6.0"><short-id>rhel6.0</short-id></os>';
    const middle = '<os id="http://e.org/m/1"><short-id>m1</short-id><clones id="http://redhat.com/rhel/6.0"/></os>';
    const more = { 'os/redhat.com/rhel-6.0.xml': rhel, 'os/e.org/m-1.xml': middle };
    const os = osOf('<upgrades id="http://e.org/m/1"/>', more);
    expect(recommendCompat({ os, version: '4.1' }).channels).toContain('org.qemu.guest_agent.0');
    expect(ask('').channels).toEqual(['com.redhat.spice.0']);
  });

  it('relations in a circle end', () => {
    const other = '<os id="http://e.org/m/1"><short-id>m1</short-id><upgrades id="http://e.org/os/1"/></os>';
    const os = osOf('<upgrades id="http://e.org/m/1"/>', { 'os/e.org/m-1.xml': other });
    expect(recommendCompat({ os, version: '5' }).channels).toEqual(['com.redhat.spice.0']);
  });

  it('UEFI needs efi, and bios switched off for this very architecture; win11 needs it anyway', () => {
    const firmware = (type: string, supported: boolean, arch = 'x86_64'): string =>
      `<firmware arch="${arch}" type="${type}" supported="${supported}"/>`;
    expect(ask(firmware('efi', true) + firmware('bios', false)).firmware).toBe('efi');
    expect(ask(firmware('efi', true)).firmware).toBe('bios');
    expect(ask(firmware('bios', false)).firmware).toBe('bios');
    expect(ask(firmware('efi', true, 'all') + firmware('bios', false, 'all')).firmware).toBe('bios');
    expect(recommendCompat({ os: osOf('', {}, 'win11'), version: '4.1' }).tpm?.model).toBe('tpm-crb');
  });

  it('drivers that can be put into Windows count where they are asked for, for cards and disks but not for screens', () => {
    const driver = `<driver arch="x86_64" location="http://e.org/d" pre-installable="true">${['1000', '1001', '1050']
      .map((id) => `<device id="http://pcisig.com/pci/1af4/${id}"/>`)
      .join('')}</driver>`;
    const withDrivers = ask(windows + driver, { preInstalledDrivers: true });
    expect([withDrivers.disk_bus, withDrivers.nic_model, withDrivers.video]).toEqual(['virtio', 'virtio', 'qxl']);
    expect(ask(windows + driver).disk_bus).toBe('ide');
    expect(ask(driver, { preInstalledDrivers: true }).disk_bus).toBe('ide');
  });
});

describe('sizes', () => {
  const resources = (arch: string, kind: string, ram: number, storage: number): string =>
    `<resources arch="${arch}"><${kind}><ram>${ram}</ram><storage>${storage}</storage></${kind}></resources>`;
  const GiB = 1024 ** 3;

  it('recommended numbers are taken as they are, minimums doubled, for the architecture before all', () => {
    const both = resources('x86_64', 'minimum', GiB, 10 * GiB) + resources('all', 'recommended', 3 * GiB, 30 * GiB);
    expect(ask(both)).toMatchObject({ memory_kib: 3 * 1024 ** 2, disk_gb: 30, memory_from_db: true });
    expect(ask(resources('x86_64', 'minimum', GiB, 10 * GiB))).toMatchObject({
      memory_kib: 2 * 1024 ** 2,
      disk_gb: 20,
    });
    expect(ask(resources('aarch64', 'minimum', GiB, GiB))).toMatchObject({ memory_from_db: false });
  });

  it('where virt-install stops for want of a number, an answer is given and a warning says so', () => {
    const answer = ask('');
    expect(answer).toMatchObject({
      memory_kib: 2 * 1024 ** 2,
      disk_gb: 20,
      memory_from_db: false,
      disk_from_db: false,
    });
    expect(answer.warnings.join('\n')).toMatch(/no memory of os1 .*stops[\s\S]*no disk size of os1 .*stops/);
    expect(ask(resources('all', 'recommended', GiB, GiB / 2)).warnings.join()).toContain('less than 1 GiB');
  });

  it('what is asked for wins', () => {
    const answer = ask('', { memoryBytes: 512 * 1024 ** 2, cpus: 3, storageBytes: 7 * GiB });
    expect(answer).toMatchObject({ memory_kib: 524288, vcpus: 3, disk_gb: 7, warnings: [] });
  });
});

describe('what differs between the versions', () => {
  it('Hyper-V: three words in 4.1, what the host offers in 5, each with what it needs', () => {
    expect(ask(windows, { version: '4.1' }).hyperv).toEqual(['relaxed', 'vapic', 'spinlocks']);
    expect(ask(windows).hyperv).toEqual(
      'relaxed vapic spinlocks vpindex runtime synic stimer frequencies tlbflush ipi evmcs avic'.split(' '),
    );
    const amd = hostWith(['vapic', 'synic', 'stimer', 'tlbflush', 'evmcs', 'avic'], 'AMD');
    expect(ask(windows, { host: amd }).hyperv).toEqual(['vapic', 'avic']);
  });

  it('ARM without virtio: SD card and a VirtIO card all the same in 4.1, USB and libvirt’s card in 5', () => {
    const arm = { arch: 'aarch64' };
    expect(ask('', { ...arm, version: '4.1' })).toMatchObject({
      disk_bus: 'virtio',
      nic_model: 'virtio',
      graphics: [],
    });
    expect(ask('', arm)).toMatchObject({ disk_bus: 'usb', nic_model: null, video: 'ramfb', graphics: ['spice'] });
  });

  it('the other architectures of version 5', () => {
    const shown = (arch: string, virt?: string) => {
      const answer = ask(devices('1af4:1005'), { arch, ...(virt === undefined ? {} : { virt }) });
      return [
        answer.machine,
        answer.firmware,
        answer.disk_bus,
        answer.video,
        answer.rng,
        answer.cpu_mode,
        answer.usb[0],
      ];
    };
    const rng = 'virtio:/dev/urandom';
    expect(shown('riscv64', 'qemu')).toEqual(['virt', 'efi', 'virtio', 'virtio', rng, 'maximum', 'qemu-xhci']);
    expect(shown('loongarch64')).toEqual(['virt', 'efi', 'virtio', 'virtio', rng, null, 'qemu-xhci']);
    expect(shown('ppc64le')).toEqual(['pseries', 'bios', 'virtio', 'vga', rng, null, 'qemu-xhci']);
    expect(shown('s390x')).toEqual(['s390-ccw-virtio', 'bios', 'virtio', null, rng, null, undefined]);
  });
});

const hostWith = (hyperv: readonly string[], vendor: string): HostFacts => ({
  name: 'test',
  arch: 'x86_64',
  cpu: { vendor },
  guests: [
    { arch: 'x86_64', osType: 'hvm', domainTypes: ['kvm'], machines: [{ name: 'pc' }], features: ['acpi', 'apic'] },
  ],
  domains: [{ arch: 'x86_64', virt: 'kvm', hyperv }],
});

describe('hosts', () => {
  it('a host without the guest, or without the accelerator, is a clear error', () => {
    const host = hostWith([], 'AMD');
    expect(contradiction(() => ask('', { host, arch: 's390x' }))).toBe(
      'test runs no guest of the kind s390x; it has x86_64 (hvm)',
    );
    expect(contradiction(() => ask('', { host, virt: 'qemu' }))).toBe('test has no qemu for x86_64; it has kvm');
  });

  it('of a host that tells domain capabilities alone the usual machines are taken', () => {
    const { cpu: _, arch: __, ...host } = hostWith([], 'AMD');
    const answer = ask(devices(q35), { host: { ...host, guests: [{ ...host.guests[0]!, machines: [] }] } });
    expect(answer.machine).toBe('q35');
  });

  it('UEFI that the host does not have is said', () => {
    const answer = ask('', { host: hostWith([], 'AMD'), uefi: true });
    expect([answer.firmware, answer.tpm]).toEqual(['bios', null]);
    expect(answer.warnings.join()).toContain('UEFI was asked for, and the host has none');
  });

  it('every decision says its rule and its reason', () => {
    const { why } = ask(windows + devices(q35, '1af4:1041'));
    expect(why.length).toBeGreaterThan(15);
    for (const { rule, reason } of why) {
      expect(rule).toMatch(/^virt-install\.[a-z-]+\.[a-z0-9-]+$/);
      expect(reason).not.toBe('');
    }
    expect(why.find(({ decision }) => decision === 'nic')?.facts[0]?.at).toMatch(/os-1\.xml:\d+$/);
  });
});
