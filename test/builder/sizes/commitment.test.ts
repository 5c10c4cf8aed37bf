// SPDX-License-Identifier: Apache-2.0
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imageSizes } from '../../../builder/sizes/index.js';
import { run } from '../../../osinfo/doors/process.js';
import { createImage, type Fill, fillImage, imageFolder, KIB, MIB, orders, qemuIo } from './qemu.js';

const folder = imageFolder();
let count = 0;

/** Fills a fresh image in every order and holds the file's length against what was said before. */
async function prove(format: string, options: string, bytes: number, fill: Omit<Fill, 'order'>): Promise<void> {
  for (const order of orders) {
    const path = join(folder, `image-${count++}`);
    await createImage(path, format, options, bytes);
    const before = imageSizes(path, { format: format as 'qcow2' });
    await fillImage(path, format, before.capacityBytes, { ...fill, order });
    const { size } = statSync(path);
    expect(size, `${order}: longer than the commitment`).toBeLessThanOrEqual(before.commitmentBytes!);
    expect(size, `${order}: more than 1 % below the commitment`).toBeGreaterThan(before.commitmentBytes! * 0.99);
    // A full file can still be told, and has nowhere to grow.
    expect(imageSizes(path, { format: format as 'qcow2' }).commitmentBytes).toBeGreaterThanOrEqual(size);
    rmSync(path);
  }
}

describe('a qcow2 file filled to its last byte ends within 1 % below its commitment', () => {
  const cluster = (bytes: number, refcountBits: number, more = '') =>
    `cluster_size=${bytes},refcount_bits=${refcountBits}${more}`;
  test.each([
    // The refcount table of 512 bytes is full at 2 MiB (64 bits) or 8 MiB (16 bits) and moves several times.
    [512, 64, 24 * MIB, [64 * 512]],
    [512, 64, 24 * MIB, [512, 64 * 512, 7000]],
    [512, 32, 24 * MIB, [33 * 512]],
    [512, 16, 12 * MIB, [64 * 512, 2 * KIB]],
    [512, 1, 4 * MIB, [3 * KIB]],
    [1 * KIB, 64, 36 * MIB, [128 * KIB, 9 * KIB]],
    [4 * KIB, 1, 6 * MIB, [4 * KIB]],
    [4 * KIB, 16, 6 * MIB + 512, [4 * KIB]],
    [4 * KIB, 64, 6 * MIB, [12 * KIB, 20 * KIB]],
    [64 * KIB, 1, 8 * MIB, [64 * KIB]],
    [64 * KIB, 16, 8 * MIB, [40_000]],
    [64 * KIB, 64, 8 * MIB, [256 * KIB]],
    [2 * MIB, 1, 10 * MIB, [2 * MIB]],
    [2 * MIB, 16, 11 * MIB, [1 * MIB]],
    [2 * MIB, 64, 12 * MIB, [4 * MIB]],
  ])(
    'clusters of %i bytes, refcounts of %i bits, %i bytes in requests of %j',
    async (bytes, bits, capacity, requests) => {
      await prove('qcow2', cluster(bytes, bits), capacity, { requests });
    },
  );
  test.each([
    ['version 2', 'compat=0.10,cluster_size=1024'],
    ['subclusters', 'cluster_size=16384,extended_l2=on'],
    ['subclusters of 2 KiB', 'cluster_size=65536,extended_l2=on'],
    ['metadata made beforehand', 'cluster_size=4096,preallocation=metadata'],
    ['everything made beforehand', 'cluster_size=4096,preallocation=full'],
    ['lazy refcounts', 'cluster_size=4096,lazy_refcounts=on'],
  ])('%s', async (_, options) => {
    await prove('qcow2', options, 8 * MIB + 512, { requests: [6 * KIB, 32 * KIB], sessions: 2 });
  });
});

