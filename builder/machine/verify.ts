// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { checksumFile } from '../output/checksum.js';
import type { FileDigest } from './types.js';

/**
 * Reads files and holds them against their digests.
 * @returns how many were as they should be
 * @throws InputError for the first that is not
 */
export async function verifyDigests(digests: readonly FileDigest[]): Promise<number> {
  for (const { path, type, digest } of digests) {
    const found = (await checksumFile(path, [type]))[type];
    if (found !== digest)
      throw new InputError(
        'checksum',
        `its ${type} is ${found}, and not ${digest.slice(0, 128)}; build or copy it again`,
        {
          file: path,
        },
      );
  }
  return digests.length;
}
