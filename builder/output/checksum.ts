// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { InputError, WorkError } from '../../osinfo/errors.js';

export const checksumTypes = ['sha1', 'sha256', 'sha512'] as const;
export type ChecksumType = (typeof checksumTypes)[number];

/** Lower-case hex digests of a file as it is stored, by algorithm. */
export type Checksums = Readonly<Partial<Record<ChecksumType, string>>>;

/**
 * Reads a file once and computes every digest asked for, in bounded memory.
 * @throws InputError when there is no such file, WorkError when it cannot be read to its end, or is stopped
 */
export async function checksumFile<const T extends string>(
  path: string,
  types: readonly T[],
  signal?: AbortSignal,
): Promise<{ readonly [K in T]: string }> {
  const hashes = types.map((type) => ({ type, hash: createHash(type) }));
  try {
    // Large pieces: a digest of sparse gigabytes is then bound by the digest, not by the calls.
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, ...(signal ? { signal } : {}) })) {
      for (const { hash } of hashes) hash.update(chunk as Buffer);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new InputError('checksum-file', 'there is no such file', { file: path });
    throw new WorkError('checksum-file', `${path}: cannot be read: ${code ?? (error as Error).message}`, {
      cause: error,
    });
  }
  return Object.fromEntries(hashes.map(({ type, hash }) => [type, hash.digest('hex')])) as {
    readonly [K in T]: string;
  };
}
