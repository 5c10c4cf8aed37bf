// SPDX-License-Identifier: Apache-2.0
import { exitCodeOf, InputError } from '../../osinfo/errors.js';
import { languageNames } from '../../osinfo/languages.js';
import { formatIssue } from '../../osinfo/load/issues.js';
import type { DbChoice } from '../../osinfo/load/places.js';
import type { Db } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { envLines } from './env.js';
import { explainKnown, explainUnknown } from './explain.js';
import { type Finding, isRecognised } from './finding.js';
import { look, type SourceType } from './look.js';
import { plainLines } from './plain.js';

export interface DatabaseOptions {
  readonly db?: DbChoice;
  readonly strict: boolean;
}

export interface DetectRun extends DatabaseOptions {
  readonly type?: SourceType;
  readonly format: 'plain' | 'env' | 'json';
  readonly all: boolean;
  readonly suggest: boolean;
  /** 0: nothing on standard error but errors; 2: also what was read of what is recognised, and why. */
  readonly talk: 0 | 1 | 2;
}

/** The name before every line on standard error. */
const program = 'osinfo-detect';

/**
 * Says what lies at each location: findings on standard output, the rest on standard error. One that is wrong does not
 * stop the others.
 * @returns the exit code: 0 where all were recognised, 1 where one was not or work failed, 2 where an input was wrong
 */
export async function runDetect(locations: readonly string[], run: DetectRun): Promise<0 | 1 | 2> {
  const db = openDatabase(run);
  const several = locations.length > 1;
  const results: object[] = [];
  let code: 0 | 1 | 2 = 0;
  for (const location of locations) {
    const finding = await look(db, location, run.type);
    const suggestion = run.suggest ? await suggestionFor(finding) : undefined;
    const own = finding.kind === 'error' ? exitCodeOf(finding.error) : isRecognised(finding) ? 0 : 1;
    code = own > code ? own : code;
    if (run.format === 'json') {
      const { toJson } = await import('./json.js');
      results.push(toJson(finding, run.all, suggestion));
    } else {
      const lines = run.format === 'env' ? envLines(finding, several) : plainLines(finding, run.all);
      const prefix = several && run.format === 'plain' ? `${shown(location)}: ` : '';
      process.stdout.write(lines.map((line) => `${prefix}${line}\n`).join(''));
      if (suggestion !== undefined && run.format === 'plain') process.stdout.write(suggestion);
    }
    tell(finding, run.talk);
  }
  if (run.format === 'json') {
    const { printJson } = await import('../main.js');
    printJson({ format: 'guestwright/detect/1', results });
  }
  return code;
}

/**
 * The database in force. Its errors are told and stop nothing, unless they should.
 * @throws InputError with `strict` for its first error
 */
export function openDatabase({ db, strict }: DatabaseOptions): Db {
  const opened = openDb({ languages: languageNames(process.env), strict, ...(db === undefined ? {} : { db }) });
  const errors = opened.issues.filter((issue) => issue.severity === 'error');
  const prefix = 'Error loading OS data: ';
  for (const issue of errors.slice(0, 10)) process.stderr.write(`${prefix}${formatIssue(issue)}\n`);
  if (errors.length > 10) process.stderr.write(`${prefix}and ${errors.length - 10} more\n`);
  return opened;
}

/** An element for the database, where no entry fits and something was read that one could be told by. */
async function suggestionFor(finding: Finding): Promise<string | undefined> {
  if (finding.kind === 'error' || finding.identification.candidates.length > 0) return undefined;
  const { suggestion } = await import('./suggestion.js');
  return finding.kind === 'media'
    ? suggestion({ kind: 'media', facts: finding.info.facts })
    : suggestion({ kind: 'tree', facts: finding.reading.facts });
}

function tell(finding: Finding, talk: DetectRun['talk']): void {
  const say = (lines: readonly string[]): void => {
    for (const line of lines) process.stderr.write(`${program}: ${shown(line)}\n`);
  };
  if (finding.kind === 'error') {
    const { error } = finding;
    say([error.message]);
  } else if (isRecognised(finding)) {
    if (talk === 2) say(explainKnown(finding));
  } else if (talk > 0) say(explainUnknown(finding));
}

/** Names of files and labels of strangers must not steer the terminal. */
function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return text.replace(/[\u0000-\u001F\u007F-\u009F]/g, '\uFFFD');
}

/** @throws InputError where nothing is named that could be looked at */
export function requireLocations(locations: readonly string[]): void {
  if (locations.length > 0) return;
  throw new InputError('usage', 'name an ISO image, a block device, a tree or an http address; see --help');
}
