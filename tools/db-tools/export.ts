// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { type ExportOptions, exportDatabase, exportToFile } from '../../osinfo/archive/export.js';
import { locate } from '../../osinfo/archive/places.js';
import { isReproducible, outputEpoch } from '../../osinfo/doors/clock.js';
import { InputError } from '../../osinfo/errors.js';
import type { ExportToolOptions } from '../osinfo-db-export.js';
import { defaultLocation, namedLocation } from './location.js';

/** What osinfo-db-export does once its command line is read. */
export async function runExport(
  program: string,
  archives: readonly string[],
  options: ExportToolOptions,
): Promise<void> {
  const location = namedLocation(options);
  if (archives.length > 1) throw new InputError('usage', 'expected path to one archive file to export');
  const epoch = outputEpoch();
  const version = options.version ?? new Date(epoch * 1000).toISOString().slice(0, 10).replaceAll('-', '');
  const archive = archives[0] ?? `osinfo-db-${version}.tar.xz`;
  // The names must not get into an archive that goes to standard output.
  const told = archive === '-' ? process.stderr : process.stdout;
  const settings: ExportOptions = {
    folder: locate(location ?? defaultLocation(), options.root ?? ''),
    version,
    ...(options.license === undefined ? {} : { license: options.license }),
    ...(options.plain ? { plain: true } : {}),
    ...(isReproducible() ? { epoch } : {}),
    ...(options.verbose
      ? { onEntry: (kind, name) => void told.write(`${program}: ${kind === 'directory' ? 'd' : 'r'} ${name}\n`) }
      : {}),
  };
  if (archive !== '-') return await exportToFile(settings, archive);
  for await (const chunk of exportDatabase(settings)) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
}
