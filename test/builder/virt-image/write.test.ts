// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type Appliance,
  describeAppliance,
  readVirtImage,
  type VirtImage,
  writeVirtImage,
} from '../../../builder/virt-image/index.js';
import { run } from '../../../osinfo/doors/process.js';
import { InputError } from '../../../osinfo/errors.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { recommendation } from './recommendation.js';

const folder = mkdtempSync(join(tmpdir(), 'guestwright-virt-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What xmllint says of a document against our grammar; '' when it is valid. */
async function validate(text: string): Promise<string> {
  const file = join(folder, 'image.xml');
  writeFileSync(file, text);
  const { stderr, exitCode } = await run(
    ['xmllint', '--noout', '--relaxng', join(packageRoot(), 'schema/virt-image.rng'), file],
    { okCodes: [0, 1, 3, 4] },
  );
  return exitCode === 0 ? '' : stderr;
}

const sha256 = 'ab'.repeat(32);
const appliance: Appliance = {
  name: 'web',
  version: '1.0',
  release: '2',
  recommendation,
  arch: 'x86_64',
  disks: [
    {
      file: 'web-sda.qcow2',
      format: 'qcow2',
      use: 'system',
      checksums: { sha1: 'cd'.repeat(20), sha256 },
      capacityBytes: 5_368_709_120,
      commitmentBytes: 5_400_000_000,
    },
    {
      file: 'web-sdb.qcow2',
      format: 'qcow2',
      use: 'scratch',
      sizeMiB: 1024,
      checksums: {},
      capacityBytes: 1_073_741_824,
    },
  ],
};
const image = describeAppliance(appliance);

describe('a written descriptor', () => {
  test('has the old elements in the old order, and ours in one block at the end', () => {
    expect(writeVirtImage(image)).toBe(`<image xmlns:gw="urn:guestwright:virt-image:1">
  <name version="1.0" release="2">web</name>
  <domain>
    <boot type="hvm">
      <guest>
        <arch>x86_64</arch>
      </guest>
      <os>
        <loader dev="hd"/>
      </os>
      <drive disk="web-sda.qcow2" target="hda" gw:bus="virtio"/>
      <drive disk="web-sdb.qcow2" target="hdb" gw:bus="virtio"/>
    </boot>
    <devices>
      <vcpu>2</vcpu>
      <memory>2097152</memory>
      <interface gw:model="virtio"/>
      <graphics/>
    </devices>
  </domain>
  <storage>
    <disk file="web-sda.qcow2" use="system" format="qcow2" gw:capacity="5368709120" gw:commitment="5400000000">
      <checksum type="sha256">${sha256}</checksum>
      <gw:checksum type="sha1">${'cd'.repeat(20)}</gw:checksum>
    </disk>
    <disk file="web-sdb.qcow2" use="scratch" size="1024" format="qcow2" gw:capacity="1073741824"/>
  </storage>
  <gw:appliance>
    <gw:os id="http://debian.org/debian/12" short-id="debian12" name="Debian 12"/>
    <gw:recommended vcpus="2" memory="2147483648" storage="21474836480"/>
    <gw:deployment boot="0" platform="http://qemu.org/qemu/7.2">
      <gw:machine type="q35"/>
      <gw:firmware type="uefi" secure-boot="yes" enrolled-keys="yes" smm="yes"/>
      <gw:cpu mode="host-model" baseline="x86-64-v2"/>
      <gw:video model="virtio"/>
      <gw:tpm model="tpm-crb" version="2.0"/>
      <gw:rng/>
      <gw:serial-console/>
      <gw:channel name="org.qemu.guest_agent.0"/>
      <gw:clock offset="utc"/>
    </gw:deployment>
  </gw:appliance>
</image>
`);
  });

  test('obeys the grammar', async () => {
    expect(await validate(writeVirtImage(image))).toBe('');
  });

  test('reads back as what was described', () => {
    const read = readVirtImage(writeVirtImage(image), 'web.xml');
    expect(read).toMatchObject({
      name: 'web',
      version: '1.0',
      release: '2',
      vcpus: '2',
      memoryKiB: 2_097_152,
      interfaces: 1,
      interfaceModel: 'virtio',
      graphics: true,
    });
    expect(read.warnings).toEqual([]);
    expect(read.modern).toEqual(image.modern);
    expect(read.boots[0]!.drives.map((drive) => [drive.disk.file, drive.target, drive.bus])).toEqual([
      ['web-sda.qcow2', 'hda', 'virtio'],
      ['web-sdb.qcow2', 'hdb', 'virtio'],
    ]);
    expect(read.disks[0]).toMatchObject({
      capacityBytes: 5_368_709_120,
      commitmentBytes: 5_400_000_000,
      checksums: { sha256, sha1: 'cd'.repeat(20) },
    });
    expect(read.disks[1]).toMatchObject({ use: 'scratch', size: '1024' });
  });

  test('a reader that knows nothing of our namespace sees a whole descriptor', () => {
    const stripped = writeVirtImage(image)
      .replace(/<gw:appliance>[\s\S]*<\/gw:appliance>/, '')
      .replace(/<gw:checksum[\s\S]*?<\/gw:checksum>/g, '')
      .replace(/ (?:xmlns:)?gw[:=][^ >/]*/g, '');
    expect(stripped).not.toContain('gw');
    const read = readVirtImage(stripped, 'web.xml');
    expect(read).toMatchObject({ name: 'web', memoryKiB: 2_097_152, modern: undefined });
    expect(read.disks[0]!.checksums).toEqual({ sha256 });
  });
});

describe('what the format has no room for', () => {
  test('a name or version in other characters is kept in our namespace, with a plain one for old readers', async () => {
    const odd = { ...appliance, name: `my "app" <&'>`, version: 'rawhide' };
    const text = writeVirtImage(describeAppliance(odd));
    expect(text).toContain('>my__app______</name>');
    expect(await validate(text)).toBe('');
    expect(readVirtImage(text, 'x.xml')).toMatchObject({ name: `my "app" <&'>`, version: 'rawhide' });
  });

  test('file names are escaped, not changed', async () => {
    const file = `a & 'b' "c" <d>.qcow2`;
    const text = writeVirtImage(describeAppliance({ ...appliance, disks: [{ ...appliance.disks[0]!, file }] }));
    expect(await validate(text)).toBe('');
    expect(readVirtImage(text, 'x.xml').disks[0]!.file).toBe(file);
  });

  test('a packed disk is described as what it will be, with the packed file and its digests', async () => {
    const disk = {
      file: 'web-sda.raw.xz',
      format: 'raw',
      use: 'system',
      checksums: { sha256 },
      capacityBytes: 1024,
      lengthBytes: 99,
    } as const;
    const text = writeVirtImage(describeAppliance({ ...appliance, disks: [disk] }));
    expect(await validate(text)).toBe('');
    const read = readVirtImage(text, 'x.xml').disks[0]!;
    expect(read).toMatchObject({
      file: 'web-sda.raw',
      checksums: {},
      capacityBytes: 1024,
      transport: { file: 'web-sda.raw.xz', checksums: { sha256 } },
    });
    expect(read.lengthBytes).toBeUndefined();
  });

  test('no graphics, no network, minimum resources, five disks, UEFI only', async () => {
    const disks = [0, 1, 2, 3, 4].map((index) => ({
      ...appliance.disks[0]!,
      file: `d${index}.raw`,
      format: 'raw' as const,
    }));
    const text = writeVirtImage(
      describeAppliance({
        ...appliance,
        disks,
        interfaces: 0,
        minimum: { memoryBytes: 512 * 1024 ** 2 },
        imageFirmware: ['uefi'],
        description: 'A test.',
        label: 'Web',
        recommendation: { ...recommendation, graphics: { type: 'none' } },
      }),
    );
    expect(await validate(text)).toBe('');
    const read = readVirtImage(text, 'x.xml');
    expect(read).toMatchObject({
      graphics: false,
      interfaces: 0,
      label: 'Web',
      description: 'A test. It starts with UEFI firmware only.',
    });
    expect(read.boots[0]!.drives.map((drive) => drive.target)).toEqual(['hda', 'hdb', 'hdc', 'hdd', 'hde']);
    expect(read.modern?.minimum).toEqual({ memoryBytes: 512 * 1024 ** 2 });
  });

  test.each([
    ['no disk', { disks: [] }, /it has no disk/],
    ['a disk elsewhere', { disks: [{ ...image.disks[0]!, file: '../x.raw' }] }, /not beside the descriptor/],
    ['an absolute path', { disks: [{ ...image.disks[0]!, file: '/x.raw' }] }, /not beside the descriptor/],
    [
      'a format that it cannot say',
      { disks: [{ ...image.disks[0]!, format: 'qed' as 'raw' }] },
      /format qed .* not one of raw, qcow/,
    ],
    [
      'a digest in capitals',
      { disks: [{ ...image.disks[0]!, checksums: { sha256: 'AB'.repeat(32) } }] },
      /not lower-case hex/,
    ],
    ['a disk twice', { disks: [image.disks[0]!, image.disks[0]!] }, /"web-sda.qcow2" stands twice/],
    ['too little memory', { memoryKiB: 100 }, /memory is 100 KiB/],
    ['no CPU', { vcpus: 0 }, /it has 0 CPUs/],
    ['nothing to boot', { boots: [] }, /no way to boot/],
    [
      'a drive of no disk',
      { boots: [{ ...image.boots[0]!, drives: [{ disk: 'y', target: 'hda' }] }] },
      /"y", which is not in the storage/,
    ],
    [
      'two drives in one place',
      {
        boots: [{ ...image.boots[0]!, drives: [...image.boots[0]!.drives, { disk: 'web-sda.qcow2', target: 'hda' }] }],
      },
      /two drives have the target hda/,
    ],
    [
      'features in two states',
      {
        boots: [
          {
            ...image.boots[0]!,
            features: [
              { name: 'acpi', state: 'on' },
              { name: 'pae', state: 'off' },
            ],
          },
        ],
      },
      /not all in the same state/,
    ],
  ] as readonly [string, Partial<VirtImage>, RegExp][])('%s is refused', (_, change, message) => {
    expect(() => writeVirtImage({ ...image, ...change })).toThrow(message);
    expect(() => writeVirtImage({ ...image, ...change })).toThrow(InputError);
  });
});

describe('the grammar', () => {
  const text = writeVirtImage(image);
  test('takes other namespaces beside ours', async () => {
    expect(
      await validate(
        text
          .replace('</storage>', '<o:x xmlns:o="urn:other" a="1"><b>text</b></o:x></storage>')
          .replace('<drive ', '<drive xmlns:o="urn:other" o:y="1" '),
      ),
    ).toBe('');
  });
  test.each([
    ['anything in <features>', '</arch>', '</arch><features><o:smm xmlns:o="urn:other"/></features>'],
    ['an unknown feature', '</arch>', '</arch><features><smm/></features>'],
    ['an unknown element without a namespace', '<graphics/>', '<graphics/><tpm/>'],
    ['an unknown element of ours', '<gw:rng/>', '<gw:random/>'],
    ['an unknown attribute of ours', 'gw:bus=', 'gw:buss='],
    ['a default namespace', '<image ', '<image xmlns="urn:other" '],
    ['memory in words', '2097152</memory>', '2 GiB</memory>'],
    ['storage before domain', /<domain>[\s\S]*<\/domain>/, ''],
    ['an absolute path', 'file="web-sda', 'file="/web-sda'],
    ['two plain digests', '<gw:checksum type="sha1">', '<checksum type="sha1">'],
    ['a short digest', sha256, 'abc'],
    ['an unknown use', 'use="system"', 'use="data"'],
    ['elements in text', '>web</name>', '>web<o:x xmlns:o="urn:other"/></name>'],
    ['a name with spaces', '>web</name>', '>a b</name>'],
  ] as readonly [string, string | RegExp, string][])('refuses %s', async (_, from, to) => {
    const changed = text
      .replace(from, to)
      .replace(
        `<checksum type="sha1">${'cd'.repeat(20)}</gw:checksum>`,
        `<checksum type="sha1">${'cd'.repeat(20)}</checksum>`,
      );
    expect(changed).not.toBe(text);
    expect(await validate(changed)).toMatch(/fails to validate/);
  });
});
