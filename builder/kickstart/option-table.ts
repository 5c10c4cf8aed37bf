// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../osinfo/errors.js';
import type { OptionSpec } from './commands/spec.js';
import { recogniseOption } from './dialects.js';
import { formatReleases, isSince, type Standing, standing, type Version } from './versions.js';
import { quoteWord } from './words.js';

/** Undefined: the union of all versions, in which what some version knows is taken. */
export type Dialect = Version | undefined;

/** An option by one of its spellings. */
export interface Spelling {
  readonly spec: OptionSpec;
  /** In full: `--fstype`. */
  readonly spelled: string;
}

/** Why a spelling names no option that is taken. */
export interface NotFound {
  readonly code: 'unknown-option' | 'removed-option' | 'later-option' | 'ambiguous-option';
  readonly message: string;
}

/** Spellings of each table, made once: `--fstype` → its record. */
const tables = new WeakMap<readonly OptionSpec[], ReadonlyMap<string, OptionSpec>>();

function tableOf(options: readonly OptionSpec[]): ReadonlyMap<string, OptionSpec> {
  let table = tables.get(options);
  if (!table) {
    table = new Map(
      options.flatMap((spec) =>
        [spec.name, ...(spec.aliases ?? [])].map((name): [string, OptionSpec] => [`--${name}`, spec]),
      ),
    );
    tables.set(options, table);
  }
  return table;
}

const NEGATIVE_NUMBER = /^-\d+$|^-\d*\.\d+$/;

/** Whether a word is read as an option, known or not. A blank inside makes an unknown one an ordinary word. */
export function isOption(word: string, options: readonly OptionSpec[]): boolean {
  if (word.length < 2 || word[0] !== '-' || NEGATIVE_NUMBER.test(word)) return false;
  if (!word.includes(' ')) return true;
  const equals = word.indexOf('=');
  const spelled = equals < 0 ? word : word.slice(0, equals);
  if (!spelled.startsWith('--') || spelled.includes(' ')) return false;
  for (const known of tableOf(options).keys()) if (known.startsWith(spelled)) return true;
  return false;
}

/** How an option stands: in the union dialect all are taken. */
export function standingOf(spec: OptionSpec, dialect: Dialect): Standing {
  if (dialect === undefined) return 'ok';
  return spec.extension ? 'absent' : standing(spec, dialect);
}

function isTaken(spec: OptionSpec, dialect: Dialect): boolean {
  const stands = standingOf(spec, dialect);
  return stands === 'ok' || stands === 'deprecated';
}

/**
 * Find an option by its spelling or by a unique beginning of it.
 * @param owner what it is an option of, for the message
 */
export function findOption(
  spelled: string,
  options: readonly OptionSpec[],
  owner: string,
  dialect: Dialect,
): Spelling | NotFound {
  const table = tableOf(options);
  const exact = table.get(spelled);
  if (exact && isTaken(exact, dialect)) return { spec: exact, spelled };
  if (exact && dialect && !exact.extension) return notInVersion(exact, spelled, owner, dialect);
  const candidates =
    spelled.startsWith('--') && spelled.length > 2
      ? [...table]
          .filter(([name, spec]) => name.startsWith(spelled) && isTaken(spec, dialect))
          .map(([name, spec]) => ({ spec, spelled: name }))
      : [];
  // In the union an abbreviation that today's version understands keeps its meaning, whatever old options there were.
  const chosen =
    candidates.length > 1 && dialect === undefined
      ? candidates.filter(({ spec }) => spec.until === undefined && !spec.extension)
      : candidates;
  if (chosen.length === 1) return chosen[0]!;
  if (candidates.length > 1) {
    const names = candidates.map((candidate) => candidate.spelled).join(', ');
    return { code: 'ambiguous-option', message: `${spelled} of ${owner} may mean ${names}: write it in full` };
  }
  if (exact?.extension) {
    const message = `${spelled} of ${owner} is in no version of the language, only in tools that read kickstarts: remove it`;
    return { code: 'unknown-option', message };
  }
  const recognised = recogniseOption(owner, spelled);
  if (recognised) return { code: 'unknown-option', message: `${spelled} of ${owner} ${recognised}` };
  const near = nearest(spelled, table.keys());
  const hint =
    near.length > 0
      ? `; did you mean ${near.join(' or ')}?`
      : spelled.startsWith('--')
        ? ''
        : '; options begin with two dashes';
  return { code: 'unknown-option', message: `${owner} has no option ${quoteWord(spelled)}${hint}` };
}

function notInVersion(spec: OptionSpec, spelled: string, owner: string, version: Version): NotFound {
  if (standing(spec, version) === 'removed') {
    const message = `${spelled} of ${owner} is no longer in ${version.name} (last in ${formatReleases(spec.until!)}): ${spec.instead ?? 'remove it'}`;
    return { code: 'removed-option', message };
  }
  return {
    code: 'later-option',
    message: `${spelled} of ${owner} is not in ${version.name} (it came with ${formatReleases(spec.since!)})`,
  };
}

/** Whether a required option is missed when it is not there. */
export function isRequired(spec: OptionSpec, dialect: Dialect): boolean {
  if (spec.required === undefined || !isTaken(spec, dialect)) return false;
  return spec.required === 'always' || dialect === undefined || isSince(dialect, spec.required);
}

/** What is to be told of an option that is taken: that it is gone or going. */
export function standingNotice(
  { spec, spelled }: Spelling,
  owner: string,
  dialect: Dialect,
): { code: string; message: string } | undefined {
  const instead = spec.instead ? `: ${spec.instead}` : '';
  if (dialect !== undefined) {
    if (standing(spec, dialect) !== 'deprecated') return undefined;
    return { code: 'deprecated-option', message: `${spelled} of ${owner} is deprecated in ${dialect.name}${instead}` };
  }
  if (spec.extension)
    return {
      code: 'extension',
      message: `${spelled} of ${owner} is in no version of the language, and is taken all the same`,
    };
  if (spec.until !== undefined)
    return {
      code: 'removed-option',
      message: `${spelled} of ${owner} was removed after ${formatReleases(spec.until)}${instead}`,
    };
  if (spec.deprecated === undefined) return undefined;
  return {
    code: 'deprecated-option',
    message: `${spelled} of ${owner} is deprecated since ${formatReleases(spec.deprecated)}${instead}`,
  };
}
