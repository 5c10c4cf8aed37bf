// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { checksumFile } from '../output/checksum.js';
import { hexDigits } from './digests.js';
import type { FoundDisk } from './storage.js';

/**
 * Verifies every digest of every disk that is there, also of those that nothing is started from. Capitals and spaces
 * around a digest do not count; a type that is not known is passed over, as reading has said.
 * @param file the descriptor
 * @throws InputError with file:line for the first disk that is not what its digest says
 */
export async function verifyDisks(disks: readonly FoundDisk[], file: string, signal?: AbortSignal): Promise<void> {
  for (const { disk, path, blankBytes } of disks) {
    const types = Object.keys(disk.checksums).filter((type) => hexDigits[type] !== undefined);
    if (types.length === 0 || blankBytes !== undefined) continue;
    const real: Readonly<Record<string, string>> = await checksumFile(path, types, signal);
    for (const type of types) {
      const wanted = disk.checksums[type]!.trim().toLowerCase();
      if (real[type] === wanted) continue;
      throw new InputError(
        'checksum',
        `Disk signature for ${disk.file} does not match: its ${type} is ${real[type]}, and the descriptor says ${JSON.stringify(wanted.slice(0, 140))}; --skip-checksum where the machine has run with it`,
        { file, line: disk.line },
      );
    }
  }
}
