// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { OWN_ADDON } from '../kickstart/effects.js';
import type { At, Kickstart } from '../kickstart/model.js';
import type { DebFacts } from './os-facts.js';

/** What `%addon org_guestwright_deb` says: facts of the archive in place of the database's, and what apt alone knows. */
export interface DebExtras {
  readonly suite?: string;
  readonly components?: readonly string[];
  /** A keyring file of the machine that builds. */
  readonly keyring?: string;
  readonly variant?: 'minbase' | 'important';
  /** tasksel's tasks, as packages. */
  readonly tasks: readonly { readonly name: string; readonly at: At }[];
  /** Lines of debconf-set-selections(1). */
  readonly debconf: readonly string[];
}

type Line = { readonly at: At; readonly value: string };

/** How each word of the section is read; false: its value is none. */
const WORDS: Readonly<Record<string, { readonly value: RegExp; readonly example: string; readonly many?: true }>> = {
  suite: { value: /^[A-Za-z0-9][A-Za-z0-9._-]*$/, example: 'suite trixie' },
  components: { value: /^[a-z][a-z0-9/-]*(?: [a-z][a-z0-9/-]*)*$/, example: 'components main contrib' },
  keyring: { value: /^\/[A-Za-z0-9._/+-]+$/, example: 'keyring /usr/share/keyrings/own.gpg' },
  variant: { value: /^(?:minbase|important)$/, example: 'variant minbase' },
  task: { value: /^[a-z0-9][a-z0-9+.-]*$/, example: 'task ssh-server', many: true },
  debconf: {
    value: /^[a-z0-9][a-z0-9+.:-]* \S+ [a-z]+(?: .*)?$/,
    example: 'debconf tzdata tzdata/Areas select Europe',
    many: true,
  },
};

/**
 * Reads the add-on in which a kickstart says what only a Debian-family system has a word for: a word and its value on
 * each line, `#` at the beginning of a comment.
 * @throws InputError with the line of the section's body that is wrong
 */
export function readDebAddon(kickstart: Kickstart): DebExtras {
  const lines = new Map<string, Line[]>();
  for (const addon of kickstart.addons.filter((one) => one.name === OWN_ADDON)) {
    for (const [index, text] of addon.body.split('\n').entries())
      readLine(text, { ...addon.at, line: addon.at.line + 1 + index, column: 1 }, lines);
  }
  const last = (word: string): string | undefined => lines.get(word)?.at(-1)?.value;
  const variant = last('variant');
  const components = last('components')?.split(' ');
  const suite = last('suite');
  const keyring = last('keyring');
  return {
    ...(suite === undefined ? {} : { suite }),
    ...(components === undefined ? {} : { components }),
    ...(keyring === undefined ? {} : { keyring }),
    ...(variant === 'minbase' || variant === 'important' ? { variant } : {}),
    tasks: (lines.get('task') ?? []).map(({ at, value }) => ({ name: `task-${value}`, at })),
    debconf: (lines.get('debconf') ?? []).map(({ value }) => value),
  };
}

function readLine(text: string, at: At, lines: Map<string, Line[]>): void {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return;
  const blank = trimmed.search(/\s/);
  const word = blank < 0 ? trimmed : trimmed.slice(0, blank);
  const rest = blank < 0 ? '' : trimmed.slice(blank).trim();
  const rule = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (!rule) {
    const known = Object.keys(WORDS).join(', ');
    throw new InputError('addon-word', `%addon ${OWN_ADDON}: ${word} is no word of it; there are ${known}`, at);
  }
  // debconf keeps the blanks of a value; in the other values one stands for several.
  const value = word === 'debconf' ? rest.replace(/^(\S+)\s+(\S+)\s+(\S+)/, '$1 $2 $3') : rest.split(/\s+/).join(' ');
  if (!rule.value.test(value))
    throw new InputError('addon-value', `%addon ${OWN_ADDON}: ${word} is written like this: ${rule.example}`, at);
  const before = lines.get(word) ?? [];
  if (before.length > 0 && !rule.many)
    throw new InputError('addon-repeated', `%addon ${OWN_ADDON}: ${word} is there a second time`, at);
  lines.set(word, [...before, { at, value }]);
}

/** The archive's facts, with what the kickstart says in place of the database. */
export function withExtras(deb: DebFacts, { suite, components, keyring }: DebExtras): DebFacts {
  // Another suite has no updates that the database knows of.
  const own =
    suite === undefined || suite === deb.suite ? {} : { suite, updatesSuite: undefined, securitySuite: undefined };
  return {
    ...deb,
    ...own,
    ...(components === undefined ? {} : { components }),
    ...(keyring === undefined ? {} : { keyring }),
  };
}
