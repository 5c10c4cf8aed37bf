// SPDX-License-Identifier: Apache-2.0
import type { Issue } from '../../builder/kickstart/model.js';
import { parseKickstart } from '../../builder/kickstart/parse.js';
import { decodeKickstart, readIncluded, readKickstartText, shownName } from '../../builder/kickstart/read.js';
import { parseVersion, versionNames } from '../../builder/kickstart/versions.js';
import { GuestwrightError } from '../../osinfo/errors.js';
import { unsupportedVersion } from './argparse.js';

/** The options of `ksvalidator`. */
export interface ValidatorOptions {
  readonly firsterror?: boolean | undefined;
  readonly followincludes?: boolean | undefined;
  readonly version: string;
}

/** What the original stops at whatever its options say; it tells these on standard output, the others on standard error. */
const FATAL: ReadonlySet<string> = new Set([
  'missing-end',
  'unknown-section',
  'stray-end',
  'include-missing',
  'include-cycle',
  'include-limit',
  'append-missing',
  'unclosed-quote',
  'lone-escape',
  'bad-package',
  'empty-certificate',
  'not-utf8',
  'other-dialect',
]);

/** A kickstart is no larger than this, wherever it comes from. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The most that an exit code can say. */
const MOST_EXIT = 255;

/** The versions that there are, as the original sorts them. */
export function listVersions(): string {
  return ['DEVEL', ...versionNames()]
    .sort()
    .map((name) => `${name}\n`)
    .join('');
}

/**
 * Validate one kickstart and print what is wrong with it, in the original's frame and with our sentences.
 * @returns the exit code: 0, the number of errors, or 1 for what the original stops at
 */
export async function runValidator(path: string, options: ValidatorOptions): Promise<number> {
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    process.stdout.write(`Error reading ${path}:\n${error.message}\n`);
    return 1;
  }
  try {
    parseVersion(options.version);
  } catch {
    process.stdout.write(unsupportedVersion(options.version));
    return 1;
  }
  const file = shownName(path);
  const found = findErrors(text, file, options);
  if (options.firsterror) {
    const first = found.find(isError);
    if (first) process.stdout.write(`${framed(first, file)}\n`);
    return first ? 1 : 0;
  }
  for (const issue of found) {
    const stream = isError(issue) && FATAL.has(issue.code) ? process.stdout : process.stderr;
    if (isError(issue)) stream.write(`${framed(issue, file)}\n`);
    else if (/^deprecated-/.test(issue.code)) stream.write(`line ${issue.at.line}: warning: ${issue.message}\n`);
  }
  const errors = found.filter(isError);
  return errors.some(({ code }) => FATAL.has(code)) ? 1 : Math.min(errors.length, MOST_EXIT);
}

async function readText(path: string): Promise<string> {
  if (!/^https?:\/\//i.test(path)) return readKickstartText(path);
  const { fetchBytes } = await import('../../osinfo/doors/http.js');
  return decodeKickstart(await fetchBytes(path, { maxBytes: MOST_BYTES }), path);
}

function findErrors(text: string, file: string, { version, followincludes }: ValidatorOptions): readonly Issue[] {
  const follow = followincludes ? 'all' : 'appends';
  return parseKickstart(text, file, { version, follow, readInclude: readIncluded }).issues;
}

/** The original takes a second line about the same thing for an error, and an append that is not there. */
function isError({ severity, code }: Issue): boolean {
  return severity === 'error' || code === 'overridden' || code === 'append-missing';
}

/** How the original frames what is wrong; an included file is named, which it does not. */
export function framed({ at, message }: Issue, file: string): string {
  const where = at.file === file ? 'the kickstart file' : at.file;
  return `The following problem occurred on line ${at.line} of ${where}:\n\n${message}\n`;
}
