// SPDX-License-Identifier: Apache-2.0
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, WorkError } from '../../osinfo/errors.js';
import type { GeneratedScript } from '../../osinfo/script/generate.js';

/**
 * Writes scripts into a folder, readable for their owner alone, since they hold passwords. What was there under the name
 * is kept as `NAME~`. All are written beside their places before the first is put there.
 * @returns the names of the files, without their folder
 * @throws InputError for a folder that is not there, a prefix with a folder in it, two scripts of one name
 */
export function writeScripts(scripts: readonly GeneratedScript[], folder: string, prefix?: string): string[] {
  checkPlace(folder, prefix);
  const names = scripts.map(({ fileName }) => (prefix === undefined ? fileName : `${prefix}-${fileName}`));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError('script-name', `two scripts of this profile are called ${twice}`);
  const beside = names.map((name) => join(folder, `.${name}.${process.pid}.new`));
  try {
    for (const [index, { text }] of scripts.entries()) {
      writeFileSync(beside[index]!, text, { mode: 0o600, flag: 'wx' });
    }
    for (const [index, name] of names.entries()) {
      const path = join(folder, name);
      if (existsSync(path)) renameSync(path, `${path}~`);
      renameSync(beside[index]!, path);
    }
  } catch (error) {
    throw new WorkError('script', `cannot write into ${folder}: ${(error as Error).message}`);
  } finally {
    for (const path of beside) rmSync(path, { force: true });
  }
  return names;
}

/**
 * Whether something can be written into a folder under names with a prefix.
 * @throws InputError where the folder is not there, or the prefix has one in it
 */
export function checkPlace(folder: string, prefix: string | undefined): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new InputError('output-dir', `there is no folder ${folder}; make it first, or give another --output-dir`);
  }
  if (prefix !== undefined && !/^[\p{L}\p{N}_][\p{L}\p{N}_.+ -]{0,99}$/u.test(prefix)) {
    throw new InputError('prefix', `--prefix ${JSON.stringify(prefix)} is no beginning of a file name; leave / out`);
  }
}
