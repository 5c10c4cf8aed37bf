// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeContainerDisk } from '../../../../builder/output/bundles/container-disk.js';
import { writeOva } from '../../../../builder/output/bundles/ova.js';
import { fileContent, writeTarFile } from '../../../../builder/output/bundles/tar.js';
import { openDb } from '../../../../osinfo/index.js';
import { recommend } from '../../../../osinfo/recommend/index.js';
import { newFolder } from '../../../osinfo/load/folders.js';

const folder = newFolder();
const db = openDb({ db: 'bundled' });
const machine = recommend({ os: db.os('debian12'), platform: db.platform('esxi-7.0'), arch: 'x86_64' });
const MIB = 1024 * 1024;
const epoch = 1_700_000_000;

/** A raw disk with something in it, and the same as qemu-img writes it. */
function disk(name: string, mebibytes: number, format: string, ...options: string[]): { raw: string; image: string } {
  const [raw, image] = [join(folder, `${name}.raw`), join(folder, `${name}.${format}`)];
  const bytes = Buffer.alloc(mebibytes * MIB);
  bytes.write(`this is ${name}`, 1000);
  bytes.write('its end', bytes.length - 8);
  writeFileSync(raw, bytes);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, ...options, raw, image]);
  return { raw, image };
}

const stream = ['-o', 'subformat=streamOptimized,adapter_type=lsilogic'];
const first = disk('first', 9, 'vmdk', ...stream);
const second = disk('second', 3, 'vmdk', ...stream);

describe('an OVA', () => {
  const ova = join(folder, 'web.ova');
  const input = {
    name: 'web:1+x',
    machine,
    disks: [
      { path: first.image, capacityBytes: 9 * MIB },
      { path: second.image, capacityBytes: 3 * MIB },
    ],
    mtime: epoch,
  };

  it('is a ustar archive: the descriptor, the manifest with SHA-256 of the others, the disks', async () => {
    await writeOva(ova, input);
    const members = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--file', ova], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    })
      .trim()
      .split('\n');
    expect(members.map((line) => line.split(/\s+/).at(-1))).toEqual([
      'web_1_x.ovf',
      'web_1_x.mf',
      'web_1_x-disk1.vmdk',
      'web_1_x-disk2.vmdk',
    ]);
    for (const line of members) expect(line).toMatch(/^-rw-r--r-- 0\/0 +\d+ 2023-11-14 22:13 /);
    expect(readFileSync(ova).toString('latin1', 257, 265)).toBe('ustar\x0000');
    const place = join(folder, 'unpacked');
    mkdirSync(place);
    execFileSync('tar', ['-xf', ova, '-C', place]);
    const manifest = readFileSync(join(place, 'web_1_x.mf'), 'utf8').trim().split('\n');
    expect(manifest).toHaveLength(3);
    for (const line of manifest) {
      const [, name, digest] = /^SHA256\((.+)\)= ([0-9a-f]{64})$/.exec(line)!;
      expect(
        createHash('sha256')
          .update(readFileSync(join(place, name!)))
          .digest('hex'),
      ).toBe(digest);
    }
    const ovf = readFileSync(join(place, 'web_1_x.ovf'), 'utf8');
    const reference = readFileSync(first.image).length;
    expect(ovf).toContain(`<File ovf:href="web_1_x-disk1.vmdk" ovf:id="file1" ovf:size="${reference}"/>`);
    expect(ovf).toContain(`<Disk ovf:capacity="${9 * MIB}" ovf:capacityAllocationUnits="byte" ovf:diskId="vmdisk1"`);
    expect(ovf).toContain('<Name>web:1+x</Name>');
    for (const [name, { raw }] of [
      ['web_1_x-disk1.vmdk', first],
      ['web_1_x-disk2.vmdk', second],
    ] as const)
      execFileSync('qemu-img', ['compare', '-f', 'raw', '-F', 'vmdk', raw, join(place, name)]);
  });

  it('has the same bytes each time', async () => {
    const again = join(folder, 'again.ova');
    await writeOva(again, input);
    expect(readFileSync(again).equals(readFileSync(ova))).toBe(true);
  });

  it.skipIf(!existsSync('/usr/bin/virt-v2v'))('is read by virt-v2v', async () => {
    const read = spawnSync('virt-v2v', ['-i', 'ova', '--print-source', ova], { encoding: 'utf8' });
    expect(read.stderr).toBe('');
    expect(read.stdout).toContain('source name: web:1+x');
    expect(read.stdout).toContain(`memory: ${machine.memoryBytes} (bytes)`);
    expect(read.stdout).toContain(`firmware: ${machine.firmware.type}`);
    expect(read.stdout).toMatch(/0 \[scsi\][\s\S]*1 \[scsi\]/);
  });

  it('is refused for a machine that is not VMware’s, and leaves nothing', async () => {
    const other = recommend({ os: db.os('debian12'), platform: db.platform('kvm'), arch: 'x86_64' });
    const target = join(folder, 'other.ova');
    await expect(writeOva(target, { ...input, machine: other })).rejects.toThrow(/none of VMware/);
    expect(existsSync(target)).toBe(false);
  });
});

