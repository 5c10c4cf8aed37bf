// SPDX-License-Identifier: Apache-2.0
import { openSync, readSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget } from '../../../../osinfo/detect/image/budget.js';
import type { Bytes } from '../../../../osinfo/detect/image/bytes.js';
import { guarded } from '../../../../osinfo/detect/image/guarded.js';
import { inspectBytes, inspectImage } from '../../../../osinfo/detect/image/inspect.js';
import { InputError } from '../../../../osinfo/errors.js';
import { db } from './db.js';
import { btrfs, converted, elf, emptyFile, ext, type Files, fat, mib, partitioned, treeOf, xfs } from './images.js';
import { lvmDisk } from './lvm.js';

const files: Files = {
  'usr/lib/os-release': 'ID=debian\nVERSION_ID=12\n',
  'etc/os-release': { link: '../usr/lib/os-release' },
  'etc/hostname': 'x\n',
  'bin/sh': elf(62),
  'var/lib/dpkg/status': 'Status: install ok installed\n'.repeat(400),
  ...Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`etc/file-${index}`, ''])),
};
const tree = treeOf(files);
const small = ext(tree, 4 * mib, ['-t', 'ext4']);
const disk = partitioned('gpt', 8 * mib, [{ start: 2, size: 4, type: 'L', content: small }]);

const images: readonly (readonly [name: string, path: string])[] = [
  ['ext2', ext(tree, 4 * mib, ['-t', 'ext2'])],
  ['ext4', small],
  ['ext4 with inline data', ext(tree, 4 * mib, ['-t', 'ext4', '-O', 'inline_data'])],
  ['xfs', xfs(tree)],
  ['btrfs', btrfs(tree)],
  ['FAT', fat({ 'EFI/BOOT/BOOTX64.EFI': 'x', 'EFI/a long name/b.efi': 'x' }, 4 * mib, 12)],
  ['LVM', lvmDisk(small)],
  ['GPT', disk],
  [
    'MBR',
    partitioned('dos', 16 * mib, [
      { start: 1, size: 14, type: '5' },
      { start: 3, size: 4, type: '83', content: small },
    ]),
  ],
  ['qcow2', converted(disk, 'qcow2')],
  ['packed qcow2', converted(disk, 'qcow2', ['-c', '-o', 'compression_type=zstd'])],
  ['streamOptimized vmdk', converted(disk, 'vmdk', ['-o', 'subformat=streamOptimized'])],
  ['vhdx', converted(disk, 'vhdx')],
  ['vdi', converted(disk, 'vdi')],
  ['vpc', converted(disk, 'vpc')],
];

/** The file with changes that are not written to it. */
class Changed implements Bytes {
  readonly length: number;
  readonly used: readonly number[];
  changes: readonly (readonly [at: number, value: number])[] = [];
  readonly #fd: number;

  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    this.length = statSync(path).size;
    const used: number[] = [];
    const piece = Buffer.alloc(mib);
    for (let at = 0; at < this.length; at += mib) {
      const got = readSync(this.#fd, piece, 0, mib, at);
      for (let byte = 0; byte < got; byte++) if (piece[byte] !== 0) used.push(at + byte);
    }
    this.used = used;
  }

  read(offset: number, bytes: number): Buffer {
    if (offset + bytes > this.length || offset < 0) throw new InputError('image-damaged', 'beyond the end');
    const result = Buffer.alloc(bytes);
    readSync(this.#fd, result, 0, bytes, offset);
    for (const [at, value] of this.changes) if (at >= offset && at < offset + bytes) result[at - offset] = value;
    return result;
  }
}

const refuse = (): never => {
  throw new InputError('image-unreadable', 'not here');
};

for (const [name, path] of images) {
  test(`${name}: whatever is changed in it, an answer or an InputError comes, and soon`, () => {
    const file = new Changed(path);
    const inspect = () => {
      const budget = new Budget({ bytes: 512 * mib, reads: 200_000, timeMs: 4000 });
      return guarded(() => inspectBytes('x', file, refuse, budget, db));
    };
    expect(inspect().guests.length + inspect().boot.efiFiles.length).toBeGreaterThan(0);
    const place = fc.nat(file.used.length - 1);
    const value = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
    fc.assert(
      fc.property(fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 12 }), (changes) => {
        file.changes = changes.map(([index, byte]) => [file.used[index]!, byte] as const);
        const started = performance.now();
        try {
          inspect();
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
        expect(performance.now() - started).toBeLessThan(6000);
      }),
      { numRuns: 60 },
    );
  });
}

test('random bytes are no image', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      const data = Buffer.from(bytes);
      const file: Bytes = {
        length: data.length,
        read: (offset, count) => {
          if (offset + count > data.length) throw new InputError('image-damaged', 'beyond the end');
          return data.subarray(offset, offset + count);
        },
      };
      try {
        expect(guarded(() => inspectBytes('x', file, refuse, new Budget(), db)).guests).toEqual([]);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
  );
});

test('limits end an inspection with a word', async () => {
  const tight = { bytes: 20_000, reads: 2_000_000, timeMs: 30_000 };
  const image = await inspectImage(small, { db, limits: tight });
  expect(JSON.stringify(image)).toContain('more than 20000 bytes would have to be read');
  const few = { bytes: 2 ** 30, reads: 3, timeMs: 30_000 };
  await expect(inspectImage(small, { db, limits: few })).rejects.toThrow(/more than 3 reads would be needed/);
});

test('a disk that says to be enormous costs nothing', async () => {
  const path = emptyFile(2 ** 42);
  expect(await inspectImage(path, { db })).toMatchObject({ capacityBytes: 2 ** 42, guests: [] });
});
