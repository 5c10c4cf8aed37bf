// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../recommend/types.js';
import { findGuest, type GuestNames, type GuestRow, versions } from './table.js';

const amd64 = (name: string): GuestNames => ({ x86_64: name });
const both = (name: string): GuestNames => ({ x86_64: name, aarch64: `${name}.arm64` });
const all = (name: string): GuestNames => ({ ...both(name), s390x: `${name}.s390x` });
const any = (name: string): GuestNames => ({ x86_64: name, aarch64: name, s390x: name });
const windows = (name: string, ...ids: readonly string[]): GuestRow => ({ ids, names: amd64(`windows.${name}`) });

/** The preferences that KubeVirt's project common-instancetypes ships. */
const rows: readonly GuestRow[] = [
  windows('11', 'win11'),
  windows('10', 'win10'),
  windows('2k25', 'win2k25'),
  windows('2k22', 'win2k22'),
  windows('2k19', 'win2k19'),
  windows('2k16', 'win2k16'),
  windows('2k12', 'win2k12', 'win2k12r2'),
  windows('2k8', 'win2k8', 'win2k8r2'),
  windows('2k3', 'win2k3', 'win2k3r2'),
  windows('7', 'win7'),
  windows('xp', 'winxp'),
  ...versions(
    ['rhel'],
    [
      ['10', all('rhel.10')],
      ['9', all('rhel.9')],
      ['8', amd64('rhel.8')],
      ['7', amd64('rhel.7')],
    ],
  ),
  { ids: ['centos-stream10'], names: amd64('centos.stream10') },
  { ids: ['centos-stream9'], names: amd64('centos.stream9') },
  { distros: ['ol', 'oel'], names: amd64('oraclelinux') },
  { distros: ['fedora'], names: all('fedora') },
  { distros: ['debian'], names: any('debian') },
  { distros: ['ubuntu'], names: any('ubuntu') },
  { ids: ['opensusetumbleweed', 'opensuse-factory', 'opensusemicroos'], names: any('opensuse.tumbleweed') },
  { distros: ['opensuse'], names: any('opensuse.leap') },
  { distros: ['sles'], names: any('sles') },
  { distros: ['alpinelinux'], names: any('alpine') },
  { distros: ['cirros'], names: any('cirros') },
];

/** Those that there is a second one of, for an image that has virtio drivers. */
const withVirtio: ReadonlySet<string> = new Set(
  ['11', '10', '2k25', '2k22', '2k19', '2k16', '2k12', '2k8', '7'].map((name) => `windows.${name}`),
);

/**
 * The common preference nearest to the recommended machine. What has none of its own gets one by what it drives:
 * virtio, and where it starts from. Undefined for an architecture without any.
 */
export function commonPreference(rec: Recommendation): string | undefined {
  const { os, arch, disk, firmware } = rec;
  const virtio = disk.bus === 'virtio' || disk.controller === 'virtio-scsi';
  const own = findGuest(os, arch, rows);
  if (own !== undefined) return virtio && withVirtio.has(own) ? `${own}.virtio` : own;
  if (arch !== 'x86_64') return undefined;
  if (!virtio) return 'legacy';
  if (!rec.machine.pcie || isTransitional(rec)) return 'linux.virtiotransitional';
  return firmware.type === 'uefi' ? 'linux.efi' : 'linux';
}

/** Whether the disk or the card is one that only shows its legacy id. */
export const isTransitional = ({ disk, nic }: Recommendation): boolean =>
  /\/1af4\/10[0-3][0-9a-f]$/.test(disk.device) || /\/1af4\/10[0-3][0-9a-f]$/.test(nic.device);

const GiB = 1024 ** 3;

/** The universal series of the common instance types: processors and memory. */
const series: readonly (readonly [name: string, cpus: number, memoryBytes: number])[] = [
  ['u1.nano', 1, GiB / 2],
  ['u1.micro', 1, GiB],
  ['u1.small', 1, 2 * GiB],
  ['u1.medium', 1, 4 * GiB],
  ['u1.2xmedium', 2, 4 * GiB],
  ['u1.large', 2, 8 * GiB],
  ['u1.xlarge', 4, 16 * GiB],
  ['u1.2xlarge', 8, 32 * GiB],
  ['u1.4xlarge', 16, 64 * GiB],
  ['u1.8xlarge', 32, 128 * GiB],
];

/** The smallest common instance type that is enough, if any is. */
export const commonInstancetype = ({ cpu, memoryBytes }: Recommendation): string | undefined =>
  series.find(([, cpus, memory]) => cpus >= cpu.count && memory >= memoryBytes)?.[0];
