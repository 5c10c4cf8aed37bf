// SPDX-License-Identifier: Apache-2.0
import type { OptionValue } from '../model.js';
import type { Span, Version } from '../versions.js';

/** What a value that does not fit is told. */
export interface Misfit {
  readonly misfit: string;
}

/** A value as it is kept, or why it is not. */
export type Converted = OptionValue | Misfit;

/** One option of a command: how it is spelled, what it takes, and since when. */
export interface OptionSpec extends Span {
  /** No version has it, but tools that read kickstarts do: taken in the union dialect only. */
  readonly extension?: true;
  /** The canonical name, without dashes. */
  readonly name: string;
  /** Other spellings of the same option. */
  readonly aliases?: readonly string[];
  /** `optional` takes a value only with `=` or when a word that is no option follows; without one it is `true`. */
  readonly type: 'flag' | 'text' | 'int' | 'list' | 'boolean' | 'optional';
  /** A value of its own kind: turn the text into what is kept. */
  readonly convert?: (text: string, version: Version | undefined) => Converted;
  readonly choices?: readonly string[];
  /** Releases since which the option must be given; `always` for all. */
  readonly required?: 'always' | string;
  /** Given again, the values add up. Otherwise the last wins. */
  readonly adds?: true;
  /** A flag that stands for another option's value: `--nolvm` is `--type=plain`. */
  readonly sets?: readonly [option: string, value: OptionValue];
  /**
   * What a second command line of the same name puts back when it does not give the option: the value (false for most
   * flags). Absent: the first line's value stays.
   */
  readonly resets?: OptionValue;
  /** Written only beside this option: a passphrase means nothing without `encrypted`. */
  readonly with?: string;
  /** Written in double quotes always; `each`: every part of a list in single quotes of its own. */
  readonly quoted?: true | 'each';
  /** Written even when not given, in the releases of the span. */
  readonly writtenDefault?: readonly [value: OptionValue, span: Span];
  /** 0 is the same as not given, and is not written in the canonical form. */
  readonly zeroIsNone?: true;
  /** Each value is an option of its own when written. */
  readonly repeats?: true;
  /** What to use instead, when the option is removed or deprecated. */
  readonly instead?: string;
}

/** How far a command changes a disk image. */
export interface Effect {
  /**
   * `implement`: it shapes the image. `partly`: what matters is done, the rest told. `none`: it steers an installer,
   * the image is the same without it. `refuse`: it would give another system, and the builder does not do it.
   */
  readonly kind: 'implement' | 'partly' | 'none' | 'refuse';
  /** One sentence without a full stop: what it does, or why not and what to do. */
  readonly sentence: string;
}

/** A command line whose words are known, for the checks between options. */
export interface Checked {
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly args: readonly string[];
  has(option: string): boolean;
  /** Whether the rule of these releases is in force; in the union dialect the newest Fedora's rules are. */
  since(releases: string): boolean;
  /** As `since`, but never in the union dialect: for what only some strict versions refuse. */
  strictly(releases: string): boolean;
  fail(code: string, message: string, option?: string): void;
}

/** How many words that are no options a command takes. */
export interface Arguments {
  readonly min: number;
  readonly max: number;
  /** What one is called in messages: `mount point`. */
  readonly name: string;
}

/** A word where none belongs, whose meaning is plain. */
export interface LooseWord {
  readonly word: string;
  /** The flag that it stands for. Absent: it means nothing. */
  readonly option?: string;
  readonly until?: string;
}

/** One command of the language, all that is known of it. */
export interface CommandSpec extends Span {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly options: readonly OptionSpec[];
  /** Words that are no options. Absent: none are taken. */
  readonly args?: Arguments;
  /** Which of the words is a mount point, brought into its plain form (`/boot/efi/` → `/boot/efi`). */
  readonly mountpoint?: number;
  /** Everything after the name is kept as it is and not looked into. */
  readonly raw?: true;
  /** Words that are told about and taken all the same: in the releases up to `until`, and in the union dialect. */
  readonly loose?: readonly LooseWord[];
  /** Several lines stand beside each other. Otherwise a later line overwrites what it says of an earlier one. */
  readonly list?: true;
  readonly effect: Effect;
  readonly check?: (line: Checked) => void;
  /** What takes the place of a removed command. */
  readonly instead?: string;
  /** The order of the canonical text: option names, `<args>` where the words stand. Options not named come last, in table order. */
  readonly order?: string;
  /** Two blanks follow the name in the canonical text. */
  readonly wide?: true;
}

type More = Omit<OptionSpec, 'name' | 'type'>;

/** An option without a value. A second line without it takes it back, unless `more` says otherwise. */
export function flag(name: string, more: More = {}): OptionSpec {
  return { name, type: 'flag', resets: false, ...more };
}

/** A flag which a second line leaves as it was. */
export function stickyFlag(name: string, more: More = {}): OptionSpec {
  return { name, type: 'flag', ...more };
}

/** Any text. */
export function text(name: string, more: More = {}): OptionSpec {
  return { name, type: 'text', ...more };
}

/** A whole number by Python's rules: blanks around it, a sign, `_` between digits. */
export function int(name: string, more: More = {}): OptionSpec {
  return { name, type: 'int', ...more };
}

/** Comma separated; blanks around the parts and empty parts are dropped. */
export function list(name: string, more: More = {}): OptionSpec {
  return { name, type: 'list', ...more };
}

/** on, yes, true, 1, off, no, false, 0 in any case. */
export function boolean(name: string, more: More = {}): OptionSpec {
  return { name, type: 'boolean', ...more };
}

/** Any text, or nothing. */
export function optional(name: string, more: More = {}): OptionSpec {
  return { name, type: 'optional', ...more };
}

/** An effect: the image has it. */
export function implement(sentence: string): Effect {
  return { kind: 'implement', sentence };
}

/** An effect: the image has a part of it, or none, and the user is told. */
export function partly(sentence: string): Effect {
  return { kind: 'partly', sentence };
}

/** An effect: the installer's, not the image's. */
export function none(sentence: string): Effect {
  return { kind: 'none', sentence };
}

/** An effect: another system than asked for, so it is an error. */
export function refuse(sentence: string): Effect {
  return { kind: 'refuse', sentence };
}
