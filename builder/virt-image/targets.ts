// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { driveLetters } from './describe.js';

/** How many disks of a kind a machine has: two channels of IDE with two each, two floppy drives. */
const MOST: Readonly<Record<string, number>> = { hd: 4, fd: 2 };
const MOST_OTHERS = 1024;

/** How the names of disks begin, by their bus. */
const PREFIX: Readonly<Record<string, string>> = { virtio: 'vd', xen: 'xvd', ide: 'hd', fdc: 'fd' };

/** `vd` for virtio; everything without a name of its own is `sd`. */
export function targetPrefix(bus: string): string {
  return PREFIX[bus] ?? 'sd';
}

/**
 * A name for every drive: those that are given, and for the others the next one behind the highest of their kind, or the
 * first that is free once the last is taken. All given names are taken before any is made up. (The original knew only
 * those of earlier drives, and gave names twice.)
 * @param targets in the order of the drives, `undefined` where the descriptor has none
 * @param prefix how the names begin: of all, or of each
 * @throws InputError for a name that is given twice, and for more disks than the bus has
 */
export function assignTargets(targets: readonly (string | undefined)[], prefix: string | readonly string[]): string[] {
  const taken = new Set<string>();
  for (const target of targets) {
    if (target === undefined) continue;
    if (taken.has(target)) throw new InputError('same-target', `the target ${target} is given to two drives`);
    taken.add(target);
  }
  return targets.map((target, index) => {
    const own = typeof prefix === 'string' ? prefix : prefix[index]!;
    const name = target ?? freeName(own, taken);
    taken.add(name);
    return name;
  });
}

function freeName(prefix: string, taken: ReadonlySet<string>): string {
  const most = MOST[prefix] ?? MOST_OTHERS;
  const names = Array.from({ length: most }, (_, index) => `${prefix}${driveLetters(index)}`);
  const highest = names.findLastIndex((name) => taken.has(name));
  const name = names[highest + 1] ?? names.find((one) => !taken.has(one));
  if (name === undefined)
    throw new InputError('too-many-disks', `Only ${most} disks of type '${prefix}' are supported`);
  return name;
}
