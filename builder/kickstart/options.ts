// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../osinfo/errors.js';
import type { Arguments, Checked, OptionSpec } from './commands/spec.js';
import type { OptionValue } from './model.js';
import { convert } from './values.js';
import { formatReleases, isSince, type Standing, standing, type Version } from './versions.js';
import { quoteWord, type Word } from './words.js';

/** One thing wrong, or worth a word, on a line that is known to the caller. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly code: string;
  readonly column: number;
  readonly message: string;
}

export interface ParsedOptions {
  /** By canonical name; only what was given. */
  readonly options: Record<string, OptionValue>;
  readonly args: Word[];
  /** Where each option was given last, by canonical name. */
  readonly columns: ReadonlyMap<string, number>;
  readonly findings: Finding[];
}

export interface OptionRules {
  /** How the thing is called in messages: `part`, `%packages`. */
  readonly owner: string;
  readonly options: readonly OptionSpec[];
  readonly args?: Arguments;
  readonly check?: (line: Checked) => void;
}

/** Undefined: the union of all versions, in which what some version knows is taken. */
export type Dialect = Version | undefined;

interface Spelling {
  readonly spec: OptionSpec;
  readonly spelled: string;
}

/** Spellings of each table, made once: `--fstype` → its record. */
const spellings = new WeakMap<readonly OptionSpec[], Map<string, OptionSpec>>();

function spellingsOf(options: readonly OptionSpec[]): Map<string, OptionSpec> {
  let map = spellings.get(options);
  if (!map) {
    map = new Map();
    for (const spec of options) {
      for (const name of [spec.name, ...(spec.aliases ?? [])]) {
        // Two records may share a spelling in different releases; lookup() takes the one in force.
        if (!map.has(`--${name}`)) map.set(`--${name}`, spec);
      }
    }
    spellings.set(options, map);
  }
  return map;
}

const NEGATIVE_NUMBER = /^-\d+$|^-\d*\.\d+$/;

/**
 * Read the words after a command's name as the reference's option reader (Python's argparse) does: `--opt value` and
 * `--opt=value`, options and other words in any order, unique prefixes of an option for the option, `--` before words
 * that begin with a dash. All that is wrong is found, not only the first.
 *
 * @param words the words after the name
 * @param nameColumn where the name stands: for what is missing
 */
export function parseOptions(
  rules: OptionRules,
  words: readonly Word[],
  nameColumn: number,
  dialect: Dialect,
): ParsedOptions {
  const table = spellingsOf(rules.options);
  const parsed: ParsedOptions & { columns: Map<string, number> } = {
    options: {},
    args: [],
    columns: new Map(),
    findings: [],
  };
  const error = (code: string, column: number, message: string) =>
    parsed.findings.push({ severity: 'error', code, column, message });
  let onlyWords = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (!onlyWords && word.text === '--') {
      onlyWords = true;
      continue;
    }
    if (onlyWords || !isOption(word.text, table)) {
      parsed.args.push(word);
      continue;
    }
    const equals = word.text.indexOf('=');
    const spelled = equals < 0 ? word.text : word.text.slice(0, equals);
    const given = equals < 0 ? undefined : word.text.slice(equals + 1);
    const found = lookup(spelled, table, dialect);
    if (!('spec' in found)) {
      error(found.code, word.column, found.message(rules.owner, spelled));
      continue;
    }
    const { spec } = found;
    if (spec.type === 'flag') {
      if (given !== undefined) {
        error(
          'option-takes-no-value',
          word.column,
          `${found.spelled} of ${rules.owner} takes no value, and ${quoteWord(given)} is given: remove it`,
        );
      } else if (spec.sets) {
        parsed.options[spec.sets[0]] = spec.sets[1];
        parsed.columns.set(spec.sets[0], word.column);
        parsed.columns.set(spec.name, word.column);
      } else {
        parsed.options[spec.name] = true;
        parsed.columns.set(spec.name, word.column);
      }
      sayStanding(spec, found.spelled, rules.owner, word.column, dialect, parsed.findings);
      continue;
    }
    let value = given;
    let valueColumn = equals < 0 ? word.column : word.column + equals + 1;
    if (value === undefined) {
      const next = words[index + 1];
      if (next && next.text !== '--' && !isOption(next.text, table)) {
        value = next.text;
        valueColumn = next.column;
        index++;
      } else if (spec.type === 'optional') {
        parsed.options[spec.name] = true;
        parsed.columns.set(spec.name, word.column);
        continue;
      } else {
        error(
          'option-needs-value',
          word.column,
          `${found.spelled} of ${rules.owner} needs a value: write ${found.spelled}=VALUE`,
        );
        continue;
      }
    }
    parsed.columns.set(spec.name, word.column);
    const converted = convert(spec, value, dialect);
    if (typeof converted === 'object' && 'misfit' in converted) {
      error('bad-value', valueColumn, `${found.spelled} of ${rules.owner}: ${converted.misfit}`);
      continue;
    }
    const before = parsed.options[spec.name];
    parsed.options[spec.name] =
      spec.adds && Array.isArray(before) && Array.isArray(converted) ? [...before, ...converted] : converted;
    sayStanding(spec, found.spelled, rules.owner, word.column, dialect, parsed.findings);
  }
  checkArguments(rules, parsed, nameColumn);
  checkRequired(rules, parsed, nameColumn, dialect);
  if (rules.check && !parsed.findings.some((finding) => finding.severity === 'error')) {
    rules.check(checked(parsed, nameColumn, dialect));
  }
  return parsed;
}

