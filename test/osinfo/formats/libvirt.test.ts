// SPDX-License-Identifier: Apache-2.0
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { formatLibvirt, type LibvirtRequest } from '../../../osinfo/formats/index.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { RecommendInput } from '../../../osinfo/recommend/types.js';
import { readXml } from '../../../osinfo/xml/read.js';
import { noGrammar, noLibvirt, noTpm, RealLibvirt, unless } from './real-libvirt.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const libvirt = new RealLibvirt();
afterAll(() => libvirt.remove());

const rec = (os: string, rest: Partial<RecommendInput> = {}) =>
  recommend({ os: db.os(os), platform: db.platform('kvm'), ...rest });

const disk = { path: '/var/lib/libvirt/images/x.qcow2', format: 'qcow2' };
const request: LibvirtRequest = { name: 'x', disks: [disk], cdrom: '/isos/x.iso' };

const systems = ['debian12', 'ubuntu24.04', 'win11', 'freebsd14.3'];

describe.skipIf(noGrammar())(`domain XML is what libvirt’s grammar takes${unless(noGrammar())}`, () => {
  it.each(systems.flatMap((os) => [[os, 'kvm'] as const, [os, 'qemu'] as const]))('%s, %s', async (os, virt) => {
    await libvirt.validate(formatLibvirt(rec(os, { virt }), request).text);
  });

  it('every OS of the database, in one document', async () => {
    for (const os of new Map(db.oses().map((one) => [one.distro, one])).values()) {
      await libvirt.validate(formatLibvirt(recommend({ os, platform: db.platform('kvm') }), request).text);
    }
  });

  it.each(['i686', 'aarch64', 'ppc64le', 's390x', 'riscv64'])('on %s', async (arch) => {
    await libvirt.validate(formatLibvirt(rec('debian12', { arch }), request).text);
  });

  it('with every option', async () => {
    const all = {
      ...request,
      uuid: '0f0f0f0f-1111-4222-8333-444444444444',
      disks: [disk, { ...disk, path: '/b & <c> "d".raw', format: 'raw', readonly: true }],
      nics: 3,
      network: 'user',
      virt: 'qemu',
    } as const;
    await libvirt.validate(formatLibvirt(rec('debian12', { intent: 'desktop' }), all).text);
  });
});

describe.skipIf(noLibvirt())(`libvirt itself turns it into a QEMU command${unless(noLibvirt())}`, () => {
  const firmwareOf = (words: readonly string[]): string[] =>
    words.flatMap((word) => /"filename":"([^"]*OVMF_CODE[^"]*)"/.exec(word)?.[1] ?? []);

  it.for(systems)('%s', async (os, { skip }) => {
    skip(os === 'win11' && noTpm() !== undefined, noTpm());
    const words = await libvirt.toQemu(formatLibvirt(rec(os), { ...request, virt: 'qemu' }).text);
    expect(words.join(' ')).toContain(`"driver":"${os === 'win11' ? 'e1000e' : 'virtio-net-pci'}"`);
    expect(words.some((word) => word.startsWith('pc-q35-'))).toBe(true);
    // Microsoft's keys and enforcement only where the OS is signed: it is said, so libvirt does not choose.
    const secure = os !== 'freebsd14.3';
    expect(firmwareOf(words)).toEqual([`/usr/share/OVMF/OVMF_CODE_4M${secure ? '.ms' : ''}.fd`]);
    expect(words.includes('driver=cfi.pflash01,property=secure,value=on')).toBe(secure);
  });

  it('BIOS, and UEFI with Secure Boot switched off', async () => {
    const bios = await libvirt.toQemu(
      formatLibvirt(rec('debian12', { overrides: { firmware: 'bios' } }), { ...request, virt: 'qemu' }).text,
    );
    expect(firmwareOf(bios)).toEqual([]);
    const off = await libvirt.toQemu(
      formatLibvirt(rec('debian12', { overrides: { secureBoot: false } }), { ...request, virt: 'qemu' }).text,
    );
    expect(firmwareOf(off)).toEqual(['/usr/share/OVMF/OVMF_CODE_4M.fd']);
  });

  it('several disks and cards, on every bus', async () => {
    const disks = [disk, { ...disk, path: '/b.raw', format: 'raw' }];
    const debian = rec('debian12', { overrides: { firmware: 'bios' }, virt: 'qemu' });
    for (const bus of ['virtio', 'sata', 'scsi'] as const) {
      const controller = bus === 'scsi' ? { controller: 'virtio-scsi' } : {};
      const one = { ...debian, disk: { ...debian.disk, bus, ...controller } };
      const words = await libvirt.toQemu(formatLibvirt(one, { ...request, disks, nics: 2 }).text);
      expect(words.filter((word) => word.includes('"driver":"virtio-net-pci"'))).toHaveLength(2);
      expect(words.filter((word) => word.includes('"filename":"/b.raw"'))).toHaveLength(1);
    }
  });
});

