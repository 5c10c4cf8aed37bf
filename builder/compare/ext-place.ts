// SPDX-License-Identifier: Apache-2.0
import { run } from '../../osinfo/doors/process.js';
import { readPart } from '../run/file-part.js';

/** Most output of dumpe2fs that is looked at. */
const MAX_GROUPS_BYTES = 64 * 1024 * 1024;

/**
 * Whose byte an offset of an ext2, ext3 or ext4 is, for people: `/etc/passwd`, `the inode of /etc/passwd`, or what of the
 * file system's own it is. By debugfs(8) and dumpe2fs(8), which read the file where it is.
 * @param start where the file system begins in the file
 * @param offset from there
 */
export async function extPlace(image: string, start: number, offset: number): Promise<string> {
  const superblock = readPart(image, start + 1024, 264);
  if (superblock.length < 264 || superblock.readUInt16LE(56) !== 0xef53) return 'no file system';
  if (offset >= 1024 && offset < 2048) return 'its superblock';
  const blockBytes = 1024 << superblock.readUInt32LE(24);
  const block = Math.floor(offset / blockBytes);
  const device = `${image}?offset=${start}`;
  const { stdout: owner } = await debugfs(device, `icheck ${block}`);
  const inode = /^\d+\s+(\d+)\s*$/m.exec(owner)?.[1];
  if (inode !== undefined) return await pathOf(device, Number(inode));
  const { stdout } = await run(['dumpe2fs', device], { okCodes: [0, 1], keepBytes: MAX_GROUPS_BYTES });
  const inodeBytes = superblock.readUInt32LE(76) === 0 ? 128 : superblock.readUInt16LE(88);
  const inodesPerGroup = superblock.readUInt32LE(40);
  let group = -1;
  for (const line of stdout.split('\n')) {
    const header = /^Group (\d+):/.exec(line);
    if (header) group = Number(header[1]);
    const table = /Inode table at (\d+)-(\d+)/.exec(line);
    if (table && block >= Number(table[1]) && block <= Number(table[2])) {
      const index = Math.floor((offset - Number(table[1]) * blockBytes) / inodeBytes);
      return `the inode of ${await pathOf(device, group * inodesPerGroup + index + 1)}`;
    }
    for (const what of ['Block bitmap', 'Inode bitmap', 'Group descriptors']) {
      const place = new RegExp(`${what} at (\\d+)(?:-(\\d+))?`).exec(line);
      if (place && block >= Number(place[1]) && block <= Number(place[2] ?? place[1]))
        return `the ${what.toLowerCase()} of group ${group}`;
    }
  }
  return `block ${block}, which holds no file`;
}

async function pathOf(device: string, inode: number): Promise<string> {
  const known: Readonly<Record<number, string>> = { 2: '/', 7: 'the resize inode', 8: 'the journal' };
  const name = known[inode];
  if (name !== undefined) return name;
  const { stdout } = await debugfs(device, `ncheck ${inode}`);
  return /^\d+\s+(\S.*)$/m.exec(stdout)?.[1]?.replace(/^\/\//, '/') ?? `inode ${inode}`;
}

async function debugfs(device: string, command: string) {
  return await run(['debugfs', '-R', command, device], { okCodes: [0, 1] });
}
