// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from 'commander';
import { UNITS } from '../options/values.js';

/** Largest disk that is laid out: 64 TiB. */
const LARGEST = 64 * UNITS.T;

/**
 * One `--disk-size` after another: `sda=20G`, or `20G` for the disk of the system (`*`). Whole numbers of MiB, GiB or
 * TiB; the answer is in bytes, by the disk's name.
 */
export function parseDiskSize(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const match = /^(?:(?:\/dev\/)?([A-Za-z0-9][A-Za-z0-9_.-]{0,31})=)?(\d{1,9})([MGT])(?:iB)?$/.exec(text);
  const bytes = match ? Number(match[2]) * UNITS[match[3] as keyof typeof UNITS] : 0;
  if (!match || bytes < UNITS.M || bytes > LARGEST)
    throw new InvalidArgumentError('give a size such as 20G, or DISK=SIZE such as sda=20G (M, G or T, up to 64T).');
  return { ...before, [match[1] ?? '*']: bytes };
}
