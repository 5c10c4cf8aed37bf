// SPDX-License-Identifier: Apache-2.0
import { lstatSync, mkdtempSync, readlinkSync, rmdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { wallClockMs } from '../../osinfo/doors/clock.js';

/*
 * Whether a build still runs is told by the names of what it makes: the number of its process, and that of the process
 * name space in which that number counts.
 */

/** The beginning of the names of what this process makes for a build. */
export function ownBuildName(): string {
  return `build-${processSpaces()}-${process.pid}-`;
}

/** The number of the process name space: a process of another one is not seen, and its number says nothing here. */
function processSpaces(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
}

/** No build of another name space, such as a container's with the same home, takes that long. */
const FORGOTTEN_MS = 24 * 3600 * 1000;

/**
 * Whether the build that made a file or folder is alive; undefined where the name is not a build's.
 * @param now by the clock of the file system, in milliseconds
 */
export function isLivingBuild(path: string, now: number): boolean | undefined {
  const match = /^build-(\d+)-(\d+)-/.exec(basename(path));
  if (!match) return undefined;
  if (match[1] === processSpaces()) return statSync(`/proc/${match[2]}`, { throwIfNoEntry: false }) !== undefined;
  // A folder that is gone has just changed.
  const changed = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  return now - changed < FORGOTTEN_MS;
}

/** The time of a folder's file system, which may be another machine's, in milliseconds; this machine's where it is read-only. */
export function fileSystemNow(folder: string): number {
  try {
    const probe = mkdtempSync(join(folder, '.now-'));
    const { mtimeMs } = statSync(probe);
    rmdirSync(probe);
    return mtimeMs;
  } catch {
    return wallClockMs();
  }
}