describe('formatLibvirt', () => {
  const domain = (os: string, rest: Partial<RecommendInput> = {}, more: Partial<LibvirtRequest> = {}) =>
    readXml(formatLibvirt(rec(os, rest), { ...request, ...more }).text, 'domain.xml');

  it('says Secure Boot and enrolled keys for UEFI, yes or no', () => {
    for (const [os, enabled] of [
      ['debian12', 'yes'],
      ['freebsd14.3', 'no'],
    ] as const) {
      const features = domain(os).child('os')!.child('firmware')!.children;
      expect(features.map((one) => [one.attrs.get('name'), one.attrs.get('enabled')])).toEqual([
        ['enrolled-keys', enabled],
        ['secure-boot', enabled],
      ]);
    }
  });

  it('names the OS for tools that look at the domain later', () => {
    const { text } = formatLibvirt(rec('debian12'), request);
    expect(text).toContain('<libosinfo:os id="http://debian.org/debian/12"/>');
  });

  it('writes sizes, names and paths as they are', () => {
    const root = domain('debian12', {}, { name: 'a & b', disks: [{ path: '/x "y" <z>.qcow2', format: 'qcow2' }] });
    expect(root.child('name')!.text).toBe('a & b');
    expect(root.child('memory')!.text).toBe(String(2 * 1024 * 1024));
    const source = root.child('devices')!.child('disk')!.child('source')!;
    expect(source.attrs.get('file')).toBe('/x "y" <z>.qcow2');
  });

  it('leaves out what needs KVM when asked for emulation, and says so', () => {
    const { text, warnings } = formatLibvirt(rec('win11'), { ...request, virt: 'qemu' });
    expect(text).toContain('<domain type="qemu">');
    expect(text).not.toMatch(/hyperv/);
    expect(text).toContain('mode="maximum"');
    expect(warnings).toContain('without KVM there are no Hyper-V enlightenments: they are left out');
  });

  it('warns of what libvirt does not check', () => {
    expect(formatLibvirt(rec('rhel10.0'), request).warnings).toEqual([
      'the OS needs x86-64-v3; libvirt does not check that the host has it',
    ]);
  });

  it('warns of an image that libvirt has no word for', () => {
    const formatted = formatLibvirt(rec('debian12'), { ...request, disks: [{ path: '/x.vhdx', format: 'vhdx' }] });
    expect(formatted.warnings).toContain(
      '/x.vhdx is vhdx, which is not read here: make a qcow2 of it with qemu-img convert -O qcow2',
    );
    const vpc = formatLibvirt(rec('debian12'), { ...request, disks: [{ path: '/x.vpc', format: 'vpc' }] });
    expect(vpc.warnings.filter((one) => one.includes('qemu-img'))).toEqual([]);
  });

  it('gives a disk and the drive on one bus different letters', () => {
    const targets = domain('win11')
      .child('devices')!
      .children.filter((one) => one.name === 'disk')
      .map((one) => one.child('target')!.attrs.get('dev'));
    expect(targets).toEqual(['sda', 'sdb']);
  });

  it.each([
    [{ name: '' }, /is no name/],
    [{ name: '../../etc' }, /is no name/],
    [{ name: '-x' }, /is no name/],
    [{ name: 'a/b' }, /is no name/],
    [{ name: 'a\nb' }, /is no name/],
    [{ disks: [{ path: 'x.qcow2', format: 'qcow2' }] }, /is not absolute/],
    [{ disks: [{ path: '/a\u0000b', format: 'qcow2' }] }, /is no path/],
    [{ disks: [{ path: '/a', format: 'qcow2,x=y' }] }, /is no image format/],
    [{ disks: Array.from({ length: 13 }, () => disk) }, /13 disks .* virtio carries 12/],
    [{ nics: 5 }, /0 to 4/],
  ])('refuses %j', (more, message) => {
    expect(() => formatLibvirt(rec('debian12'), { ...request, ...more })).toThrow(InputError);
    expect(() => formatLibvirt(rec('debian12'), { ...request, ...more })).toThrow(message);
  });
});
