// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../recommend/types.js';
import type { GuestOs } from './table.js';

/** Glance's words for distributions where they are not the database's. */
const distros: Readonly<Record<string, string>> = {
  archlinux: 'arch',
  centos: 'centos',
  alpinelinux: 'alpine',
  linuxmint: 'linuxmint',
  macos: 'macos',
  osx: 'macos',
  Manjaro: 'manjaro',
  win: 'windows',
  winnt: 'windows',
  sle: 'sles',
};

/** Windows is known by the name that its maker sells it under. */
const windowsVersions: Readonly<Record<string, string>> = {
  win11: '11',
  win10: '10',
  'win8.1': '8.1',
  win8: '8',
  win7: '7',
  winvista: 'vista',
  winxp: 'xp',
  win2k: '2000',
  win2k3: '2003',
  win2k3r2: '2003r2',
  win2k8: '2008',
  win2k8r2: '2008r2',
  win2k12: '2012',
  win2k12r2: '2012r2',
  win2k16: '2016',
  win2k19: '2019',
  win2k22: '2022',
  win2k25: '2025',
};

/** `os_distro` of an OS, as the properties of public images spell it: `debian`, `windows`. */
export function openstackDistro({ distro, shortId }: GuestOs): string | undefined {
  if (distro === undefined || distro === 'undefined') return undefined;
  if (shortId?.startsWith('centos-stream')) return 'centos';
  return distros[distro] ?? distro.toLowerCase();
}

/** `os_version`: of Windows as it is sold, of others their own; undefined for what has none. */
export function openstackVersion({ shortId, version }: GuestOs): string | undefined {
  const windows = windowsVersions[shortId ?? ''];
  if (windows !== undefined) return windows;
  return version === undefined || version === 'unknown' || version === 'undefined' ? undefined : version;
}

/** `os_type`, for which Nova knows two values; of Windows it makes enlightenments and a clock of local time. */
export function openstackType({ os }: Recommendation): 'windows' | 'linux' | undefined {
  if (os.family === 'winnt' || os.family === 'win9x') return 'windows';
  return os.family === 'linux' ? 'linux' : undefined;
}
