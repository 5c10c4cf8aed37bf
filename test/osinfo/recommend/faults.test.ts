// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { formatLibvirt } from '../../../osinfo/formats/index.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { RecommendInput } from '../../../osinfo/recommend/types.js';
import { contradiction, decision, GiB, MiB } from './world.js';

// What virt-install answers wrong over the public database, numbered as in docs/recommendations.md, and what users of
// virt-manager have reported: each with the better answer.

const db = openDb({ db: 'bundled', env: {}, index: false });
const ask = (os: string, rest: Partial<Omit<RecommendInput, 'os' | 'platform'>> = {}, platform = 'qemu-9.2') =>
  recommend({ os: db.os(os), platform: db.platform(platform), ...rest });
const xml = (os: string, rest: Partial<Omit<RecommendInput, 'os' | 'platform'>> = {}): string =>
  formatLibvirt(ask(os, rest), { name: 'vm', disks: [{ path: '/vm.qcow2', format: 'qcow2' }] }).text;

describe('faults of the rules of virt-install', () => {
  it('1: no enlightenments and no hypervclock for Windows before Vista', () => {
    for (const os of ['win1.0', 'win3.1', 'win95', 'win98', 'winme', 'winnt4.0', 'win2k', 'winxp', 'win2k3']) {
      const rec = ask(os);
      expect(rec.hyperv, os).toEqual([]);
      expect(
        rec.clock.timers.map(({ name }) => name),
        os,
      ).not.toContain('hypervclock');
    }
    expect(ask('win7').hyperv).toContain('relaxed');
  });

  it('2: old systems get nothing that they have no driver for', () => {
    for (const os of ['win3.1', 'win95', 'winnt4.0', 'msdos6.22', 'netware4']) {
      const rec = ask(os, { intent: 'desktop' });
      expect(rec.usb, os).toBeUndefined();
      expect(rec.inputs, os).toEqual([{ type: 'mouse', bus: 'ps2' }]);
      expect(rec.channels, os).toEqual([]);
      expect(['ich6', 'ich9'], os).not.toContain(rec.sound?.model);
      expect(['pcnet', 'ne2k_pci'], os).toContain(rec.nic.model);
    }
    for (const os of ['winxp', 'win2k3']) expect(ask(os, { intent: 'desktop' }).sound?.model, os).toBe('ac97');
  });

  it('3: Windows of today starts from UEFI, with a TPM, and Windows 11 is not given twice its minimum of disk', () => {
    for (const os of ['win10', 'win2k16', 'win2k19', 'win2k22', 'win2k25', 'win11'])
      expect(ask(os), os).toMatchObject({ firmware: { type: 'uefi', secureBoot: true }, tpm: { version: '2.0' } });
    expect(ask('win11').storageBytes).toBe(64 * GiB);
  });

  it('4: UEFI where the OS declares it, without Secure Boot where it is not signed, and none for DOS', () => {
    expect(ask('debian12').firmware).toMatchObject({ type: 'uefi', secureBoot: true });
    for (const os of ['archlinux', 'nixos-24.11', 'gentoo', 'voidlinux', 'alpinelinux3.20']) {
      expect(ask(os).firmware, os).toMatchObject({ secureBoot: false, enrolledKeys: false });
    }
    for (const os of ['msdos6.22', 'win95']) expect(ask(os).firmware.type, os).toBe('bios');
  });

  it('5: BIOS for Windows 11 is told, and a machine for which there are no media', () => {
    expect(ask('win11', { overrides: { firmware: 'bios', tpm: false } }).warnings[0]).toContain(
      'does not start from BIOS',
    );
    expect(ask('win95', { arch: 'aarch64', overrides: { diskBus: 'virtio' } }).warnings.join()).toContain(
      'for aarch64',
    );
    const only = db.oses().find((os) => os.media.length > 0 && os.media.every(({ arch }) => arch === 'aarch64'));
    if (only) expect(recommend({ os: only, platform: db.platform('kvm') }).arch).toBe('aarch64');
  });

  it('6: Xen and bhyve get paravirtual devices, and no machine gets a disk on USB or a card without a model', () => {
    expect(ask('debian12', {}, 'xen')).toMatchObject({ disk: { bus: 'xen' }, nic: { model: 'netfront' } });
    expect(ask('debian12', {}, 'bhyve')).toMatchObject({ disk: { bus: 'virtio' }, nic: { model: 'virtio' } });
    expect(ask('winxp', {}, 'xen').disk.bus).toBe('ide');
    const arm = ask('win11', { arch: 'aarch64' });
    expect(arm.disk.bus).not.toBe('usb');
    expect(arm.nic.model).toMatch(/./);
  });

  it('7: two CPUs where nothing is said, one for systems that cannot use two', () => {
    expect(ask('openbsd7.5').cpu.count).toBe(2);
    expect(ask('win98').cpu.count).toBe(1);
  });

  it('8: the same answer on every host, unless one is given', () => {
    expect(ask('win11')).toEqual(ask('win11'));
    expect(ask('win11').storageBytes).toBe(64 * GiB);
  });
});