describe('what a qcow2 file holds already is counted', () => {
  test('compressed clusters stay until every piece of them is written over', async () => {
    const raw = join(folder, 'text.raw');
    await createImage(raw, 'raw', '', 8 * MIB);
    // Halves that compress and halves that do not: QEMU keeps the latter whole.
    const noise = join(folder, 'noise');
    await run(['dd', 'if=/dev/urandom', `of=${noise}`, 'bs=48K', 'count=1', 'status=none']);
    await qemuIo(
      ['-f', 'raw', raw],
      Array.from({ length: 128 }, (_, index) => `write -q -s ${noise} ${index * 64 * KIB} 48K`),
    );
    const path = join(folder, 'compressed.qcow2');
    await run(['qemu-img', 'convert', '-c', '-f', 'raw', '-O', 'qcow2', raw, path]);
    const before = imageSizes(path);
    expect(before.commitmentNote).toMatch(/compressed clusters and the 128 whole ones/);
    // Requests larger than any hole that the one before left: none of the old places is used again.
    await fillImage(path, 'qcow2', 8 * MIB, { order: 'in sequence', requests: [1 * MIB] });
    expect(statSync(path).size).toBeLessThanOrEqual(before.commitmentBytes!);
    expect(statSync(path).size).toBeGreaterThan(before.commitmentBytes! * 0.99);
  });

  test('places that trimming freed may be passed by, and the file grows by as much', async () => {
    const path = join(folder, 'trimmed.qcow2');
    await createImage(path, 'qcow2', '', 16 * MIB);
    const fresh = imageSizes(path).commitmentBytes!;
    await fillImage(path, 'qcow2', 16 * MIB, { order: 'at random', requests: [64 * KIB] });
    await qemuIo(
      ['-f', 'qcow2', path],
      Array.from({ length: 128 }, (_, index) => `discard -q ${index * 64 * KIB} 64K`),
    );
    const before = imageSizes(path);
    expect(before.commitmentNote).toMatch(/free inside the file/);
    await qemuIo(
      ['-f', 'qcow2', path],
      Array.from({ length: 8 }, (_, index) => `write -q ${index * MIB} 1M`),
    );
    const after = imageSizes(path);
    expect(after.lengthBytes).toBeGreaterThan(fresh);
    expect(after.lengthBytes).toBeLessThanOrEqual(before.commitmentBytes!);
    expect(after.lengthBytes).toBeGreaterThan(before.commitmentBytes! * 0.99);
    // The holes use no blocks.
    expect(after.allocationBytes).toBeLessThanOrEqual(fresh);
  });

  test.each([
    [512, 512, 32 * KIB, 'in sequence'],
    [4 * KIB, 4 * KIB, 4 * KIB, 'at random'],
    [64 * KIB, 64 * KIB, 512 * KIB, 'in reverse'],
  ] as const)(
    'dirty bitmaps: clusters of %i bytes, granularity %i, requests of %i bytes %s',
    async (bytes, granularity, requests, order) => {
      const path = join(folder, `bitmaps-${bytes}.qcow2`);
      await createImage(path, 'qcow2', `cluster_size=${bytes}`, 8 * MIB);
      for (const name of ['full', 'increment'])
        await run(['qemu-img', 'bitmap', '--add', '-g', String(granularity), path, name]);
      const before = imageSizes(path);
      expect(before.commitmentNote).toMatch(/dirty bitmaps for two starts of the machine/);
      // Every closing writes the bitmaps anew; large requests pass by the places that the closing before has freed.
      await fillImage(path, 'qcow2', 8 * MIB, { order, requests: [requests], sessions: 2 });
      const { size } = statSync(path);
      expect(size).toBeLessThanOrEqual(before.commitmentBytes!);
      expect(size).toBeGreaterThan(before.commitmentBytes! * 0.96);
      await run(['qemu-img', 'check', '-q', path]);
    },
  );

  test('a header for encryption', async () => {
    const path = join(folder, 'luks.qcow2');
    const secret = ['--object', 'secret,id=key,data=correct-horse'];
    await run([
      'qemu-img',
      'create',
      '-q',
      ...secret,
      '-f',
      'qcow2',
      '-o',
      'encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10',
      path,
      '4M',
    ]);
    const before = imageSizes(path);
    const imageOptions = [...secret, '--image-opts', `driver=qcow2,encrypt.key-secret=key,file.filename=${path}`];
    await fillImage(path, 'qcow2', before.capacityBytes, { order: 'in sequence', requests: [64 * KIB], imageOptions });
    expect(statSync(path).size).toBe(before.commitmentBytes);
  });

  test('a backing file, which is not opened', async () => {
    const base = join(folder, 'base.raw');
    await createImage(base, 'raw', '', 4 * MIB);
    const path = join(folder, 'overlay.qcow2');
    await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', path]);
    const before = imageSizes(path);
    await fillImage(path, 'qcow2', 4 * MIB, { order: 'at random', requests: [10 * KIB] });
    expect(statSync(path).size).toBe(before.commitmentBytes);
  });

  test.each(['on', 'off'])(
    'an external data file (raw: %s), which is not opened: the figure is for the metadata',
    async (raw) => {
      const path = join(folder, `external-${raw}.qcow2`);
      await createImage(path, 'qcow2', `cluster_size=4096,data_file=${path}.data,data_file_raw=${raw}`, 8 * MIB);
      const before = imageSizes(path);
      expect(before.commitmentNote).toMatch(/external data file/);
      await fillImage(path, 'qcow2', 8 * MIB, { order: 'at random', requests: [8 * KIB] });
      expect(statSync(path).size).toBe(before.commitmentBytes);
    },
  );

  test('internal snapshots: there is no bound, and it says so', async () => {
    const path = join(folder, 'snapshot.qcow2');
    await createImage(path, 'qcow2', '', 4 * MIB);
    await run(['qemu-img', 'snapshot', '-c', 'first', path]);
    expect(imageSizes(path)).toMatchObject({
      commitmentBytes: null,
      commitmentNote: expect.stringMatching(/^unbounded: it has an internal snapshot/),
    });
    await run(['qemu-img', 'snapshot', '-d', 'first', path]);
    expect(imageSizes(path).commitmentBytes).toBeGreaterThan(4 * MIB);
  });
});

