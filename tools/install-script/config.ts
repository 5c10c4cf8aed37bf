// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../osinfo/errors.js';
import {
  configDefaults,
  generatePassword,
  type InstallConfig,
  parseConfigFile,
  parseConfigPair,
  secretKeys,
} from '../../osinfo/script/config.js';
import type { InstallScriptOptions } from './options.js';

/** What the installation is told, and the password that was made up where none was given. */
export interface ChosenConfig {
  readonly config: InstallConfig;
  readonly madeUp?: string;
  /** Names of secrets that stand on the command line, where others can read them. */
  readonly exposed: readonly string[];
}

/** Files of parameters are a few lines. */
const longestFile = 1024 * 1024;

/**
 * Files of parameters first, then single ones, each overriding what came before; then what libosinfo takes by itself.
 * @throws InputError for what cannot be read
 */
export function chooseConfig({
  config: pairs,
  configFile = [],
}: Pick<InstallScriptOptions, 'config' | 'configFile'>): ChosenConfig {
  const config = new Map(configDefaults);
  for (const file of configFile) for (const [key, values] of readFile(file)) config.set(key, values);
  const exposed: string[] = [];
  for (const pair of pairs) {
    const [key, value] = parseConfigPair(pair);
    if (secretKeys.has(key)) exposed.push(key);
    config.set(key, [value]);
  }
  if (config.has('admin-password')) return { config, exposed };
  const madeUp = generatePassword();
  config.set('admin-password', [madeUp]);
  return { config, madeUp, exposed };
}

function readFile(file: string): InstallConfig {
  if (file === '-') return parseConfigFile(readFileSync(0, 'utf8'), '(standard input)');
  const path = /^file:/i.test(file) ? fileURLToPath(file) : file;
  try {
    if (statSync(path).size > longestFile) throw new InputError('install-config', 'is larger than 1 MiB', { file });
    return parseConfigFile(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError('install-config', reasonOf(error), { file: path });
  }
}

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'No such file or directory' : (error as Error).message;