describe('faults of the public database', () => {
  it('9: the right ids of QEMU’s xHCI and VMware’s card', () => {
    expect(decision(ask('debian12'), 'usb').facts[0]?.text).toContain('1b36:000d');
    expect(ask('debian12', {}, 'esxi-8.0').video.model).toBe('vmvga');
  });

  it('10: BSDs have virtio, Q35, UEFI and memory', () => {
    for (const os of ['freebsd14.0', 'openbsd7.5', 'netbsd10.0'])
      expect(ask(os), os).toMatchObject({ disk: { bus: 'virtio' }, nic: { model: 'virtio' } });
    expect(ask('freebsd14.0')).toMatchObject({ machine: { family: 'q35' }, firmware: { type: 'uefi' }, rng: true });
    expect(ask('dragonflybsd5.6').disk.bus).toBe('virtio');
  });

  it('11: Linux since 2009 has virtio', () => {
    for (const os of ['opensuse12.1', 'alpinelinux3.8', 'slackware14.1', 'android-x86-9.0'])
      expect(ask(os).disk.bus, os).toBe('virtio');
  });

  it('12: Ubuntu 22.04 has virtio graphics like its siblings', () => {
    for (const os of ['ubuntu21.10', 'ubuntu22.04', 'ubuntu24.04']) expect(ask(os).video.model, os).toBe('virtio');
  });

  it('13: randomness, balloon and agent port where virtio is', () => {
    for (const os of ['rhel6.9', 'ubuntu16.10', 'mageia9', 'debian7'])
      expect(ask(os), os).toMatchObject({ rng: true, balloon: true, channels: ['org.qemu.guest_agent.0'] });
  });

  it('14: no virtio card beside an IDE disk, nor the other way round', () => {
    for (const os of ['ubuntu8.04', 'fedora9', 'haikur1beta4']) {
      const { disk, nic } = ask(os);
      expect([disk.bus === 'virtio', nic.model === 'virtio'], os).toEqual([
        disk.bus === 'virtio',
        disk.bus === 'virtio',
      ]);
    }
  });

  it('15: Q35 and virtio graphics for Linux whose drivers bind there', () => {
    for (const os of ['cirros0.5.2', 'mageia9', 'ubuntu16.10', 'alpinelinux3.20', 'debian10'])
      expect(ask(os).machine.family, os).toBe('q35');
    for (const os of ['alpinelinux3.20', 'debian10', 'voidlinux']) expect(ask(os).video.model, os).toBe('virtio');
  });

  it('16: UEFI for Linux and BSDs that have it', () => {
    for (const os of ['alpinelinux3.20', 'mageia9', 'freebsd14.0']) expect(ask(os).firmware.type, os).toBe('uefi');
  });

  it('17: memory that is enough for what is still supported', () => {
    for (const os of ['ol9.4', 'freebsd14.0', 'openbsd7.5'])
      expect(ask(os).memoryBytes, os).toBeGreaterThanOrEqual(512 * MiB);
    for (const os of ['archlinux', 'voidlinux', 'slackware15.0', 'rhel9.4'])
      expect(ask(os).memoryBytes, os).toBeGreaterThanOrEqual(1024 * MiB);
    const media = { networkInstall: true };
    expect(ask('rhel9.4', { media }).memoryBytes).toBeGreaterThanOrEqual(3 * GiB);
  });

  it('18: a Windows server with a desktop has memory for it', () => {
    for (const os of ['win2k12', 'win2k16', 'win2k19', 'win2k22'])
      expect(ask(os).memoryBytes, os).toBeGreaterThanOrEqual(2 * GiB);
  });

  it('19: Windows Server 2025 has UEFI; macOS gets Q35 and AHCI, and a note that it takes more', () => {
    expect(ask('win2k25').firmware.type).toBe('uefi');
    const mac = ask('macosx10.7');
    expect(mac).toMatchObject({ machine: { family: 'q35' }, disk: { bus: 'sata' } });
    expect(mac.notes.join()).toContain('OpenCore');
  });

  it('20: Endless OS 3 is there', () => {
    expect(db.findOs('eos3')).toBeDefined();
  });

  it('21: processors, Secure Boot, TPM and the hypervisors of today are known', () => {
    expect(ask('rhel10.0', {}, 'kvm')).toMatchObject({
      cpu: { baseline: 'x86-64-v3' },
      firmware: { secureBoot: true },
    });
    expect(ask('win11', {}, 'hyperv-2025').tpm?.version).toBe('2.0');
    expect(ask('win10', { overrides: { memoryBytes: 64 * 1024 * GiB } }).warnings.join()).toContain(
      'more than it can use',
    );
    expect(db.platforms().length).toBeGreaterThan(68);
  });

  it('and chosen sizes are never below the minimum', () => {
    for (const os of db.oses()) {
      const rec = recommend({ os, platform: db.platform('qemu-9.2') });
      expect(
        rec.warnings.filter((warning) => warning.includes('less than the minimum')),
        os.id,
      ).toEqual([]);
    }
  });
});

