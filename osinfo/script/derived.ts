// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { InstallScript } from '../model/types.js';
import type { InstallConfig } from './config.js';
import { sha512Crypt } from './sha512-crypt.js';

/** Passwords that an installer takes as a hash, under the name by which a template asks for it. */
const hashed = ['admin-password', 'user-password'] as const;

/**
 * The configuration with the hash of each password that the script's template asks for (`admin-password-crypted`): the
 * file on the medium then does not tell the password itself.
 * @param salt makes 16 characters of `./0-9A-Za-z`; tests give their own
 */
export function withHashes(script: InstallScript, config: InstallConfig, salt: () => string = newSalt): InstallConfig {
  const text = script.template && 'text' in script.template ? script.template.text : '';
  const all = new Map(config);
  for (const key of hashed) {
    const [password] = config.get(key) ?? [];
    const name = `${key}-crypted`;
    if (password && !all.has(name) && text.includes(`config/${name}`)) all.set(name, [sha512Crypt(password, salt())]);
  }
  return all;
}

const newSalt = (): string => randomBytes(12).toString('base64').replaceAll('+', '.');
