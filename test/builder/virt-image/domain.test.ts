// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseBoot } from '../../../builder/virt-image/choose-boot.js';
import { type DomainFacts, plainDomain } from '../../../builder/virt-image/domain.js';
import { type HostGuestKind, readHostGuests } from '../../../builder/virt-image/host-guests.js';
import { type ReadVirtImage, readVirtImage } from '../../../builder/virt-image/index.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { readXml, type XmlElement } from '../../../osinfo/xml/read.js';
import { writeXml } from '../../../osinfo/xml/write.js';

const reference = process.env['GUESTWRIGHT_REFERENCE'] ?? resolve(packageRoot(), '../shared/reference');
const cases = join(reference, 'virt-image/cases');
const skip = existsSync(cases) ? '' : ' (skipped: no reference folder)';

const guest = (osType: string, arch: string, more: Partial<HostGuestKind> = {}): HostGuestKind => ({
  osType,
  arch,
  domainType: 'test',
  emulator: '/usr/bin/test-hv',
  features: new Map([['pae', new Set(['on', 'off'] as const)]]),
  ...more,
});

interface Machine {
  readonly image: ReadVirtImage;
  readonly boot: number;
  readonly guests: readonly HostGuestKind[];
  /** Where the disks of the descriptor would lie. */
  readonly folder: string;
  readonly facts: Partial<DomainFacts>;
}

/** The plain domain of a boot, with the disks where the reference has them. */
function domainOf({ image, boot, guests, folder, facts }: Machine): string {
  const chosen = chooseBoot(image, guests, boot);
  const { kernel, initrd, cmdline } = chosen.boot;
  const domain = plainDomain(chosen, {
    name: 'x',
    uuid: '00000000-1111-2222-3333-444444444444',
    memoryKiB: image.memoryKiB ?? 0,
    vcpus: { count: Number(image.vcpus) },
    features: new Map(chosen.boot.features.map(({ name, state }) => [name, state === 'on'])),
    drives: chosen.boot.drives.map(({ disk, target }) => ({
      path: resolve(folder, disk.file),
      kind: 'file',
      device: 'disk',
      format: disk.format,
      ...(target === undefined ? {} : { target }),
    })),
    nics: [],
    graphics: [{ type: 'vnc', keymap: 'en-us' }],
    ...(kernel === undefined ? {} : { kernel: { kernel, initrd: initrd!, cmdline: cmdline! } }),
    localTime: false,
    hostHasPae: guests.some(({ features }) => features.has('pae')),
    ...facts,
  });
  return writeXml(domain, { declaration: false });
}

/**
 * Lines in any order, without what newer libvirts say by themselves, and without what the original chose by its own
 * version: the video card and the USB controllers, which are libvirt's choice now.
 */
function normal(xml: string): string[] {
  const usual = ['unit=KiB', 'placement=static', 'autoport=yes'];
  const lines: string[] = [];
  const walk = (element: XmlElement, path: string): void => {
    if (['video', 'controller'].includes(element.name)) return;
    const attrs = [...element.attrs].map(([name, value]) => `${name}=${value}`).filter((one) => !usual.includes(one));
    const inner = element.children.length === 0 ? element.text.trim() : '';
    const here = `${path}/${element.name}[${attrs.sort().join(' ')}]${inner}`;
    lines.push(here);
    for (const child of element.children) walk(child, here);
  };
  walk(readXml(xml, 'domain.xml'), '');
  return lines.sort();
}

const input = (name: string): ReadVirtImage =>
  readVirtImage(readFileSync(join(cases, 'input', name)), join(cases, 'input', name));
const expected = (name: string): string => readFileSync(join(cases, 'expected', name), 'utf8');

