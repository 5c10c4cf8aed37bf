// SPDX-License-Identifier: Apache-2.0
import type { Part } from '../../kickstart/model.js';
import type { Layers, Mounted } from './layers.js';
import { mapperName } from './lvm.js';
import type { CrypttabEntry, DeviceId, FilesystemPlan, FstabEntry, RaidPlan } from './types.js';

/**
 * How the running system names the device of a file system: a volume or an opened container by its name, which nobody
 * else can have, everything else by the UUID of what lies there, or of the partition where that has none.
 */
export function sourceOf({ device, filesystem, partitionGuid }: Mounted): string {
  const [kind, name] = split(device);
  if (kind === 'luks') return `/dev/mapper/${name}`;
  if (!['partition', 'md', 'btrfs'].includes(kind)) return `/dev/mapper/${mapperName(kind, name)}`;
  return filesystem.uuid === '' ? `PARTUUID=${partitionGuid}` : `UUID=${filesystem.uuid}`;
}

/** `vg0/root` → its group and name; a partition has no group. */
function split(device: DeviceId): [string, string] {
  const slash = device.indexOf('/');
  return slash < 0 ? ['partition', device] : [device.slice(0, slash), device.slice(slash + 1)];
}

/** fstab(5), each mount point after those above it, swap at the end. */
export function planFstab(mounted: readonly Mounted[], memory: readonly Part[]): FstabEntry[] {
  const entries = [
    // A root that is never written to is mounted by the initramfs, below the one that the system sees.
    ...mounted.filter((one) => !(one.target === '/' && isReadOnly(one.filesystem))).map(entryOf),
    ...memory.map(
      (part): FstabEntry => ({
        source: 'tmpfs',
        target: part.mountpoint,
        type: 'tmpfs',
        options: [part.fsOptions ?? 'defaults', ...(part.sizeMiB ? [`size=${part.sizeMiB}m`] : [])].join(','),
        pass: 0,
      }),
    ),
  ];
  return entries.sort(
    (a, b) => depth(a.target) - depth(b.target) || (a.target < b.target ? -1 : a.target > b.target ? 1 : 0),
  );
}

/** A file system that holds what it was made with, for good. */
export function isReadOnly({ type }: FilesystemPlan): boolean {
  return type === 'squashfs' || type === 'erofs';
}

function entryOf(mounted: Mounted): FstabEntry {
  const { target, filesystem, subvolume } = mounted;
  const { type, mountOptions } = filesystem;
  const source = sourceOf(mounted);
  if (target === 'swap') {
    const options = mountOptions === 'defaults' ? 'sw' : mountOptions;
    return { source, target: 'none', type: 'swap', options, pass: 0 };
  }
  const plain = mountOptions === 'defaults' && subvolume !== undefined ? [] : [mountOptions];
  return {
    source,
    target,
    type,
    options: [...plain, ...(subvolume === undefined ? [] : [`subvol=${subvolume}`])].join(','),
    // These check themselves when they are mounted, or are never written to.
    pass: UNCHECKED.has(type) ? 0 : target === '/' ? 1 : 2,
  };
}

const UNCHECKED: ReadonlySet<string> = new Set(['xfs', 'btrfs', 'squashfs', 'erofs']);

function depth(target: string): number {
  if (target === '/') return 0;
  return target.startsWith('/') ? target.split('/').length : 100;
}

/**
 * crypttab(5). `initramfs` forces an entry into Debian's initramfs, which finds nothing by itself in a build.
 * @param early containers that the root or the resume device stands on
 * @param keyed these are opened by key files
 */
export function planCrypttab(layers: Layers, early: ReadonlySet<DeviceId>, keyed: boolean): CrypttabEntry[] {
  return layers.luks.map(({ id, name, device, uuid }) => {
    const [kind, volume] = split(device);
    const onVolume = !['partition', 'md', 'luks', 'btrfs'].includes(kind);
    return {
      name,
      source: onVolume ? `/dev/mapper/${mapperName(kind, volume)}` : `UUID=${uuid}`,
      ...(keyed && early.has(id) ? { key: `/etc/keys/${name}.key` } : {}),
      options: ['luks', 'discard', ...(early.has(id) ? ['initramfs'] : [])].join(','),
    };
  });
}

/** The `ARRAY` lines of mdadm.conf(5), by which an array has its name wherever it is. */
export function planMdadm(raids: readonly RaidPlan[]): string[] {
  return raids.map(({ name, metadata, uuid, members }) => {
    const digits = uuid.replaceAll('-', '');
    const words = [0, 8, 16, 24].map((at) => digits.slice(at, at + 8)).join(':');
    const spares = members.filter((member) => member.slot === undefined).length;
    return `ARRAY /dev/md/${name} metadata=${metadata} UUID=${words} name=any:${name}${spares > 0 ? ` spares=${spares}` : ''}`;
  });
}
