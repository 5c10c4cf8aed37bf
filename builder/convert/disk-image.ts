// SPDX-License-Identifier: Apache-2.0
import { rmSync, statSync } from 'node:fs';
import { run } from '../../osinfo/doors/process.js';
import type { DiskFormat } from '../plan/types.js';
import { writeVmdkStream } from '../stages/convert/vmdk-stream.js';
import { dataRuns } from '../stages/place.js';

const CONVERT_MS = 12 * 3600 * 1000;

/** What is made of a raw disk, by all processors: qemu-img packs on one. */
type PackedFormat = 'raw.xz' | 'raw.zst' | 'vmdk';

/** QEMU's words for a format of disks: its name, and what is said of it. A machine writes to most of them: nothing is packed. */
const WORDS: Readonly<Record<Exclude<DiskFormat, PackedFormat>, readonly string[]>> = {
  qcow2: ['-O', 'qcow2'],
  'qcow2-zlib': ['-O', 'qcow2', '-c', '-o', 'compression_type=zlib'],
  raw: ['-O', 'raw'],
  'vmdk-sparse': ['-O', 'vmdk', '-o', 'subformat=monolithicSparse'],
  vhdx: ['-O', 'vhdx', '-o', 'subformat=dynamic'],
  vpc: ['-O', 'vpc', '-o', 'subformat=fixed,force_size=on'],
  vdi: ['-O', 'vdi'],
};

type Options = { readonly timeoutMs: number; readonly signal?: AbortSignal };

/** What packs a raw disk into a new file. */
const PACKERS: Readonly<Record<PackedFormat, (raw: string, target: string, options: Options) => Promise<unknown>>> = {
  'raw.xz': (raw, target, options) => {
    const script = 'exec xz --stdout --threads=0 --block-size=16MiB -1 -- "$1" >"$2"';
    return run(['sh', '-c', script, 'sh', raw, target], options);
  },
  'raw.zst': (raw, target, options) => run(['zstd', '--quiet', '--threads=0', '-3', '-o', target, '--', raw], options),
  vmdk: async (raw, target, options) => {
    const runs = await dataRuns({ tool: (words) => run(words, options) }, raw);
    await writeVmdkStream(raw, statSync(raw).size, runs, target, options.signal);
  },
};

/** Whether a format is made of a raw disk, which has to be written first where there is none. */
export function needsRaw(format: DiskFormat): format is PackedFormat {
  return Object.hasOwn(PACKERS, format);
}

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
    const raw = needsRaw(format) ? (from.format === 'raw' ? from.path : `${scratch}.raw`) : target;
    if (raw !== from.path) {
      const words = needsRaw(format) ? WORDS.raw : WORDS[format];
      await run(['qemu-img', 'convert', '-q', '-f', from.format, ...words, '--', from.path, raw], options);
      signal?.throwIfAborted();
    }
    if (needsRaw(format)) await PACKERS[format](raw, target, options);
  } finally {
    for (const end of ['.blank', '.raw']) rmSync(`${scratch}${end}`, { force: true });
  }
}
