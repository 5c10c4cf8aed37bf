// SPDX-License-Identifier: Apache-2.0
import type { StorageContext } from './context.js';

/** The size in bytes that the user asked for, of one disk. */
export function sizeGiven(context: StorageContext, disk: string, systemDisk: string): number | undefined {
  return context.diskBytes?.[disk] ?? (disk === systemDisk ? context.diskBytes?.['*'] : undefined);
}
