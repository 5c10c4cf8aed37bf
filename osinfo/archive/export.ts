// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { filter } from '../doors/process.js';
import { InputError, WorkError } from '../errors.js';
import { archiveLimits } from './limits.js';
import { type PackFile, packFiles, whyNot } from './pack-files.js';
import { plainXml } from './plain.js';
import { plainGrammar } from './plain-grammar.js';
import { type TarItem, writeTar } from './tar-write.js';

export interface ExportOptions {
  /** The folder of the database. */
  readonly folder: string;
  /** What VERSION says, and the name of the archive's top folder after `osinfo-db-`. */
  readonly version: string;
  /** A file that becomes LICENSE. */
  readonly license?: string;
  /** Leave out what libosinfo's own grammar has no word for. */
  readonly plain?: boolean;
  /** Seconds since 1970 that every entry carries. Default: the time of the newest file, so that the same files give the same bytes. */
  readonly epoch?: number;
  /** Called for each entry as it is packed, by its name in the archive. */
  readonly onEntry?: (kind: 'file' | 'directory', name: string) => void;
}

/**
 * The archive of a database, tar packed with xz, in the original's layout: all under `osinfo-db-VERSION/`, folders
 * before their files, VERSION and LICENSE last. The same database and time give the same bytes.
 * @throws InputError for a version that cannot be in a file name
 * @throws WorkError where the database or the licence cannot be read
 * @throws MissingError where the program xz is missing
 */
export function exportDatabase(options: ExportOptions): AsyncGenerator<Buffer, void, undefined> {
  const { version } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}$/.test(version)) {
    throw new InputError(
      'export-version',
      `${JSON.stringify(version.slice(0, 80))} cannot be a version: letters, digits and . _ + ~ - are taken`,
    );
  }
  const files = packFiles(options.folder);
  const license = options.license === undefined ? undefined : readLicense(options.license);
  const epoch = options.epoch ?? Math.floor(files.reduce((newest, { mtimeMs }) => Math.max(newest, mtimeMs), 0) / 1000);
  return filter(['xz', '-6', '--threads=1', '--stdout'], writeTar(items(options, files, license), epoch));
}

/** Writes an archive beside its place and renames it: an export that fails leaves nothing, and no older one broken. */
export async function exportToFile(options: ExportOptions, path: string): Promise<void> {
  const target = resolve(path);
  const part = `${target}.${process.pid}.part`;
  const archive = exportDatabase(options);
  let handle: number;
  try {
    handle = openSync(part, 'wx');
  } catch (error) {
    throw new WorkError('export-write', `cannot open archive ${target}: Failed to open '${target}'`, { cause: error });
  }
  try {
    try {
      for await (const chunk of archive) writeSync(handle, chunk);
    } finally {
      closeSync(handle);
    }
    renameSync(part, target);
  } catch (error) {
    rmSync(part, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EISDIR') throw error;
    throw new WorkError('export-write', `cannot write archive ${target}: ${message}`, { cause: error });
  }
}

async function* items(
  { version, plain, onEntry }: ExportOptions,
  files: readonly PackFile[],
  license: Buffer | undefined,
): AsyncGenerator<TarItem> {
  const top = `osinfo-db-${version}`;
  onEntry?.('directory', `${top}/`);
  yield { name: `${top}/`, bytes: Buffer.alloc(0) };
  for (const { path, kind, file } of files) {
    const name = `${top}/${path}`;
    if (kind === 'directory') {
      onEntry?.('directory', name);
      yield { name: `${name}/`, bytes: Buffer.alloc(0) };
    } else {
      const bytes = readBounded(file);
      onEntry?.('file', name);
      yield { name, bytes: plain ? plainFile(bytes, file) : bytes };
    }
  }
  onEntry?.('file', `${top}/VERSION`);
  yield { name: `${top}/VERSION`, bytes: Buffer.from(version) };
  if (license === undefined) return;
  onEntry?.('file', `${top}/LICENSE`);
  yield { name: `${top}/LICENSE`, bytes: license };
}

function plainFile(bytes: Buffer, file: string): Buffer {
  if (file.endsWith('.xml')) return bytes.length === 0 ? bytes : plainXml(bytes, file);
  return file.endsWith('.rng') ? plainGrammar(bytes, file) : bytes;
}

/** An archive that our own importer would refuse is not made. */
function readBounded(file: string): Buffer {
  const bytes = readFileSync(file);
  if (bytes.length <= archiveLimits.maxMemberBytes) return bytes;
  throw new WorkError(
    'export-size',
    `${file}: it has ${bytes.length} bytes; at most ${archiveLimits.maxMemberBytes} go into an archive`,
  );
}

function readLicense(path: string): Buffer {
  const file = resolve(path);
  try {
    return readBounded(file);
  } catch (error) {
    if (error instanceof WorkError) throw error;
    throw new WorkError('export-read', `cannot get file info ${file}: ${whyNot(file, error)}`, { cause: error });
  }
}
