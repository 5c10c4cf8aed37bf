// SPDX-License-Identifier: Apache-2.0
import { knownArch } from '../../../arch-names.js';
import type { Arch, Db } from '../../../model/types.js';
import type { Tree } from '../filesystems/tree.js';
import { attempt } from '../guarded.js';
import type { GuestInspection, RootPlace } from '../types.js';
import type { OsMatch } from './match.js';
import { Hive } from './registry.js';

const folder = '/Windows/System32/config';
const currentVersion = ['Microsoft', 'Windows NT', 'CurrentVersion'];

/** Builds of Windows and the short ids of libosinfo: the first and the last build, each with its kind. */
const releases: readonly (readonly [first: number, last: number, kind: 'client' | 'server', shortId: string])[] = [
  [2195, 2195, 'client', 'win2k'],
  [2195, 2195, 'server', 'win2k'],
  [2600, 2600, 'client', 'winxp'],
  [3790, 3790, 'client', 'winxp'],
  [3790, 3790, 'server', 'win2k3'],
  [6000, 6003, 'client', 'winvista'],
  [6001, 6003, 'server', 'win2k8'],
  [7600, 7601, 'client', 'win7'],
  [7600, 7601, 'server', 'win2k8r2'],
  [9200, 9200, 'client', 'win8'],
  [9200, 9200, 'server', 'win2k12'],
  [9600, 9600, 'client', 'win8.1'],
  [9600, 9600, 'server', 'win2k12r2'],
  [10240, 19999, 'client', 'win10'],
  [14393, 14393, 'server', 'win2k16'],
  [17763, 17763, 'server', 'win2k19'],
  [20348, 20348, 'server', 'win2k22'],
  [22000, 26299, 'client', 'win11'],
  [26100, 26100, 'server', 'win2k25'],
];

/** Whether the tree is that of a Windows with a registry. */
export function isWindows(tree: Tree): boolean {
  return tree.isFile(`${folder}/SOFTWARE`);
}

/** The Windows in a tree, by its registry. A registry that cannot be read leaves the release untold, with a note. */
export function inspectWindows(tree: Tree, place: RootPlace, db: Db, notes: string[]): GuestInspection {
  const software = attempt(() => {
    const hive = new Hive(tree.find(`${folder}/SOFTWARE`)!);
    const key = hive.find(currentVersion);
    return { name: text(hive, key, 'ProductName'), build: buildOf(hive, key), kind: kindOf(hive, key) };
  });
  if ('failure' in software) notes.push(`${place.root}: its registry cannot be read: ${software.failure}`);
  const told = 'value' in software ? software.value : undefined;
  const system = attempt(() => readSystem(tree));
  if ('failure' in system) notes.push(`${place.root}: its registry cannot be read: ${system.failure}`);
  const { arch = undefined, hostname = undefined } = 'value' in system ? system.value : {};
  const name = told?.name ?? 'Windows, which release is not told';
  return {
    ...place,
    family: 'windows',
    // Windows 11 calls itself 10 here, for the sake of programs that look.
    name: told?.kind === 'client' && (told.build ?? 0) >= 22000 ? name.replace('Windows 10', 'Windows 11') : name,
    distro: 'win',
    ...(told?.build === undefined ? {} : { version: String(told.build) }),
    source: `${folder}/SOFTWARE`,
    ...(arch === undefined ? {} : { arch }),
    ...(hostname === undefined ? {} : { hostname }),
    kernels: [],
    mounts: [],
    machineId: 'absent',
    cloudInit: tree.isFolder('/Program Files/Cloudbase Solutions/Cloudbase-Init'),
    guestAgent: tree.isFolder('/Program Files/Qemu-ga'),
    ...matchWindows(db, told?.build, told?.kind, told?.name),
  };
}

function text(hive: Hive, key: ReturnType<Hive['find']>, name: string): string | undefined {
  const value = key && hive.value(key, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function buildOf(hive: Hive, key: ReturnType<Hive['find']>): number | undefined {
  const word = text(hive, key, 'CurrentBuildNumber') ?? text(hive, key, 'CurrentBuild');
  return word !== undefined && /^\d{1,6}$/.test(word) ? Number(word) : undefined;
}

function kindOf(hive: Hive, key: ReturnType<Hive['find']>): 'client' | 'server' {
  const words = `${text(hive, key, 'InstallationType') ?? ''} ${text(hive, key, 'ProductName') ?? ''}`;
  return /\bserver\b/i.test(words) ? 'server' : 'client';
}

function readSystem(tree: Tree): { arch?: Arch; hostname?: string } {
  const file = tree.find(`${folder}/SYSTEM`);
  if (file?.kind !== 'file') return {};
  const hive = new Hive(file);
  const control = ['ControlSet001', 'Control'];
  const hostname = text(hive, hive.find([...control, 'ComputerName', 'ComputerName']), 'ComputerName');
  const word = text(hive, hive.find([...control, 'Session Manager', 'Environment']), 'PROCESSOR_ARCHITECTURE');
  const arch = word === undefined ? undefined : knownArch(word);
  return { ...(arch === undefined ? {} : { arch }), ...(hostname === undefined ? {} : { hostname }) };
}

/** The entry of a build of Windows; builds between releases have none. */
function matchWindows(db: Db, build: number | undefined, kind = 'client', name = ''): OsMatch {
  if (build === undefined) return { why: 'its registry does not say a build', nearest: [] };
  const release = releases.find(([first, last, own]) => own === kind && build >= first && build <= last);
  if (!release) return { why: `no release of Windows (${kind}) with build ${build} is known here`, nearest: [] };
  const shortId = release[3] === 'win2k3' && /\bR2\b/.test(name) ? 'win2k3r2' : release[3];
  const os = db.findOs(shortId);
  if (!os) return { why: `the database has no entry ${shortId}, which build ${build} is`, nearest: [] };
  return { os, why: `its registry says build ${build} (${kind})`, nearest: [] };
}
