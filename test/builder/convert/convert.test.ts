// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runConversion } from '../../../builder/convert/convert.js';
import { writeDiskImage } from '../../../builder/convert/disk-image.js';
import { readSource } from '../../../builder/convert/source.js';
import { convertDiskFormats, convertTargets } from '../../../builder/convert/targets.js';
import { imageSizes } from '../../../builder/sizes/index.js';
import { run } from '../../../osinfo/doors/process.js';
import { formats } from '../../../osinfo/formats/index.js';
import { described, libvirtMachine, libvirtXml, MiB, makeImage, plan } from './machines.js';

const hasQemuImg = existsSync('/usr/bin/qemu-img');
const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Converts, and gives the folder that was written. */
async function convert(file: string, to: string, diskFormat?: string): Promise<{ folder: string; warnings: string }> {
  const one = await plan(file, { to, ...(diskFormat === undefined ? {} : { diskFormat }) });
  await runConversion(one);
  return { folder: one.folder, warnings: one.warnings.join('\n') };
}

/** Fails where two images do not show the guest the same. */
async function sameContent(a: string, formatA: string, b: string, formatB: string): Promise<void> {
  await run(['qemu-img', 'compare', '-q', '-f', formatA, '-F', formatB, a, b]);
}

describe.skipIf(!hasQemuImg)(`a machine converted${hasQemuImg ? '' : ' (left out: no qemu-img)'}`, () => {
  it('knows a file and a format of disks for every format of the recommender', () => {
    for (const { name } of formats) expect(convertTargets.find((one) => one.name === name)?.file).toBeDefined();
  });

  // Sources are only read, so that one does for many.
  let shared: ReturnType<typeof libvirtMachine> | undefined;
  const sharedMachine = (): ReturnType<typeof libvirtMachine> => {
    shared ??= libvirtMachine();
    return shared;
  };

  it.each(formats.map(({ name }) => name))('is planned for %s', async (to) => {
    const { file, folder } = await sharedMachine();
    const made = await plan(file, { to });
    expect(made.recommendation?.memoryBytes).toBe(2048 * MiB);
    expect(made.recommendation?.cpu.count).toBe(3);
    expect(readdirSync(folder).sort()).toEqual(['data.raw', 'web.qcow2', 'web.xml']);
  });

  it('has the same packed VMDK whatever its disk was, and none of what it was made of', async () => {
    const { file, folder } = await libvirtMachine();
    const made = await convert(file, 'vmdk');
    const raw = join(dirname(folder), 'web.raw');
    await run(['qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', join(folder, 'web.qcow2'), raw]);
    await sameContent(join(made.folder, 'web-1.vmdk'), 'vmdk', raw, 'raw');
    expect(readdirSync(made.folder).sort()).toEqual(['web-1.vmdk', 'web-2.vmdk']);
    const target = join(dirname(folder), 'web-1.vmdk');
    await writeDiskImage({ path: raw, format: 'raw' }, 'vmdk', target, join(dirname(folder), 'scratch'));
    expect(digest(target)).toBe(digest(join(made.folder, 'web-1.vmdk')));
    const stopped = writeDiskImage({ path: raw, format: 'raw' }, 'vmdk', target, raw, AbortSignal.abort());
    await expect(stopped).rejects.toThrow(/abort/i);
  });

  it('goes to OVF and is the same machine when it is read again', async () => {
    const { file, folder } = await sharedMachine();
    const before = digest(join(folder, 'web.qcow2'));
    const ovf = await convert(file, 'ovf');
    const { machine } = readSource(join(ovf.folder, 'web.ovf'));
    expect(machine).toMatchObject({
      kind: 'ovf',
      name: { value: 'web' },
      firmware: { value: 'uefi' },
      secureBoot: { value: false },
      memoryBytes: { value: 2048 * MiB },
      cpus: { value: 3 },
      disks: [
        { file: 'web-1.vmdk', bus: 'scsi', controller: 'vmpvscsi', capacityBytes: 16 * MiB },
        { file: 'web-2.vmdk', capacityBytes: 4 * MiB },
      ],
      nics: [{ model: 'vmxnet3' }],
    });
    expect(ovf.warnings).toMatch(/web\.xml:\d+: not carried over: bus of the disks virtio: .* it has scsi/);
    expect(ovf.warnings).toMatch(/the address 52:54:00:12:34:56 of network card 1/);
    const back = await convert(join(ovf.folder, 'web.ovf'), 'libvirt');
    await sameContent(join(back.folder, 'web-1.qcow2'), 'qcow2', join(folder, 'web.qcow2'), 'qcow2');
    const again = readSource(join(back.folder, 'web.libvirt.xml')).machine;
    expect(again).toMatchObject({
      os: { value: { id: 'http://debian.org/debian/12' } },
      memoryBytes: { value: 2048 * MiB },
      cpus: { value: 3 },
      firmware: { value: 'uefi' },
      disks: [{ bus: 'scsi', controller: 'vmpvscsi' }, {}],
      nics: [{ model: 'vmxnet3' }],
    });
    expect(digest(join(folder, 'web.qcow2'))).toBe(before);
  });

  it('goes to VMX, from there to an OVA, and from there to a virt-image descriptor', async () => {
    const { file, folder } = await sharedMachine();
    const vmx = await convert(file, 'vmx');
    const ova = await convert(join(vmx.folder, 'web.vmx'), 'ova');
    expect(readdirSync(ova.folder)).toEqual(['web.ova']);
    const image = await convert(join(ova.folder, 'web.ova'), 'virt-image');
    const { machine } = readSource(join(image.folder, 'web.xml'));
    expect(machine).toMatchObject({
      kind: 'virt-image',
      os: { value: { id: 'http://debian.org/debian/12' } },
      memoryBytes: { value: 2048 * MiB },
      cpus: { value: 3 },
      firmware: { value: 'uefi' },
      serialConsole: { value: false },
    });
    await sameContent(join(image.folder, 'web-1.qcow2'), 'qcow2', join(folder, 'web.qcow2'), 'qcow2');
    await sameContent(join(image.folder, 'web-2.qcow2'), 'qcow2', join(folder, 'data.raw'), 'raw');
    // And its digests are those of its files.
    expect(machine.disks[0]?.digests?.['sha256']).toBe(digest(join(image.folder, 'web-1.qcow2')));
  });

  it('keeps to libvirt what a libvirt machine says, and says why', async () => {
    const { file } = await libvirtMachine(
      "<graphics type='spice'/><tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>",
    );
    const made = await plan(file, { to: 'libvirt' });
    expect(made.recommendation).toMatchObject({
      machine: { family: 'q35' },
      firmware: { type: 'uefi', secureBoot: false },
      disk: { bus: 'virtio' },
      graphics: { type: 'spice' },
      tpm: { model: 'tpm-crb', version: '2.0' },
    });
    const bus = made.recommendation?.why.find(({ decision }) => decision === 'disk');
    expect(bus?.reason).toBe('as the source says');
    expect(bus?.facts[0]).toEqual({ text: 'the source says bus of the disks virtio', at: `${file}:9` });
    await runConversion(made);
    const xml = readFileSync(join(made.folder, 'web.libvirt.xml'), 'utf8');
    expect(xml).toContain('<mac address="52:54:00:12:34:56"/>');
    expect(xml).toContain(`<source file="${made.folder}/web-1.qcow2"/>`);
    expect(made.warnings.join('\n')).not.toContain('52:54:00');
  });

  it.each(convertDiskFormats.map((format) => [format]))('gives its disks alone as %s', async (format) => {
    const { file, folder } = await sharedMachine();
    const made = await convert(file, format);
    const files = readdirSync(made.folder).sort();
    expect(files).toHaveLength(2);
    if (format === 'raw.xz' || format === 'raw.zst') {
      const unpack = format === 'raw.xz' ? 'xz' : 'zstd';
      await run([unpack, '-q', '-t', join(made.folder, files[0]!)]);
      return;
    }
    expect(imageSizes(join(made.folder, files[0]!)).capacityBytes).toBe(16 * MiB);
    const { format: container } = imageSizes(join(made.folder, files[0]!));
    await sameContent(
      join(made.folder, files[0]!),
      format === 'vpc' ? 'vpc' : container,
      join(folder, 'web.qcow2'),
      'qcow2',
    );
  });

  it('takes the machine of Hyper-V that has a BIOS', async () => {
    const file = described('old.xml', libvirtXml('.', '').replace(" firmware='efi'", ''));
    await makeImage(join(dirname(file), 'web.qcow2'), 'qcow2', '1M');
    await makeImage(join(dirname(file), 'data.raw'), 'raw', '1M');
    const { recommendation } = await plan(file, { to: 'hyperv' });
    expect(recommendation).toMatchObject({ machine: { family: 'gen1' }, firmware: { type: 'bios' } });
  });

  it('brings the disc of the drive along, and says what of the devices is left behind', async () => {
    const drive = "<disk type='file' device='cdrom'><source file='FOLDER/a.iso'/><target dev='sda' bus='sata'/></disk>";
    const empty = "<disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>";
    const card = "<interface type='user'><model type='e1000e'/></interface>";
    const { file, folder } = await libvirtMachine(drive + empty + card.repeat(4));
    writeFileSync(file, readFileSync(file, 'utf8').replace('FOLDER', folder));
    writeFileSync(join(folder, 'a.iso'), 'a disc');
    const libvirt = await convert(file, 'libvirt');
    expect(readFileSync(join(libvirt.folder, 'web.iso'), 'utf8')).toBe('a disc');
    const xml = readFileSync(join(libvirt.folder, 'web.libvirt.xml'), 'utf8');
    expect(xml).toContain(`<source file="${libvirt.folder}/web.iso"/>`);
    expect(xml.match(/<interface /g)).toHaveLength(4);
    for (const words of [
      'not carried over: an empty CD-ROM drive',
      'not carried over: that network card 2 is "e1000e": all cards are virtio',
      'not carried over: network card 5: 4 can be had',
    ])
      expect(libvirt.warnings).toContain(words);
    const ova = await convert(file, 'ova');
    expect(readdirSync(ova.folder)).toEqual(['web.ova']);
    expect(ova.warnings).toContain('not carried over: its CD-ROM: ova carries none');
  });

  it.each([
    ['incus', 'has virtio instead', 'bios'],
    ['firecracker', 'firmware bios: it has none', 'none'],
  ])('finds for %s what of an old machine it can have', async (to, words, firmware) => {
    const file = described(
      'old.xml',
      libvirtXml('.', '')
        .replace(" firmware='efi'", '')
        .replace(/vd([ab])' bus='virtio/g, "hd$1' bus='ide")
        .replace(/<metadata>.*/, ''),
    );
    await makeImage(join(dirname(file), 'web.qcow2'), 'qcow2', '1M');
    await makeImage(join(dirname(file), 'data.raw'), 'raw', '1M');
    const { recommendation, warnings } = await plan(file, { to });
    expect(recommendation?.firmware.type).toBe(firmware);
    expect(warnings.join('\n')).toContain(words);
  });

  it('keeps a disk read-only where that can be', async () => {
    const { file } = await libvirtMachine();
    writeFileSync(file, readFileSync(file, 'utf8').replace("<target dev='vdb'", "<readonly/><target dev='vdb'"));
    const libvirt = await convert(file, 'libvirt');
    const disk = readSource(join(libvirt.folder, 'web.libvirt.xml')).machine.disks[1];
    expect(disk).toMatchObject({ readonly: true });
    expect((await plan(file, { to: 'vmx' })).warnings.join('\n')).toContain(
      'web-2.vmdk is to be read-only, which cannot be said',
    );
  });

  it('leaves nothing when it fails', async () => {
    const { file, folder } = await libvirtMachine();
    const made = await plan(file, { to: 'qcow2' });
    writeFileSync(join(folder, 'web.qcow2'), 'no longer an image');
    await expect(runConversion(made)).rejects.toThrow(/qemu-img/);
    expect(readdirSync(dirname(made.folder))).toEqual([]);
  });

  it('leaves nothing when it is stopped', async () => {
    const { file } = await sharedMachine();
    const made = await plan(file, { to: 'qcow2' });
    const steps: string[] = [];
    const stop = new AbortController();
    const onStep = (text: string): void => {
      steps.push(text);
      if (steps.length === 2) stop.abort();
    };
    await expect(runConversion(made, { onStep, signal: stop.signal })).rejects.toThrow(/aborted|stopped/);
    expect(steps).toHaveLength(2);
    expect(readdirSync(dirname(made.folder))).toEqual([]);
  });

  it('does not write into a folder that is there', async () => {
    const { file, folder } = await sharedMachine();
    await expect(plan(file, { to: 'qcow2', folder })).rejects.toThrow(/is there already/);
  });

  it('writes scripts that can be run', async () => {
    const { file } = await sharedMachine();
    const made = await convert(file, 'qemu');
    expect(statSync(join(made.folder, 'start-qemu.sh')).mode & 0o100).toBe(0o100);
    await run(['sh', '-n', join(made.folder, 'start-qemu.sh')]);
  });
});
