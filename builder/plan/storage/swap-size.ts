// SPDX-License-Identifier: Apache-2.0
import { GIB } from './context.js';

/**
 * How much swap `--recommended` and `--hibernation` give, by the machine's memory: twice as much up to 2 GiB, as much
 * up to 8 GiB, half of it up to 64 GiB, 4 GiB beyond; to sleep, the memory itself on top. Without sleep it takes at
 * most a tenth of the disk. The figures are the installer's.
 * @returns bytes, a whole number of MiB, at least one
 */
export function recommendedSwap(memoryBytes: number, hibernation: boolean, diskBytes: number | undefined): number {
  const plain =
    memoryBytes <= 2 * GIB
      ? 2 * memoryBytes
      : memoryBytes <= 8 * GIB
        ? memoryBytes
        : memoryBytes <= 64 * GIB
          ? memoryBytes / 2
          : 4 * GIB;
  const wanted = hibernation ? plain + memoryBytes : plain;
  const bounded = hibernation || diskBytes === undefined ? wanted : Math.min(wanted, diskBytes / 10);
  const mib = 1024 * 1024;
  return Math.max(1, Math.floor(bounded / mib)) * mib;
}
