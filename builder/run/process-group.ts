// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wallClockMs } from '../../osinfo/doors/clock.js';
import { isLivingBuild, ownBuildName } from './living.js';

/** Where the controller of processes is: beside all others (cgroups(7), version 2), or in a hierarchy of its own (version 1). */
const HIERARCHIES = ['/sys/fs/cgroup', '/sys/fs/cgroup/pids'] as const;

/**
 * Bounds how many processes one has, with all that it starts from now on, by a control group: that counts root's too. Only
 * root makes such groups; where none can be made nothing is bounded.
 * @returns takes the group away again, when its processes have ended
 */
export function boundProcesses(pid: number, most: number): () => void {
  for (const hierarchy of HIERARCHIES) {
    const group = join(hierarchy, `${ownBuildName()}${pid}`);
    try {
      sweepGroups(hierarchy);
      mkdirSync(group);
      if (existsSync(join(group, 'pids.max'))) {
        writeFileSync(join(group, 'pids.max'), String(most));
        writeFileSync(join(group, 'cgroup.procs'), String(pid));
        return () => removeGroup(group);
      }
    } catch {
      // A container may not, or has them read-only.
    }
    removeGroup(group);
  }
  return () => {};
}

/** Groups of builds that were killed: they are empty, and nobody else takes them away. */
function sweepGroups(hierarchy: string): void {
  for (const name of readdirSync(hierarchy))
    if (isLivingBuild(join(hierarchy, name), wallClockMs()) === false) removeGroup(join(hierarchy, name));
}

function removeGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // It is not there, or not empty: the next build looks again.
  }
}
