// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../recommend/types.js';
import { findGuest, type GuestRow } from './table.js';

const on = (name: string): GuestRow['names'] => ({ x86_64: name, i686: name, aarch64: name });
const ids = (name: string, ...list: readonly string[]): GuestRow => ({ ids: list, names: on(name) });

/** Proxmox VE knows kinds of systems, each with the settings that it needs: Hyper-V enlightenments, clock, ACPI. */
const rows: readonly GuestRow[] = [
  ids('win11', 'win11', 'win2k22', 'win2k25'),
  ids('win10', 'win10', 'win2k16', 'win2k19'),
  ids('win8', 'win8', 'win8.1', 'win2k12', 'win2k12r2'),
  ids('win7', 'win7', 'win2k8r2'),
  ids('wvista', 'winvista'),
  ids('w2k8', 'win2k8'),
  ids('wxp', 'winxp'),
  ids('w2k3', 'win2k3', 'win2k3r2'),
  ids('w2k', 'win2k'),
  { distros: ['reactos'], names: on('w2k3') },
  { family: 'winnt', since: '10', names: on('win11') },
  { family: 'winnt', since: '6.2', names: on('win8') },
  { family: 'winnt', since: '6.1', names: on('win7') },
  { family: 'linux', year: 2004, names: on('l26') },
  { family: 'linux', names: on('l24') },
  { family: 'solaris', names: on('solaris') },
  { family: 'illumos', names: on('solaris') },
];

/** The `--ostype` of an OS: `l26`, `win11`, `other`. */
export const proxmoxGuest = ({ os, arch }: Recommendation): string => findGuest(os, arch, rows) ?? 'other';
