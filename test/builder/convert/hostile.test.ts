// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runConversion } from '../../../builder/convert/convert.js';
import { listOva } from '../../../builder/convert/ova.js';
import { readSource } from '../../../builder/convert/source.js';
import { type TarEntry, writeTarFile } from '../../../builder/output/bundles/tar.js';
import { formatHeader } from '../../../osinfo/archive/tar-header.js';
import { run } from '../../../osinfo/doors/process.js';
import { InputError } from '../../../osinfo/errors.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { described, libvirtMachine, libvirtXml, makeImage, plan } from './machines.js';

const hasQemuImg = existsSync('/usr/bin/qemu-img');

const vmx = (file: string, more = ''): string =>
  `config.version = "8"\nvirtualHW.version = "19"\ndisplayName = "old"\nguestOS = "debian12-64"\nmemSize = "512"\nscsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "${file}"\n${more}`;

const ovf = (href: string, more = ''): string => `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="urn:rasd">
  <References><File ovf:href="${href}" ovf:id="f1"${more}/></References>
  <DiskSection><Info/><Disk ovf:diskId="d1" ovf:fileRef="f1" ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^20" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html"/></DiskSection>
  <VirtualSystem ovf:id="old"><Info/><VirtualHardwareSection><Info/>
    <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
    <Item><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
    <Item><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>6</rasd:ResourceType></Item>
    <Item><rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType><rasd:HostResource>ovf:/disk/d1</rasd:HostResource></Item>
  </VirtualHardwareSection></VirtualSystem></Envelope>`;

/** Asks for a conversion, and gives the one line that refuses it. */
async function refusal(file: string): Promise<string> {
  try {
    await plan(file, { to: 'qcow2' });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message;
  }
  throw new Error('it was not refused');
}

async function vmdk(path: string): Promise<void> {
  await makeImage(path, 'vmdk', '1M', '-o', 'subformat=streamOptimized');
}

/** An OVA in a folder of its own. */
async function ova(entries: readonly TarEntry[]): Promise<string> {
  const path = join(newFolder(), 'old.ova');
  await writeTarFile(path, entries, 0);
  return path;
}

const member = (name: string, content: string | Uint8Array): TarEntry => ({
  name,
  content: { kind: 'bytes', bytes: typeof content === 'string' ? Buffer.from(content) : content },
});

describe('files elsewhere', () => {
  it.each(['../secret.vmdk', '/etc/hostname', 'a/../../secret.vmdk', './../../secret.vmdk'])(
    'of a VMX are refused: %s',
    async (name) => {
      const file = described('old.vmx', vmx(name));
      writeFileSync(join(dirname(file), '..', 'secret.vmdk'), 'x');
      expect(await refusal(file)).toBe(
        `${file}:8: ${JSON.stringify(name)} is not in the folder of the description; move it there`,
      );
    },
  );

  it.each(['../secret.vmdk', '/etc/hostname', '%2e%2e/secret.vmdk', '..%2Fsecret.vmdk'])(
    'of an OVF are refused: %s',
    async (name) => {
      const file = described('old.ovf', ovf(name));
      writeFileSync(join(dirname(file), '..', 'secret.vmdk'), 'x');
      expect(await refusal(file)).toMatch(/old\.ovf:\d+: .* is not in the folder of the description/);
    },
  );

  it('are not reached through a link', async () => {
    const file = described('old.vmx', vmx('disk.vmdk'));
    writeFileSync(join(dirname(file), '..', 'secret.vmdk'), 'x');
    symlinkSync('../secret.vmdk', join(dirname(file), 'disk.vmdk'));
    expect(await refusal(file)).toContain('is not in the folder of the description');
  });

  it('are not fetched', async () => {
    const file = described('old.ovf', ovf('http://example.org/disk.vmdk'));
    expect(await refusal(file)).toContain('is elsewhere: fetch it, put it beside, and name it here');
  });

  it.skipIf(!hasQemuImg)('are not read as the base of a disk', async () => {
    const { file, folder } = await libvirtMachine();
    const other = newFolder();
    await makeImage(join(other, 'base.qcow2'), 'qcow2', '16M');
    await run([
      'qemu-img',
      'create',
      '-q',
      '-f',
      'qcow2',
      '-F',
      'qcow2',
      '-b',
      join(other, 'base.qcow2'),
      join(folder, 'web.qcow2'),
    ]);
    expect(await refusal(file)).toContain('outside of its folder');
  });

  it.skipIf(!hasQemuImg)('are not read as an extent of a VMDK', async () => {
    const extent =
      '# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 2048 FLAT "/etc/hostname" 0\n';
    const file = described('old.vmx', vmx('disk.vmdk'), { 'disk.vmdk': extent });
    expect(await refusal(file)).toContain('is not in its own folder');
  });
});

