// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../../builder/compare/first-difference.js';
import { compareOutputs } from '../../../builder/compare/outputs.js';
import { tarMemberAt } from '../../../builder/compare/tar-member.js';
import type { Plan } from '../../../builder/plan/types.js';
import { newFolder } from '../../osinfo/load/folders.js';

const MIB = 1024 * 1024;

/** An appliance of one disk of 40 MiB with an ext4 from 1 MiB on. */
function planOf(...formats: string[]): Plan {
  return {
    name: 'web',
    outputs: { formats },
    disks: [
      {
        name: 'sda',
        sizeBytes: 40 * MIB,
        label: 'gpt',
        boot: true,
        partitions: [
          {
            id: 'sda1',
            number: 1,
            role: 'filesystem',
            mountpoint: '/',
            filesystem: { type: 'ext4' },
            startBytes: MIB,
            sizeBytes: 38 * MIB,
          },
        ],
      },
    ],
  } as unknown as Plan;
}

let made: string | undefined;

/** The disk, always the same one. */
function makeDisk(): string {
  if (made !== undefined) return made;
  const tree = join(newFolder(), 'tree');
  mkdirSync(join(tree, 'etc'), { recursive: true });
  writeFileSync(join(tree, 'etc/passwd'), 'root of all'.repeat(1000));
  writeFileSync(join(tree, 'etc/group'), 'wheel'.repeat(1000));
  made = join(newFolder(), 'disk.raw');
  writeFileSync(made, '');
  truncateSync(made, 40 * MIB);
  const words = ['-q', '-F', '-t', 'ext4', '-E', `offset=${MIB}`, '-d', tree, made, '38912k'];
  execFileSync('/sbin/mke2fs', words, { stdio: 'ignore' });
  return made;
}

/** Alters the raw disk. */
type Change = (raw: string) => void;

async function compare(format: string, change: Change, convert?: (raw: string, target: string) => void) {
  const folders = [newFolder(), newFolder()] as const;
  const file = format === 'raw' ? 'web-sda.raw' : `web-sda.${format}`;
  for (const [index, folder] of folders.entries()) {
    const raw = join(folder, 'web-sda.raw');
    copyFileSync(makeDisk(), raw);
    if (index === 1) change(raw);
    convert?.(raw, join(folder, file));
  }
  const [result] = await compareOutputs(planOf(format), {
    first: { folder: folders[0], files: [file] },
    second: { folder: folders[1], files: [file] },
    scratch: join(newFolder(), 'scratch'),
  });
  return result!;
}

function poke(raw: string, at: number): void {
  const file = openSync(raw, 'r+');
  writeSync(file, 'X', at);
  closeSync(file);
}

const touch: Change = (raw) =>
  void execFileSync('/sbin/debugfs', ['-w', '-R', 'set_inode_field /etc/group mtime @2000', `${raw}?offset=${MIB}`], {
    stdio: 'ignore',
  });
const nothing: Change = () => undefined;

