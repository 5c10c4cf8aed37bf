// SPDX-License-Identifier: Apache-2.0
import type { Conversion } from './formats.js';

/** Formats that take what is written out of order; the others wait for it, or refuse. */
const UNORDERED = ['raw', 'qcow2'];

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
  const order = unordered ? ['-W', '-m', '4'] : ['-m', '4'];
  await context.tool(['qemu-img', 'convert', '-f', 'raw', ...order, '-O', format, ...options, raw, target], {
    timeoutMs: 3_600_000,
  });
}
