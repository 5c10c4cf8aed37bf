// SPDX-License-Identifier: Apache-2.0
import type { Db } from '../../../model/types.js';
import { Tree } from '../filesystems/tree.js';
import type { FileNode, FileSystem } from '../filesystems/types.js';
import { attempt } from '../guarded.js';
import type { GuestInspection } from '../types.js';
import { inspectGuest } from './guest.js';
import { printable } from './text.js';

/** Names that distributions give the subvolume of their root, in the order of asking. */
const rootSubvolumes = ['@', 'root', '@rootfs', '@/.snapshots/1/snapshot'];
const maxSubvolumes = 64;

/** The systems installed in a file system: in its root, in a deployment of ostree, or in a subvolume. */
export function findGuests(volume: string, fileSystem: FileSystem, db: Db, notes: string[]): GuestInspection[] {
  const look = (root: FileNode, subvolume?: string): GuestInspection | undefined =>
    inspectGuest(
      root,
      fileSystem.caseless,
      { root: volume, ...(subvolume === undefined ? {} : { subvolume: printable(subvolume) }) },
      db,
      notes,
    );
  const root = fileSystem.root();
  const own = look(root);
  if (own) return [own];
  const deployed = deployments(root, fileSystem.caseless)
    .map(({ name, node }) => look(node, name))
    .filter((guest) => guest !== undefined);
  if (deployed.length > 0) return deployed;
  return lookInSubvolumes();

  function lookInSubvolumes(): GuestInspection[] {
    const rank = (name: string): number => {
      const index = rootSubvolumes.indexOf(name);
      return index < 0 ? rootSubvolumes.length : index;
    };
    const candidates = fileSystem
      .subvolumes()
      .toSorted((a, b) => rank(a.name) - rank(b.name))
      .slice(0, maxSubvolumes);
    for (const candidate of candidates) {
      const found = attempt(() => look(candidate.root(), candidate.name));
      if ('failure' in found) notes.push(`${volume}: subvolume ${printable(candidate.name)}: ${found.failure}`);
      // The others are snapshots of it: the same system again.
      else if (found.value) return [found.value];
    }
    return [];
  }
}

/** Roots that ostree has checked out: `/ostree/deploy/NAME/deploy/CHECKSUM.SERIAL`, of each name the first. */
function deployments(root: FileNode, caseless: boolean): { name: string; node: FileNode }[] {
  const tree = new Tree(root, caseless);
  const found: { name: string; node: FileNode }[] = [];
  for (const name of tree.list('/ostree/deploy').slice(0, 8)) {
    const folder = `/ostree/deploy/${name}/deploy`;
    const checkout = tree.list(folder).find((one) => /^[0-9a-f]{64}\.\d{1,4}$/.test(one));
    const node = checkout === undefined ? undefined : tree.find(`${folder}/${checkout}`);
    if (node) found.push({ name: `ostree ${name}`, node });
  }
  return found;
}
