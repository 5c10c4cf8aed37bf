// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { MOST_PROCESSES } from './sandbox.js';

/** The first Linux in which each process name space has a largest number of its own; before, it is the machine's. */
const FIRST = { major: 6, minor: 14 } as const;

/**
 * Bounds the processes of this process name space, root's too, which no resource limit counts. For an older kernel that is
 * done from outside (`boundProcesses`).
 */
export function limitProcesses(version = release()): void {
  if (!countsBySpace(version)) return;
  try {
    writeFileSync('/proc/sys/kernel/pid_max', String(MOST_PROCESSES));
  } catch {
    // A container may have /proc/sys read-only: what it allows itself bounds the build then.
  }
}

/** @param version as uname(2) has it: `6.18.44-cloud` */
export function countsBySpace(version: string): boolean {
  const [major, minor] = (/^(\d+)\.(\d+)/.exec(version)?.slice(1) ?? []).map(Number);
  if (major === undefined || minor === undefined) return false;
  return major > FIRST.major || (major === FIRST.major && minor >= FIRST.minor);
}