describe.skipIf(skip !== '')(`the domain of a descriptor is the one of the reference${skip}`, () => {
  const parser = {
    folder: '/tmp/tests/image-xml',
    facts: {
      name: 'TestGuest',
      uuid: '12345678-1234-1234-1234-123456789012',
      memoryKiB: 204_800,
      maximumMemoryKiB: 409_600,
      vcpus: { count: 5 },
      graphics: [{ type: 'vnc', keymap: 'ja' }],
    },
  } as const;
  const emulator = '/usr/lib/xen/bin/qemu-dm';
  const xen = [guest('xen', 'i686', { emulator }), guest('hvm', 'i686', { emulator })];

  it.each([
    ['image.xml', 0, 'parser/image-xenpv32.xml'],
    ['image.xml', 1, 'parser/image-xenfv32.xml'],
    ['image-kernel.xml', 0, 'parser/image-xenpv32-kernel.xml'],
  ])('%s, boot %i', (name, boot, wanted) => {
    expect(normal(domainOf({ image: input(name), boot, guests: xen, ...parser }))).toEqual(normal(expected(wanted)));
  });

  it('image-format.xml, on QEMU', () => {
    const qemu = [guest('hvm', 'i686', { domainType: 'kvm', emulator, features: new Map() })];
    const xml = domainOf({ image: input('image-format.xml'), boot: 0, guests: qemu, ...parser });
    expect(normal(xml)).toEqual(normal(expected('parser/image-format-out.xml')));
  });

  const cli = [guest('hvm', 'i686'), guest('xen', 'i686')];
  const nic = { source: { type: 'user' }, mac: '00:11:22:33:44:55' } as const;
  const screen = { graphics: [{ type: 'vnc', keymap: 'en-us' }] } as const;
  it.each([
    ['cli-image.xml', 0, 'cli-0.600/boot0.xml', { nics: [nic], memoryKiB: 65_536, ...screen }],
    ['cli-image.xml', 1, 'cli-0.600/boot1.xml', { nics: [{ ...nic, model: 'e1000' }], memoryKiB: 65_536, ...screen }],
    ['cli-image-nogfx.xml', 0, 'cli-0.600/nogfx.xml', { nics: [nic], memoryKiB: 65_536, graphics: [] }],
    [
      'cli-image.xml',
      0,
      'cli-1.0/boot0.xml',
      { nics: [nic], memoryKiB: 131_072, maximumMemoryKiB: 262_144, ...screen },
    ],
    ['cli-image.xml', 1, 'cli-1.0/boot1.xml', { nics: [{ ...nic, model: 'e1000' }], memoryKiB: 65_536, ...screen }],
    ['cli-image-nogfx.xml', 0, 'cli-1.0/nogfx.xml', { nics: [nic], memoryKiB: 65_536, graphics: [] }],
  ])('%s, boot %i: %s', (name, boot, wanted, facts) => {
    const xml = domainOf({
      image: input(name),
      boot,
      guests: cli,
      folder: '/',
      facts: { name: 'foobar', ...(facts as Partial<DomainFacts>) },
    });
    expect(normal(xml)).toEqual(normal(expected(wanted)));
  });
});

describe('the domain of a descriptor', () => {
  const image = readVirtImage(
    `<image><name>x</name><domain>
      <boot type='hvm'><guest><arch>i686</arch></guest><os><loader dev='cdrom'/></os><drive disk='a.iso'/><drive disk='a.raw'/></boot>
      <boot type='xen'><guest><arch>i686</arch></guest><os><kernel>/k</kernel><initrd>/i</initrd><cmdline>ro</cmdline></os><drive disk='a.raw'/></boot>
      <devices><memory>262144</memory></devices></domain>
      <storage><disk file='a.raw' use='system'/><disk file='a.iso' format='iso'/></storage></image>`,
    'x.xml',
  );
  const hosts = readHostGuests(
    `<capabilities><guest><os_type>hvm</os_type><arch name='i686'><emulator>/q</emulator><domain type='xen'/></arch></guest><guest><os_type>xen</os_type><arch name='i686'><domain type='xen'/></arch></guest></capabilities>`,
    'caps.xml',
  );
  const make = (boot: number, facts: Partial<DomainFacts> = {}) =>
    normal(domainOf({ image, boot, guests: hosts, folder: '/', facts }));

  it('starts from the CD-ROM and then from the disk, and Xen has its loader', () => {
    const lines = make(0).join('\n');
    expect(lines).toContain('/boot[dev=cdrom]');
    expect(lines).toContain('/boot[dev=hd]');
    expect(lines).toContain('/loader[]/usr/lib/xen/boot/hvmloader');
    expect(lines).not.toContain('/driver[');
  });

  it('is of type linux where Xen starts a kernel itself', () => {
    const lines = make(1).join('\n');
    expect(lines).toContain('/type[arch=i686]linux');
    expect(lines).not.toContain('bootloader');
    expect(lines).toContain('/target[bus=xen dev=xvda]');
  });

  it('says what was asked of processors, memory, features and screens', () => {
    const lines = make(0, {
      vcpus: { count: 2, maximum: 4, sockets: 1, cores: 4, threads: 1, cpuset: '0-3' },
      cpu: { model: 'core2duo', features: [{ name: 'vmx', policy: 'disable' }] },
      maximumMemoryKiB: 524_288,
      features: new Map([['acpi', false]]),
      graphics: [{ type: 'spice', port: 5900, listen: '127.0.0.1', password: 'a"<b' }, { type: 'sdl' }],
    }).join('\n');
    expect(lines).toContain('/vcpu[cpuset=0-3 current=2]4');
    expect(lines).toContain('/topology[cores=4 sockets=1 threads=1]');
    expect(lines).toContain('/feature[name=vmx policy=disable]');
    expect(lines).toContain('/memory[]524288');
    expect(lines).toContain('/currentMemory[]262144');
    expect(lines).not.toContain('/acpi[');
    expect(lines).toContain('/graphics[listen=127.0.0.1 passwd=a"<b port=5900 type=spice]');
    expect(lines).toContain('/graphics[type=sdl]');
  });
});
