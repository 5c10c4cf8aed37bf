// SPDX-License-Identifier: Apache-2.0
import { basename, resolve } from 'node:path';
import { HostFile } from '../../osinfo/detect/image/host-file.js';
import { inspectImage } from '../../osinfo/detect/image/inspect.js';
import type { ImageFormat, ImageInspection } from '../../osinfo/detect/image/types.js';
import { InputError } from '../../osinfo/errors.js';
import type { Db } from '../../osinfo/model/types.js';
import { recommend } from '../../osinfo/recommend/index.js';
import { machineArch } from '../plan/host.js';
import { imageSizes } from '../sizes/image-sizes.js';
import { hostPlatform } from './platform.js';
import type { RunnableAppliance } from './types.js';

/** Short id of what nothing is known of: a machine for it has what every system drives. */
const UNKNOWN = 'unknown';

/**
 * A single disk image as an appliance: what is installed in it decides the machine, and where nothing is found in it,
 * what every system drives.
 * @throws InputError when it is no disk image, or one whose architecture there is no machine for
 */
export async function readImageAppliance(file: string, db: Db): Promise<RunnableAppliance> {
  const path = resolve(file);
  const format = formatOf(path);
  const inspection = await inspectImage(path, { db, format });
  const guest = inspection.guests[0];
  const arch = guest?.arch ?? (inspection.boot.bios ? 'x86_64' : machineArch());
  const os = guest?.os ?? db.os(UNKNOWN);
  const warnings = guest?.os ? [] : [whyUnknown(inspection)];
  const firmware = firmwareOf(inspection);
  return {
    name: nameOf(path),
    recommendation: recommend({
      os,
      platform: await hostPlatform(db, arch),
      arch,
      ...(firmware.length > 0 ? { image: { firmware } } : {}),
    }),
    disks: [{ path, format }],
    nics: 1,
    digests: [],
    warnings,
  };
}

/**
 * A guest can write any header into a raw disk: so a name that says raw is believed, and a file that looks like nothing
 * has to be a disk that something starts from.
 */
function formatOf(path: string): ImageFormat {
  if (/\.(?:raw|img)$/i.test(path)) return 'raw';
  const { format, formatSource } = imageSizes(path);
  if (formatSource === 'fallback' && !hasBootSector(path)) throw new InputError('no-appliance', notOne, { file: path });
  return format;
}

const notOne = 'this is no appliance: give the folder of one, its NAME.xml or NAME.manifest.json, or a disk image';

function hasBootSector(path: string): boolean {
  const file = new HostFile(path);
  try {
    if (file.length < 512) return false;
    const head = file.read(0, Math.min(file.length, 520));
    return head.readUInt16LE(510) === 0xaa55 || head.subarray(512).toString('latin1') === 'EFI PART';
  } finally {
    file.close();
  }
}

function firmwareOf({ boot }: ImageInspection): ('bios' | 'uefi')[] {
  return [...(boot.bios ? (['bios'] as const) : []), ...(boot.uefi ? (['uefi'] as const) : [])];
}

function whyUnknown({ guests }: ImageInspection): string {
  const [guest] = guests;
  const what = guest ? `${guest.name} is not in the database` : 'no installed system was found in the image';
  return `${what}: the machine has what every system drives`;
}

/** A name for the machine: that of the file, as far as it can be one. */
function nameOf(path: string): string {
  const plain = basename(path)
    .replace(/\.[A-Za-z0-9]{1,8}$/, '')
    .replace(/[^\p{L}\p{N}._-]/gu, '-');
  return /^[\p{L}\p{N}]/u.test(plain) ? plain.slice(0, 100) : 'guest';
}
