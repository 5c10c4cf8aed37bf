// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { At } from '../kickstart/model.js';
import type { FilesystemType } from './storage/types.js';

/** A line of the kickstart that may have `--mkfsoptions`. */
interface Line {
  readonly at: At;
  readonly mkfsOptions: string | undefined;
}

/**
 * The letters of `--mkfsoptions` that are handed on, by the program that reads them (mke2fs(8), mkfs.vfat(8),
 * mkfs.xfs(8), mkfs.btrfs(8)). What names files of this machine (`-d`, `-l`, `-p`), or what the plan says itself (label,
 * UUID, type, place), is not among them.
 */
const LETTERS: Readonly<Record<FilesystemType, string>> = {
  ext2: 'bCEGgIimNOr',
  ext3: 'bCEGgIimJNOr',
  ext4: 'bCEGgIimJNOr',
  vfat: 'aFfRrSs',
  xfs: 'bdimns',
  btrfs: 'nsO',
  swap: '',
  squashfs: '',
  erofs: 'zCE',
};

/** Extended options of mke2fs that say where and what the file system is: the plan's own. */
const OWN_EXTENDED = /(^|,)(offset|root_owner|hash_seed|discard|nodiscard|test_fs)\b/;

/** Values of mkfs.xfs' `-d` that say where the file system is: the plan's own. */
const OWN_XFS_DATA = /(^|,)(name|file|size|rtinherit|daxinherit)\b/;

/**
 * The words of `--mkfsoptions`, each option followed by its value; `-E` values are given once, joined.
 * @throws InputError with the kickstart's line for a word that is not handed on
 */
export function planMkfsOptions(part: Line | undefined, type: FilesystemType): { words: string[]; extended: string[] } {
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
    if (type === 'xfs' && letter === 'd' && OWN_XFS_DATA.test(value)) throw refusal(part!, `-${letter} ${value}`, type);
    if (letter !== 'E' || type === 'erofs') words.push(`-${letter}`, ...(value === '' ? [] : [value]));
    else if (OWN_EXTENDED.test(value)) throw refusal(part!, `-E ${value}`, type);
    else extended.push(value);
  }
  return { words, extended };
}

function refusal(part: Line, what: string, type: FilesystemType): InputError {
  return new InputError(
    'mkfs-options',
    `--mkfsoptions: ${what} is not handed on to the maker of ${type}; remove it`,
    part.at,
  );
}
