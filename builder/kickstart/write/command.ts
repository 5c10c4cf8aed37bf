// SPDX-License-Identifier: Apache-2.0
import { findCommand } from '../commands/index.js';
import type { CommandSpec, OptionSpec } from '../commands/spec.js';
import type { CommandLine, OptionValue } from '../model.js';
import { isOption } from '../option-table.js';
import type { SectionSpec } from '../sections.js';
import { isSince, parseVersion, standing, type Version } from '../versions.js';
import { quoteAlways, quoteWord } from '../words.js';
import { adjust, type Words } from './adjust.js';

/** How a kickstart is written. */
export interface WriteOptions {
  /** The version whose form is wanted. Absent: the newest. */
  readonly version?: string | undefined;
}

/**
 * A command line in its canonical form, as the reference writes it in a version: options in fixed order, defaults
 * that it spells out, nothing that has no meaning. It ends without a line end; '' where nothing remains to be said.
 *
 * @throws InputError for a `version` that does not exist
 */
export function formatCommand(line: CommandLine, options: WriteOptions = {}): string {
  const version = parseVersion(options.version ?? 'DEVEL');
  const adjusted = adjust(line, { is: (releases) => isSince(version, releases) });
  return adjusted ? formatWords(line, adjusted, version, true) : '';
}

/**
 * A command line with all that was given and nothing else, in canonical order and quoting: what a file is rewritten
 * with, so that it is read back to the same. It ends without a line end.
 *
 * @throws InputError for a `version` that does not exist
 */
export function formatGiven(line: CommandLine, options: WriteOptions = {}): string {
  return formatWords(line, line, parseVersion(options.version ?? 'DEVEL'), false);
}

/**
 * The first line of a section with all that was given, in canonical order and quoting.
 * @param words what stands behind the name and is no option
 */
export function formatHeader(
  section: Pick<SectionSpec, 'name' | 'options'>,
  words: readonly string[],
  options: CommandLine['options'],
): string {
  return formatTokens(section, { args: words, options }, [], parseVersion('DEVEL'), false);
}

/** @param canonical leave out what has no meaning, and spell defaults out */
function formatWords({ name, args }: CommandLine, words: Words, version: Version, canonical: boolean): string {
  const spec = findCommand(name);
  if (!spec || spec.raw) return [name, ...words.args].join(' ');
  return formatTokens(spec, words, args, version, canonical);
}

/** What is written: the record of a command or of a section. */
type Written = Pick<CommandSpec, 'name' | 'options' | 'order' | 'wide'>;

/** @param given words of a command that were none of an option's; what a version writes as a word may be one */
function formatTokens(
  spec: Written,
  words: Words,
  given: readonly string[],
  version: Version,
  canonical: boolean,
): string {
  const order = spec.order?.split(' ') ?? ['<args>'];
  const rest = spec.options.map((option) => option.name).filter((option) => !order.includes(option));
  const nameFirst = order.includes('<name>');
  // What would be taken for an option is none behind `--`, and neither is what follows.
  const isApart = (word: string): boolean => word === '--' || isOption(word, spec.options);
  const apart = words.args.some((word) => given.includes(word) && isApart(word));
  const written = [...order, ...rest].flatMap((token) => {
    if (apart && token.startsWith('<')) return [];
    if (token === '<name>') return words.args.slice(0, 1).map(quoteWord);
    if (token === '<args>') return words.args.slice(nameFirst ? 1 : 0).map(quoteWord);
    const option = spec.options.find((candidate) => candidate.name === token);
    return option ? formatOption(option, { spec, options: words.options, version, canonical }) : [];
  });
  const last = apart ? ['--', ...words.args.map(quoteWord)] : [];
  return [(spec.wide || words.wide) && canonical ? `${spec.name} ` : spec.name, ...written, ...last].join(' ');
}

interface Context {
  readonly spec: Written;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly version: Version;
  readonly canonical: boolean;
}

function formatOption(option: OptionSpec, context: Context): string[] {
  const { options, version, canonical } = context;
  const spelled = `--${option.name}`;
  if (option.sets) {
    const [target, value] = option.sets;
    return options[target] === value && !isSaidBy(target, option, context) ? [spelled] : [];
  }
  if (canonical && option.with !== undefined && !options[option.with]) return [];
  // In a version without the option a setter says the same: `--nolvm` before there was `--type`.
  if (!isKnown(option, version) && context.spec.options.some(({ sets }) => sets?.[0] === option.name)) return [];
  const value = options[option.name] ?? (canonical ? writtenDefault(option, version) : undefined);
  if (value === undefined || (canonical && (value === '' || (value === 0 && option.zeroIsNone)))) return [];
  if (typeof value === 'boolean') {
    if (option.type === 'boolean') return [`${spelled}=${option.name === 'onboot' ? (value ? 'on' : 'off') : value}`];
    return value ? [spelled] : [];
  }
  if (Array.isArray(value)) {
    if (option.repeats) return value.map((part: string) => `${spelled}=${quoteAlways(part)}`);
    return canonical && value.length === 0 ? [] : [`${spelled}=${formatList(option, value)}`];
  }
  return [`${spelled}=${option.quoted ? quoteAlways(String(value)) : quoteWord(String(value))}`];
}

function isKnown(option: OptionSpec, version: Version): boolean {
  const stands = standing(option, version);
  return stands === 'ok' || stands === 'deprecated';
}

/** Whether the option that a setter sets is written itself and says the value. */
function isSaidBy(target: string, setter: OptionSpec, { spec, version }: Context): boolean {
  const option = spec.options.find(({ name }) => name === target);
  if (!option || option === setter || option.sets) return false;
  return isKnown(option, version);
}

function formatList(option: OptionSpec, parts: readonly string[]): string {
  if (option.quoted === 'each')
    return parts.map((part) => (part.includes("'") ? quoteAlways(part) : `'${part}'`)).join(',');
  const joined = parts.join(',');
  return option.quoted ? quoteAlways(joined) : quoteWord(joined);
}

function writtenDefault(option: OptionSpec, version: Version): OptionValue | undefined {
  if (!option.writtenDefault) return undefined;
  const [value, span] = option.writtenDefault;
  return standing(span, version) === 'ok' ? value : undefined;
}
