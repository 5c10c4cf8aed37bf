// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { contradiction, devices, facts, inWorld, machines, q35, world } from './world.js';

const modernLinux = `<family>linux</family><release-date>2024-01-01</release-date>${devices('1af4:1041', '1af4:1042', q35)}`;
const uefiOnly = `${modernLinux}<firmware arch="x86_64" type="efi"/>\n<firmware arch="x86_64" type="bios" supported="false"/>`;
const virtio = devices('1af4:1041', '1af4:1042', '1234:1111');

describe('two facts that exclude each other', () => {
  it('an OS that starts only from UEFI, on a platform that has none', () => {
    const db = world(uefiOnly, virtio + facts(machines.q35WithBiosOnly));
    expect(contradiction(() => inWorld(db))).toBe(
      'Example OS does not start from BIOS (os/example.org/os-1.xml:5), but Example Host has no UEFI for its q35 machine (platform/example.org/host-1.xml:4); take a platform that has it, or say --firmware if you know better',
    );
  });

  it('an OS that starts only from UEFI, in an image made for BIOS', () => {
    const message = contradiction(() => inWorld(world(uefiOnly), { image: { firmware: ['bios'] } }));
    expect(message).toContain('Example OS does not start from BIOS (os/example.org/os-1.xml:5)');
    expect(message).toContain('the image has no boot loader for UEFI; build the image with');
  });

  it('an image made for UEFI, on a platform that has none', () => {
    const db = world(modernLinux, virtio + facts(machines.q35WithBiosOnly));
    const message = contradiction(() => inWorld(db, { image: { firmware: ['uefi'] } }));
    expect(message).toContain('the image has no boot loader for BIOS');
    expect(message).toContain('has no UEFI for its q35 machine');
  });

  it('firmware that was asked for and that the machine does not have', () => {
    const db = world(modernLinux, virtio + facts(machines.q35WithBiosOnly));
    expect(contradiction(() => inWorld(db, { overrides: { firmware: 'uefi' } }))).toMatch(
      /^firmware.type uefi was asked for, but Example Host has no UEFI .*host-1.xml:4\); /,
    );
  });

  it('an OS for newer processors than the emulator has', () => {
    const os = `${modernLinux}${facts('<gw:cpu arch="x86_64" baseline="x86-64-v4"/>')}`;
    expect(inWorld(world(os)).cpu.baseline).toBe('x86-64-v4');
    expect(contradiction(() => inWorld(world(os), { virt: 'qemu' }))).toBe(
      'Example OS needs x86-64-v4 (os/example.org/os-1.xml:4), but Example Host emulates no more than x86-64-v3; use KVM on a host that has it, or a newer platform',
    );
  });

  it('no disk bus in common', () => {
    const darwin = `<family>linux</family><release-date>2024-01-01</release-date>${devices('15ad:07c0')}`;
    const arm = '<gw:machine arch="aarch64" family="virt" default="true" pcie="true" virtio="modern" firmware="uefi"/>';
    const message = contradiction(() => inWorld(world(darwin, devices('1b36:0010') + facts(arm)), { arch: 'aarch64' }));
    expect(message).toMatch(
      /^Example OS drives .*, but the virt machine of Example Host has .*; give the image a driver/,
    );
  });

  it('an OS whose installer wants a TPM, on a platform without one, unless it is declined', () => {
    const db = world(`${modernLinux}${facts('<gw:tpm state="required" version="2.0"/>')}`);
    expect(contradiction(() => inWorld(db))).toMatch(
      /^Example OS requires a TPM \(.*os-1.xml:4\), but Example Host does not offer a TPM on x86_64; /,
    );
    const rec = inWorld(db, { overrides: { tpm: false } });
    expect(rec.tpm).toBeUndefined();
    expect(rec.warnings).toEqual(['the machine has no TPM, but Example OS requires one (os/example.org/os-1.xml:4)']);
  });

  it('an architecture that the platform has no machine for', () => {
    expect(contradiction(() => inWorld(world(modernLinux), { arch: 's390x' }))).toBe(
      'the machine is to be s390x, but Example Host has no machine for that architecture; take another --arch or --platform',
    );
    expect(contradiction(() => inWorld(world(modernLinux), { arch: 'vax' }))).toMatch(/^vax is no known architecture/);
  });

  it('more processors than the machine carries', () => {
    expect(contradiction(() => inWorld(world(modernLinux), { overrides: { cpus: 289 } }))).toContain(
      'at most 288 CPUs',
    );
  });

  it('Secure Boot that was asked for without UEFI', () => {
    expect(
      contradiction(() => inWorld(world(modernLinux), { overrides: { firmware: 'bios', secureBoot: true } })),
    ).toContain('it needs UEFI');
  });
});

describe('a choice against what is known', () => {
  it('wins, with a warning: BIOS for an OS that does not start from it', () => {
    const rec = inWorld(world(uefiOnly), { overrides: { firmware: 'bios' } });
    expect(rec.firmware).toEqual({ type: 'bios', secureBoot: false, enrolledKeys: false, smm: false });
    expect(rec.warnings).toEqual([
      'bios was asked for, but Example OS does not start from BIOS (os/example.org/os-1.xml:5)',
    ]);
  });

  it('switches Secure Boot off for good, and on only with a warning where the OS is not signed', () => {
    const secure = '<gw:feature name="secure-boot" arch="x86_64" machines="q35"/>';
    const platform = virtio + facts(machines.q35, secure);
    const signed = world(uefiOnly + facts('<gw:secure-boot arch="x86_64" state="works"/>'), platform);
    expect(inWorld(signed).firmware).toEqual({ type: 'uefi', secureBoot: true, enrolledKeys: true, smm: true });
    const off = inWorld(signed, { overrides: { secureBoot: false } });
    expect(off.firmware).toEqual({ type: 'uefi', secureBoot: false, enrolledKeys: false, smm: false });
    const unsigned = world(uefiOnly + facts('<gw:secure-boot arch="x86_64" state="refuses"/>'), platform);
    expect(inWorld(unsigned).firmware.secureBoot).toBe(false);
    expect(inWorld(unsigned, { overrides: { secureBoot: true } }).warnings[0]).toMatch(
      /^Secure Boot was asked for, but Example OS does not start under Secure Boot \(.*:\d+\)$/,
    );
  });

  it('never enforces Secure Boot on an image whose boot loader nobody signed', () => {
    const secure = '<gw:feature name="secure-boot" arch="x86_64" machines="q35"/>';
    const db = world(
      uefiOnly + facts('<gw:secure-boot arch="x86_64" state="works"/>'),
      virtio + facts(machines.q35, secure),
    );
    expect(inWorld(db, { image: { firmware: ['bios', 'uefi'] } }).firmware.secureBoot).toBe(false);
    expect(inWorld(db, { image: { firmware: ['uefi'], secureBoot: true } }).firmware.secureBoot).toBe(true);
  });
});

describe('an image', () => {
  it.each([
    [['bios'] as const, 'bios'],
    [['uefi'] as const, 'uefi'],
    [['bios', 'uefi'] as const, 'uefi'],
  ])('that starts from %s gets %s', (firmware, type) => {
    const os = `${modernLinux}<firmware arch="x86_64" type="efi"/>`;
    expect(inWorld(world(os), { image: { firmware } }).firmware.type).toBe(type);
  });
});
