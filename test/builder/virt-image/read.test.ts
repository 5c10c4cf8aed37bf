// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { type ReadVirtImage, readVirtImage } from '../../../builder/virt-image/index.js';
import { InputError } from '../../../osinfo/errors.js';

const own = 'xmlns:gw="urn:guestwright:virt-image:1"';
const guest = '<guest><arch>x86_64</arch></guest>';
const parts = {
  name: '<name>n</name>',
  boot: `<boot type="hvm">${guest}<os><loader dev="hd"/></os><drive disk="a.raw" target="hda"/></boot>`,
  devices: '<devices><vcpu>1</vcpu><memory>524288</memory><interface/><graphics/></devices>',
  storage: '<storage><disk file="a.raw" use="system"/></storage>',
  end: '',
};

/** A small whole descriptor, a line a part, with some parts replaced. */
function descriptor(change: Partial<typeof parts> = {}): string {
  const { name, boot, devices, storage, end } = { ...parts, ...change };
  return `<image ${own}>\n${name}\n<domain>\n${boot}\n${devices}\n</domain>\n${storage}\n${end}</image>\n`;
}
const read = (change: Partial<typeof parts> = {}) => readVirtImage(descriptor(change), 'x.xml');
const boot = (inner: string, attributes = 'type="hvm"') => `<boot ${attributes}>${inner}</boot>`;

describe('what is read', () => {
  test('a small descriptor', () => {
    expect(read()).toEqual({
      file: 'x.xml',
      name: 'n',
      version: undefined,
      release: undefined,
      label: undefined,
      description: undefined,
      boots: [
        {
          type: 'hvm',
          arch: 'x86_64',
          features: [],
          loader: undefined,
          loaderDev: 'hd',
          kernel: undefined,
          initrd: undefined,
          cmdline: undefined,
          drives: [{ disk: read().disks[0], target: 'hda', bus: undefined, line: 4 }],
          line: 4,
        },
      ],
      vcpus: '1',
      memoryKiB: 524_288,
      interfaces: 1,
      interfaceModel: undefined,
      graphics: true,
      disks: [{ id: 'a.raw', file: 'a.raw', use: 'system', size: undefined, format: 'raw', checksums: {}, line: 7 }],
      modern: undefined,
      warnings: [],
    });
  });

  test('a later format where our namespace has it, and only there', () => {
    const disk = (attributes: string) => ({ storage: `<storage><disk file="a.raw" ${attributes}/></storage>` });
    expect(read(disk('format="vpc" gw:format="vpc"')).disks[0]!.format).toBe('vpc');
    expect(read(disk('format="qcow2" gw:format="newer"')).disks[0]!.format).toBe('qcow2');
    for (const attributes of [
      'format="vpc"',
      'format="vhdx" gw:format="newer"',
      'xmlns:other="urn:x" format="vpc" other:format="vpc"',
    ])
      expect(() => read(disk(attributes))).toThrow(
        'The format for disk a.raw must be one of raw,qcow,qcow2,vmdk,iso,vdi',
      );
  });

  test.each([
    ['i386', 'i686'],
    ['I586', 'i686'],
    ['amd64', 'x86_64'],
    [' AMD64 ', 'x86_64'],
    [' x86_64 ', ' x86_64 '],
    ['aarch64', 'aarch64'],
  ])('the architecture %j is %j', (written, arch) => {
    expect(read({ boot: boot(`<guest><arch>${written}</arch></guest>`) }).boots[0]!.arch).toBe(arch);
  });

  test('each feature has its own state', () => {
    const features = '<features><acpi state="off"/><pae/><x:smm xmlns:x="urn:x" state=""/></features>';
    expect(read({ boot: boot(`<guest><arch>i686</arch>${features}</guest>`) }).boots[0]!.features).toEqual([
      { name: 'acpi', state: 'off' },
      { name: 'pae', state: 'on' },
      { name: 'smm', state: 'on' },
    ]);
  });

  test('Xen with its loader, and a kernel beside a loader', () => {
    const image = read({
      boot: boot(
        `${guest}<os><loader>pygrub</loader><kernel>k</kernel><initrd>i</initrd><cmdline>c d</cmdline></os>`,
        'type="xen"',
      ),
    });
    expect(image.boots[0]).toMatchObject({
      type: 'xen',
      loader: 'pygrub',
      loaderDev: undefined,
      kernel: 'k',
      initrd: 'i',
      cmdline: 'c d',
    });
  });

  test('a drive finds its disk by the id, and by the file only where there is no id', () => {
    const storage = '<storage><disk id="root" file="a.raw"/><disk file="b.raw"/></storage>';
    const drives = read({ storage, boot: boot(`${guest}<drive disk="root"/><drive disk="b.raw"/>`) }).boots[0]!.drives;
    expect(drives.map((drive) => drive.disk.file)).toEqual(['a.raw', 'b.raw']);
    expect(() => read({ storage, boot: boot(`${guest}<drive disk="a.raw"/>`) })).toThrow(
      /^x\.xml:4: Disk entry for 'a\.raw' not found$/,
    );
  });

  test('a disk without a file gets a name by its place', () => {
    const storage = '<storage><disk file="a.raw"/><disk size="10"/><disk id="z" size="10"/></storage>';
    expect(read({ storage }).disks.map((disk) => [disk.id, disk.file])).toEqual([
      ['a.raw', 'a.raw'],
      ['disk1.img', 'disk2.img'],
      ['disk2.img', 'disk3.img'],
    ]);
  });

  test('the last digest of a type counts, and ours are among them', () => {
    const storage =
      '<storage><disk file="a.raw"><checksum type="sha256">1</checksum><checksum type="sha256"> 2 </checksum><checksum>3</checksum><gw:checksum type="sha512">4</gw:checksum></disk></storage>';
    expect(read({ storage }).disks[0]!.checksums).toEqual({ sha256: ' 2 ', '': '3', sha512: '4' });
  });

  test('unknown elements and attributes, other namespaces, comments and any order are no matter', () => {
    const text = `<x:image xmlns:x="urn:x"><!-- c --><storage><disk file="a.raw"><partition file="b"/></disk><x:disk file="c"/></storage>
      <domain><devices><tpm/><memory> 524288 </memory><x:interface/></devices><boot type="hvm" x:k="1">${guest}<drive disk="a.raw" bus="virtio"/></boot></domain><future/><name>n</name></x:image>`;
    expect(readVirtImage(text, 'x')).toMatchObject({
      name: 'n',
      memoryKiB: 524_288,
      interfaces: 0,
      graphics: false,
      boots: [{ drives: [{ bus: undefined }] }],
    });
  });

  test('a prefix of another name, declared where it is used', () => {
    const storage = '<storage><disk file="a.raw" xmlns:q="urn:guestwright:virt-image:1" q:capacity="77"/></storage>';
    expect(read({ storage }).disks[0]!.capacityBytes).toBe(77);
    expect(
      read({ end: '<q:appliance xmlns:q="urn:guestwright:virt-image:1"><q:os id="o"/><q:later/></q:appliance>' })
        .modern,
    ).toEqual({ os: { id: 'o' }, deployments: [] });
  });
});

