// SPDX-License-Identifier: Apache-2.0
import type { DeviceId, FilesystemType, Plan, StorageLayers } from '../../plan/types.js';

/*
 * grub-mkconfig asks grub-probe(8) about the devices that / and /boot are on, and there are none in a build. What a probe
 * of the finished system would say follows from the plan; two small scripts say it in the place of GRUB's own programs.
 */

/** What GRUB's scripts are told of one file system. */
export interface ProbeFacts {
  /** How the running system names the device. */
  readonly device: string;
  readonly uuid: string;
  readonly partitionUuid: string;
  /** GRUB's name of the file system. */
  readonly filesystem: string;
  /** GRUB modules for what lies between the disk and the file system, without those of the partition table. */
  readonly abstractions: readonly string[];
  /** Kinds of partition tables, `gpt` or `msdos`. */
  readonly tables: readonly string[];
  /** LUKS containers to open, as GRUB writes their UUIDs: without dashes. */
  readonly cryptoUuids: readonly string[];
}

export interface ProbeAnswers {
  readonly root: ProbeFacts;
  readonly boot: ProbeFacts;
  /** GRUB reads what lies on the root itself, for fonts and pictures of the menu. */
  readonly rootIsRead: boolean;
}

/** What grub-probe would say on the finished system. */
export function planProbe({ boot, storage }: Pick<Plan, 'boot' | 'storage'>): ProbeAnswers {
  const { argument } = storage.root;
  const uuid = argument.startsWith('UUID=') ? `/dev/disk/by-uuid/${argument.slice(5)}` : undefined;
  const partition = argument.startsWith('PARTUUID=') ? argument.slice(9) : '';
  const same = storage.boot.device === storage.root.device;
  const read: Pick<ProbeFacts, 'abstractions' | 'tables' | 'cryptoUuids'> = {
    abstractions: abstractionsOf(storage),
    tables: storage.boot.grubModules.flatMap((name) => (name.startsWith('part_') ? [name.slice(5)] : [])),
    cryptoUuids: storage.boot.grubUnlocks.map((one) => one.replaceAll('-', '')),
  };
  const device = uuid ?? (partition === '' ? argument : `/dev/disk/by-partuuid/${partition}`);
  return {
    root: {
      device,
      uuid: boot.rootUuid,
      partitionUuid: partition,
      filesystem: grubFilesystem(boot.rootFilesystem),
      ...(same ? read : { abstractions: [], tables: [], cryptoUuids: [] }),
    },
    boot: {
      device: same ? device : `/dev/disk/by-uuid/${boot.bootUuid}`,
      uuid: boot.bootUuid,
      partitionUuid: '',
      filesystem: storage.boot.grubModules.at(-1) ?? '',
      ...read,
    },
    rootIsRead: same,
  };
}

function grubFilesystem(type: FilesystemType): string {
  if (type === 'vfat') return 'fat';
  return type.startsWith('ext') ? 'ext2' : type;
}

/** Modules that are no abstraction of a device: tables, and what containers need besides. */
const PLAIN = /^part_|^pbkdf2$/;

function abstractionsOf(storage: StorageLayers): string[] {
  const modules = storage.boot.grubModules.slice(0, -1).filter((name) => !PLAIN.test(name));
  // A mirror whose members read as what it holds is read without the module, but must not be written to.
  return isOnArray(storage) ? [...new Set(['diskfilter', 'mdraid1x', ...modules])] : modules;
}

/** Whether an array is below /boot. */
function isOnArray({ boot, raids, luks, volumeGroups, btrfs }: StorageLayers): boolean {
  const look = (id: DeviceId): boolean => {
    if (raids.some((one) => one.id === id)) return true;
    const below = [
      ...luks.filter((one) => one.id === id).map((one) => one.device),
      ...btrfs.filter((one) => one.id === id).flatMap((one) => one.devices),
      ...volumeGroups
        .filter((group) => group.logicalVolumes.some((one) => one.id === id))
        .flatMap((group) => group.physicalVolumes.map((one) => one.device)),
    ];
    return below.some(look);
  };
  return look(boot.device);
}

/**
 * The stand-in for grub-probe: `--target` of a path, or of a device given with `--device`. Every value is a UUID, a name of
 * a device or one of our own tables, and none has a character that a shell reads.
 */
export function probeScript({ root, boot, rootIsRead }: ProbeAnswers): string {
  return `#!/bin/sh
target= path= device=
while [ $# -gt 0 ]; do
  case "$1" in
    --target=*) target=\${1#--target=} ;;
    -t | --target) target=$2; shift ;;
    -d | --device) device=y ;;
    --device=*) path=\${1#--device=} device=y ;;
    -*) ;;
    *) path=$1 ;;
  esac
  shift
done
about=root
case "$path" in
  ${boot.device} | /boot | /boot/*) about=boot ;;
esac
[ -n "$device" ] && [ "$path" = ${root.device} ] && about=root
if [ $about = boot ]; then
${factsScript(boot)}
else
${rootIsRead ? '' : `  [ -z "$device" ] && case "$target" in fs | abstraction) exit 1 ;; esac\n`}${factsScript(root)}
fi
lines() { for word in "$@"; do echo "$word"; done; }
case "$target" in
  device) echo "$is" ;;
  fs_uuid) lines $uuid ;;
  partuuid) lines $partuuid ;;
  fs) echo "$fs" ;;
  abstraction) lines $abstraction ;;
  partmap) lines $tables ;;
  cryptodisk_uuid) lines $crypto ;;
esac
exit 0
`;
}

function factsScript(facts: ProbeFacts): string {
  const { device, uuid, partitionUuid, filesystem, abstractions, tables, cryptoUuids } = facts;
  return [
    `  is='${device}' uuid='${uuid}' partuuid='${partitionUuid}' fs='${filesystem}'`,
    `  abstraction='${abstractions.join(' ')}' tables='${tables.join(' ')}' crypto='${cryptoUuids.join(' ')}'`,
  ].join('\n');
}

/**
 * The stand-in for grub-mkrelpath: a path as the boot loader sees it, in the file system that has it: without /boot where
 * that is one of its own, below the subvolume where it is one.
 */
export function relativeScript({ boot, storage }: Pick<Plan, 'boot' | 'storage'>): string {
  const subvolume = /(?:^|,)subvol=([^,]*)/.exec(storage.root.flags ?? '')?.[1];
  const top = subvolume === undefined ? '' : `/${subvolume}`;
  return `#!/bin/sh
for path in "$@"; do :; done
case "$path" in
  /) path='${top === '' ? '/' : top}' ;;
  /boot | /boot/*) path='${boot.bootPath}'\${path#/boot} ;;
  *) path='${top}'$path ;;
esac
echo "$path"
`;
}
