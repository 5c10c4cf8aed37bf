// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { run } from '../../osinfo/doors/process.js';
import type { DiskFormat } from '../plan/types.js';

const CONVERT_MS = 12 * 3600 * 1000;

/** QEMU's words for a format of disks: its name, and what is said of it. A machine writes to most of them: nothing is packed. */
const WORDS: Readonly<Record<Exclude<DiskFormat, 'raw.xz' | 'raw.zst'>, readonly string[]>> = {
  qcow2: ['-O', 'qcow2'],
  'qcow2-zlib': ['-O', 'qcow2', '-c', '-o', 'compression_type=zlib'],
  raw: ['-O', 'raw'],
  vmdk: ['-O', 'vmdk', '-o', 'subformat=streamOptimized'],
  'vmdk-sparse': ['-O', 'vmdk', '-o', 'subformat=monolithicSparse'],
  vhdx: ['-O', 'vhdx', '-o', 'subformat=dynamic'],
  vpc: ['-O', 'vpc', '-o', 'subformat=fixed,force_size=on'],
  vdi: ['-O', 'vdi'],
};

/** What packs a raw disk; each writes to the file that it is told last. */
const PACKERS: Readonly<Record<'raw.xz' | 'raw.zst', (raw: string, target: string) => readonly string[]>> = {
  'raw.xz': (raw, target) => [
    ...['sh', '-c', 'exec xz --stdout --threads=0 --block-size=16MiB -1 -- "$1" >"$2"', 'sh'],
    ...[raw, target],
  ],
  'raw.zst': (raw, target) => ['zstd', '--quiet', '--threads=0', '-3', '-o', target, '--', raw],
};

/** An image to read; without a path a blank one of so many bytes. */
export type ImageSource =
  | { readonly path: string; readonly format: string }
  | { readonly path?: undefined; readonly bytes: number };

/**
 * Writes a disk in a format, to a new file. What the source is is said to QEMU, which guesses nothing; holes stay holes.
 * @param scratch path of a file that may be made on the way, and is gone afterwards
 * @throws ToolError where it cannot be read or written, or was stopped; MissingError without qemu-img, xz or zstd
 */
export async function writeDiskImage(
  source: ImageSource,
  format: DiskFormat,
  target: string,
  scratch: string,
  signal?: AbortSignal,
): Promise<void> {
  const options = { timeoutMs: CONVERT_MS, ...(signal === undefined ? {} : { signal }) };
  try {
    signal?.throwIfAborted();
    let from = source;
    if (from.path === undefined) {
      const { bytes } = from;
      const blank = `${scratch}.blank`;
      await run(['qemu-img', 'create', '-q', '-f', 'raw', '--', blank, String(bytes)], options);
      from = { path: blank, format: 'raw' };
    }
    const packer = format === 'raw.xz' || format === 'raw.zst' ? PACKERS[format] : undefined;
    const words = format === 'raw.xz' || format === 'raw.zst' ? WORDS.raw : WORDS[format];
    const to = packer === undefined ? target : `${scratch}.raw`;
    await run(['qemu-img', 'convert', '-q', '-f', from.format, ...words, '--', from.path, to], options);
    signal?.throwIfAborted();
    if (packer !== undefined) await run(packer(to, target), options);
  } finally {
    for (const end of ['.blank', '.raw']) rmSync(`${scratch}${end}`, { force: true });
  }
}
