// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs';
import { InputError, WorkError } from '../../../osinfo/errors.js';
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { rawCrc32c } from '../../sizes/crc32c.js';
import { type Place, writeAt } from '../place.js';
import { packFolder } from './packed.js';
import type { FilesystemSource } from './types.js';

/** Every kernel since 5.4 reads it. */
const COMPRESSION = ['-z', 'lz4hc'];

/** The kernel's fs/erofs/erofs_fs.h. */
const SUPERBLOCK = 1024;
const MAGIC = 0xe0f5e1e2;
const HAS_CHECKSUM = 1;
const AT = { checksum: 4, compatible: 8, blockBits: 12, buildTime: 24, buildNanoseconds: 32, label: 64 } as const;

/** A read-only erofs by mkfs.erofs(1), with each file's own time. */
export async function makeErofs(
  context: StageContext,
  place: Place,
  filesystem: FilesystemPlan,
  source: FilesystemSource,
): Promise<void> {
  const { uuid, mkfsOptions } = filesystem;
  await packFolder(context, place, 'erofs', source, async (folder, image) => {
    await refuseLongNames(context, folder, source);
    const compression = mkfsOptions.includes('-z') ? [] : COMPRESSION;
    await context.tool([
      'mkfs.erofs',
      '--quiet',
      '--preserve-mtime',
      '-U',
      uuid,
      ...join(compression),
      ...join(mkfsOptions),
      image,
      folder,
    ]);
    finishSuperblock(image, filesystem.label, context.plan.outputs.sourceDateEpoch);
  });
}

/** mkfs.erofs takes the value of a short option in the same word only. */
function join(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    if (word.startsWith('-') || joined.length === 0) joined.push(word);
    else joined.push(`${joined.pop()}${word}`);
  }
  return joined;
}

/** mkfs.erofs 1.5 cuts the last letter of a name of 255 bytes, and then does not find the file. */
async function refuseLongNames(context: StageContext, folder: string, source: FilesystemSource): Promise<void> {
  const { stdout } = await context.tool(
    ['find', folder, '-regextype', 'posix-extended', '-regex', '.*/[^/]{255}', '-printf', '/%P', '-quit'],
    { env: { LC_ALL: 'C' } },
  );
  if (stdout === '') return;
  const path = `${source.mountpoint === undefined || source.mountpoint === '/' ? '' : source.mountpoint}${stdout}`;
  throw new InputError('erofs-name', `${path}: mkfs.erofs takes names of 254 bytes at most; shorten it`, source.at);
}

/** The label, and in a reproducible build its day, which mkfs.erofs 1.5 has no option for. */
function finishSuperblock(image: string, label: string | undefined, epoch: number | undefined): void {
  const head = readHead(image, SUPERBLOCK + 4096);
  const block = head.subarray(SUPERBLOCK);
  if (block.readUInt32LE(0) !== MAGIC) throw new WorkError('erofs-unreadable', 'mkfs.erofs wrote no erofs');
  if (label !== undefined) block.write(label, AT.label, 16, 'latin1');
  if (epoch !== undefined) {
    block.writeBigUInt64LE(BigInt(epoch), AT.buildTime);
    block.writeUInt32LE(0, AT.buildNanoseconds);
  }
  if (block.readUInt32LE(AT.compatible) & HAS_CHECKSUM) {
    block.writeUInt32LE(0, AT.checksum);
    const guarded = block.subarray(0, 2 ** block[AT.blockBits]! - SUPERBLOCK);
    block.writeUInt32LE(rawCrc32c(0xffffffff, guarded), AT.checksum);
  }
  writeAt(image, block.subarray(0, 128), SUPERBLOCK);
}

function readHead(path: string, bytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(bytes);
    readSync(file, head, 0, bytes, 0);
    return head;
  } finally {
    closeSync(file);
  }
}