describe('the first difference of two builds', () => {
  it('is none where the disks are the same', async () => {
    expect(await compare('raw', nothing)).toEqual({ file: 'web-sda.raw', same: true });
  });

  it.each<[string, Change, RegExp]>([
    ['in the boot code', (raw) => poke(raw, 3), /^byte 3 of the disk: the boot code$/],
    ['in the partition table', (raw) => poke(raw, 700), /^byte 700 of the disk: the partition table/],
    ['in a superblock', (raw) => poke(raw, MIB + 1100), /partition 1 \(\/, ext4\): its superblock$/],
    [
      'in a file',
      (raw) => poke(raw, readFileSync(raw).indexOf('root of all')),
      /partition 1 \(\/, ext4\): \/etc\/passwd$/,
    ],
    ['in the time of a file', touch, /partition 1 \(\/, ext4\): the inode of \/etc\/group$/],
  ])('%s is named', async (_name, change, place) => {
    const found = await compare('raw', change);
    expect(found.same).toBe(false);
    expect(found.offset).toBeTypeOf('number');
    expect(found.place).toMatch(place);
  });

  it('is found in a compressed qcow2 and in a packed raw image', async () => {
    const qcow2 = await compare('qcow2', touch, (raw, target) =>
      execFileSync('qemu-img', ['convert', '-c', '-O', 'qcow2', '-o', 'compression_type=zstd', raw, target]),
    );
    const packed = await compare('raw.zst', touch, (raw, target) => execFileSync('zstd', ['-q', '-o', target, raw]));
    for (const found of [qcow2, packed]) expect(found.place).toMatch(/the inode of \/etc\/group$/);
  });

  it('is told to be of the image only, where the disk in it is the same', async () => {
    let level = 1;
    const found = await compare('raw.zst', nothing, (raw, target) =>
      execFileSync('zstd', ['-q', `-${level++ * 4}`, '-o', target, raw]),
    );
    expect(found.place).toBe('the disk in it is the same: only the form of the image differs');
    // A compatible feature bit that nobody knows.
    const header = await compare('qcow2', nothing, (raw, target) => {
      execFileSync('qemu-img', ['convert', '-O', 'qcow2', raw, target]);
      if (level++ % 2 === 0) poke(target, 87);
    });
    expect(header.place).toBe('the disk in it is the same: only the form of the image differs (its header)');
  });

  it('is told by the line in a text, and for a file that only one build has', async () => {
    const [one, two] = [newFolder(), newFolder()];
    writeFileSync(join(one, 'web.manifest.json'), '{\n  "a": 1,\n  "b": 2\n}\n');
    writeFileSync(join(two, 'web.manifest.json'), '{\n  "a": 1,\n  "b": 3\n}\n');
    const found = await compareOutputs(planOf('raw'), {
      first: { folder: one, files: ['web.manifest.json'] },
      second: { folder: two, files: ['web.manifest.json', 'web.xml'] },
      scratch: join(newFolder(), 'scratch'),
    });
    expect(found).toEqual([
      { file: 'web.manifest.json', same: false, offset: 19, place: 'line 3: «"b": 2» and «"b": 3»' },
      { file: 'web.xml', same: false, place: 'only one of the two builds has it' },
    ]);
  });

  it('is told by the member in a tree and in every bundle, those of the further disks too', async () => {
    const disk = planOf().disks[0]!;
    const plan = {
      ...planOf('tar', 'ova', 'containerdisk'),
      disks: [disk, { ...disk, name: 'sdb', boot: false }],
    } as unknown as Plan;
    const files = ['web.containerdisk.tar', 'web-sdb.containerdisk.tar', 'web.ova', 'web.tar'].sort();
    const folders = ['one', 'two'].map((content) => {
      const folder = newFolder();
      writeFileSync(join(folder, 'member'), content);
      for (const file of files) execFileSync('tar', ['-cf', file, '--mtime=@0', 'member'], { cwd: folder });
      return { folder, files };
    });
    const found = await compareOutputs(plan, {
      first: folders[0]!,
      second: folders[1]!,
      scratch: join(newFolder(), 'scratch'),
    });
    expect(found.map(({ file, place }) => [file, place])).toEqual(files.map((file) => [file, 'the content of member']));
  });
});

describe('a place in a tar', () => {
  it('is named by the member, long names too', () => {
    const folder = newFolder();
    const long = `${'long/'.repeat(30)}name`;
    mkdirSync(join(folder, 'tree', long, '..'), { recursive: true });
    writeFileSync(join(folder, 'tree', long), 'needle of the long one');
    writeFileSync(join(folder, 'tree/short'), 'needle of the short one');
    for (const format of ['posix', 'gnu', 'ustar']) {
      const archive = join(folder, `${format}.tar`);
      execFileSync('tar', ['-cf', archive, `--format=${format}`, '--sort=name', '-C', join(folder, 'tree'), '.']);
      const bytes = readFileSync(archive);
      expect(tarMemberAt(archive, bytes.indexOf('needle of the long'))).toEqual({ path: `./${long}`, part: 'content' });
      expect(tarMemberAt(archive, bytes.indexOf('needle of the short'))).toEqual({ path: './short', part: 'content' });
      expect(tarMemberAt(archive, bytes.indexOf('needle of the short') - 300)).toEqual({
        path: './short',
        part: 'header',
      });
      expect(tarMemberAt(archive, bytes.length - 1)).toBeUndefined();
    }
  });

  it('is nothing in what is no tar', () => {
    const file = join(newFolder(), 'a');
    writeFileSync(file, 'hello'.repeat(1000));
    expect(tarMemberAt(file, 700)).toBeUndefined();
  });
});

it('finds the byte across chunks and at the end of the shorter', () => {
  const folder = newFolder();
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  const bytes = Buffer.alloc(3 * MIB + 5, 7);
  writeFileSync(a, bytes);
  writeFileSync(b, bytes);
  expect(firstDifference(a, b)).toBeUndefined();
  truncateSync(b, 2 * MIB + 1);
  expect(firstDifference(a, b)).toBe(2 * MIB + 1);
  bytes[MIB + 3] = 8;
  writeFileSync(b, bytes);
  expect(firstDifference(a, b)).toBe(MIB + 3);
});
