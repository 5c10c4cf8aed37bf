// SPDX-License-Identifier: Apache-2.0
import { chownSync, lstatSync } from 'node:fs';
import { insideTree, readTreeFile, writeTreeFile } from '../files.js';

/** The files of accounts: passwd(5), group(5), shadow(5), gshadow(5). */
export type AccountFile = 'etc/passwd' | 'etc/group' | 'etc/shadow' | 'etc/gshadow';

/** The lines of an account file as their fields, in order; undefined where the system has no such file. */
export function readAccountFile(tree: string, file: AccountFile): string[][] | undefined {
  if (!lstatSync(insideTree(tree, file), { throwIfNoEntry: false })?.isFile()) return undefined;
  return readTreeFile(tree, file)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'));
}

/** Writes an account file anew, with the owner and mode that it had. */
export function writeAccountFile(tree: string, file: AccountFile, lines: readonly (readonly string[])[]): void {
  const before = lstatSync(insideTree(tree, file), { throwIfNoEntry: false });
  const mode = before ? before.mode & 0o7777 : file.endsWith('shadow') ? 0o600 : 0o644;
  writeTreeFile(tree, file, lines.map((fields) => `${fields.join(':')}\n`).join(''), mode);
  if (before) chownSync(insideTree(tree, file), before.uid, before.gid);
}
