// SPDX-License-Identifier: Apache-2.0
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { probeTools } from '../../builder/run/probes.js';
import { isReproducible, outputEpoch } from '../../osinfo/doors/clock.js';
import { run } from '../../osinfo/doors/process.js';
import { WorkError } from '../../osinfo/errors.js';
import { levelFiles } from './included-files.js';
import type { Packaging } from './packagings.js';

export type Archive = Exclude<Packaging, 'none'>;

interface Archiver {
  readonly suffix: string;
  readonly program: string;
  readonly package: string;
  /** The words that pack the folder NAME, of which `names` are the folder and all below it. */
  readonly words: (file: string, name: string) => string[];
  /** zip takes names, in their order, from its input. */
  readonly input?: (names: readonly string[]) => string;
}

const tar = (suffix: string, program: string, filter?: string): Archiver => ({
  suffix,
  program,
  package: program,
  words: (file, name) => [
    'tar',
    '--format=gnu',
    '--sort=name',
    '--sparse',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    ...(isReproducible() ? [`--mtime=@${outputEpoch()}`] : []),
    ...(filter === undefined ? [] : [`--use-compress-program=${filter}`]),
    '--create',
    `--file=${file}`,
    '--',
    name,
  ],
});

const zip = (...flags: string[]): Archiver => ({
  suffix: 'zip',
  program: 'zip',
  package: 'zip',
  // No times but the modification's, no owners; names from its input.
  words: (file) => ['zip', '-q', '-X', ...flags, file, '-@'],
  input: (names) => {
    const odd = names.find((name) => /[\r\n]|\s$/.test(name));
    if (odd !== undefined)
      throw new WorkError('zip-name', `${JSON.stringify(odd)}: zip takes no such name; rename it, or pack with -p tar`);
    return names.map((name) => `${name}\n`).join('');
  },
});

const ARCHIVERS: Readonly<Record<Archive, Archiver>> = {
  zip: zip(),
  'zip.64': zip('-fz'),
  tar: tar('tar', 'tar'),
  'tar.gz': tar('tar.gz', 'gzip', 'gzip -n'),
  'tar.bz2': tar('tar.bz2', 'bzip2', 'bzip2'),
  'tar.zst': tar('tar.zst', 'zstd', 'zstd -q -T0'),
};

/** @throws MissingError when the program that packs is missing */
export function probePackaging(packaging: Packaging): void {
  if (packaging !== 'none') probeTools([ARCHIVERS[packaging]]);
}

/** The archive of an appliance. */
export function archiveFile(name: string, packaging: Archive): string {
  return `${name}.${ARCHIVERS[packaging].suffix}`;
}

/**
 * Packs the folder NAME of a staging folder into `OUTDIR/NAME.SUFFIX`, with members `NAME/…`. The archive appears under
 * its name only when it is whole. Modes are 0644, or 0755 for what can be run; with SOURCE_DATE_EPOCH all carries that
 * time, and the same files give the same bytes.
 * @param staging a folder on the output folder's file system that is nobody else's
 * @throws WorkError when the archive cannot be made; nothing is left of it
 */
export async function packAppliance(request: {
  readonly staging: string;
  readonly outputFolder: string;
  readonly name: string;
  readonly packaging: Archive;
}): Promise<void> {
  const { staging, outputFolder, name, packaging } = request;
  const archiver = ARCHIVERS[packaging];
  const names = levelFiles(join(staging, name), isReproducible() ? outputEpoch() : undefined).map((path) =>
    path === '' ? `${name}/` : `${name}/${path}`,
  );
  const part = join(staging, `part.${archiver.suffix}`);
  try {
    await run(archiver.words(part, name), {
      cwd: staging,
      timeoutMs: 3_600_000,
      ...(archiver.input ? { input: archiver.input(names) } : {}),
    });
    renameSync(part, join(outputFolder, archiveFile(name, packaging)));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
