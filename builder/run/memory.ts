// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statfsSync } from 'node:fs';

/** statfs(2), TMPFS_MAGIC */
const TMPFS = 0x01021994;

/** What the kernel says can be had without swapping (proc(5), MemAvailable), in bytes. */
export function availableMemoryBytes(): number {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return match ? Number(match[1]) * 1024 : 0;
}

/** Whether a folder lies in memory. */
export function isInMemory(folder: string): boolean {
  return statfsSync(folder).type === TMPFS;
}
