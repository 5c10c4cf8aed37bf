// SPDX-License-Identifier: Apache-2.0
import type { GuestOs } from './table.js';
import { versionRank } from './version-rank.js';

/** What a distribution is made from, by its version, newest first. */
interface Origin {
  readonly distro: string;
  /** `since` is the version of the one, `version` that of the other; undefined: they count alike. */
  readonly versions: readonly { readonly since: string; readonly version: string | undefined }[];
}

/** `6=13 0=12`: since version 6 it is made from version 13, before from 12. */
function from(distro: string, said?: string): Origin {
  const versions = (said ?? '0').split(' ').map((pair) => {
    const [since = '0', version] = pair.split('=');
    return { since, version };
  });
  return { distro, versions };
}

/** Distributions that hypervisors seldom have a name for. */
const origins: Readonly<Record<string, Origin>> = {
  devuan: from('debian', '6=13 5=12 4=11 3=10 2=9 0=8'),
  lmde: from('debian', '7=13 6=12 5=11 4=10 0=9'),
  'proxmox-ve': from('debian', '9=13 8=12 7=11 6=10 0=9'),
  pureos: from('debian', '11=12 10=11 9=10 0=9'),
  // Endless OS.
  eos: from('debian', '5=12 4=11 3.5=10 0=9'),
  ucs: from('debian', '5.2=12 5=10 4.3=9 4.2=8 0=7'),
  kali: from('debian', '0=testing'),
  tails: from('debian', '0=testing'),
  'gparted-live': from('debian', '0=testing'),
  linuxmint: from('ubuntu', '22=24.04 21=22.04 20=20.04 19=18.04 18=16.04 0=14.04'),
  elementaryos: from('ubuntu', '8=24.04 7=22.04 6=20.04 0=18.04'),
  zorin: from('ubuntu', '18=24.04 17=22.04 16=20.04 0=18.04'),
  trisquel: from('ubuntu', '12=24.04 11=22.04 10=20.04 9=18.04 8=16.04 0=14.04'),
  popos: from('ubuntu'),
  centos: from('rhel'),
  ol: from('rhel'),
  oel: from('rhel'),
  scientificlinux: from('rhel'),
  almalinux: from('rhel'),
  rocky: from('rhel'),
  eurolinux: from('rhel'),
  circle: from('rhel'),
  miraclelinux: from('rhel'),
  opencloudos: from('rhel'),
  anolis: from('rhel', '23=9 8=8 0=7'),
  asianux: from('rhel', '8=8 7=7 0=6'),
  qubes: from('fedora'),
  sled: from('sles'),
  sle: from('sles'),
  slem: from('sles', '6=16 0=15'),
  caasp: from('sles', '4=15 0=12'),
  mandrake: from('mandriva'),
  mes: from('mandriva'),
  mbs: from('mandriva'),
  Manjaro: from('archlinux'),
  endeavouros: from('archlinux'),
  cachyos: from('archlinux'),
  ghostbsd: from('freebsd', '0=rolling'),
  opnsense: from('freebsd', '0=rolling'),
  pfsense: from('freebsd', '0=rolling'),
};

/** The OS that another is made from, as far as hypervisors can tell the two apart; undefined for an original. */
export function kinOf(os: GuestOs): GuestOs | undefined {
  const origin = origins[os.distro ?? ''];
  if (!origin) return undefined;
  const rank = versionRank(os.version);
  const version = origin.versions.find(({ since }) => rank >= versionRank(since))?.version ?? os.version;
  // A short id is of the OS itself.
  const { shortId: _, ...rest } = os;
  return { ...rest, distro: origin.distro, ...(version === undefined ? {} : { version }) };
}