describe('disks that are not what they seem', () => {
  it('a raw disk stays raw, whatever its guest wrote into it', async () => {
    const folder = newFolder();
    const file = join(folder, 'web.xml');
    writeFileSync(file, libvirtXml(folder).replace("type='qcow2'", "type='raw'"));
    await makeImage(join(folder, 'web.qcow2'), 'qcow2', '1M');
    // A header that lies, which QEMU would follow.
    const head = readFileSync(join(folder, 'web.qcow2'));
    head.writeUInt32BE(99, 4);
    writeFileSync(join(folder, 'web.qcow2'), head);
    await makeImage(join(folder, 'data.raw'), 'raw', '1M');
    const made = await plan(file, { to: 'raw' });
    expect(made.warnings.join('\n')).toContain('begins as a qcow2 image: it is taken as raw');
    await runConversion(made);
    const source = readFileSync(join(folder, 'web.qcow2'));
    // In whole sectors.
    const copy = readFileSync(join(made.folder, 'web-1.raw')).subarray(0, source.length);
    expect(copy.equals(source)).toBe(true);
  });

  it('are refused where they are missing', async () => {
    const file = described('old.vmx', vmx('disk.vmdk'));
    expect(await refusal(file)).toBe(`${file}:8: the disk "disk.vmdk" is not there`);
  });

  it('are refused where their format is not theirs', async () => {
    const file = described('old.vmx', vmx('disk.vmdk'), { 'disk.vmdk': 'nothing of the kind' });
    expect(await refusal(file)).toContain(`${file}:8: `);
  });

  it('are refused where they stand on a snapshot of VMware', async () => {
    const text =
      '# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=12345678\nparentFileNameHint="/etc/passwd"\nRW 2048 SPARSE "disk-s001.vmdk"\n';
    const file = described('old.vmx', vmx('disk-000001.vmdk'), { 'disk-000001.vmdk': text });
    await makeImage(join(dirname(file), 'disk-s001.vmdk'), 'vmdk', '1M');
    expect(await refusal(file)).toContain('stands on a snapshot');
  });

  it('are refused where they are encrypted', async () => {
    const folder = newFolder();
    const file = join(folder, 'web.xml');
    const xml = libvirtXml(folder).replace("<target dev='vda'", "<encryption format='luks'/><target dev='vda'");
    writeFileSync(file, xml);
    expect(await refusal(file)).toContain('is encrypted');
  });
});

