// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Part } from '../kickstart/model.js';
import type { FilesystemType } from './types.js';

/**
 * The letters of `--mkfsoptions` that are handed on, by the program that reads them (mke2fs(8), mkfs.vfat(8)). What names
 * files of this machine (`-d`, `-l`), or what the plan says itself (label, UUID, type, place), is not among them.
 */
const LETTERS: Readonly<Record<FilesystemType, string>> = {
  ext2: 'bCEGgIimNOr',
  ext3: 'bCEGgIimJNOr',
  ext4: 'bCEGgIimJNOr',
  vfat: 'aFfRrSs',
  swap: '',
};

/** Extended options of mke2fs that say where and what the file system is: the plan's own. */
const OWN_EXTENDED = /(^|,)(offset|root_owner|hash_seed|discard|nodiscard|test_fs)\b/;

/**
 * The words of `--mkfsoptions`, each option followed by its value; `-E` values are given once, joined.
 * @throws InputError with the kickstart's line for a word that is not handed on
 */
export function planMkfsOptions(part: Part | undefined, type: FilesystemType): { words: string[]; extended: string[] } {
  const given = part?.mkfsOptions?.split(/\s+/).filter((word) => word !== '') ?? [];
  const words: string[] = [];
  const extended: string[] = [];
  for (let index = 0; index < given.length; index++) {
    const match = /^-([A-Za-z])(.*)$/.exec(given[index]!);
    const letter = match?.[1];
    if (letter === undefined || !LETTERS[type].includes(letter)) throw refusal(part!, given[index]!, type);
    const needsValue = letter !== 'a';
    const value = match![2] !== '' ? match![2]! : needsValue ? (given[++index] ?? '') : '';
    if (needsValue && !/^[A-Za-z0-9^][A-Za-z0-9=,^_.%:+-]*$/.test(value))
      throw refusal(part!, `-${letter} ${value}`, type);
    if (letter !== 'E') words.push(`-${letter}`, ...(value === '' ? [] : [value]));
    else if (OWN_EXTENDED.test(value)) throw refusal(part!, `-E ${value}`, type);
    else extended.push(value);
  }
  return { words, extended };
}

function refusal(part: Part, what: string, type: FilesystemType): InputError {
  return new InputError(
    'mkfs-options',
    `--mkfsoptions: ${what} is not handed on to the maker of ${type}; remove it`,
    part.at,
  );
}
