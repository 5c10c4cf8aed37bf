// SPDX-License-Identifier: Apache-2.0
import type { Db, Os } from '../../osinfo/model/types.js';

/** VMware's and VirtualBox's names of systems, without the ends for 64 bits and `Guest`, by the database's short id. */
const SHORT_IDS: Readonly<Record<string, string>> = {
  windows11: 'win11',
  windows10: 'win10',
  windows9: 'win10',
  windows81: 'win8.1',
  windows8: 'win8',
  windows7: 'win7',
  winvista: 'winvista',
  windowsvista: 'winvista',
  winxppro: 'winxp',
  winxphome: 'winxp',
  windowsxp: 'winxp',
  winlonghorn: 'win2k8',
  longhorn: 'win2k8',
  windows2008: 'win2k8',
  windows7srv: 'win2k8r2',
  windows7server: 'win2k8r2',
  windows8srv: 'win2k12r2',
  windows8server: 'win2k12r2',
  windows2012: 'win2k12r2',
  windows9srv: 'win2k16',
  windows9server: 'win2k16',
  windows2016: 'win2k16',
  windows2019srv: 'win2k19',
  windows2019: 'win2k19',
  windows2019srvnext: 'win2k22',
  windows2022: 'win2k22',
  windows2022srvnext: 'win2k25',
  windows2025: 'win2k25',
  winnetenterprise: 'win2k3',
  winnetstandard: 'win2k3',
  windows2003: 'win2k3',
};

/** Makers whose names of releases end in a number, and the database's names of them. */
const DISTROS: Readonly<Record<string, string>> = {
  debian: 'debian',
  freebsd: 'freebsd',
  centos: 'centos',
  rhel: 'rhel',
  redhat: 'rhel',
  oraclelinux: 'ol',
  oracle: 'ol',
  sles: 'sles',
  almalinux: 'almalinux',
  rockylinux: 'rocky',
  fedora: 'fedora',
  ubuntu: 'ubuntu',
};

/**
 * The system that a hypervisor's word means, where it means one: `debian12_64Guest`, `windows9-64`, `Debian12_64`; or its
 * name as the database has it. Words that mean many (`ubuntu-64`, `otherlinux`) mean none.
 * @param word one or several, each in a line
 */
export function osOfWord(db: Db, word: string): Os | undefined {
  for (const line of word.split('\n').slice(0, 4)) {
    const found = byName(db, line.trim()) ?? byGuest(db, line.trim());
    if (found) return found;
  }
  return undefined;
}

function byName(db: Db, name: string): Os | undefined {
  const plain = name.replace(/ \((64|32)-bit\)$/i, '').toLowerCase();
  return plain === '' ? undefined : db.oses().find((one) => one.name?.toLowerCase() === plain);
}

function byGuest(db: Db, word: string): Os | undefined {
  const stem = word
    .toLowerCase()
    .replace(/^arm-/, '')
    .replace(/guest$/, '')
    .replace(/[-_]?64$/, '');
  if (!/^[a-z0-9_.-]{1,60}$/.test(stem)) return undefined;
  if (Object.hasOwn(SHORT_IDS, stem)) return db.findOs(SHORT_IDS[stem]!);
  const [, distro = '', version = ''] = /^([a-z]+)[-_]?(\d{1,2}(?:\.\d{1,2})?)$/.exec(stem) ?? [];
  if (!Object.hasOwn(DISTROS, distro)) return undefined;
  const base = `${DISTROS[distro]}${version}`;
  return [base, `${base}.0`, `${base}-unknown`].map((id) => db.findOs(id)).find((one) => one !== undefined);
}
