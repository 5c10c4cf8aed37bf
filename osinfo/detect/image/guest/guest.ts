// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../errors.js';
import type { Db } from '../../../model/types.js';
import { Tree } from '../filesystems/tree.js';
import type { FileNode } from '../filesystems/types.js';
import { guarded } from '../guarded.js';
import type { GuestInspection, RootPlace } from '../types.js';
import { readArch } from './arch.js';
import {
  hasCloudInit,
  hasGuestAgent,
  parseFstab,
  readHostname,
  readKernels,
  readMachineId,
  readPackages,
} from './linux.js';
import { matchOs } from './match.js';
import { readRelease } from './release.js';
import { inspectWindows, isWindows } from './windows.js';

/** Folders that a root, or a volume for /usr, has at least one of. */
const rootFolders = ['/etc', '/usr', '/lib'];

/**
 * The system that is installed in a tree; undefined where none is. What of it is damaged is left out and noted: one
 * unreadable file does not hide who is installed.
 * @throws InputError when the tree itself is damaged
 */
export function inspectGuest(
  root: FileNode,
  caseless: boolean,
  place: RootPlace,
  db: Db,
  notes: string[],
): GuestInspection | undefined {
  const tree = new Tree(root, caseless);
  if (caseless && isWindows(tree)) return inspectWindows(tree, place, db, notes);
  if (!rootFolders.some((folder) => tree.isFolder(folder))) return undefined;
  const release = readRelease(tree);
  if (!release) return undefined;
  const optional = <Value>(what: string, read: () => Value, otherwise: Value): Value => {
    try {
      return guarded(read);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      notes.push(`${place.root}: ${what} cannot be read: ${error.message}`);
      return otherwise;
    }
  };
  const arch = optional('its programs', () => readArch(tree), undefined);
  const hostname = optional('its host name', () => readHostname(tree), undefined);
  const packages = optional('its list of packages', () => readPackages(tree), undefined);
  const match = matchOs(db, release);
  return {
    ...place,
    family: release.family,
    name: release.name,
    ...(release.distro === undefined ? {} : { distro: release.distro }),
    ...(release.version === undefined ? {} : { version: release.version }),
    ...(release.variant === undefined ? {} : { variant: release.variant }),
    source: release.source,
    ...(arch === undefined ? {} : { arch }),
    ...(hostname === undefined ? {} : { hostname }),
    kernels: optional('its kernels', () => readKernels(tree), []),
    ...(packages === undefined ? {} : { packages }),
    mounts: optional('its fstab', () => parseFstab(tree.readText('/etc/fstab') ?? ''), []),
    machineId: optional('its machine-id', () => readMachineId(tree), 'absent'),
    cloudInit: optional('its programs', () => hasCloudInit(tree), false),
    guestAgent: optional('its programs', () => hasGuestAgent(tree), false),
    ...match,
  };
}