/** Whether a word is read as an option, known or not. A blank inside makes an unknown one an ordinary word. */
function isOption(word: string, table: ReadonlyMap<string, OptionSpec>): boolean {
  if (word.length < 2 || word[0] !== '-') return false;
  if (NEGATIVE_NUMBER.test(word)) return false;
  if (!word.includes(' ')) return true;
  if (!word.startsWith('--')) return false;
  const equals = word.indexOf('=');
  const spelled = equals < 0 ? word : word.slice(0, equals);
  if (spelled.includes(' ')) return false;
  for (const known of table.keys()) if (known.startsWith(spelled)) return true;
  return false;
}

interface NotFound {
  readonly code: string;
  readonly message: (owner: string, spelled: string) => string;
}

function inDialect(spec: OptionSpec, dialect: Dialect): Standing {
  return dialect === undefined ? 'ok' : standing(spec, dialect);
}

function lookup(spelled: string, table: ReadonlyMap<string, OptionSpec>, dialect: Dialect): Spelling | NotFound {
  const exact = table.get(spelled);
  if (exact) {
    const stands = inDialect(exact, dialect);
    if (stands === 'ok' || stands === 'deprecated') return { spec: exact, spelled };
    return {
      code: stands === 'removed' ? 'removed-option' : 'later-option',
      message: (owner) => notInVersion(exact, spelled, owner, dialect!, stands),
    };
  }
  const candidates: Spelling[] = [];
  if (spelled.startsWith('--') && spelled.length > 2) {
    for (const [name, spec] of table) {
      if (!name.startsWith(spelled)) continue;
      const stands = inDialect(spec, dialect);
      if (stands === 'ok' || stands === 'deprecated') candidates.push({ spec, spelled: name });
    }
  }
  // In the union an abbreviation that today's version understands keeps its meaning, whatever old options there were.
  const chosen =
    candidates.length > 1 && dialect === undefined
      ? candidates.filter(({ spec }) => spec.until === undefined)
      : candidates;
  if (chosen.length === 1) return chosen[0]!;
  if (candidates.length > 1) {
    return {
      code: 'ambiguous-option',
      message: (owner) =>
        `${spelled} of ${owner} may mean ${candidates.map((candidate) => candidate.spelled).join(', ')}: write it in full`,
    };
  }
  return {
    code: 'unknown-option',
    message: (owner, name) => {
      const near = nearest(name, table.keys());
      const single = name.startsWith('--') ? '' : `; options begin with two dashes`;
      return `${owner} has no option ${quoteWord(name)}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : single}`;
    },
  };
}