describe('what is refused, in the words of the first reader', () => {
  test.each([
    ['<domain/>', 1, "Root element is not 'image'"],
    [`<image xmlns="urn:x"><domain/></image>`, 1, "Expected exactly one 'domain' element"],
    ['<image>\n<domain/>\n<domain/></image>', 3, "Expected exactly one 'domain' element"],
    [descriptor({ boot: boot(guest, '') }), 4, 'The boot type must be provided'],
    [descriptor({ boot: boot(guest, 'type="uml"') }), 4, "Boot type must be 'xen' or 'hvm', but is uml"],
    [descriptor({ boot: boot('<guest/>') }), 4, 'Missing guest arch'],
    [descriptor({ boot: boot(`${guest}<os><loader> pygrub </loader></os>`) }), 4, 'Invalid loader  pygrub '],
    [descriptor({ boot: boot(`${guest}<os><loader dev="network"/></os>`) }), 4, 'Invalid bootdev network'],
    [
      descriptor({ boot: boot('<guest><arch>a</arch><features/><features/></guest>') }),
      4,
      'Expected at most one <features> element in hvm boot descriptor for a',
    ],
    [
      descriptor({ boot: boot('<guest><arch>a</arch><features><acpi state="maybe"/></features></guest>') }),
      4,
      "The state for feature acpi must be either 'on' or 'off', but is 'maybe'",
    ],
    [
      descriptor({ devices: '<devices><memory>512M</memory></devices>' }),
      5,
      "Memory must be an integer, but is '512M'",
    ],
    [
      descriptor({ storage: '<storage><disk file="a.raw" format="QCOW2"/></storage>' }),
      7,
      'The format for disk a.raw must be one of raw,qcow,qcow2,vmdk,iso,vdi',
    ],
    [
      descriptor({ storage: '<storage>\n<disk file="a.raw"/>\n<disk file="a.raw"/></storage>' }),
      9,
      "Disk file 'a.raw' defined twice",
    ],
    [descriptor({ boot: boot(`${guest}<drive target="hda"/>`) }), 4, "Disk entry for 'None' not found"],
  ])('%j', (text, line, message) => {
    expect(() => readVirtImage(text, 'x.xml')).toThrow(new InputError('virt-image', message, { file: 'x.xml', line }));
  });

  test.each([
    ['not well-formed', '<image><name>n</image>'],
    ['a document type', '<!DOCTYPE image [<!ENTITY a "b">]><image><domain/></image>'],
    ['too many elements', `<image><domain>${'<boot/>'.repeat(30_000)}</domain></image>`],
    ['too long', `<image><label>${'x'.repeat(1024 * 1024)}</label></image>`],
  ])('%s: one line with the place', (_, text) => {
    expect(() => readVirtImage(text, 'x.xml')).toThrow(/^x\.xml(?::\d+:\d+)?: [^\n]+$/);
  });

  test('line ends in a value do not make two lines of the message', () => {
    expect(() => read({ boot: boot(`${guest}<os><loader>a\nb</loader></os>`) })).toThrow(/Invalid loader a b$/);
  });

  test.each([
    ['<gw:os/>', /<gw:os> must have the attribute id/],
    ['<gw:recommended memory="2 GiB"/>', /<gw:recommended> has memory='2 GiB', which is no whole number/],
    [
      '<gw:deployment boot="0"><gw:firmware type="efi"/></gw:deployment>',
      /<gw:firmware> needs type to be one of bios, uefi, none/,
    ],
    [
      '<gw:deployment boot="0"><gw:firmware type="uefi" smm="on"/></gw:deployment>',
      /<gw:firmware> needs smm to be one of yes, no/,
    ],
    ['<gw:deployment boot="0"><gw:tpm model="tpm-crb"/></gw:deployment>', /<gw:tpm> must have the attribute version/],
  ])('in our block: %s', (inner, message) => {
    expect(() => read({ end: `<gw:appliance>${inner}</gw:appliance>` })).toThrow(message);
    expect(() => read({ end: `<gw:appliance>${inner}</gw:appliance>` })).toThrow(/^x\.xml:8: /);
  });
});

