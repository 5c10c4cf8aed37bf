// SPDX-License-Identifier: Apache-2.0
import { type BigIntStats, lstatSync } from 'node:fs';
import type { StageContext } from '../../run/context.js';
import type { Place } from '../place.js';
import { ExtVolume } from './ext-volume.js';

const ROOT_INODE = 2;
const LOST_AND_FOUND = Buffer.from('lost+found');
const SLASH = Buffer.from('/');
const SECOND = 1_000_000_000n;

/** Where an inode has its times: seconds, and nanoseconds with two more bits of the seconds behind the first 128 bytes. */
const TIMES = { access: [8, 140], change: [12, 132], modification: [16, 136] } as const;

/** The last second that 34 bits count from the first that 32 bits with a sign have. */
const LAST = 2n ** 34n - 2n ** 31n - 1n;
const FIRST = -(2n ** 31n);

/**
 * Gives the inodes what mke2fs(8) leaves out of its copy of a tree (as of 1.47): owner and mode of the top folder, parts
 * of a second, years from 2038 on, and links to one and the same symbolic link. The times of access and change
 * become the time of modification: those of the tree tell when the image was built.
 */
export async function finishExt(context: StageContext, place: Place, folder: string): Promise<void> {
  const copies = correctInodes(place, folder);
  if (copies.length === 0) return;
  // Blocks and numbers of what nothing names any more are free again.
  const commands = copies.flatMap((inode) => [`kill_file <${inode}>`, `clri <${inode}>`]);
  await context.tool(['debugfs', '-w', '-f', '-', `${place.file}?offset=${place.offsetBytes}`], {
    input: `${commands.join('\n')}\n`,
  });
}

/** @returns inodes that became superfluous */
function correctInodes(place: Place, folder: string): number[] {
  const volume = new ExtVolume(place);
  try {
    const source = Buffer.from(folder);
    const top = lstatSync(source, { bigint: true });
    const inode = volume.readInode(ROOT_INODE);
    inode.writeUInt16LE(0x4000 | Number(top.mode & 0o7777n), 0);
    writeOwner(inode, 2, 120, Number(top.uid));
    writeOwner(inode, 24, 122, Number(top.gid));
    writeTimes(inode, top);
    volume.writeInode(ROOT_INODE, inode);
    const walk: Walk = { volume, links: new Map(), copies: [] };
    walkFolder(walk, ROOT_INODE, source);
    for (const { inode: number, count } of walk.links.values()) {
      const linked = volume.readInode(number);
      linked.writeUInt16LE(count, 26);
      volume.writeInode(number, linked);
    }
    return walk.copies;
  } finally {
    volume.close();
  }
}

interface Walk {
  readonly volume: ExtVolume;
  /** Symbolic links with several names, by their place in the tree: the inode that keeps, and how many names it has. */
  readonly links: Map<string, { inode: number; count: number }>;
  readonly copies: number[];
}

function walkFolder(walk: Walk, number: number, source: Buffer): void {
  const { volume, links, copies } = walk;
  for (const entry of volume.entries(number)) {
    if (number === ROOT_INODE && entry.name.equals(LOST_AND_FOUND)) continue;
    const path = Buffer.concat([source, SLASH, entry.name]);
    const stat = lstatSync(path, { bigint: true });
    if (stat.isSymbolicLink() && stat.nlink > 1n) {
      const key = `${stat.dev}:${stat.ino}`;
      const first = links.get(key);
      if (first) {
        if (first.inode === entry.inode) continue;
        volume.pointEntry(number, entry, first.inode);
        copies.push(entry.inode);
        first.count++;
        continue;
      }
      links.set(key, { inode: entry.inode, count: 1 });
    }
    const inode = volume.readInode(entry.inode);
    writeTimes(inode, stat);
    volume.writeInode(entry.inode, inode);
    if (stat.isDirectory()) walkFolder(walk, entry.inode, path);
  }
}

function writeOwner(inode: Buffer, low: number, high: number, id: number): void {
  inode.writeUInt16LE(id & 0xffff, low);
  inode.writeUInt16LE(id >>> 16, high);
}

function writeTimes(inode: Buffer, { mtimeNs }: BigIntStats): void {
  // Rounded down, also before 1970.
  const rest = ((mtimeNs % SECOND) + SECOND) % SECOND;
  const seconds = clamp((mtimeNs - rest) / SECOND, FIRST, LAST);
  const hasExtra = inode.length > 128 && inode.readUInt16LE(128) >= 24;
  const low = hasExtra ? BigInt.asIntN(32, seconds) : clamp(seconds, FIRST, -FIRST - 1n);
  const extra = Number((rest << 2n) | BigInt.asUintN(2, (seconds - low) >> 32n));
  for (const [at, extraAt] of Object.values(TIMES)) {
    inode.writeInt32LE(Number(low), at);
    if (hasExtra) inode.writeUInt32LE(extra, extraAt);
  }
}

function clamp(value: bigint, least: bigint, most: bigint): bigint {
  return value < least ? least : value > most ? most : value;
}
