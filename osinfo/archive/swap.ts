// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { makeFolders } from '../doors/folders.js';
import { start } from '../doors/process.js';
import { WorkError } from '../errors.js';

/** Numbers of the system call renameat2 (Linux, syscall tables); Perl, which every Debian has, can call it and Node cannot. */
const renameat2: Readonly<Record<string, number>> = {
  x64: 316,
  arm64: 276,
  riscv64: 276,
  loong64: 276,
  ppc64: 357,
  s390x: 347,
  arm: 382,
  ia32: 353,
};
/** AT_FDCWD is -100, RENAME_EXCHANGE 2. */
const exchangeScript = 'exit(syscall($ARGV[0] + 0, -100, $ARGV[1], -100, $ARGV[2], 2) == 0 ? 0 : 1)';

/** A finished folder, on the file system of what it is to replace. */
export interface Staged {
  readonly folder: string;
  /** It stands inside the folder that it is to replace, because it can stand nowhere else. */
  readonly isInside: boolean;
}

/**
 * Puts a finished folder in the place of another, which goes. The names change places in
 * one step where the system can do that, so that nobody ever sees half a database or none. Where it cannot, the old
 * folder steps aside for an instant; and where a folder cannot be renamed at all (the root of a mount, a lower layer of
 * a container), its files are replaced one by one and put back if that fails.
 * @throws WorkError where the old folder is as it was
 */
export async function swapFolders(staged: Staged, target: string): Promise<void> {
  const { folder, isInside } = staged;
  const aside = `${folder}${asideSuffix}`;
  if (!existsSync(target)) renameSync(folder, target);
  else if (!isInside && (await exchange(folder, target))) rmSync(folder, { recursive: true, force: true });
  else if (!isInside && stepAside(folder, target, aside)) rmSync(aside, { recursive: true, force: true });
  else replaceFiles(folder, target, aside);
}

/** The beginning of the names of what is made beside a target, and later replaces it. */
export function stagePrefix(target: string): string {
  return `.${basename(target)}.import-`;
}

const asideSuffix = '.old';

/**
 * Brings back an old database that had stepped aside when its import was killed in that very instant. Only imports that
 * could not exchange two folders in one step have such an instant.
 */
export function putBack(target: string): void {
  const parent = dirname(target);
  if (existsSync(target) || !existsSync(parent)) return;
  const prefix = stagePrefix(target);
  const found = readdirSync(parent).filter((name) => name.startsWith(prefix) && name.endsWith(asideSuffix));
  if (found.length === 1) renameSync(join(parent, found[0]!), target);
}

/** Two names change places, atomically. False where this system, or this file system, cannot. */
export async function exchange(one: string, other: string): Promise<boolean> {
  const call = platform === 'linux' ? renameat2[arch] : undefined;
  if (call === undefined) return false;
  try {
    const perl = await start(['perl', '-e', exchangeScript, String(call), one, other], { onLine: () => undefined });
    return (await perl.ended) === 0;
  } catch {
    return false;
  }
}

/** Two renames. False where the old folder cannot be renamed. */
export function stepAside(staged: string, target: string, aside: string): boolean {
  try {
    renameSync(target, aside);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EBUSY' || code === 'EXDEV' || code === 'EACCES' || code === 'EPERM') return false;
    throw error;
  }
  try {
    renameSync(staged, target);
    return true;
  } catch (error) {
    renameSync(aside, target);
    throw new WorkError('import-swap', `${target} could not be replaced: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Moves the old files to `aside` and the new ones in their place; what was moved goes back where one cannot be. */
export function replaceFiles(staged: string, target: string, aside: string): void {
  const undo: (() => void)[] = [];
  const move = (from: string, to: string): void => {
    makeFolders(dirname(to));
    renameSync(from, to);
    undo.push(() => renameSync(to, from));
  };
  try {
    for (const path of filesOf(target, [staged, aside])) move(join(target, path), join(aside, path));
    for (const path of filesOf(staged, [])) move(join(staged, path), join(target, path));
  } catch (error) {
    for (const back of undo.reverse()) back();
    throw new WorkError('import-swap', `${target} could not be replaced: ${(error as Error).message}`, {
      cause: error,
    });
  }
  rmSync(aside, { recursive: true, force: true });
  rmSync(staged, { recursive: true, force: true });
  removeEmptyFolders(target, false);
}

function filesOf(folder: string, except: readonly string[], inside = ''): readonly string[] {
  return readdirSync(join(folder, inside)).flatMap((name) => {
    const path = join(inside, name);
    if (except.includes(join(folder, path))) return [];
    return lstatSync(join(folder, path)).isDirectory() ? filesOf(folder, except, path) : [path];
  });
}

function removeEmptyFolders(folder: string, itself: boolean): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) removeEmptyFolders(path, true);
  }
  if (itself && readdirSync(folder).length === 0) rmdirSync(folder);
}