function notInVersion(spec: OptionSpec, spelled: string, owner: string, version: Version, stands: Standing): string {
  if (stands === 'removed') {
    return `${spelled} of ${owner} is no longer in ${version.name} (last in ${formatReleases(spec.until!)})${spec.instead ? `: ${spec.instead}` : ': remove it'}`;
  }
  const other = spec.since!.split(' ').some((release) => release.startsWith(version.family));
  return `${spelled} of ${owner} is not in ${version.name}${other ? ' yet' : ''} (it came with ${formatReleases(spec.since!)})`;
}

function sayStanding(
  spec: OptionSpec,
  spelled: string,
  owner: string,
  column: number,
  dialect: Dialect,
  findings: Finding[],
): void {
  const instead = spec.instead ? `: ${spec.instead}` : '';
  if (dialect !== undefined) {
    if (standing(spec, dialect) === 'deprecated') {
      findings.push({
        severity: 'notice',
        code: 'deprecated-option',
        column,
        message: `${spelled} of ${owner} is deprecated in ${dialect.name}${instead}`,
      });
    }
  } else if (spec.until !== undefined) {
    findings.push({
      severity: 'notice',
      code: 'removed-option',
      column,
      message: `${spelled} of ${owner} was removed after ${formatReleases(spec.until)}${instead}`,
    });
  } else if (spec.deprecated !== undefined) {
    findings.push({
      severity: 'notice',
      code: 'deprecated-option',
      column,
      message: `${spelled} of ${owner} is deprecated since ${formatReleases(spec.deprecated)}${instead}`,
    });
  }
}

function checkArguments(rules: OptionRules, parsed: ParsedOptions, nameColumn: number): void {
  const { min, max, name } = rules.args ?? { min: 0, max: 0, name: 'word' };
  for (const extra of parsed.args.slice(max)) {
    parsed.findings.push({
      severity: 'error',
      code: 'unexpected-word',
      column: extra.column,
      message:
        extra.text === '\n' || extra.text === '\r'
          ? `${rules.owner}: a backslash does not continue a line in a kickstart: put all of the command on one line`
          : `${rules.owner} takes ${max === 0 ? 'no words besides options' : `${max === 1 ? 'one' : max} ${name}${max === 1 ? '' : 's'}`}, and ${quoteWord(extra.text)} is one too many`,
    });
  }
  if (parsed.args.length < min) {
    parsed.findings.push({
      severity: 'error',
      code: 'missing-word',
      column: nameColumn,
      message: `${rules.owner} needs a ${name}`,
    });
  }
}

function checkRequired(rules: OptionRules, parsed: ParsedOptions, nameColumn: number, dialect: Dialect): void {
  for (const spec of rules.options) {
    if (spec.required === undefined || parsed.columns.has(spec.name)) continue;
    const inForce = spec.required === 'always' || dialect === undefined || isSince(dialect, spec.required);
    const stands = inDialect(spec, dialect);
    if (inForce && (stands === 'ok' || stands === 'deprecated')) {
      parsed.findings.push({
        severity: 'error',
        code: 'missing-option',
        column: nameColumn,
        message: `${rules.owner} needs --${spec.name}`,
      });
    }
  }
}

const UNION_RULES: Version = { family: 'F', number: 45, name: 'F45' };

function checked(parsed: ParsedOptions, nameColumn: number, dialect: Dialect): Checked {
  return {
    options: parsed.options,
    args: parsed.args.map((word) => word.text),
    has: (option) => parsed.options[option] !== undefined && parsed.options[option] !== false,
    since: (releases) => isSince(dialect ?? UNION_RULES, releases),
    strictly: (releases) => dialect !== undefined && isSince(dialect, releases),
    fail(code, message, option) {
      const column = (option !== undefined ? parsed.columns.get(option) : undefined) ?? nameColumn;
      parsed.findings.push({ severity: 'error', code, column, message });
    },
  };
}
