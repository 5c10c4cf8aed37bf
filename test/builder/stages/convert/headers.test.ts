// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { crc32c } from '../../../../builder/sizes/crc32c.js';
import { formatFooter } from '../../../../builder/stages/convert/vhd.js';
import { run } from '../../../../osinfo/doors/process.js';
import { newFolder } from '../../../osinfo/load/folders.js';
import { again, convert, KIB, MIB, makeDisk, noise, usualPieces } from './disk.js';

const epoch = 1_700_000_000;

test('a VHD is fixed, of whole MiB and a footer, with its sum, its time and QEMU’s word for its size', async () => {
  const bytes = 20 * MIB + 512 * 7;
  const made = makeDisk(bytes, usualPieces(bytes).slice(0, 3), { sourceDateEpoch: epoch });
  const file = await convert(made, 'vpc');
  const image = readFileSync(file);
  expect(image.length).toBe(21 * MIB + 512);
  const footer = image.subarray(-512);
  expect(footer.readUInt32BE(24)).toBe(epoch - Date.UTC(2000, 0, 1) / 1000);
  expect(footer.readUInt32BE(60)).toBe(2);
  const sum = [...footer].reduce((total, byte, at) => total + (at >= 64 && at < 68 ? 0 : byte), 0);
  expect(footer.readUInt32BE(64)).toBe(~sum >>> 0);
  const { stdout } = await run(['qemu-img', 'info', '--output=json', '-f', 'vpc', file]);
  expect(JSON.parse(stdout)['virtual-size']).toBe(21 * MIB);
});

test('a VHD’s footer is that of qemu-img but for its id and its time', async () => {
  for (const bytes of [1 * MIB, 300 * MIB, 600 * MIB, 5000 * MIB, 40 * 1024 * MIB, 200 * 1024 * MIB]) {
    const file = `${newFolder()}/of-qemu.vhd`;
    await run(['qemu-img', 'create', '-q', '-f', 'vpc', '-o', 'subformat=fixed,force_size=on', file, String(bytes)]);
    const theirs = readEnd(file, 512);
    const ours = formatFooter(bytes, 0, Buffer.alloc(16));
    for (const [from, to] of [
      [0, 24],
      [28, 64],
    ] as const)
      expect(ours.subarray(from, to).toString('hex'), String(bytes)).toBe(theirs.subarray(from, to).toString('hex'));
  }
});

function readEnd(path: string, bytes: number): Buffer {
  const file = openSync(path, 'r');
  const end = Buffer.alloc(bytes);
  readSync(file, end, 0, bytes, fstatSync(file).size - bytes);
  closeSync(file);
  return end;
}

test('a VHDX has headers with right sums, the second in force, and an empty log', async () => {
  const made = makeDisk(40 * MIB, usualPieces(40 * MIB), { sourceDateEpoch: epoch });
  const image = readFileSync(await convert(made, 'vhdx'));
  for (const [index, at] of [64 * KIB, 128 * KIB].entries()) {
    const header = Buffer.from(image.subarray(at, at + 4 * KIB));
    expect(header.readBigUInt64LE(8)).toBe(BigInt(index + 1));
    const sum = header.readUInt32LE(4);
    header.writeUInt32LE(0, 4);
    expect(crc32c(header)).toBe(sum);
    const log = image.subarray(Number(header.readBigUInt64LE(72)), Number(header.readBigUInt64LE(72)) + MIB);
    expect(log.every((byte) => byte === 0)).toBe(true);
  }
});

test('a VMDK names itself, and its content id follows from what it holds', async () => {
  const made = makeDisk(8 * MIB, usualPieces(8 * MIB).slice(0, 3));
  const idOf = async (disk: typeof made): Promise<string | undefined> => {
    const file = await convert(disk, 'vmdk');
    const text = readFileSync(file).toString('latin1', 512, 10 * KIB);
    expect(text).toContain(`RW ${(8 * MIB) / 512} SPARSE "${basename(file)}"`);
    const [, id] = /^CID=([0-9a-f]{8})$/m.exec(text) ?? [];
    expect(text).toMatch(new RegExp(`^ddb.longContentID = "[0-9a-f]{24}${id}"$`, 'm'));
    return id;
  };
  const first = await idOf(made);
  expect(await idOf(again(made))).toBe(first);
  expect(await idOf(makeDisk(8 * MIB, [{ at: 5 * MIB, bytes: noise(100) }]))).not.toBe(first);
});
