// SPDX-License-Identifier: Apache-2.0
import type { Arguments, Checked, LooseWord, OptionSpec } from './commands/spec.js';
import { unfilledHint } from './dialects.js';
import type { OptionValue } from './model.js';
import { type Dialect, findOption, isOption, isRequired, type Spelling, standingNotice } from './option-table.js';
import { convert } from './values.js';
import { isSince, parseVersion, standing } from './versions.js';
import { quoteWord, type Word } from './words.js';

/** One thing wrong, or worth a word, on a line that is known to the caller. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly code: string;
  readonly column: number;
  readonly message: string;
}

/** A line with more than this is no command; what follows is not looked at. */
const MOST_FINDINGS = 100;

/** What the words after a name come to. */
export interface ParsedOptions {
  /** By canonical name; only what was given. */
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly args: readonly Word[];
  readonly findings: readonly Finding[];
}

/** What is known of the words that may follow a name. */
export interface OptionRules {
  /** How the thing is called in messages: `part`, `%packages`. */
  readonly owner: string;
  readonly options: readonly OptionSpec[];
  readonly args?: Arguments;
  readonly loose?: readonly LooseWord[];
  readonly check?: (line: Checked) => void;
}

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
  return new OptionReader(rules, nameColumn, dialect).read(words);
}

class OptionReader {
  private readonly options: Record<string, OptionValue> = {};
  private readonly args: Word[] = [];
  private readonly findings: Finding[] = [];
  /** Words that stand behind a word which ends with a comma: they were meant to be part of a list. */
  private readonly listColumns = new Set<number>();
  /** Where each option was given last, by canonical name. */
  private readonly columns = new Map<string, number>();

  constructor(
    private readonly rules: OptionRules,
    private readonly nameColumn: number,
    private readonly dialect: Dialect,
  ) {}

  read(words: readonly Word[]): ParsedOptions {
    const { owner, options } = this.rules;
    let onlyWords = false;
    for (let index = 0; index < words.length && this.findings.length < MOST_FINDINGS; index++) {
      const word = words[index]!;
      if (!onlyWords && word.text === '--') {
        onlyWords = true;
        continue;
      }
      if (onlyWords || !isOption(word.text, options)) {
        if (words[index - 1]?.text.endsWith(',')) this.listColumns.add(word.column);
        if (!this.looseWord(word)) this.args.push(word);
        continue;
      }
      const equals = word.text.indexOf('=');
      const found = findOption(equals < 0 ? word.text : word.text.slice(0, equals), options, owner, this.dialect);
      if (!('spec' in found)) {
        this.error(found.code, word.column, found.message);
        continue;
      }
      const next = words[index + 1];
      if (equals >= 0) this.option(found, word.column, word.text.slice(equals + 1), word.column + equals + 1);
      else if (found.spec.type !== 'flag' && next && next.text !== '--' && !isOption(next.text, options)) {
        this.option(found, word.column, next.text, next.column);
        index++;
      } else this.option(found, word.column, undefined, word.column);
    }
    this.checkWords();
    for (const spec of options) {
      if (isRequired(spec, this.dialect) && !this.columns.has(spec.name))
        this.error('missing-option', this.nameColumn, `${owner} needs --${spec.name}`);
    }
    if (!this.findings.some((finding) => finding.severity === 'error')) this.rules.check?.(this.checked());
    return { options: this.options, args: this.args, findings: this.findings };
  }

  private error(code: string, column: number, message: string): void {
    this.findings.push({ severity: 'error', code, column, message });
  }

  private option(found: Spelling, column: number, value: string | undefined, valueColumn: number): void {
    const { spec, spelled } = found;
    const { owner } = this.rules;
    const notice = standingNotice(found, owner, this.dialect);
    if (notice) this.findings.push({ severity: 'notice', column, ...notice });
    this.columns.set(spec.name, column);
    if (spec.type === 'flag') {
      if (value !== undefined) {
        this.error(
          'option-takes-no-value',
          column,
          `${spelled} of ${owner} takes no value, and ${quoteWord(value)} is given: remove it`,
        );
        return;
      }
      const [name, set] = spec.sets ?? [spec.name, true];
      this.columns.set(name, column);
      this.options[name] = set;
      return;
    }
    if (value === undefined) {
      if (spec.type === 'optional') this.options[spec.name] = true;
      else this.error('option-needs-value', column, `${spelled} of ${owner} needs a value: write ${spelled}=VALUE`);
      return;
    }
    const converted = convert(spec, value, this.dialect);
    if (typeof converted === 'object' && 'misfit' in converted) {
      this.error('bad-value', valueColumn, `${spelled} of ${owner}: ${converted.misfit}${unfilledHint(value)}`);
      return;
    }
    const before = this.options[spec.name];
    this.options[spec.name] =
      spec.adds && Array.isArray(before) && Array.isArray(converted) ? [...before, ...converted] : converted;
  }

  /** A word where none belongs, whose meaning is known all the same. */
  private looseWord({ text, column }: Word): boolean {
    const loose = this.rules.loose?.find(({ word }) => word === text);
    if (!loose) return false;
    if (
      this.dialect !== undefined &&
      (loose.until === undefined || standing({ until: loose.until }, this.dialect) !== 'ok')
    )
      return false;
    if (loose.option !== undefined) this.options[loose.option] = true;
    const message =
      loose.option === undefined
        ? `the word ${text} means nothing here: remove it`
        : `${text} stands for --${loose.option}: write it with its dashes`;
    this.findings.push({ severity: 'notice', code: 'loose-word', column, message });
    return true;
  }

  private checkWords(): void {
    const { owner, args: { min, max, name } = { min: 0, max: 0, name: 'word' } } = this.rules;
    for (const { text, column } of this.args.slice(max, max + MOST_FINDINGS)) {
      const most = max === 0 ? 'no words besides options' : max === 1 ? `one ${name}` : `${max} words`;
      const hint = this.listColumns.has(column) ? '; a list has no blank behind its commas' : unfilledHint(text);
      const message = `${owner} takes ${most}, and ${quoteWord(text)} is one too many${hint}`;
      this.error('unexpected-word', column, message);
    }
    if (this.args.length < min) this.error('missing-word', this.nameColumn, `${owner} needs a ${name}`);
  }

  private checked(): Checked {
    const { options, dialect } = this;
    return {
      options,
      args: this.args.map((word) => word.text),
      has: (option) => options[option] !== undefined && options[option] !== false,
      since: (releases) => isSince(dialect ?? parseVersion('DEVEL'), releases),
      strictly: (releases) => dialect !== undefined && isSince(dialect, releases),
      fail: (code, message, option) =>
        this.error(code, (option !== undefined ? this.columns.get(option) : undefined) ?? this.nameColumn, message),
    };
  }
}
