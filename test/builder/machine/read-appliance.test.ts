// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAppliance } from '../../../builder/machine/read-appliance.js';
import { verifyDigests } from '../../../builder/machine/verify.js';
import { InputError } from '../../../osinfo/errors.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { db, tinyMachine, writeAppliance } from './appliances.js';
import { writeTinyGuest } from './tiny-guest.js';

const made = () => writeAppliance(join(newFolder(), 'tiny'));
const read = (path: string) => readAppliance(path, () => db);

interface Written {
  disks: { images: { file: string }[] }[];
  recommendation: { cpu?: object; memoryBytes: unknown; video: { model: string } };
}

/** A copy of an appliance with its manifest changed. */
function changed(change: (manifest: Written) => void): string {
  const file = join(made(), 'tiny.manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Written;
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
  return file;
}

describe('an appliance', () => {
  it('is known by its folder, its manifest, its descriptor and its disk', async () => {
    const folder = made();
    const disks = ['tiny-sda.raw', 'tiny-sdb.raw'].map((file) => ({ path: join(folder, file), format: 'raw' }));
    const whole = { name: 'tiny', disks, nics: 1, warnings: [] };
    const byFolder = await read(folder);
    expect(byFolder).toMatchObject({ ...whole, recommendation: tinyMachine });
    expect(await read(join(folder, 'tiny.manifest.json'))).toEqual(byFolder);
    const byDescriptor = await read(join(folder, 'tiny.xml'));
    expect(byDescriptor).toMatchObject(whole);
    expect(byDescriptor.digests).toEqual(byFolder.digests);
    for (const field of ['arch', 'machine', 'firmware', 'memoryBytes', 'disk', 'nic', 'video', 'rng'] as const)
      expect(byDescriptor.recommendation[field]).toEqual(tinyMachine[field]);
    const byDisk = await read(join(folder, 'tiny-sda.raw'));
    expect(byDisk).toMatchObject({ name: 'tiny-sda', disks: disks.slice(0, 1) });
    expect(byDisk.warnings).toEqual([
      'no installed system was found in the image: the machine has what every system drives',
    ]);
  });

  it('is its descriptor where there is no manifest, and a lone image where there is neither', async () => {
    const folder = made();
    rmSync(join(folder, 'tiny.manifest.json'));
    expect((await read(folder)).disks).toHaveLength(2);
    const other = newFolder();
    writeTinyGuest(join(other, 'web.raw'), 'x');
    expect(await read(other)).toMatchObject({ name: 'web' });
  });

  it('with a packed disk says how it is unpacked, and is started when it is', async () => {
    const file = changed(({ disks }) => {
      disks[0]!.images[0]!.file += '.xz';
      disks[1]!.images[0]!.file += '.xz';
    });
    expect((await read(file)).disks.map(({ path }) => path)).toEqual([
      file.replace('.manifest.json', '-sda.raw'),
      file.replace('.manifest.json', '-sdb.raw'),
    ]);
    const disk = file.replace('.manifest.json', '-sda.raw');
    cpSync(disk, `${disk}.xz`);
    rmSync(disk);
    await expect(read(file)).rejects.toThrow(
      /tiny-sda\.raw\.xz is packed; xz -dk tiny-sda\.raw\.xz in its folder first$/,
    );
  });

  it('has the machine of its QEMU where the descriptor is of the first kind', async () => {
    const folder = newFolder();
    writeTinyGuest(join(folder, 'a.raw'), 'x');
    writeFileSync(
      join(folder, 'old.xml'),
      `<image><name>old</name><domain><boot type='xen'><guest><arch>i686</arch></guest><drive disk='a.raw'/></boot>
       <boot type='hvm'><guest><arch>x86_64</arch><features><acpi/></features></guest><os><loader dev='hd'/></os>
       <drive disk='a.raw'/><drive disk='data.raw'/></boot>
       <devices><vcpu>2</vcpu><memory>262144</memory><interface/><interface/></devices></domain>
       <storage><disk file='a.raw' use='system' format='raw'/><disk file='data.raw' use='scratch' size='8'/></storage></image>`,
    );
    const old = await read(join(folder, 'old.xml'));
    expect(old).toMatchObject({ name: 'old', nics: 2 });
    expect(old.recommendation).toMatchObject({
      memoryBytes: 256 * 1024 ** 2,
      cpu: { count: 2 },
      os: { shortId: 'unknown' },
    });
    expect(old.disks[1]).toMatchObject({ format: 'raw', blank: { blankBytes: 8 * 1024 ** 2 } });
  });
});

describe('what is no appliance is refused in one line', () => {
  const cases: Readonly<Record<string, readonly [() => string, RegExp]>> = {
    'nothing there': [() => join(newFolder(), 'none'), /none: there is no such appliance$/],
    'an empty folder': [() => newFolder(), /there is no appliance in this folder; guestwright build makes one$/],
    'a folder of several': [
      () => {
        const folder = made();
        writeAppliance(folder, 'other');
        return folder;
      },
      /several in this folder; name one of them: other\.manifest\.json, tiny\.manifest\.json$/,
    ],
    'a kickstart': [
      () => {
        const file = join(newFolder(), 'web.ks');
        writeFileSync(file, '');
        return file;
      },
      /this is a kickstart: guestwright build .*web\.ks makes an appliance of it$/,
    ],
    'a text': [
      () => {
        const file = join(newFolder(), 'notes.txt');
        writeFileSync(file, 'nothing to start');
        return file;
      },
      /notes\.txt: this is no appliance: give the folder/,
    ],
    'libvirt’s XML': [
      () => {
        const file = join(newFolder(), 'a.xml');
        writeFileSync(file, "<?xml version='1.0'?>\n<domain type='kvm'/>");
        return file;
      },
      /this is libvirt’s XML/,
    ],
    'a manifest that is none': [
      () => {
        const file = join(newFolder(), 'a.manifest.json');
        writeFileSync(file, '[1');
        return file;
      },
      /this is no JSON document$/,
    ],
    'a missing disk': [
      () => {
        const folder = made();
        rmSync(join(folder, 'tiny-sdb.raw'));
        return folder;
      },
      /tiny\.manifest\.json: the disk .*tiny-sdb\.raw is missing$/,
    ],
    'a missing disk of a descriptor': [
      () => {
        const folder = made();
        rmSync(join(folder, 'tiny-sdb.raw'));
        return join(folder, 'tiny.xml');
      },
      /tiny\.xml:\d+: System disk .*tiny-sdb\.raw does not exist$/,
    ],
    'an image of another place': [
      () =>
        changed(({ disks }) => {
          disks[0]!.images[0]!.file = '../secret.raw';
        }),
      /"\.\.\/secret\.raw" is no name of a file beside it$/,
    ],
    'options of QEMU in place of a device': [
      () =>
        changed(({ recommendation }) => {
          recommendation.video.model = 'vfio-pci,host=01:00.0';
        }),
      /has no usable video\.model; build the appliance again$/,
    ],
    'half a recommendation': [
      () =>
        changed(({ recommendation }) => {
          delete recommendation.cpu;
        }),
      /has no usable cpu\.mode/,
    ],
    'a number that is none': [
      () =>
        changed(({ recommendation }) => {
          recommendation.memoryBytes = '1,maxmem=9';
        }),
      /has no usable memoryBytes/,
    ],
  };

  it.each(Object.entries(cases))('%s', async (_, [path, message]) => {
    const error = await read(path()).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
  });

  it('a descriptor that names files of others', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'in'));
    writeTinyGuest(join(folder, 'a.raw'), 'x');
    const text = (file: string) =>
      `<image><name>x</name><domain><boot type='hvm'><guest><arch>x86_64</arch></guest><os><loader dev='hd'/></os><drive disk='d'/></boot>
       <devices><memory>65536</memory></devices></domain><storage><disk id='d' file='${file}' format='raw'/></storage></image>`;
    for (const file of ['../a.raw', join(folder, 'a.raw'), '.', 'x/../../a.raw']) {
      writeFileSync(join(folder, 'in/x.xml'), text(file));
      await expect(read(join(folder, 'in/x.xml')), file).rejects.toThrow(/is not in the folder of the descriptor/);
    }
  });
});

it('digests are verified, and the first that is wrong is named', async () => {
  const folder = made();
  const { digests } = await read(folder);
  expect(await verifyDigests(digests)).toBe(2);
  writeFileSync(join(folder, 'tiny-sdb.raw'), 'changed');
  await expect(verifyDigests(digests)).rejects.toThrow(
    /tiny-sdb\.raw: its sha256 is [0-9a-f]{64}, and not [0-9a-f]{64}/,
  );
});
