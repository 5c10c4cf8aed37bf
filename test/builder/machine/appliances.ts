// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeAppliance, writeVirtImage } from '../../../builder/virt-image/index.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import { writeTinyGuest } from './tiny-guest.js';

export const db = openDb();

/** A machine that starts in a moment: Debian's, small, from BIOS. */
export const tinyMachine = recommend({
  os: db.os('debian12'),
  platform: db.platform('qemu-7.2'),
  overrides: { memoryBytes: 64 * 1024 ** 2, cpus: 1 },
  image: { firmware: ['bios'] },
});

/** Writes an appliance as a build leaves it: two raw disks, of which the first is started and says `ready`. */
export function writeAppliance(folder: string, name = 'tiny'): string {
  mkdirSync(folder, { recursive: true });
  const files = [`${name}-sda.raw`, `${name}-sdb.raw`];
  writeTinyGuest(join(folder, files[0]!), 'ready\r\n');
  writeFileSync(join(folder, files[1]!), Buffer.alloc(1024 * 1024));
  const sha256 = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
  const manifest = {
    format: 'guestwright/manifest/1',
    name,
    arch: 'x86_64',
    disks: files.map((file, index) => ({
      name: `sd${'ab'[index]}`,
      images: [{ file, format: 'raw', checksums: { sha256: sha256(file) } }],
    })),
    recommendation: tinyMachine,
  };
  writeFileSync(join(folder, `${name}.manifest.json`), JSON.stringify(manifest));
  const descriptor = describeAppliance({
    name,
    recommendation: tinyMachine,
    arch: 'x86_64',
    disks: files.map((file) => ({
      file,
      format: 'raw' as const,
      use: 'system' as const,
      checksums: { sha256: sha256(file) },
      capacityBytes: 1024 * 1024,
    })),
  });
  writeFileSync(join(folder, `${name}.xml`), writeVirtImage(descriptor));
  return folder;
}
