// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import type { Conversion } from './formats.js';

const TIMEOUT_MS = 3_600_000;

/**
 * xz in blocks of 16 MiB, as the original appliance-creator writes it: a reader can unpack from any block on. With one
 * thread xz would write other headers of blocks than with several.
 */
export async function writeRawXz({ context, raw, target }: Conversion): Promise<void> {
  const threads = `--threads=${Math.max(2, availableParallelism())}`;
  // xz has no word for the file that it writes.
  const script = 'exec xz --stdout "$1" --block-size=16MiB -1 -- "$2" >"$3"';
  await context.tool(['sh', '-c', script, 'sh', threads, raw, target], { timeoutMs: TIMEOUT_MS });
}

/** zstd; the number of threads does not show in what it writes. */
export async function writeRawZst({ context, raw, target }: Conversion): Promise<void> {
  await context.tool(['zstd', '--quiet', '--force', '--threads=0', '-3', '-o', target, '--', raw], {
    timeoutMs: TIMEOUT_MS,
  });
}
