// SPDX-License-Identifier: Apache-2.0
import type { Arch } from '../../../model/types.js';

/** Words of distributions for architectures that the database calls by another name. */
const words: Readonly<Record<string, Arch>> = {
  amd64: 'x86_64',
  x64: 'x86_64',
  i386: 'i686',
  i486: 'i686',
  i586: 'i686',
  x86: 'i686',
  arm64: 'aarch64',
  'evbarm-aarch64': 'aarch64',
  armhf: 'armv7l',
  armhfp: 'armv7l',
  armv7: 'armv7l',
  ppc64el: 'ppc64le',
};

/** The database's word for a distribution's word. */
export function databaseArch(word: string | undefined): Arch | undefined {
  return word === undefined ? undefined : (words[word.toLowerCase()] ?? word);
}
