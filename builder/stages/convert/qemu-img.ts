// SPDX-License-Identifier: Apache-2.0
import type { Conversion } from './formats.js';

/** Formats that take what is written out of order; the others wait for it, or refuse. */
const UNORDERED = ['raw', 'qcow2'];

/** Pieces that are packed and written at once. */
const AT_ONCE = '8';

/**
 * zstd(1) and zlib take some MiB anew for each cluster of 64 KiB: kept (mallopt(3)), they are not asked of the kernel and
 * filled with zeros each time.
 */
const KEPT_MEMORY = { MALLOC_MMAP_THRESHOLD_: String(32 * 1024 ** 2), MALLOC_TRIM_THRESHOLD_: String(512 * 1024 ** 2) };

/**
 * Writes a disk by `qemu-img convert`.
 * @param format QEMU's name of it
 * @param options further words: `-c`, `-o NAME=VALUE`
 */
export async function convertByQemu(
  { context, raw, target }: Conversion,
  format: string,
  options: readonly string[] = [],
): Promise<void> {
  // Writing out of order is faster and gives other bytes each time.
  const unordered = UNORDERED.includes(format) && context.plan.outputs.sourceDateEpoch === undefined;
  const order = unordered ? ['-W', '-m', AT_ONCE] : ['-m', AT_ONCE];
  await context.tool(['qemu-img', 'convert', '-f', 'raw', ...order, '-O', format, ...options, raw, target], {
    timeoutMs: 3_600_000,
    env: KEPT_MEMORY,
  });
}
