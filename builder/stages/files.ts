// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { WorkError } from '../../osinfo/errors.js';

/**
 * A path of the tree as this process may use it: no folder on the way may be a link that leads out of the tree. A tree
 * is full of links, and a `%post` can add any.
 * @throws WorkError when the path leads out of the tree
 */
export function insideTree(tree: string, path: string): string {
  const wanted = join(tree, path);
  let existing = dirname(wanted);
  while (!lstatSync(existing, { throwIfNoEntry: false })) existing = dirname(existing);
  const real = realpathSync(existing);
  const root = realpathSync(tree);
  if (real !== root && !real.startsWith(`${root}/`)) {
    throw new WorkError(
      'path-escape',
      `${path} leads out of the system tree through a link; remove that link in %post`,
    );
  }
  return wanted;
}

/** Writes a file of the tree: replaces whatever is there, a link too, and makes the folders above it. */
export function writeTreeFile(tree: string, path: string, text: string, mode = 0o644): void {
  const target = insideTree(tree, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  rmSync(target, { force: true, recursive: false });
  writeFileSync(target, text, { mode });
  chmodSync(target, mode);
}

/** Makes a link in the tree: replaces a file or link that is there, and makes the folders above it. */
export function linkInTree(tree: string, path: string, to: string): void {
  const target = insideTree(tree, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  rmSync(target, { force: true });
  symlinkSync(to, target);
}

/**
 * Reads a file of the tree as it is after `%post`.
 * @throws WorkError when it is a link or nothing: a link could lead to a file of this machine
 */
export function readTreeFile(tree: string, path: string): Buffer {
  const file = insideTree(tree, path);
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new WorkError('tree-file', `/${path} is no plain file in the finished tree: %post must leave it as it is`);
  }
  return readFileSync(file);
}

/**
 * Whether the tree has a file below `usr`, or, before /usr was merged, at the same path without it. A link counts
 * wherever it leads.
 */
export function hasInTree(tree: string, path: string): boolean {
  return [path, path.replace(/^usr\//, '')].some((one) => lstatSync(join(tree, one), { throwIfNoEntry: false }));
}

/** Writes a file of the tree anew: with the lines that are to be kept, and others at its end. */
export function rewriteTreeFile(
  tree: string,
  path: string,
  keep: (line: string) => boolean,
  added: readonly string[],
): void {
  const lines = readTreeFile(tree, path).toString('utf8').replace(/\n*$/, '').split('\n').filter(keep);
  const mode = lstatSync(insideTree(tree, path)).mode & 0o7777;
  writeTreeFile(tree, path, `${[...lines, ...added].join('\n')}\n`, mode);
}