describe('the other formats end exactly at their commitment', () => {
  test.each([
    ['vmdk', 'subformat=monolithicSparse', 8 * MIB],
    ['vmdk', 'subformat=monolithicSparse', 2 * MIB + 7 * 512],
    ['vdi', '', 6 * MIB],
    ['vdi', '', 4 * MIB + 512],
    ['vdi', 'static=on', 4 * MIB],
    ['vhdx', '', 12 * MIB],
    ['vhdx', 'block_size=1M,log_size=2M', 7 * MIB + 512],
    ['vhdx', 'subformat=fixed', 4 * MIB],
    ['vpc', '', 12 * MIB],
    ['vpc', 'force_size=on', 9 * MIB + 512],
    ['vpc', 'subformat=fixed', 4 * MIB],
    ['raw', '', 4 * MIB + 512],
  ])('%s %s of %i bytes', async (format, options, bytes) => {
    for (const order of orders) {
      const path = join(folder, `image-${count++}`);
      await createImage(path, format, options, bytes);
      const before = imageSizes(path, { format: format as 'vmdk' });
      await fillImage(path, format, before.capacityBytes, { order, requests: [256 * KIB] });
      expect(statSync(path).size, order).toBe(before.commitmentBytes);
      rmSync(path);
    }
  });

  test('vmdk with zeroed grains: QEMU leaves the place of each behind, so there is no bound, and it says so', async () => {
    const path = join(folder, 'zeroed.vmdk');
    await createImage(path, 'vmdk', 'zeroed_grain=on', 1 * MIB);
    expect(imageSizes(path)).toMatchObject({
      commitmentBytes: null,
      commitmentNote: expect.stringMatching(/^unbounded/),
    });
    for (const times of [1, 2, 3]) {
      await qemuIo(['-f', 'vmdk', path], ['write -q -P 3 0 1M', 'write -q -z 0 1M']);
      expect(statSync(path).size).toBe(64 * KIB + times * MIB);
    }
  });

  test('vmdk in pieces: over all its files', async () => {
    const path = join(folder, 'pieces.vmdk');
    await createImage(path, 'vmdk', 'subformat=twoGbMaxExtentSparse', 4 * MIB);
    const before = imageSizes(path);
    await fillImage(path, 'vmdk', 4 * MIB, { order: 'at random', requests: [64 * KIB] });
    expect(imageSizes(path).lengthBytes).toBe(before.commitmentBytes);
  });
});
