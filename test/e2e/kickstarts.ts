// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './machine.js';

/** A kickstart of `test/e2e/kickstarts/`. */
export interface Case {
  readonly name: string;
  /** Its comment up to the first empty line: what it is for. */
  readonly what: string;
  /** Words after `guestwright build FILE`, where its comment has such a line. */
  readonly words: readonly string[];
}

/** All of them, in the order of their names. */
export function readCases(): Case[] {
  const folder = join(root, 'test/e2e/kickstarts');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ks'))
    .sort()
    .map((name) => readCase(join(folder, name), name.slice(0, -'.ks'.length)));
}

function readCase(file: string, name: string): Case {
  const comment: string[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.startsWith('#')) break;
    comment.push(line.slice(1).trim());
  }
  const what = comment.slice(2);
  const end = what.indexOf('');
  const call = comment.find((line) => line.startsWith('guestwright build '));
  return {
    name,
    what: (end < 0 ? what : what.slice(0, end)).join(' '),
    words: call?.split(/\s+/).slice(3) ?? [],
  };
}
