// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { checksumBeside, parseChecksum } from '../../osinfo/archive/checksum.js';
import { readVersion } from '../../osinfo/archive/existing.js';
import { type ImportReport, importDatabase } from '../../osinfo/archive/import.js';
import { locate } from '../../osinfo/archive/places.js';
import { archiveAt, fetchSmall, isLater, publicAddress, readRelease } from '../../osinfo/archive/release.js';
import { type ArchiveSource, archiveFile } from '../../osinfo/archive/source.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import { printJson } from '../main.js';
import type { ImportToolOptions } from '../osinfo-db-import.js';
import { defaultLocation, namedLocation } from './location.js';

/** What osinfo-db-import does once its command line is read. */
export async function runImport(
  program: string,
  archives: readonly string[],
  options: ImportToolOptions,
): Promise<void> {
  const location = namedLocation(options);
  if (archives.length > 1) throw new InputError('usage', 'expected path to one archive file to import');
  if (options.latest && options.nightly) throw new InputError('usage', '--latest and --nightly are mutually exclusive');
  const target = locate(location ?? defaultLocation(), options.root ?? '');
  const chosen = await chooseSource(archives[0], options, target);
  if (chosen === undefined) {
    const version = readVersion(target);
    const none = { added: [], replaced: [], removed: [], kept: [] };
    if (options.json) printJson(reportJson({ target, before: version, after: version, ...none }, options));
    else if (options.verbose) process.stdout.write(`${program}: ${target} is up to date\n`);
    return;
  }
  const given = options.checksum === undefined ? undefined : parseChecksum(options.checksum);
  const sha256 = given ?? chosen.sha256;
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
    // Whoever waits for the rest of an archive must not wait on.
    process.stdin.destroy();
  };
  for (const signal of signals) process.once(signal, onSignal);
  try {
    const report = await importDatabase({
      source: chosen.source,
      target,
      signal: stop.signal,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(options.dryRun ? { dryRun: true } : {}),
      ...(options.verbose && !options.json
        ? {
            onMember: ({ name, kind }) =>
              process.stdout.write(`${program}: ${kind === 'directory' ? 'd' : 'r'} ${name}\n`),
          }
        : {}),
    });
    if (options.json) printJson(reportJson(report, options));
    else if (options.dryRun) process.stdout.write(planText(report));
    else if (options.verbose) {
      for (const path of report.removed) process.stdout.write(`${program}: removed ${path}\n`);
      for (const path of report.kept) process.stdout.write(`${program}: kept ${path}\n`);
    }
  } catch (error) {
    if (stop.signal.aborted) throw new WorkError('stopped', 'stopped; nothing was changed', { cause: error });
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Chosen {
  readonly source: ArchiveSource;
  readonly sha256?: string;
}

/** The archive that is meant; undefined where the database is the latest already. */
async function chooseSource(
  archive: string | undefined,
  options: ImportToolOptions,
  target: string,
): Promise<Chosen | undefined> {
  if (options.latest || options.nightly) {
    if (archive !== undefined)
      throw new InputError('usage', 'an archive and --latest or --nightly exclude each other; give one');
    const release = await readRelease(options.from ?? publicAddress, options.nightly ? 'nightly' : 'latest');
    if (options.latest && !isLater(release, readVersion(target))) return undefined;
    const { sha256 } = release;
    const source = await signed(archiveAt(release.archive), options, release.signature);
    return { source, ...(sha256 === undefined ? {} : { sha256 }) };
  }
  if (archive === undefined || archive === '-') {
    return { source: await signed({ name: 'standard input', chunks: process.stdin }, options) };
  }
  if (/^https?:\/\//i.test(archive)) return { source: await signed(archiveAt(archive), options) };
  const sha256 = options.checksum === undefined ? checksumBeside(archive) : undefined;
  const source = await signed(archiveFile(archive), options);
  return { source, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** The archive itself where no signature is given, or published for a keyring that is; else once it is found good. */
async function signed(source: ArchiveSource, options: ImportToolOptions, address?: string): Promise<ArchiveSource> {
  const { signature, keyring } = options;
  if (keyring === undefined) {
    if (signature === undefined) return source;
    throw new InputError('usage', '--signature needs --keyring, the keys that are trusted');
  }
  if (signature === undefined && address === undefined) {
    throw new InputError('usage', '--keyring is given, and no signature: name one with --signature');
  }
  const { verified } = await import('../../osinfo/archive/signature.js');
  return await verified(
    source,
    signature === undefined ? await fetchSmall(address!) : readSignature(signature),
    keyring,
  );
}

function readSignature(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new InputError('signature', `the signature ${path} cannot be read`);
  }
}

/** What `--json` prints: schema/db-import.schema.json. */
export interface ImportJson {
  readonly format: 'guestwright/db-import/1';
  readonly dryRun: boolean;
  readonly target: string;
  readonly before?: string;
  readonly after?: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly kept: readonly string[];
}

function reportJson({ target, before, after, ...files }: ImportReport, { dryRun }: ImportToolOptions): ImportJson {
  return {
    format: 'guestwright/db-import/1',
    dryRun: dryRun === true,
    target,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    added: files.added,
    changed: files.replaced,
    removed: files.removed,
    kept: files.kept,
  };
}

/** What an import would do: a line a file, and the sums. */
function planText({ target, before, after, added, replaced, removed, kept }: ImportReport): string {
  const lines = [`${target}: ${before ?? 'no version'} -> ${after ?? 'no version'}`];
  for (const [verb, paths] of [
    ['add', added],
    ['change', replaced],
    ['remove', removed],
    ['keep', kept],
  ] as const) {
    for (const path of paths) lines.push(`${verb.padEnd(6)} ${path}`);
  }
  lines.push(`${added.length} added, ${replaced.length} changed, ${removed.length} removed, ${kept.length} kept`);
  return `${lines.join('\n')}\n`;
}
