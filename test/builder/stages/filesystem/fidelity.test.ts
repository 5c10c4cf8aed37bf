// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BtrfsPlan, FilesystemType } from '../../../../builder/plan/types.js';
import { makeBtrfsVolume, makeFilesystem } from '../../../../builder/stages/filesystem/index.js';
import { newFolder } from '../../../osinfo/load/folders.js';
import { listFolder, MIB, makeEverything } from './everything.js';
import { listImages, type Mounted, makeContext, newPlace, planOf, whyNot } from './making.js';

const AT = { file: 'example.ks', line: 3, column: 1 };
const VOLUME: BtrfsPlan = {
  id: 'btrfs/pool',
  at: AT,
  devices: ['sda1', 'sdb1'],
  sizeBytes: 400 * MIB,
  filesystem: planOf('btrfs', { label: 'pool', mountOptions: 'noatime,compress=zstd:3' }),
  dataProfile: 'raid1',
  metadataProfile: 'raid1',
  subvolumes: [],
};

const why = whyNot('linux.uml', 'setfacl', 'setfattr', 'setcap', 'mkfs.btrfs', 'mkfs.erofs', 'mksquashfs');

/** The file system of a place as a file of its own. */
function cutOut(place: { file: string; offsetBytes: number }): string {
  const target = join(newFolder(), 'alone.raw');
  const words = [`if=${place.file}`, `of=${target}`, 'bs=1M', `skip=${place.offsetBytes / MIB}`, 'conv=sparse'];
  execFileSync('dd', [...words, 'status=none']);
  return target;
}

async function make(type: FilesystemType, folder: string): Promise<string> {
  const place = newPlace(130);
  await makeFilesystem(makeContext(), place, planOf(type), { folder, mountpoint: '/', at: AT });
  expect(head(place.file)).toBe('before before b');
  return cutOut(place);
}

function head(file: string): string {
  const bytes = Buffer.alloc(15);
  const open = openSync(file, 'r');
  readSync(open, bytes, 0, 15, 0);
  closeSync(open);
  return bytes.toString();
}

describe.skipIf(why !== '')(`what is in a tree is in the image${why}`, () => {
  const expected = new Map<string, string[]>();
  const found = new Map<string, string[]>();

  beforeAll(async () => {
    const images: Mounted[] = [];
    const names: string[] = [];
    for (const name of ['ext2', 'ext3', 'ext4', 'btrfs', 'erofs'] as const) {
      const folder = makeEverything(newFolder(), { names: name !== 'erofs' });
      const file = await make(name, folder);
      if (name.startsWith('ext')) execFileSync('e2fsck', ['-fn', file], { stdio: 'pipe' });
      expected.set(name, listFolder(folder));
      // What Debian's own kernels read ext2 and ext3 with.
      images.push({ files: [file], type: name.startsWith('ext') ? 'ext4' : name, folders: ['.'] });
      names.push(name);
    }
    const folder = makeEverything(newFolder());
    const places = [newPlace(200), newPlace(200)];
    await makeBtrfsVolume(makeContext(), VOLUME, places, [
      { path: 'root/var/inner', folder },
      { path: 'root', folder },
      { path: 'snapshots/none', folder: undefined },
    ]);
    const files = places.map(cutOut);
    execFileSync('btrfs', ['check', files[0]!], { stdio: 'pipe' });
    images.push({ files, type: 'btrfs', folders: ['root/var/inner', 'root', 'snapshots'] });
    names.push('inner', 'root', 'snapshots');
    expected.set('inner', listFolder(folder));
    const listings = await listImages(makeContext(), images);
    for (const [index, name] of names.entries()) found.set(name, listings[index]!);
  });

  it.each(['ext2', 'ext3', 'ext4', 'btrfs', 'erofs'])(
    '%s: owners, modes, times, links, attributes, content',
    (name) => {
      expect(found.get(name)!.length).toBeGreaterThan(800);
      expect(found.get(name)).toEqual(expected.get(name));
    },
  );

  it('a subvolume in a subvolume, over two devices; and one that is empty', () => {
    expect(found.get('inner')).toEqual(expected.get('inner'));
    const entries = found.get('root')!.filter((line) => line.startsWith('entry ') && !line.includes('./var'));
    expect(entries).toEqual(expected.get('inner')!.filter((line) => line.startsWith('entry ')));
    expect(found.get('snapshots')!.map((line) => line.split('|')[0])).toEqual(['entry ./none', 'entry .']);
  });
});
