// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  closeSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { InputError } from '../../osinfo/errors.js';

/** More than anybody puts beside an image on purpose: a home folder that was named by mistake ends here. */
const MOST = { files: 20_000, depth: 32 };

/** One entry that `--include` puts beside the images. */
export interface IncludedEntry {
  readonly name: string;
  readonly path: string;
}

/**
 * What `--include` names: the file, or the entries of the folder, hidden ones too. All of it is looked at before
 * anything is built: files and folders only, links stand for what they lead to.
 * @param reserved names that the appliance has itself
 * @param outputFolder where the appliance goes; it must not be part of what is included
 * @throws InputError for what cannot be copied, or would take the place of a file of the appliance
 */
export function readIncluded(
  include: string,
  reserved: (name: string) => boolean,
  outputFolder: string,
): IncludedEntry[] {
  const entries = statSync(include).isDirectory()
    ? readdirSync(include)
        .sort()
        .map((name) => ({ name, path: join(include, name) }))
    : [{ name: basename(resolve(include)), path: include }];
  let count = 0;
  const look = (path: string, above: readonly string[]): void => {
    count += 1;
    if (count > MOST.files || above.length > MOST.depth)
      throw refuse(include, `it has more than ${MOST.files} files, or folders ${MOST.depth} deep; include less`);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw refuse(path, 'it is a link that leads nowhere; remove it');
    if (found.isFile()) {
      checkReadable(path);
      return;
    }
    if (!found.isDirectory()) throw refuse(path, 'it is neither a file nor a folder; remove it');
    const real = realpathSync(path);
    if (above.includes(real)) throw refuse(path, 'it is a link to a folder that it is in; remove it');
    for (const name of readdirSync(path)) look(join(path, name), [...above, real]);
  };
  for (const { name, path } of entries) {
    if (reserved(name))
      throw refuse(path, 'the appliance has a file of that name itself; give it another name, or the appliance by -n');
    const inside = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? `${realpathSync(path)}${sep}` : undefined;
    if (inside !== undefined && `${nearestReal(outputFolder)}${sep}`.startsWith(inside))
      throw refuse(path, `the appliance is written into it (${outputFolder}); choose another with -o`);
    look(path, []);
  }
  return entries;
}

function refuse(path: string, why: string): InputError {
  return new InputError('include', `included file '${path}': ${why}`);
}

function checkReadable(path: string): void {
  try {
    closeSync(openSync(path, 'r'));
  } catch (error) {
    throw refuse(path, `it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The real path of a folder, or of the nearest one above it that is there. */
function nearestReal(folder: string): string {
  for (let path = resolve(folder); ; path = resolve(path, '..')) {
    if (lstatSync(path, { throwIfNoEntry: false })) return realpathSync(path);
    if (path === sep) return path;
  }
}

/** Copies the entries into a folder, with what links lead to in the place of links. */
export function copyIncluded(entries: readonly IncludedEntry[], folder: string): void {
  for (const { name, path } of entries) copy(path, join(folder, name), 0);
}

function copy(from: string, to: string, depth: number): void {
  if (depth > MOST.depth) throw refuse(from, 'it is too deep');
  if (statSync(from).isDirectory()) {
    mkdirSync(to);
    for (const name of readdirSync(from).sort()) copy(join(from, name), join(to, name), depth + 1);
    return;
  }
  copyFileSync(from, to);
}

/** Moves what lies in one folder into another of the same file system, each entry over what has its name there. */
export function moveEntries(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).sort()) {
    const target = join(to, name);
    // A folder is not renamed over another that has something in it.
    if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) rmSync(target, { recursive: true });
    renameSync(join(from, name), target);
  }
}

/**
 * Gives every file below a folder the mode 0644, or 0755 where its owner may run it, every folder 0755, and all of them
 * one time.
 * @param seconds since 1970; absent: times stay
 * @returns the paths from the folder, in order of their parts: the folder itself is empty, folders end in a slash
 */
export function levelFiles(folder: string, seconds: number | undefined): string[] {
  const paths: string[] = [];
  const level = (path: string): void => {
    const file = join(folder, path);
    const found = statSync(file);
    const isFolder = found.isDirectory();
    chmodSync(file, isFolder || (found.mode & 0o100) !== 0 ? 0o755 : 0o644);
    paths.push(isFolder && path !== '' ? `${path}/` : path);
    if (isFolder) for (const name of readdirSync(file).sort()) level(path === '' ? name : `${path}/${name}`);
    if (seconds !== undefined) utimesSync(file, seconds, seconds);
  };
  level('');
  return paths;
}
