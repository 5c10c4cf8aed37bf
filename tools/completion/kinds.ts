// SPDX-License-Identifier: Apache-2.0
import type { Argument, Option } from 'commander';
import { IMAGE_FORMATS } from '../../builder/plan/outputs.js';
import { PACKAGINGS } from '../build/packagings.js';
import { queryTypes } from '../query/columns.js';

/** What stands for a value on a command line. */
export type ValueKind =
  | { readonly kind: 'os' | 'platform' | 'database' | 'property' | 'properties' | 'condition' | 'folder' | 'other' }
  /** Fixed words; in a list, several with commas between them. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly list?: true }
  /** Patterns of names; none for any file. */
  | { readonly kind: 'file'; readonly patterns: readonly string[] };

const file = (...patterns: string[]): ValueKind => ({ kind: 'file', patterns });
const kickstart = file('*.ks', '*.cfg', '*.ks.in');
const folder: ValueKind = { kind: 'folder' };
const detectFormats: ValueKind = { kind: 'words', words: ['plain', 'env', 'json'] };

/**
 * Values that the tree of options cannot list, by the words that ask for them: the path of the command and the option
 * or `<argument>`, or those alone for all commands.
 */
const kinds: Readonly<Record<string, ValueKind>> = {
  '--os': { kind: 'os' },
  '<os>': { kind: 'os' },
  '--platform': { kind: 'platform' },
  '--recommend': { kind: 'platform' },
  '--db': { kind: 'database' },
  '<old>': { kind: 'database' },
  '<new>': { kind: 'database' },
  '--sort': { kind: 'property' },
  '--sort-key': { kind: 'property' },
  '--fields': { kind: 'properties' },
  '<type>': { kind: 'words', words: queryTypes.map(({ name }) => name) },
  '<condition>': { kind: 'condition' },
  '--dir': folder,
  '--root': folder,
  '--cache': folder,
  '<archive>': file('*.tar.xz', '*.tar'),
  '<file.ks>': kickstart,
  '<appliance>': file(),
  'guestwright db validate <file>': file('*.xml'),
  '<image.xml>': file('*.xml'),
  'guestwright convert <source>': file('*.xml', '*.ovf', '*.ova', '*.vmx'),
  '--os-variant': { kind: 'os' },
  'osinfo-db-validate <file>': file('*.xml'),
  '--cdrom': file('*.iso'),
  '--iso': file('*.iso'),
  '--like': { kind: 'os' },
  'guestwright install <system>': { kind: 'os' },
  'guestwright install --config-file': file('*.conf'),
  'guestwright install --script': {
    kind: 'words',
    words: ['none', 'preseed', 'kickstart', 'autoinstall', 'autoyast', 'agama', 'unattend', 'bsdinstall'],
  },
  '--sign-ssh': file(),
  '--signature': file('*.asc', '*.sig', '*.gpg'),
  '--type': { kind: 'words', words: ['media', 'tree'] },
  'osinfo-detect --format': detectFormats,
  'guestwright detect --format': detectFormats,
  'guestwright build --format': { kind: 'words', words: IMAGE_FORMATS, list: true },
  '--package': { kind: 'words', words: PACKAGINGS },
};

/** Names of values that say by themselves what they are. */
const byName: readonly (readonly [RegExp, ValueKind])[] = [
  [/^kickstart$/, kickstart],
  [/^(folder|dir|directory)$/, folder],
  [/^(file|path|image|location|media|iso|uri)$/, file()],
];

const other: ValueKind = { kind: 'other' };

/** The kind of an option's value. `path` is that of the command: `guestwright build`. */
export function kindOfOption(path: string, option: Option): ValueKind {
  if (option.argChoices !== undefined) return { kind: 'words', words: option.argChoices };
  const long = option.long ?? '';
  const name = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? '';
  return kinds[`${path} ${long}`] ?? kinds[long] ?? named(name);
}

/** The kind of an argument. */
export function kindOfArgument(path: string, argument: Argument): ValueKind {
  if (argument.argChoices !== undefined) return { kind: 'words', words: argument.argChoices };
  const key = `<${argument.name()}>`;
  return kinds[`${path} ${key}`] ?? kinds[key] ?? named(argument.name());
}

function named(name: string): ValueKind {
  return byName.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1] ?? other;
}