describe.skipIf(!hasQemuImg)('archives', () => {
  const folder = newFolder();
  const disk = join(folder, 'disk.vmdk');
  const image = async (): Promise<Uint8Array> => {
    if (!existsSync(disk)) await vmdk(disk);
    return readFileSync(disk);
  };
  const hash = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

  it('are taken whole when the manifest is right, in any order', async () => {
    const bytes = await image();
    const mf = `SHA256(old.ovf)= ${hash(ovf('disk.vmdk'))}\nSHA256 (disk.vmdk) = ${hash(bytes)}\n`;
    const file = await ova([member('old.ovf', ovf('disk.vmdk')), member('disk.vmdk', bytes), member('old.mf', mf)]);
    const made = await plan(file, { to: 'qcow2' });
    expect((await runConversion(made)).map((one) => one.file)).toEqual(['old-1.qcow2']);
    expect(readdirSync(made.folder)).toEqual(['old-1.qcow2']);
  });

  it('with a disk that was changed are refused, and nothing is left', async () => {
    const mf = `SHA256(disk.vmdk)= ${hash('another')}\n`;
    const file = await ova([
      member('old.ovf', ovf('disk.vmdk')),
      member('old.mf', mf),
      member('disk.vmdk', await image()),
    ]);
    const made = await plan(file, { to: 'qcow2' });
    await expect(runConversion(made)).rejects.toThrow(
      /old\.ova\/old\.ovf:\d+: "disk\.vmdk" is not what its digest says/,
    );
    expect(readdirSync(dirname(made.folder))).toEqual([]);
  });

  it('with a description that was changed are refused', async () => {
    const file = await ova([member('old.ovf', ovf('disk.vmdk')), member('old.mf', `SHA256(old.ovf)= ${hash('')}\n`)]);
    expect(() => readSource(file)).toThrow(/it is not what its manifest says/);
  });

  it('with a manifest that cannot be read are refused', async () => {
    const file = await ova([member('old.ovf', ovf('disk.vmdk')), member('old.mf', '\nSHA256(old.ovf)= 12\n')]);
    expect(() => readSource(file)).toThrow(/old\.mf:2: this is no line of a manifest/);
  });

  it.each(['../disk.vmdk', '/tmp/disk.vmdk', 'a/b.vmdk', 'a\\b.vmdk'])('with a member %s are refused', async (name) => {
    const file = await ova([member('old.ovf', ovf('disk.vmdk')), member(name, 'x')]);
    expect(() => readSource(file)).toThrow(/is refused: files of a package have plain names/);
  });

  it.each(['1', '2', '3', '6'])('with a link or device (type %s) are refused', async (type) => {
    const file = await ova([member('old.ovf', ovf('disk.vmdk'))]);
    const header = formatHeader({ name: 'disk.vmdk', size: 0, type, mode: 0o644, uid: 0, gid: 0, mtime: 0 });
    writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, -1024), header, Buffer.alloc(1024)]));
    expect(() => readSource(file)).toThrow(/is a link or a device/);
  });

  it('with a name twice, or cut short, are refused', async () => {
    const twice = await ova([member('old.ovf', ovf('a')), member('a', 'x'), member('a', 'y')]);
    expect(() => listOva(twice)).toThrow(/is in the archive twice/);
    const short = await ova([member('old.ovf', ovf('a')), member('a', Buffer.alloc(4096))]);
    truncateSync(short, 6000);
    expect(() => listOva(short)).toThrow(/cut short/);
  });
});

describe('descriptions that are none', () => {
  it.each([
    ['snap.xml', '<domainsnapshot/>', 'this is a snapshot of libvirt'],
    ['lxc.xml', "<domain type='lxc'><name>a</name></domain>", 'is no machine that could be converted'],
    ['box.vbox', '<VirtualBox xmlns="x"/>', 'VBoxManage export'],
    ['evil.xml', '<!DOCTYPE domain [<!ENTITY a "b">]><domain/>', 'is no description'],
    ['evil2.xml', "<domain type='kvm'>&a;</domain>", 'entity'],
    ['text.txt', 'hello', 'is no description'],
    ['two.ovf', '<Envelope><VirtualSystem id="a"/><VirtualSystem id="b"/></Envelope>', 'several machines'],
    ['packed.ovf', ovf('a.vmdk.gz', ' ovf:compression="gzip"'), 'unpack it first'],
    ['pieces.ovf', ovf('a.vmdk', ' ovf:chunkSize="1000"'), 'cut into pieces'],
    ['bad.vmx', 'config.version = "8"\n\nnonsense\n', 'bad.vmx:3: this is no line of a VMX file'],
    ['memory.vmx', vmx('a').replace('"512"', '"-5"'), 'memory.vmx:5: "-5" is no amount of memory'],
    ['cpus.xml', "<domain type='kvm'><vcpu>0</vcpu></domain>", 'is no number of processors'],
    ['huge.xml', "<domain type='kvm'><memory unit='TiB'>99999999999</memory></domain>", 'is no amount of memory'],
  ])('%s', (name, text, words) => {
    const file = described(name, text);
    expect(() => readSource(file)).toThrow(words);
  });

  it('folders, and what is not there', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'a'));
    expect(() => readSource(join(folder, 'a'))).toThrow(/this is no file/);
    expect(() => readSource(join(folder, 'b'))).toThrow(/there is no such file/);
  });

  it('more devices than any machine has', () => {
    const disk = "<disk type='file'><source file='/a'/><target dev='vda'/></disk>";
    const file = described('many.xml', `<domain type='kvm'><devices>${disk.repeat(65)}</devices></domain>`);
    expect(() => readSource(file)).toThrow(/more than 64 disks/);
  });
});
