// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import { decision, GiB } from './world.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const ask = (os: string, platform = 'kvm') => recommend({ os: db.os(os), platform: db.platform(platform) });

describe('the machine for an OS of the database', () => {
  it('is all paravirtual for Debian 12: Q35, UEFI, signed, virtio behind PCI Express ports', () => {
    const rec = ask('debian12', 'qemu-7.2');
    expect(rec).toMatchObject({
      format: 'guestwright/recommendation/1',
      arch: 'x86_64',
      virt: 'kvm',
      machine: { family: 'q35', version: 'pc-q35-7.2', pcie: true },
      firmware: { type: 'uefi', secureBoot: true, enrolledKeys: true, smm: true },
      cpu: { mode: 'host-passthrough', baseline: 'x86-64-v1' },
      disk: { bus: 'virtio', discard: true, detectZeroes: true, device: 'http://pcisig.com/pci/1af4/1042' },
      nic: { model: 'virtio', device: 'http://pcisig.com/pci/1af4/1041' },
      cdrom: { bus: 'sata' },
      video: { model: 'virtio' },
      usb: { model: 'qemu-xhci' },
      inputs: [{ type: 'tablet', bus: 'usb' }],
      rng: true,
      balloon: true,
      channels: ['org.qemu.guest_agent.0'],
      serialConsole: true,
      clock: { offset: 'utc' },
      hyperv: [],
      warnings: [],
    });
    expect(rec).not.toHaveProperty('tpm');
    expect(rec).not.toHaveProperty('sound');
  });

  it('has what the installer of Windows 11 demands, and only drivers that it brings along', () => {
    const rec = ask('win11');
    expect(rec).toMatchObject({
      machine: { family: 'q35' },
      firmware: { type: 'uefi', secureBoot: true, enrolledKeys: true, smm: true },
      tpm: { model: 'tpm-crb', version: '2.0' },
      disk: { bus: 'sata' },
      nic: { model: 'e1000e' },
      video: { model: 'vga' },
      sound: { model: 'ich9' },
      clock: { offset: 'localtime' },
      panic: { model: 'hyperv' },
      rng: false,
      balloon: false,
      channels: [],
    });
    expect(rec.cpu.count).toBeGreaterThanOrEqual(2);
    expect(rec.memoryBytes).toBeGreaterThanOrEqual(4 * GiB);
    expect(rec.storageBytes).toBeGreaterThanOrEqual(64 * GiB);
    expect(rec.hyperv).toEqual(
      'relaxed vapic spinlocks vpindex runtime synic stimer reset frequencies tlbflush ipi'.split(' '),
    );
    expect(rec.clock.timers).toContainEqual({ name: 'hypervclock', present: true });
  });

  it('gives a Windows server UEFI, Secure Boot and a TPM, but no sound', () => {
    const rec = ask('win2k25');
    expect(rec.firmware).toMatchObject({ type: 'uefi', secureBoot: true });
    expect(rec.tpm).toEqual({ model: 'tpm-crb', version: '2.0' });
    expect(rec).not.toHaveProperty('sound');
  });

  it('leaves Secure Boot off where the OS is not signed, and says which entry says so', () => {
    const rec = ask('freebsd14.3');
    expect(rec.firmware).toMatchObject({ type: 'uefi', secureBoot: false, enrolledKeys: false, smm: false });
    expect(rec.disk.bus).toBe('virtio');
    expect(decision(rec, 'firmware.secureBoot').lost).toEqual([
      { value: 'on', because: 'FreeBSD 14.3 does not start under Secure Boot' },
    ]);
  });

  it('knows the processor that an OS needs', () => {
    expect(ask('rhel10.0').cpu.baseline).toBe('x86-64-v3');
    expect(ask('rhel9.4').cpu.baseline).toBe('x86-64-v2');
  });

  it('emulates with all that the emulator has, and without what only KVM can do', () => {
    const rec = recommend({ os: db.os('win11'), platform: db.platform('qemu-7.2'), virt: 'qemu' });
    expect(rec.cpu.mode).toBe('maximum');
    expect(rec.hyperv).toEqual([]);
    expect(rec.panic).toBeUndefined();
    expect(rec.clock.timers.map(({ name }) => name)).not.toContain('hypervclock');
  });

  it.each([
    ['aarch64', 'virt', 'uefi', 'scsi'],
    ['arm64', 'virt', 'uefi', 'scsi'],
    ['s390x', 's390-ccw-virtio', 'none', 'scsi'],
    ['ppc64le', 'pseries', 'none', 'scsi'],
    ['i686', 'q35', 'bios', 'sata'],
  ])('is a machine of its own kind on %s', (arch, family, firmware, cdrom) => {
    const rec = recommend({ os: db.os('debian12'), platform: db.platform('kvm'), arch });
    expect([rec.machine.family, rec.firmware.type, rec.cdrom.bus, rec.disk.bus]).toEqual([
      family,
      firmware,
      cdrom,
      'virtio',
    ]);
    expect(rec.firmware.smm).toBe(false);
  });

  it('adds sound when a server OS is to be a desktop, and takes it from a desktop OS that is to serve', () => {
    const platform = db.platform('kvm');
    expect(recommend({ os: db.os('debian12'), platform, intent: 'desktop' }).sound).toEqual({ model: 'ich9' });
    expect(recommend({ os: db.os('win11'), platform, intent: 'server' })).not.toHaveProperty('sound');
  });
});
