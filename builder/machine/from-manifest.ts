// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readSmallFile } from '../../osinfo/doors/small-file.js';
import { InputError } from '../../osinfo/errors.js';
import { readRecommendation } from './read-recommendation.js';
import type { FileDigest, RunnableAppliance, RunnableDisk } from './types.js';

const MANIFEST_BYTES = 64 * 1024 * 1024;

/** Image formats that QEMU starts from: those first that it can write to as they are. */
const FORMATS = ['qcow2', 'raw', 'vdi', 'vhdx', 'vpc', 'vmdk'] as const;
const PACKED = /\.(?:xz|zst|gz)$/;

interface Image {
  readonly file: string;
  readonly format: string;
  readonly sha256: string | undefined;
}

/**
 * The appliance of a build, from its `NAME.manifest.json` and the images beside it: in the first format that all of its
 * disks are there in.
 * @throws InputError for a manifest that is none, or whose images are not there
 */
export function readManifestAppliance(file: string): RunnableAppliance {
  const fail = (message: string): InputError => new InputError('manifest', message, { file });
  const manifest = parse(readSmallFile(file, MANIFEST_BYTES), fail);
  const name = manifest['name'];
  if (manifest['format'] !== 'guestwright/manifest/1' || typeof name !== 'string')
    throw fail('this is no manifest of guestwright');
  const recommendation = readRecommendation(manifest['recommendation'], file);
  const disks = listOf(manifest['disks']).map((disk) => readImages(disk, fail));
  if (disks.length === 0) throw fail('the appliance has no disk to start from');
  const chosen = choose(disks, dirname(resolve(file)), fail);
  return { name, recommendation, nics: 1, warnings: [], ...chosen };
}

type Fail = (message: string) => InputError;

function parse(text: string, fail: Fail): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw fail('this is no JSON document');
}

function readImages(disk: unknown, fail: Fail): Image[] {
  return listOf(isRecord(disk) ? disk['images'] : undefined).map((image) => {
    const [file, format] = isRecord(image) ? [image['file'], image['format']] : [];
    if (typeof file !== 'string' || typeof format !== 'string') throw fail('an image has no name or no format');
    // Images lie beside their manifest; another place would be somebody else's file.
    if (file === '' || file !== basename(file) || file === '..' || file.includes('\0'))
      throw fail(`${JSON.stringify(file.slice(0, 200))} is no name of a file beside it`);
    const checksums = isRecord(image) ? image['checksums'] : undefined;
    const sha256 = isRecord(checksums) ? checksums['sha256'] : undefined;
    return { file, format, sha256: typeof sha256 === 'string' ? sha256 : undefined };
  });
}

/** One format for all disks. A packed image counts when what is in it lies beside it. */
function choose(
  disks: readonly (readonly Image[])[],
  folder: string,
  fail: Fail,
): { disks: readonly RunnableDisk[]; digests: readonly FileDigest[] } {
  for (const format of FORMATS) {
    const found = disks.map((images) =>
      images.find((image) => image.format === format && existsSync(join(folder, image.file.replace(PACKED, '')))),
    );
    if (!found.every((image) => image !== undefined)) continue;
    return {
      disks: found.map((image) => ({ path: join(folder, image.file.replace(PACKED, '')), format })),
      digests: found.flatMap(({ file, sha256 }) =>
        sha256 === undefined || PACKED.test(file)
          ? []
          : [{ path: join(folder, file), type: 'sha256' as const, digest: sha256 }],
      ),
    };
  }
  throw fail(missing(disks, folder));
}

function missing(disks: readonly (readonly Image[])[], folder: string): string {
  for (const images of disks) {
    const packed = images.find(({ file }) => PACKED.test(file) && existsSync(join(folder, file)));
    if (packed) {
      const tool = packed.file.endsWith('.zst') ? 'zstd -d' : packed.file.endsWith('.gz') ? 'gunzip -k' : 'xz -dk';
      return `the disk ${join(folder, packed.file)} is packed; ${tool} ${packed.file} in its folder first`;
    }
    if (images.length === 0) return 'a disk has no image; build the appliance with -f qcow2';
    if (!images.some(({ file }) => existsSync(join(folder, file))))
      return `the disk ${join(folder, images[0]!.file)} is missing`;
  }
  return 'its disks are not all there in one format; build the appliance again';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