describe('what users of virt-manager have reported', () => {
  it('issue 576: Secure Boot that was switched off is off', () => {
    const text = xml('debian12', { overrides: { secureBoot: false } });
    expect(text).toContain('<feature enabled="no" name="secure-boot"/>');
    expect(text).toContain('<feature enabled="no" name="enrolled-keys"/>');
  });

  it('issue 216: firmware for Secure Boot is asked for by what it can, and guarded by SMM', () => {
    const text = xml('win11');
    expect(text).toContain('<feature enabled="yes" name="secure-boot"/>');
    expect(text).toContain('<feature enabled="yes" name="enrolled-keys"/>');
    expect(text).toContain('<smm state="on"/>');
  });

  it('issue 692: there is a way back to BIOS', () => {
    const rec = ask('debian12', { overrides: { firmware: 'bios' } });
    expect(rec.firmware).toEqual({ type: 'bios', secureBoot: false, enrolledKeys: false, smm: false });
    expect(xml('debian12', { overrides: { firmware: 'bios' } })).not.toContain('firmware="efi"');
  });

  it('issue 310: Windows 11 has a TPM, or it is told why not', () => {
    expect(xml('win11')).toContain('<tpm model="tpm-crb">');
    const host = {
      name: 'myhost',
      guests: [],
      domains: [{ arch: 'x86_64', virt: 'kvm', tpm: { models: [], backends: [], versions: [] } }],
    };
    expect(contradiction(() => ask('win11', { host }))).toMatch(
      /requires a TPM .*but myhost has no emulated TPM \(package swtpm\); install swtpm/,
    );
  });

  it('pull request 733: an OS that is not known is an error with near names, not some other OS', () => {
    expect(() => db.os('windows-eleven')).toThrow(/windows-eleven/);
    expect(() => recommend({ os: db.os('debian12'), platform: db.platform('kvm'), arch: 'z80' })).toThrow(InputError);
  });
});
