// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inspectImage } from '../../../../osinfo/detect/image/inspect.js';
import { db } from './db.js';
import { debianFiles, emptyFile, ext, mib, partitioned, putAt, tool, treeOf, writeAt } from './images.js';
import { lvmDisk } from './lvm.js';

const root = ext(treeOf(debianFiles()), 60 * mib);
const place = { start: 8, size: 60, type: '83', content: root };
const shortIds = async (path: string): Promise<(string | undefined)[]> =>
  (await inspectImage(path, { db })).guests.map((guest) => guest.os?.shortId);

test('an MBR, and the code of a boot loader in it', async () => {
  const path = partitioned('dos', 80 * mib, [place]);
  expect(await inspectImage(path, { db })).toMatchObject({ partitionTable: 'mbr', boot: { bios: false, uefi: false } });
  writeAt(path, 0, Buffer.from([0xeb, 0x63, 0x90]));
  const image = await inspectImage(path, { db });
  expect(image).toMatchObject({ boot: { bios: true }, volumes: [{ name: 'partition 1', partitionType: '0x83' }] });
  expect(image.guests[0]?.os?.shortId).toBe('debian12');
});

test('logical partitions are numbered from 5', async () => {
  const path = partitioned('dos', 128 * mib, [
    { start: 1, size: 2, type: '82' },
    { start: 4, size: 120, type: '5' },
    { start: 5, size: 2, type: '83' },
    { start: 9, size: 60, type: '83', content: root },
  ]);
  const image = await inspectImage(path, { db });
  expect(image.volumes.map((volume) => volume.name)).toEqual(['partition 1', 'partition 5', 'partition 6']);
  expect(image.guests).toMatchObject([{ root: 'partition 6', version: '12' }]);
});

test('a chain of logical partitions that goes in a circle ends', async () => {
  const path = partitioned('dos', 128 * mib, [
    { start: 4, size: 120, type: '5' },
    { start: 9, size: 60, type: '83', content: root },
  ]);
  const bytes = readFileSync(path).subarray(4 * mib, 4 * mib + 512);
  const loop = Buffer.from(bytes);
  loop.writeUInt8(5, 446 + 16 + 4);
  loop.writeUInt32LE(0, 446 + 16 + 8);
  loop.writeUInt32LE(100, 446 + 16 + 12);
  writeAt(path, 4 * mib, loop);
  const image = await inspectImage(path, { db });
  expect(image.notes).toContain('the chain of logical partitions is damaged');
  expect(image.guests[0]?.os?.shortId).toBe('debian12');
});

test('a GPT: its copy is read where the first is damaged', async () => {
  const path = partitioned('gpt', 80 * mib, [{ ...place, type: 'L' }]);
  writeAt(path, 512 + 20, Buffer.from([1, 2, 3]));
  const image = await inspectImage(path, { db });
  expect(image.notes).toEqual(['the first GPT is damaged; its copy was read']);
  expect(image.guests[0]?.os?.shortId).toBe('debian12');
  writeAt(path, 80 * mib - 512, Buffer.alloc(512));
  expect(await inspectImage(path, { db })).toMatchObject({
    partitionTable: 'none',
    guests: [],
    notes: ['both GPTs of the disk are damaged'],
  });
});

for (const [label, words] of [
  ['gpt', 'g\nn\n1\n2048\n+15359\nw\n'],
  ['mbr', 'o\nn\np\n1\n2048\n+15359\nw\n'],
] as const) {
  test(`a table (${label}) of a disk with sectors of 4096 bytes`, async () => {
    const path = emptyFile(80 * mib);
    tool('fdisk', ['-b', '4096', path], words);
    putAt(path, 2048 * 4096, root);
    const image = await inspectImage(path, { db });
    expect(image.partitionTable).toBe(label);
    expect(image.guests[0]?.os?.shortId).toBe('debian12');
  });
}

test('a GPT with the code of a boot loader and a partition for it boots from BIOS', async () => {
  const path = partitioned('gpt', 80 * mib, [
    { start: 1, size: 1, type: '21686148-6449-6E6F-744E-656564454649' },
    { ...place, type: 'L' },
  ]);
  expect((await inspectImage(path, { db })).boot.bios).toBe(true);
});

test('a partition beyond the end of the disk is said and harmless', async () => {
  const path = partitioned('dos', 80 * mib, [place, { start: 70, size: 5, type: '83' }]);
  const entry = Buffer.alloc(4);
  entry.writeUInt32LE(0xffff_0000);
  writeAt(path, 446 + 16 + 8, entry);
  const image = await inspectImage(path, { db });
  expect(image.notes).toEqual(['partition 2 begins beyond the end of the disk']);
  expect(image.guests[0]?.os?.shortId).toBe('debian12');
});

test('LVM: a root on a linear volume in two segments, in a partition and on the whole disk', async () => {
  const pv = lvmDisk(root);
  expect(await shortIds(pv)).toEqual(['debian12']);
  const image = await inspectImage(partitioned('gpt', 120 * mib, [{ start: 1, size: 100, type: 'V', content: pv }]), {
    db,
  });
  expect(image.volumes).toMatchObject([
    { name: 'partition 1', content: 'LVM2' },
    { name: 'volume vg0/root', content: 'ext2' },
    { name: 'volume vg0/pool', skipped: 'volumes of type thin-pool are not put together' },
    { name: 'volume vg0/far', skipped: 'a part of it lies on another disk' },
  ]);
  expect(image.guests).toMatchObject([{ root: 'volume vg0/root' }]);
});

test('blkid takes the LVM disk of these tests for what it is', () => {
  expect(tool('blkid', ['-p', '-o', 'value', '-s', 'TYPE', lvmDisk(root)]).trim()).toBe('LVM2_member');
});

test('LVM metadata that was changed is refused', async () => {
  const path = lvmDisk(root);
  const bytes = readFileSync(path);
  writeAt(path, bytes.indexOf('extent_size'), Buffer.from('EXTENT'));
  const image = await inspectImage(path, { db });
  expect(image.volumes).toMatchObject([{ skipped: 'damaged or cut short: the metadata of an LVM volume' }]);
});

test('encrypted and RAID members are said', async () => {
  const luks = emptyFile(16 * mib);
  writeAt(luks, 0, Buffer.from('LUKS\xba\xbe\0\x02', 'latin1'));
  const encrypted = 'encrypted; what is in it cannot be told without its key';
  expect((await inspectImage(luks, { db })).volumes).toMatchObject([{ content: 'LUKS', skipped: encrypted }]);
  const raid = emptyFile(16 * mib);
  writeAt(raid, 4096, Buffer.from('fc4e2ba901000000', 'hex'));
  const image = await inspectImage(raid, { db });
  expect(image.volumes).toMatchObject([
    { content: 'mdraid', skipped: 'a member of a RAID, which is not put together' },
  ]);
});