describe('a containerDisk', () => {
  const { raw, image } = disk('kube', 5, 'qcow2');
  const input = {
    name: 'web',
    version: '1.0+beta',
    osName: 'Debian 12',
    arch: 'x86_64',
    disk: image,
    mtime: epoch,
  };
  const target = join(folder, 'web.containerdisk.tar');
  const place = join(folder, 'layout');
  const blob = (digest: string): Buffer => readFileSync(join(place, 'blobs', digest.replace(':', '/')));
  const json = (bytes: Buffer) => JSON.parse(bytes.toString('utf8'));

  it('is an OCI layout whose digests and sizes are true', async () => {
    await writeContainerDisk(target, input);
    mkdirSync(place);
    execFileSync('tar', ['-xf', target, '-C', place]);
    expect(json(readFileSync(join(place, 'oci-layout')))).toEqual({ imageLayoutVersion: '1.0.0' });
    const index = json(readFileSync(join(place, 'index.json')));
    const [described] = index.manifests;
    expect(described).toMatchObject({
      platform: { architecture: 'amd64', os: 'linux' },
      annotations: { 'org.opencontainers.image.ref.name': '1.0_beta' },
    });
    const manifest = json(blob(described.digest));
    const config = json(blob(manifest.config.digest));
    for (const one of [described, manifest.config, ...manifest.layers]) {
      const bytes = blob(one.digest);
      expect(bytes.length).toBe(one.size);
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(one.digest);
    }
    expect(config).toMatchObject({
      created: '2023-11-14T22:13:20Z',
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [manifest.layers[0].digest] },
    });
    expect(manifest.annotations['org.opencontainers.image.version']).toBe('1.0+beta');
  });

  it('has one layer with the disk, which QEMU’s user in the pod can read', () => {
    const index = json(readFileSync(join(place, 'index.json')));
    const [layer] = json(blob(index.manifests[0].digest)).layers;
    const file = join(place, 'blobs', layer.digest.replace(':', '/'));
    const listed = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--file', file], {
      encoding: 'utf8',
    });
    expect(
      listed
        .trim()
        .split('\n')
        .map((line) => line.replace(/ +\d+ \d{4}-\d\d-\d\d \d\d:\d\d /, ' ')),
    ).toEqual(['drwxr-xr-x 107/107 disk/', '-r--r----- 107/107 disk/web.qcow2']);
    execFileSync('tar', ['-xf', file, '-C', place]);
    execFileSync('qemu-img', ['compare', '-f', 'raw', '-F', 'qcow2', raw, join(place, 'disk/web.qcow2')]);
  });

  it('has the same bytes each time', async () => {
    const again = join(folder, 'again.tar');
    await writeContainerDisk(again, input);
    expect(readFileSync(again).equals(readFileSync(target))).toBe(true);
  });

  it.skipIf(!existsSync('/usr/bin/skopeo'))('is read and copied by skopeo', () => {
    const seen = json(execFileSync('skopeo', ['inspect', `oci-archive:${target}`]));
    expect(seen).toMatchObject({ Architecture: 'amd64', Os: 'linux', Layers: [expect.stringMatching(/^sha256:/)] });
    const copy = join(folder, 'copied');
    execFileSync('skopeo', ['copy', '--quiet', `oci-archive:${target}`, `dir:${copy}`], {
      env: { ...process.env, TMPDIR: folder },
    });
    expect(existsSync(join(copy, 'manifest.json'))).toBe(true);
  });
});

describe('a tar of ours', () => {
  it('says sizes of more than 8 GiB as GNU tar and bsdtar read them', async () => {
    const sparse = join(folder, 'large');
    execFileSync('truncate', ['--size', '9000000000', sparse]);
    const { formatHeader, parseHeader } = await import('../../../../osinfo/archive/tar-header.js');
    const header = formatHeader({
      name: 'large',
      size: 9_000_000_000,
      type: '0',
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime: 0,
    });
    expect(parseHeader(header)).toMatchObject({ name: 'large', size: 9_000_000_000 });
    for (const words of [
      ['tar', '-tvf', '-'],
      ['bsdtar', '-tvf', '-'],
    ]) {
      const read = spawnSync(words[0]!, words.slice(1), { input: header, encoding: 'utf8' });
      if (read.error === undefined) expect(read.stdout).toContain('9000000000');
    }
    expect(fileContent(sparse)).toMatchObject({ size: 9_000_000_000 });
  });

  it('is an error where a file changes while it is packed', async () => {
    const file = join(folder, 'growing');
    writeFileSync(file, 'twelve bytes');
    const content = fileContent(file);
    writeFileSync(file, 'more than twelve bytes');
    await expect(writeTarFile(join(folder, 'x.tar'), [{ name: 'growing', content }], 0)).rejects.toThrow(
      'changed while it was packed',
    );
    writeFileSync(file, 'less');
    await expect(writeTarFile(join(folder, 'y.tar'), [{ name: 'growing', content }], 0)).rejects.toThrow(
      'changed while it was packed',
    );
  });
});
