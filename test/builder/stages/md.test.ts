// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RaidPlan } from '../../../builder/plan/types.js';
import { memberChunks, rowCount, rowOf, syndromeOf, xorOf } from '../../../builder/stages/md/spread.js';
import { writeSuperblocks } from '../../../builder/stages/md/superblock.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { plan } from '../plan/storage/planning.js';
import { hasCommand } from './tree.js';

const MIB = 1024 * 1024;
const CREATED = 1_700_000_000;

/** The array of a kickstart: members of 21 MiB, chunks of 64 KiB. */
function arrayOf(level: number, members: number, options = '', mountpoint = '/srv'): RaidPlan {
  const names = Array.from({ length: members }, (_, index) => `raid.${index}`);
  const parts = names.map((name, index) => `part ${name} --size=21 --ondisk=sd${'abcdefgh'[index]}\n`).join('');
  const chunk = level === 1 ? '' : '--chunksize=64';
  const text = `part / --size=100 --ondisk=sda\n${parts}raid ${mountpoint} --device=data --level=${level} ${chunk} ${options} --fstype=ext4 ${names.join(' ')}\n`;
  return plan(text).layers.raids[0]!;
}

/** The members as files, with superblocks and, where there is one, what the array holds. */
function make(folder: string, raid: RaidPlan, content?: Uint8Array): string[] {
  const files = raid.members.map((_, index) => join(folder, `member${index}.raw`));
  for (const [index, path] of files.entries()) {
    const file = openSync(path, 'w');
    ftruncateSync(file, raid.members[index]!.sizeBytes);
    closeSync(file);
  }
  for (const { device, offset, bytes } of writeSuperblocks(raid, CREATED))
    put(files[raid.members.findIndex((one) => one.device === device)]!, bytes, offset);
  if (!content) return files;
  const bySlot = (slot: number) => files[raid.members.findIndex((one) => one.slot === slot)]!;
  const read = (offset: number) => content.subarray(offset, offset + raid.chunkBytes);
  if (raid.level === 1) {
    for (const slot of rowOf(raid, 0).cells.keys()) put(bySlot(slot), content, raid.dataOffsetBytes);
    return files;
  }
  for (let row = 0; row < rowCount(raid); row++) {
    const place = rowOf(raid, row);
    for (const [slot, chunk] of memberChunks(place, read).entries())
      put(bySlot(slot), chunk, raid.dataOffsetBytes + place.memberOffset);
  }
  return files;
}

function put(path: string, bytes: Uint8Array, offset: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

/** A file system of the array's size with a large file in it. */
function filesystem(folder: string, raid: RaidPlan): Uint8Array {
  const tree = join(folder, 'tree');
  mkdirSync(tree);
  writeFileSync(join(tree, 'large'), LARGE);
  const image = join(folder, 'content.ext4');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', tree, image, `${raid.sizeBytes / 1024}k`]);
  return readFileSync(image);
}

const LARGE = Buffer.from(Array.from({ length: 12 * 65536 }, (_, index) => `${index}\n`).join(''));

const LEVELS = [
  [0, 3, ''],
  [1, 2, ''],
  [1, 3, '--spares=1'],
  [4, 3, ''],
  [5, 3, ''],
  [5, 4, '--spares=1'],
  [6, 5, ''],
  [10, 4, ''],
] as const;

const mdadm = hasCommand('mdadm');

describe(`superblocks that we write${mdadm ? '' : ' (skipped: mdadm not installed)'}`, () => {
  const examine = (file: string) =>
    execFileSync('mdadm', ['--examine', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

  it.skipIf(!mdadm).each(LEVELS)('of RAID%i over %i members %s are found correct by mdadm', (level, count, options) => {
    const raid = arrayOf(level, count, options);
    const active = raid.members.filter((one) => one.slot !== undefined).length;
    for (const [index, file] of make(newFolder(), raid).entries()) {
      const text = examine(file);
      expect(text).toMatch(/Checksum : [0-9a-f]+ - correct/);
      expect(text).toContain(`Raid Level : raid${level}`);
      expect(text).toContain(`Raid Devices : ${active}`);
      expect(text).toContain('Name : any:data');
      expect(text).toContain('State : clean');
      expect(text).toMatch(new RegExp(`Array UUID : ${raid.uuid.replaceAll('-', '').match(/.{8}/g)!.join(':')}`));
      expect(text).toContain(index < active ? `Device Role : Active device ${index}` : 'Device Role : spare');
      expect(text).toContain('Data Offset : 2048 sectors');
      if (level !== 0) expect(text).toMatch(new RegExp(`Array Size : ${raid.sizeBytes / 1024} `));
      if (level !== 1) expect(text).toContain('Chunk Size : 64K');
    }
  });

  it.skipIf(!mdadm)('of a /boot lie at the end', () => {
    const raid = arrayOf(1, 2, '', '/boot');
    expect(raid.metadata).toBe('1.0');
    const text = examine(make(newFolder(), raid)[0]!);
    expect(text).toMatch(/Version : 1\.0/);
    expect(text).toMatch(/Checksum : [0-9a-f]+ - correct/);
    expect(text).toMatch(/Super Offset : 42992 sectors/);
  });
});

const grub = mdadm && hasCommand('grub-fstest') && hasCommand('mke2fs');

describe(`arrays that we spread${grub ? '' : ' (skipped: grub-fstest or mke2fs not installed)'}`, () => {
  it.skipIf(!grub).each(LEVELS)('RAID%i over %i members %s is read by GRUB', (level, count, options) => {
    const raid = arrayOf(level, count, options);
    const folder = newFolder();
    const files = make(folder, raid, filesystem(folder, raid));
    const read = (list: readonly string[]) =>
      execFileSync('grub-fstest', ['-c', String(list.length), ...list, 'cat', '(md/data)/large'], {
        maxBuffer: 64 * MIB,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    expect(read(files).equals(LARGE)).toBe(true);
    // Without one member it is read from the others, by copies and parity.
    if (level === 5 || level === 6 || level === 1) expect(read(files.slice(1)).equals(LARGE)).toBe(true);
    if (level === 6) expect(read([files[0]!, ...files.slice(3)]).equals(LARGE)).toBe(true);
  });
});

describe('parity', () => {
  it('of one byte is what the mathematics of RAID6 say', () => {
    const row = [Uint8Array.of(0x01), Uint8Array.of(0x80), Uint8Array.of(0xff)];
    expect([...xorOf(row)]).toEqual([0x01 ^ 0x80 ^ 0xff]);
    // 1, and 2 times 0x80 is 0x1d, and 4 times 0xff is 0xdb in the field.
    expect([...syndromeOf(row)]).toEqual([0x01 ^ 0x1d ^ 0xdb]);
  });
});
