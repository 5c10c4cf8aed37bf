// SPDX-License-Identifier: Apache-2.0
import { formatBytes } from '../../builder/sizes/format-sizes.js';
import type { GuestInspection, ImageInspection, VolumeInspection } from '../../osinfo/detect/image/types.js';

export interface FormatOptions {
  /** Also partitions, mount points, loaders and why an entry was chosen. */
  readonly verbose: boolean;
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(12)}${text}`;
}

/** What was found in one image, for people: a line that says it, then facts line by line. Without a final newline. */
export function formatInspection(image: ImageInspection, options: FormatOptions): string {
  const lines = [`${image.path}: ${headline(image)}`];
  for (const guest of image.guests) lines.push(...guestRows(guest, image.guests.length > 1, options));
  lines.push(row('image', `${image.format}, ${formatBytes(image.capacityBytes)}, ${tableWord(image)}`));
  lines.push(row('boots from', bootWord(image)));
  if (options.verbose) {
    for (const file of image.boot.efiFiles) lines.push(row('loader', file));
  }
  for (const volume of image.volumes) {
    if (options.verbose || volume.skipped !== undefined || image.guests.length === 0) {
      lines.push(row('holds', volumeWord(volume)));
    }
  }
  for (const note of image.notes) lines.push(row('note', note));
  return lines.join('\n');
}

/** One line: the short id, or the name where the database has none, or that nothing was told. */
export function headline(image: ImageInspection): string {
  if (image.guests.length === 0) return 'no installed system was recognised';
  return image.guests
    .map((guest) =>
      guest.os?.shortId === undefined ? `${guest.name} (not in the database)` : `${guest.os.shortId} (${guest.name})`,
    )
    .join('; ');
}

function guestRows(guest: GuestInspection, several: boolean, options: FormatOptions): string[] {
  const rows: string[] = [];
  const add = (label: string, text: string | undefined): void => {
    if (text !== undefined && text !== '') rows.push(row(label, text));
  };
  if (several) add('system', guest.name);
  if (guest.os) add('id', guest.os.id);
  if (options.verbose || !guest.os) add('why', guest.why);
  if (guest.nearest.length > 0) add('nearest', guest.nearest.join(', '));
  add('root', guest.subvolume === undefined ? guest.root : `${guest.root}, subvolume ${guest.subvolume}`);
  add('arch', guest.arch);
  add('variant', guest.variant);
  add('host name', guest.hostname);
  add('kernels', (options.verbose ? guest.kernels : guest.kernels.slice(0, 3)).join(', '));
  if (guest.packages) {
    const { manager, count } = guest.packages;
    add('packages', count === undefined ? manager : `${manager}, ${count}`);
  }
  add(
    'ready for',
    [guest.cloudInit ? 'cloud-init' : '', guest.guestAgent ? 'QEMU guest agent' : ''].filter(Boolean).join(', '),
  );
  if (options.verbose || guest.machineId === 'set') add('machine-id', guest.machineId);
  if (options.verbose) {
    for (const mount of guest.mounts) add('mounts', `${mount.path} (${mount.type}) from ${mount.source}`);
  }
  return rows;
}

function tableWord(image: ImageInspection): string {
  if (image.partitionTable === 'none') return 'no partition table';
  const count = image.volumes.filter((volume) => volume.partitionType !== undefined).length;
  return `${image.partitionTable.toUpperCase()} with ${count} ${count === 1 ? 'partition' : 'partitions'}`;
}

function bootWord(image: ImageInspection): string {
  const ways = [image.boot.bios ? 'BIOS' : '', image.boot.uefi ? 'UEFI' : ''].filter(Boolean);
  return ways.length > 0 ? ways.join(' and ') : 'neither BIOS nor UEFI, by itself';
}

function volumeWord(volume: VolumeInspection): string {
  const what = volume.content ?? 'nothing that is known here';
  const label = volume.label === undefined ? '' : ` "${volume.label}"`;
  const why = volume.skipped === undefined ? '' : `: ${volume.skipped}`;
  return `${volume.name}: ${what}${label}, ${formatBytes(volume.lengthBytes)}${why}`;
}
