// SPDX-License-Identifier: Apache-2.0
import type { Row } from './types.js';

/** The house's exit codes. */
export const houseExits: readonly Row[] = [
  ['0', 'it is done'],
  ['1', 'the work failed: a program, the network, the disk'],
  ['2', 'what was given is wrong: a file, an option, a name'],
];

/** Exit codes of osinfo-db-tools' programs. */
export const dropInExits: readonly Row[] = [
  ['0', 'it is done'],
  ['1', 'anything went wrong, a wrong command line too'],
];

/** Where the three places of a database are. */
export const placeVariables: readonly Row[] = [
  [
    'OSINFO_SYSTEM_DIR',
    'the system place, instead of /usr/share/osinfo. Where a database is read, it also takes the place of the bundled one',
  ],
  ['OSINFO_LOCAL_DIR', 'the local place, instead of /etc/osinfo'],
  ['OSINFO_USER_DIR', 'the user place, instead of osinfo in XDG_CONFIG_HOME'],
  ['XDG_CONFIG_HOME', 'the folder of configurations, instead of ~/.config'],
];

export const cacheVariables: readonly Row[] = [
  ['GUESTWRIGHT_CACHE_DIR', 'the cache, instead of guestwright in XDG_CACHE_HOME'],
  ['XDG_CACHE_HOME', 'the folder of caches, instead of ~/.cache'],
];

export const debugVariable: Row = ['GUESTWRIGHT_DEBUG', 'when set, an unforeseen error shows where it came from'];

/** What every command that reads a database heeds. */
export const databaseVariables: readonly Row[] = [...placeVariables, ...cacheVariables, debugVariable];

export const placeFiles: readonly Row[] = [
  ['/usr/share/osinfo', 'the system place: what a distribution ships'],
  ['/etc/osinfo', 'the local place: what an administrator adds'],
  ['~/.config/osinfo', 'the user place: what you add'],
];

export const cacheFile: Row = [
  '~/.cache/guestwright/db',
  'the compiled index of the databases; may be deleted at any time',
];
