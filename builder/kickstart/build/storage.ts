// SPDX-License-Identifier: Apache-2.0
import type {
  Autopart,
  Btrfs,
  CommandLine,
  Encryption,
  Filesystem,
  LogicalVolume,
  OptionValue,
  Part,
  Raid,
  VolumeGroup,
} from '../model.js';
import { isSet, listOf, type Merged, numberOf, textOf } from './merge.js';

type Options = Readonly<Record<string, OptionValue>>;

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function encryptionOf(options: Options): Encryption | undefined {
  if (!isSet(options, 'encrypted')) return undefined;
  return {
    passphrase: nonEmpty(textOf(options, 'passphrase')),
    luksVersion: textOf(options, 'luks-version'),
    cipher: textOf(options, 'cipher'),
    pbkdf: textOf(options, 'pbkdf'),
    pbkdfMemoryKiB: numberOf(options, 'pbkdf-memory') || undefined,
    pbkdfTimeMs: numberOf(options, 'pbkdf-time') || undefined,
    pbkdfIterations: numberOf(options, 'pbkdf-iterations') || undefined,
    escrowCert: nonEmpty(textOf(options, 'escrowcert')),
    backupPassphrase: isSet(options, 'backuppassphrase'),
    hardwarePassphrase: nonEmpty(textOf(options, 'hw-passphrase')),
  };
}

function isExisting(options: Options): boolean {
  return isSet(options, 'noformat') || isSet(options, 'useexisting');
}

function filesystemOf(options: Options): Filesystem {
  return {
    fstype: nonEmpty(textOf(options, 'fstype')),
    label: nonEmpty(textOf(options, 'label')),
    fsOptions: nonEmpty(textOf(options, 'fsoptions')),
    mkfsOptions: nonEmpty(textOf(options, 'mkfsoptions')),
    fsProfile: nonEmpty(textOf(options, 'fsprofile')),
    existing: isExisting(options),
    encryption: encryptionOf(options),
  };
}

/**
 * A mount point in its plain form: `/boot/efi/` and `/boot/./efi` are `/boot/efi`. Two slashes in front stay two, as
 * POSIX allows them a meaning of their own. What does not begin with a slash (`swap`, `pv.01`) stays as it is.
 */
export function normalMountpoint(text: string): string {
  if (!text.startsWith('/')) return text;
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const root = text.startsWith('//') && !text.startsWith('///') ? '//' : '/';
  return root + parts.join('/');
}

/** The model of one `part` line. */
export function buildPart(line: CommandLine): Part {
  const { options } = line;
  return {
    at: line.at,
    mountpoint: line.args[0] ?? '',
    sizeMiB: numberOf(options, 'size'),
    maxSizeMiB: numberOf(options, 'maxsize') || undefined,
    grow: isSet(options, 'grow'),
    onDisk: nonEmpty(textOf(options, 'ondisk')),
    onPart: nonEmpty(textOf(options, 'onpart')),
    asPrimary: isSet(options, 'asprimary'),
    recommended: isSet(options, 'recommended'),
    hibernation: isSet(options, 'hibernation'),
    ...filesystemOf(options),
    options,
  };
}

/** The model of one `logvol` line. */
export function buildLogicalVolume(line: CommandLine): LogicalVolume {
  const { options } = line;
  const cacheSize = numberOf(options, 'cachesize');
  return {
    at: line.at,
    mountpoint: line.args[0] ?? '',
    name: textOf(options, 'name') ?? '',
    vgname: textOf(options, 'vgname') ?? '',
    sizeMiB: numberOf(options, 'size'),
    maxSizeMiB: numberOf(options, 'maxsize') || undefined,
    percent: numberOf(options, 'percent') || undefined,
    grow: isSet(options, 'grow'),
    recommended: isSet(options, 'recommended'),
    hibernation: isSet(options, 'hibernation'),
    thinPool: isSet(options, 'thinpool'),
    thin: isSet(options, 'thin'),
    poolName: nonEmpty(textOf(options, 'poolname')),
    chunkSizeKiB: numberOf(options, 'chunksize'),
    metadataSizeMiB: numberOf(options, 'metadatasize'),
    profile: nonEmpty(textOf(options, 'profile')),
    cache:
      cacheSize === undefined
        ? undefined
        : { members: listOf(options, 'cachepvs'), sizeMiB: cacheSize, mode: textOf(options, 'cachemode') },
    ...filesystemOf(options),
    options,
  };
}

/** The model of one `volgroup` line. */
export function buildVolumeGroup(line: CommandLine): VolumeGroup {
  const { options } = line;
  const [name, ...members] = line.args;
  return {
    at: line.at,
    name: name ?? '',
    members,
    peSizeKiB: numberOf(options, 'pesize'),
    reservedSpaceMiB: numberOf(options, 'reserved-space'),
    reservedPercent: numberOf(options, 'reserved-percent'),
    existing: isExisting(options),
  };
}

/** The model of one `raid` line. */
export function buildRaid(line: CommandLine): Raid {
  const { options } = line;
  const [mountpoint, ...members] = line.args;
  return {
    at: line.at,
    mountpoint: mountpoint ?? '',
    device: textOf(options, 'device') ?? '',
    level: textOf(options, 'level'),
    members,
    spares: numberOf(options, 'spares') ?? 0,
    chunkSizeKiB: numberOf(options, 'chunksize'),
    ...filesystemOf(options),
    options,
  };
}

/** The model of one `btrfs` line. */
export function buildBtrfs(line: CommandLine): Btrfs {
  const { options } = line;
  const [mountpoint, ...members] = line.args;
  return {
    at: line.at,
    mountpoint: mountpoint ?? '',
    members,
    label: nonEmpty(textOf(options, 'label')),
    dataLevel: textOf(options, 'data'),
    metadataLevel: textOf(options, 'metadata'),
    subvol: isSet(options, 'subvol'),
    name: nonEmpty(textOf(options, 'name')),
    mkfsOptions: nonEmpty(textOf(options, 'mkfsoptions')),
    existing: isExisting(options),
  };
}

/** The model of the `autopart` lines together. */
export function buildAutopart({ at, options }: Merged): Autopart {
  return {
    at,
    type: textOf(options, 'type') as Autopart['type'],
    fstype: nonEmpty(textOf(options, 'fstype')),
    noHome: isSet(options, 'nohome'),
    noBoot: isSet(options, 'noboot'),
    noSwap: isSet(options, 'noswap'),
    hibernation: isSet(options, 'hibernation'),
    encryption: encryptionOf(options),
  };
}
