// SPDX-License-Identifier: Apache-2.0
import type {
  At,
  Btrfs,
  Filesystem,
  Issue,
  Kickstart,
  LogicalVolume,
  OptionValue,
  Part,
  Raid,
  VolumeGroup,
} from '../../kickstart/model.js';
import { autopartDemand } from './autopart.js';
import { notice, refusal, type StorageContext } from './context.js';
import { chooseDisk } from './disk-names.js';
import { addedPart } from './synthetic.js';

/** A partition that the kickstart asks for, with the disk it is for. */
export interface PartWish extends Part {
  readonly disk: string;
}

/** Everything that a kickstart asks of storage, `autopart` and `reqpart` spelled out. */
export interface StorageDemand {
  readonly parts: readonly PartWish[];
  readonly raids: readonly Raid[];
  readonly volumeGroups: readonly VolumeGroup[];
  readonly logicalVolumes: readonly LogicalVolume[];
  readonly btrfs: readonly Btrfs[];
}

/** Options that would change the result and have no meaning for a disk that begins empty. */
const NOT_DONE: readonly (readonly [string, string])[] = [
  ['resize', 'nothing is on the disk yet: give --size'],
  ['fsprofile', 'it names a section of /etc/mke2fs.conf of the installer: use --mkfsoptions'],
  ['escrowcert', 'keys are not kept for others here: remove it'],
  ['hw-passphrase', 'there is no such hardware in a build: remove it'],
  ['end', 'a partition ends where its --size says: give that'],
  ['onbiosdisk', 'the disks of an image have names: use --ondisk'],
  ['profile', 'profiles of LVM are not read here: use --chunksize and --metadatasize'],
  ['cachepvs', 'a cache brings nothing to one image: remove the --cache options'],
];

/** Commands that speak of what is on the disks of a machine already. */
const FOREIGN: Readonly<Record<string, string>> = {
  mount: 'it mounts what is on a disk already, and an image begins empty: use part',
  snapshot: 'an image has no snapshot of itself: take it where the image runs',
};

/**
 * Reads what a kickstart asks of storage.
 * @throws InputError with the line of what an image cannot have
 */
export function readDemand(kickstart: Kickstart, context: StorageContext, notices: Issue[]): StorageDemand {
  for (const { name, at, options } of kickstart.commands) {
    const foreign = FOREIGN[name];
    if (foreign !== undefined) throw refusal(at, 'storage-not-supported', `${name}: ${foreign}`);
    if (STORAGE.has(name)) checkOptions(name, at, options);
  }
  const demand: StorageDemand = kickstart.autopart
    ? autopartDemand(kickstart, kickstart.autopart, context, notices)
    : {
        parts: kickstart.parts.map((part) => ({ ...part, disk: chooseDisk(kickstart, part) })),
        raids: kickstart.raids,
        volumeGroups: kickstart.volumeGroups.map((one) => withMembers(one, kickstart.raids)),
        logicalVolumes: kickstart.logicalVolumes,
        btrfs: kickstart.btrfs.map((one) => (one.subvol ? one : withMembers(one, kickstart.raids))),
      };
  return addRequired(kickstart, demand, context, notices);
}

/** A member may be called by the name of its array: `volgroup vg0 md_test`. */
function withMembers<Line extends { readonly members: readonly string[] }>(line: Line, raids: readonly Raid[]): Line {
  const members = line.members.map(
    (member) => raids.find((raid) => raid.device === member || `md${raid.device}` === member)?.mountpoint ?? member,
  );
  return { ...line, members };
}

const STORAGE: ReadonlySet<string> = new Set(['part', 'raid', 'volgroup', 'logvol', 'btrfs', 'autopart']);

function checkOptions(name: string, at: At, options: Readonly<Record<string, OptionValue>>): void {
  for (const option of ['noformat', 'useexisting']) {
    if (options[option] === true)
      throw refusal(
        at,
        'part-option',
        `${name} --${option}: nothing is on the disk yet, an image begins empty; remove it`,
      );
  }
  for (const [option, why] of NOT_DONE) {
    const value = options[option];
    if (value !== undefined && value !== false && value !== '')
      throw refusal(at, 'part-option', `${name} --${option} cannot be done: ${why}`);
  }
}

/** What `reqpart --add-boot` adds; what the platform itself requires is added for every disk that is started from. */
function addRequired(
  kickstart: Kickstart,
  demand: StorageDemand,
  context: StorageContext,
  notices: Issue[],
): StorageDemand {
  const { reqpart } = kickstart;
  if (!reqpart?.addBoot || allMounts(demand).some((one) => one.mountpoint === '/boot')) return demand;
  notices.push(notice(reqpart.at, 'added-boot', `a /boot of ${BOOT_MIB} MiB is added, as reqpart --add-boot asks`));
  const boot = addedPart(reqpart.at, '/boot', { sizeMiB: BOOT_MIB, fstype: bootFilesystem(context) });
  return { ...demand, parts: [{ ...boot, disk: chooseDisk(kickstart, boot) }, ...demand.parts] };
}

/** Size of a /boot that nobody gave a size: the installer's. */
export const BOOT_MIB = 1024;

/** The file system of a /boot that nobody named one for: what every boot loader reads. */
export function bootFilesystem(context: StorageContext): string {
  return context.defaultFilesystem;
}

/** A line that makes something that is mounted or a member of something larger. */
export type Mountable = {
  readonly at: At;
  readonly mountpoint: string;
  readonly command: string;
} & Partial<Filesystem>;

/** All lines with a mount point, by command. */
export function allMounts(demand: StorageDemand): Mountable[] {
  return [
    ...demand.parts.map((one) => ({ ...one, command: 'part' })),
    ...demand.raids.map((one) => ({ ...one, command: 'raid' })),
    ...demand.logicalVolumes.map((one) => ({ ...one, command: 'logvol' })),
    ...demand.btrfs.map(({ at, mountpoint }) => ({ at, mountpoint, command: 'btrfs' })),
  ];
}
