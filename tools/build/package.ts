// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { probeTools } from '../../builder/run/probes.js';
import { provideFolder } from '../../osinfo/doors/folders.js';
import { run } from '../../osinfo/doors/process.js';
import type { Packaging } from '../appliance-creator.js';

export interface PackageRequest {
  /** Where the finished appliance lies. */
  readonly folder: string;
  readonly outputFolder: string;
  readonly name: string;
  readonly packaging: Packaging;
  readonly include: string | undefined;
}

/** The words that pack the folder NAME into a file, and the program they need. */
const ARCHIVERS: Readonly<
  Record<
    Exclude<Packaging, 'none'>,
    {
      readonly suffix: string;
      readonly program: string;
      readonly package: string;
      readonly words: (file: string, name: string) => string[];
    }
  >
> = {
  zip: { suffix: 'zip', program: 'zip', package: 'zip', words: (file, name) => ['zip', '-q', '-r', file, name] },
  'zip.64': {
    suffix: 'zip',
    program: 'zip',
    package: 'zip',
    words: (file, name) => ['zip', '-q', '-r', '-fz', file, name],
  },
  tar: {
    suffix: 'tar',
    program: 'tar',
    package: 'tar',
    words: (file, name) => ['tar', '--sort=name', '-S', '-cf', file, '--', name],
  },
  'tar.gz': {
    suffix: 'tar.gz',
    program: 'gzip',
    package: 'gzip',
    words: (file, name) => ['tar', '--sort=name', '-czf', file, '--', name],
  },
  'tar.bz2': {
    suffix: 'tar.bz2',
    program: 'bzip2',
    package: 'bzip2',
    words: (file, name) => ['tar', '--sort=name', '-cjf', file, '--', name],
  },
};

/** The folder that the build writes: the result itself, or one beside it that is packed and goes. */
export function unpackedFolder(outputFolder: string, name: string, packaging: Packaging): string {
  if (packaging === 'none') return join(outputFolder, name);
  const archiver = ARCHIVERS[packaging];
  probeTools([{ program: archiver.program, package: archiver.package }]);
  provideFolder(outputFolder);
  return join(mkdtempSync(join(outputFolder, '.appliance-')), name);
}

/** Adds what `--include` names and packs the appliance; the archive appears under its name only when it is whole. */
export async function packAppliance({ folder, outputFolder, name, packaging, include }: PackageRequest): Promise<void> {
  if (include !== undefined) includeFiles(include, folder);
  if (packaging === 'none') return;
  const archiver = ARCHIVERS[packaging];
  const parent = dirname(folder);
  const part = join(resolve(parent), `part.${archiver.suffix}`);
  try {
    await run(archiver.words(part, name), { cwd: parent, timeoutMs: 3_600_000 });
    renameSync(part, join(outputFolder, `${name}.${archiver.suffix}`));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function includeFiles(include: string, folder: string): void {
  const entries = statSync(include).isDirectory()
    ? readdirSync(include).map((entry) => join(include, entry))
    : [include];
  for (const entry of entries) cpSync(entry, join(folder, basename(entry)), { recursive: true });
}
