// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FilesystemPlan, FilesystemType } from '../../../../builder/plan/types.js';
import { makeBtrfsVolume, makeFilesystem } from '../../../../builder/stages/filesystem/index.js';
import type { Place } from '../../../../builder/stages/place.js';
import { newFolder } from '../../../osinfo/load/folders.js';
import { listFolder, MIB, makeEverything } from './everything.js';
import { makeContext, newPlace, planOf, whyNot } from './making.js';

const AT = { file: 'example.ks', line: 3, column: 1 };
const EPOCH = 1_700_000_000;
const FULL = 66;

const bytesOf = ({ file, offsetBytes }: Place, length?: number) =>
  readFileSync(file).subarray(offsetBytes, length === undefined ? undefined : offsetBytes + length);

const hash = (place: Place) => createHash('sha256').update(readFileSync(place.file)).digest('hex');

async function make(
  type: FilesystemType,
  folder: string | undefined,
  place = newPlace(FULL),
  more: Partial<FilesystemPlan> = {},
  context = makeContext(),
): Promise<Place> {
  await makeFilesystem(context, place, planOf(type, more), { folder, mountpoint: '/boot', at: AT });
  return place;
}

const noSquashfs = whyNot('mksquashfs', 'setfacl', 'setfattr', 'setcap');

describe(`squashfs${noSquashfs}`, () => {
  const unpack = (place: Place) => {
    const target = join(newFolder(), 'root');
    execFileSync('unsquashfs', ['-offset', String(place.offsetBytes), '-quiet', '-d', target, place.file], {
      stdio: 'pipe',
    });
    return target;
  };

  it.skipIf(noSquashfs !== '')('has all but ACLs and parts of seconds', async () => {
    const folder = makeEverything(newFolder(), { acls: false });
    const wanted = listFolder(folder);
    const found = listFolder(unpack(await make('squashfs', folder)));
    // unsquashfs makes copies of links to one link; before 1970 there is no time.
    const comparable = (lines: string[]) =>
      lines
        .filter((line) => !/^(names|same) .*(link|link-too)$/.test(line) && !line.includes('before-1970'))
        .filter((line) => !/^same .*link/.test(line))
        .map((line) => line.replace(/(\|\w \d+ \d+:\d+ \d+)\.\d+ /, '$1 '));
    expect(comparable(found)).toEqual(comparable(wanted));
    expect(found.length).toBeGreaterThan(800);
    expect(found.find((line) => line.startsWith('entry ./before-1970'))).toContain(' 0.0000000000 ');
  });

  it.skipIf(noSquashfs !== '')('leaves ACLs out, gives nobody more than they did, and says so once', async () => {
    const folder = newFolder();
    for (const name of ['one', 'two']) writeFileSync(join(folder, name), '', { mode: 0o600 });
    execFileSync('setfacl', ['-m', 'u:1000:rwx,g::r,m::rwx', join(folder, 'one')]);
    execFileSync('setfacl', ['-m', 'u:1000:rwx,g::rwx,m::r', join(folder, 'two')]);
    const context = makeContext();
    const root = unpack(await make('squashfs', folder, newPlace(8), {}, context));
    expect(statSync(join(root, 'one')).mode & 0o777).toBe(0o640);
    expect(statSync(join(root, 'two')).mode & 0o777).toBe(0o640);
    expect(context.events).toEqual([
      { type: 'notice', message: 'squashfs has no ACLs: those of /boot/one and 1 more are left out' },
    ]);
  });

  it.skipIf(noSquashfs !== '')('that is larger than its place is refused with the line', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'noise'), randomBytes(3 * MIB));
    await expect(make('squashfs', folder, newPlace(2))).rejects.toThrow(
      'example.ks:3:1: part /boot: 2 MiB do not hold the 4 MiB of its squashfs; give --size=20 or more',
    );
  });
});

describe('erofs', () => {
  const why = whyNot('mkfs.erofs', 'fsck.erofs');

  it.skipIf(why !== '')(`has its label and the day of the build${why}`, async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), 'text\n'.repeat(10_000));
    const place = await make('erofs', folder, newPlace(2), { label: 'system' }, makeContext(EPOCH));
    const block = bytesOf(place, 1024 + 128).subarray(1024);
    expect([block.readBigUInt64LE(24), block.toString('latin1', 64, 70)]).toEqual([BigInt(EPOCH), 'system']);
    const alone = join(newFolder(), 'erofs');
    writeFileSync(alone, bytesOf(place));
    expect(() => execFileSync('fsck.erofs', [alone], { stdio: 'pipe' })).not.toThrow();
  });

  it.skipIf(why !== '')('of a tree with a name of 255 bytes is refused with the line', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'é'.repeat(127).concat('x')), '');
    await expect(make('erofs', folder)).rejects.toThrow(
      /^example\.ks:3:1: \/boot\/é+x: mkfs\.erofs takes names of 254/,
    );
  });
});

