// SPDX-License-Identifier: Apache-2.0
import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type DbLocation, locate } from '../../osinfo/archive/places.js';
import { InputError } from '../../osinfo/errors.js';
import { Issues } from '../../osinfo/load/issues.js';
import { placesInForce } from '../../osinfo/load/places.js';
import { type Finding, sortFindings } from '../../osinfo/validate/findings.js';
import { databaseOf, findGrammar, type Validation, validatePaths } from '../../osinfo/validate/validate.js';
import type { ValidateToolOptions } from '../osinfo-db-validate.js';
import { defaultLocation, namedLocation } from './location.js';

const onlyOne = 'Only one of --user, --local, --system, --dir or positional filenames can be used';

/** Paths that are held against one grammar, and the databases that they are read over, lowest first. */
interface Task {
  readonly paths: readonly string[];
  readonly grammar: string;
  readonly places: readonly string[];
}

/**
 * What osinfo-db-validate does once its command line is read.
 * @returns the exit code: 1 where there is an error, 0 where there are only warnings or nothing
 */
export async function runValidate(files: readonly string[], options: ValidateToolOptions): Promise<0 | 1> {
  const tasks = files.length > 0 ? tasksOfFiles(files, options) : [taskOfLocation(options)];
  // Names are for people; a document on standard output stays one.
  const told = options.format === 'text' ? process.stdout : process.stderr;
  const onVisit = (path: string): void => {
    if (options.verbose) told.write(`Processing '${pathToFileURL(path).href}'...\n`);
  };
  let documents = 0;
  const findings: Finding[] = [];
  for (const { paths, grammar, places } of tasks) {
    const validation = await validatePaths(paths, grammar, onVisit);
    documents += validation.documents;
    findings.push(...validation.findings);
    if (options.lint) findings.push(...(await lintFindings(paths, places, validation)));
  }
  await print({ documents, findings: sortFindings(findings) }, options.format);
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** What the rules find, without what the grammar has found on the same line. */
async function lintFindings(
  paths: readonly string[],
  places: readonly string[],
  { findings }: Validation,
): Promise<readonly Finding[]> {
  const { lintDatabase } = await import('../../osinfo/validate/lint-database.js');
  const inside = paths.map((path) => realpathSync(path));
  const isChecked = (file: string): boolean => {
    const real = realpathSync(file);
    return inside.some((path) => real === path || real.startsWith(path.endsWith(sep) ? path : `${path}${sep}`));
  };
  const known = new Set(findings.map(({ file, line }) => `${file}:${line}`));
  return lintDatabase(places, isChecked).filter(
    ({ rule, file, line }) => rule !== 'loading' || !known.has(`${file}:${line}`),
  );
}

function taskOfLocation(options: ValidateToolOptions): Task {
  const location = namedLocation(options, onlyOne) ?? defaultLocation();
  const root = options.root ?? '';
  const folder = locate(location, root);
  const below = lowerPlaces(location, root);
  return { paths: [folder], grammar: findGrammar([folder, ...below]), places: [...below].reverse().concat(folder) };
}

/**
 * Places under a location, highest first: where a grammar is looked for, and what entries may refer to. The bundled
 * database stands in for the system place, as it does for every command, unless that place itself is asked for.
 */
function lowerPlaces(location: DbLocation, root: string): readonly string[] {
  if (location === 'system') return [];
  const system = root === '' ? placesInForce(undefined, process.env, new Issues())[0]!.path : locate('system', root);
  if (location === 'local') return [system];
  if (location === 'user') return [locate('local', root), system];
  return [locate('user', root), locate('local', root), system];
}

/** Files are held against the grammar of the database that they lie in, or else of the places in force. */
function tasksOfFiles(files: readonly string[], options: ValidateToolOptions): readonly Task[] {
  if (namedLocation(options, onlyOne) !== undefined) throw new InputError('location', onlyOne);
  const below = lowerPlaces({ folder: '' }, options.root ?? '');
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const path = pathOf(file);
    const key = databaseOf(path) ?? '';
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups].map(([database, paths]) => ({
    paths,
    grammar: findGrammar(database === '' ? [...paths, ...below] : [database, ...below]),
    places: [...below].reverse().concat(database === '' ? paths : database),
  }));
}

function pathOf(file: string): string {
  if (file.startsWith('file:')) {
    try {
      return fileURLToPath(file);
    } catch {
      throw new InputError('location', `${file} is no address of a local file`);
    }
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file))
    throw new InputError('location', `${file} is not on this machine; only files are validated`);
  return resolve(file);
}

async function print(validation: Validation, format: ValidateToolOptions['format']): Promise<void> {
  if (format === 'text') {
    const { formatFindings } = await import('./findings-text.js');
    process.stderr.write(formatFindings(validation));
    return;
  }
  const { printJson } = await import('../main.js');
  if (format === 'json') {
    const { findingsJson } = await import('./findings-json.js');
    printJson(findingsJson(validation));
  } else {
    const { findingsSarif } = await import('./findings-sarif.js');
    printJson(findingsSarif(validation));
  }
}
