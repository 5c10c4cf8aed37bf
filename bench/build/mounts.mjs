// SPDX-License-Identifier: Apache-2.0
// The peers mount, want root, and take devices of the machine: what they mount is gone with them, and what they leave is
// given back.
import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { measure } from '../measure.mjs';
import { IS_ROOT } from './case.mjs';
import { parseStatus } from './packages.mjs';

const TMPFS = 0x01021994;

/**
 * A command in a mount name space of its own; with an own /run where that is no memory file system, which
 * systemd-nspawn(1) cannot do without.
 * @throws Error for an ordinary user
 */
export function inOwnMounts(words) {
  if (!IS_ROOT) throw new Error('it wants root');
  const script = statfsSync('/run').type === TMPFS ? 'exec "$@"' : 'mount -t tmpfs tmpfs /run; exec "$@"';
  return ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-ec', script, 'sh', ...words];
}

/** Gives back the loop devices that a peer left on its files. */
export function detachLoops(folder) {
  if (!IS_ROOT) return;
  const { stdout } = spawnSync('losetup', ['--noheadings', '--list', '--output', 'NAME,BACK-FILE'], {
    encoding: 'utf8',
  });
  for (const line of (stdout ?? '').split('\n')) {
    const [device, file] = line.trim().split(/\s+/);
    if (file?.startsWith(`${folder}/`)) spawnSync('losetup', ['--detach', device]);
  }
}

/** What is installed in the last partition of a raw disk, an ext file system. */
export async function readPackages(raw) {
  const { stdout: table } = await measure(['sfdisk', '--json', raw]);
  const { start } = JSON.parse(table).partitiontable.partitions.at(-1);
  const { stdout } = await measure(['debugfs', '-R', 'cat /var/lib/dpkg/status', `${raw}?offset=${start * 512}`]);
  return parseStatus(stdout);
}