describe('vfat', () => {
  const why = whyNot('mkfs.vfat', 'mcopy', 'mtype');

  it.skipIf(why !== '')(`has files and folders with their times${why}`, async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'EFI/Deep folder'), { recursive: true });
    writeFileSync(join(folder, 'EFI/Deep folder/ünïcode name.conf'), 'content\n');
    utimesSync(join(folder, 'EFI/Deep folder/ünïcode name.conf'), EPOCH, EPOCH);
    const place = await make('vfat', folder, newPlace(40), { label: 'boot' });
    const image = `${place.file}@@${place.offsetBytes}`;
    const env = { ...process.env, MTOOLS_SKIP_CHECK: '1', TZ: 'UTC', LC_ALL: 'C.UTF-8' };
    const read = (...words: string[]) => execFileSync(words[0]!, words.slice(1), { encoding: 'utf8', env });
    expect(read('mtype', '-i', image, '::/EFI/Deep folder/ünïcode name.conf')).toBe('content\n');
    expect(read('mdir', '-i', image, '::/EFI/Deep folder')).toMatch(/2023-11-14 +22:13 +ünïcode name\.conf/);
    expect(bytesOf(place, 512).toString('latin1', 71, 82)).toBe('BOOT       ');
  });

  it.skipIf(why !== '').each([
    ['a:b', 'has : in its name'],
    ['ends.', 'has a name that ends with a dot or a space'],
    ['tab\t', 'has a control character in its name'],
    [Buffer.from([0x61, 0xff]), 'has a name that is no UTF-8'],
  ])('refuses the name %j', async (name, message) => {
    const folder = newFolder();
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]), '');
    await expect(make('vfat', folder, newPlace(5))).rejects.toThrow(`${message}, which vfat does not hold`);
  });

  it.skipIf(why !== '')('refuses links, names that are one without capitals, and files of 4 GiB', async () => {
    const link = newFolder();
    symlinkSync('/etc/passwd', join(link, 'link'));
    await expect(make('vfat', link, newPlace(5))).rejects.toThrow(
      'example.ks:3:1: /boot/link is a link or a device, which vfat does not hold',
    );
    const twice = newFolder();
    for (const name of ['Name', 'nAME']) writeFileSync(join(twice, name), '');
    await expect(make('vfat', twice, newPlace(5))).rejects.toThrow('/boot/nAME differs from another name in capital');
    const large = newFolder();
    writeFileSync(join(large, 'large'), '');
    truncateSync(join(large, 'large'), 4 * 1024 * MIB);
    await expect(make('vfat', large, newPlace(5))).rejects.toThrow('/boot/large has 4 GiB or more');
  });
});

describe('swap', () => {
  it('has its identity at its place, and one page of bytes', async () => {
    const place = await make('swap', undefined, newPlace(64), { label: 'pages' });
    const page = bytesOf(place, 4096);
    expect(page.toString('latin1', 4086)).toBe('SWAPSPACE2');
    expect(page.toString('hex', 1024 + 12, 1024 + 28)).toBe('7a3f6b1e111142228333abcdefabcdef');
    expect(statSync(place.file).blocks * 512).toBeLessThan(2 * MIB);
  });
});

describe('file systems with nothing in them', () => {
  it.each(['ext4', 'btrfs', 'vfat'] as const)('of a GiB take little space: %s', async (type) => {
    const place = await make(type, undefined, newPlace(1024, 0));
    expect(statSync(place.file).blocks * 512).toBeLessThan(6 * MIB);
  });
});

describe(`the same tree gives the same bytes${whyNot('setfacl', 'setfattr', 'setcap')}`, () => {
  const why = whyNot('setfacl', 'setfattr', 'setcap');

  it.skipIf(why !== '').each(['ext2', 'ext4', 'squashfs', 'erofs', 'vfat'] as const)('%s', async (type) => {
    const hashes: string[] = [];
    for (let time = 0; time < 2; time++) {
      const folder = newFolder();
      if (type === 'vfat') {
        const names = ['b', 'a', 'c'];
        for (const name of time === 0 ? names : names.reverse()) writeFileSync(join(folder, name), name);
      } else makeEverything(folder, { acls: type !== 'squashfs', names: type !== 'erofs' });
      hashes.push(hash(await make(type, folder, newPlace(FULL), {}, makeContext(EPOCH))));
      // The next one is made in another second.
      await new Promise((resolve) => setTimeout(resolve, 1100));
    }
    expect(hashes[0]).toBe(hashes[1]);
  });
});

describe('what does not fit', () => {
  const why = whyNot('linux.uml', 'mkfs.btrfs');

  it.skipIf(why !== '')(`into a btrfs is told as a lack of space${why}`, async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'noise'), randomBytes(130 * MIB));
    const volume = {
      id: 'btrfs/pool',
      at: AT,
      devices: ['sda1'],
      sizeBytes: 120 * MIB,
      filesystem: planOf('btrfs'),
      dataProfile: 'single',
      metadataProfile: 'dup',
      subvolumes: [],
    } as const;
    const making = makeBtrfsVolume(makeContext(), volume, [newPlace(120)], [{ path: 'root', folder }]);
    await expect(making).rejects.toThrow(/No space left/);
  });

  it('into an ext4 too', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'noise'), randomBytes(20 * MIB));
    await expect(make('ext4', folder, newPlace(16))).rejects.toThrow(/Could not allocate block|No space left/);
  });
});
