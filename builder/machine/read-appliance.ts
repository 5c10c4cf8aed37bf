// SPDX-License-Identifier: Apache-2.0
import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import type { Db } from '../../osinfo/model/types.js';
import { readDescriptorAppliance } from './from-descriptor.js';
import { readImageAppliance } from './from-image.js';
import { readManifestAppliance } from './from-manifest.js';
import type { RunnableAppliance } from './types.js';

const MANIFEST = '.manifest.json';
const LIBVIRT = '.libvirt.xml';
const IMAGE = /\.(?:qcow2|raw|img|vmdk|vdi|vhdx|vhd)$/i;

/**
 * Whatever names an appliance: its folder, `NAME.manifest.json`, `NAME.xml` (virt-image), or a disk image.
 * @param db where the systems of descriptors and images are looked up; opened only for those
 * @throws InputError where there is none, there are several, or it is not whole
 */
export async function readAppliance(path: string, db: () => Db): Promise<RunnableAppliance> {
  const found = statOf(path);
  const file = found.isDirectory() ? fileIn(path) : path;
  if (file.endsWith(MANIFEST)) return readManifestAppliance(file);
  if (/\.xml$/i.test(file)) return await readDescriptorAppliance(file, db());
  if (/\.(?:ks|cfg)(?:\.in)?$/.test(file))
    throw new InputError('kickstart', `this is a kickstart: guestwright build ${file} makes an appliance of it`, {
      file,
    });
  if (/\.(?:xz|zst|gz|zip|ova|tar|bz2)$/i.test(file))
    throw new InputError('packed', 'this is packed; unpack it, and give what was in it', { file });
  return await readImageAppliance(file, db());
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EACCES' ? 'may not be looked at' : 'there is no such appliance';
    throw new InputError('no-appliance', why, { file: path }, { cause: error });
  }
}

/** The file that a folder is started by: one appliance's manifest, else its descriptor, else the only image. */
function fileIn(folder: string): string {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  const manifests = names.filter((name) => name.endsWith(MANIFEST));
  const descriptors = names.filter((name) => /\.xml$/i.test(name) && !name.endsWith(LIBVIRT));
  const images = names.filter((name) => IMAGE.test(name));
  const chosen = [manifests, descriptors, images].find((one) => one.length > 0);
  if (chosen === undefined)
    throw new InputError('no-appliance', 'there is no appliance in this folder; guestwright build makes one', {
      file: folder,
    });
  if (chosen.length === 1) return join(folder, chosen[0]!);
  const listed = chosen.sort().slice(0, 5).join(', ');
  throw new InputError('which-appliance', `there are several in this folder; name one of them: ${listed}`, {
    file: folder,
  });
}
