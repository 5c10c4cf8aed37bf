// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../osinfo/doors/process.js';
import { bundleFiles, bundleFormats, diskFile, diskFormats, OUTPUTS, treeFile } from '../plan/outputs.js';
import type { DiskFormat, DiskPlan, Plan } from '../plan/types.js';
import { readPart } from '../run/file-part.js';
import { extPlace } from './ext-place.js';
import { firstDifference } from './first-difference.js';
import { tarMemberAt } from './tar-member.js';

/** The two builds' files of one name, and room for unpacked images. */
export interface Pair {
  readonly file: string;
  readonly first: string;
  readonly second: string;
  readonly scratch: string;
}

/** Texts are told by the line; a larger file is none of ours. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * What lies at the first difference of two outputs, for people; undefined where that cannot be told.
 * @param offset of the first difference, in bytes of the files themselves
 */
export async function locate(
  plan: Pick<Plan, 'name' | 'disks' | 'outputs'>,
  pair: Pair,
  offset: number,
): Promise<string | undefined> {
  for (const disk of plan.disks)
    for (const format of diskFormats(plan.outputs))
      if (diskFile(plan.name, disk, format, plan.outputs) === pair.file)
        return await inImage(disk, format, pair, offset);
  const bundles = bundleFormats(plan.outputs).flatMap((format) => bundleFiles(plan.name, plan.disks, format));
  const archives = [treeFile(plan.name), ...bundles.map(({ file }) => file)];
  if (archives.includes(pair.file)) {
    const place = tarMemberAt(pair.first, offset);
    return place === undefined
      ? undefined
      : `${place.part === 'header' ? 'the entry' : 'the content'} of ${place.path}`;
  }
  return inText(pair, offset);
}

/** The line of a text, and what both have there. */
function inText({ file, first, second }: Pair, offset: number): string | undefined {
  if (!/\.(?:xml|json|txt|cmdline)$/.test(file) || statSync(first).size > MAX_TEXT_BYTES) return undefined;
  const before = readPart(first, 0, offset);
  const start = before.lastIndexOf(0x0a) + 1;
  const line = before.subarray(0, start).reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
  const [one, two] = [first, second].map((path) =>
    readPart(path, start, 400).toString('utf8').split('\n')[0]!.trim().slice(0, 120),
  );
  return `line ${line}: «${one}» and «${two}»`;
}

async function inImage(disk: DiskPlan, format: DiskFormat, pair: Pair, offset: number): Promise<string> {
  const raws = [join(pair.scratch, 'first.raw'), join(pair.scratch, 'second.raw')] as const;
  await unpack(format, pair.first, raws[0]);
  await unpack(format, pair.second, raws[1]);
  const at = firstDifference(...raws);
  if (at === undefined) {
    const part = OUTPUTS[format].container === 'qcow2' ? ` (${qcow2Part(pair.first, offset)})` : '';
    return `the disk in it is the same: only the form of the image differs${part}`;
  }
  return `byte ${at} of the disk: ${await inDisk(disk, raws[0], at)}`;
}

/** Which part of a qcow2 an offset lies in, by its header (QEMU's docs/interop/qcow2.txt). */
function qcow2Part(image: string, offset: number): string {
  const header = readPart(image, 0, 104);
  const clusterBytes = 2 ** header.readUInt32BE(20);
  const within = (at: bigint, bytes: number): boolean => offset >= Number(at) && offset < Number(at) + bytes;
  if (offset < clusterBytes) return 'its header';
  if (within(header.readBigUInt64BE(40), header.readUInt32BE(36) * 8)) return 'its L1 table';
  if (within(header.readBigUInt64BE(48), header.readUInt32BE(56) * clusterBytes)) return 'its refcount table';
  return 'an L2 table, reference counts or the packing of a cluster';
}

/** The disk as a sparse raw file. */
async function unpack(format: DiskFormat, image: string, raw: string): Promise<void> {
  const { container } = OUTPUTS[format];
  if (format === 'raw.zst')
    await run(['zstd', '-d', '-q', '-f', '--sparse', '-o', raw, image], { timeoutMs: 3_600_000 });
  else if (format === 'raw.xz')
    await run(['sh', '-c', 'exec xz -dc -- "$1" >"$2"', 'sh', image, raw], { timeoutMs: 3_600_000 });
  else await run(['qemu-img', 'convert', '-f', container, '-O', 'raw', image, raw], { timeoutMs: 3_600_000 });
}

async function inDisk(disk: DiskPlan, raw: string, at: number): Promise<string> {
  const partition = disk.partitions.find((one) => at >= one.startBytes && at < one.startBytes + one.sizeBytes);
  if (!partition) return at < 440 ? 'the boot code' : 'the partition table, or what lies between partitions';
  const { number, role, mountpoint, filesystem, startBytes } = partition;
  const what = `partition ${number} (${[mountpoint ?? role, filesystem?.type].filter((word) => word !== undefined).join(', ')})`;
  if (filesystem === undefined || !/^ext[234]$/.test(filesystem.type)) return `${what}, byte ${at - startBytes}`;
  return `${what}: ${await extPlace(raw, startBytes, at - startBytes)}`;
}