describe('what is read with a warning', () => {
  const codes = (image: ReadVirtImage) => image.warnings.map((warning) => `${warning.line} ${warning.code}`);
  test.each([
    ['KiB that are MiB', { devices: '<devices><memory>2048</memory></devices>' }, '5 small-memory'],
    ['no memory', { devices: '' }, '1 no-memory'],
    ['a way out of the folder', { storage: '<storage><disk file="../a.raw" id="a.raw"/></storage>' }, '7 outside-path'],
    ['an absolute path', { storage: '<storage><disk file="/a.raw" id="a.raw"/></storage>' }, '7 outside-path'],
    ['an unknown use', { storage: '<storage><disk file="a.raw" use="data"/></storage>' }, '7 unknown-use'],
    [
      'a digest in capitals',
      { storage: `<storage><disk file="a.raw"><checksum type="sha1">${'AB'.repeat(20)}</checksum></disk></storage>` },
      '7 odd-checksum',
    ],
    [
      'a digest of an unknown kind',
      { storage: '<storage><disk file="a.raw"><checksum type="crc">1</checksum></disk></storage>' },
      '7 unknown-checksum',
    ],
    [
      'two drives in one place',
      { boot: boot(`${guest}<drive disk="a.raw" target="hda"/><drive disk="a.raw" target="hda"/>`) },
      '4 same-target',
    ],
    [
      'features in two states',
      { boot: boot('<guest><arch>i686</arch><features><pae/><acpi state="off"/></features></guest>') },
      '4 mixed-features',
    ],
    ['nothing to boot', { boot: '' }, '1 no-boot'],
  ])('%s', (_, change, code) => {
    expect(codes(read(change))).toEqual([code]);
  });
  test('the message of a memory that is too small says what may be meant', () => {
    expect(read({ devices: '<devices><memory>2048</memory></devices>' }).warnings[0]!.message).toMatch(
      /2048 MiB may be meant/,
    );
  });
});
