// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { parseKeyFile } from '../detect/tree/key-file.js';
import { InputError, type Place } from '../errors.js';

/** What an installation is told: parameters by their names, each with its values in order. */
export type InstallConfig = ReadonlyMap<string, readonly string[]>;

/** The parameters that libosinfo knows, and that a file of parameters may set. */
export const configKeys = [
  'hardware-arch',
  'l10n-timezone',
  'l10n-language',
  'l10n-keyboard',
  'admin-password',
  'user-password',
  'user-login',
  'user-realname',
  'user-autologin',
  'user-admin',
  'reg-login',
  'reg-password',
  'reg-product-key',
  'hostname',
  'target-disk',
  'script-disk',
  'avatar-disk',
  'avatar-location',
  'pre-install-drivers-disk',
  'pre-install-drivers-location',
  'post-install-drivers-disk',
  'post-install-drivers-location',
  'driver-signing',
  'installation-url',
] as const;

/** Parameters that nobody should read over a shoulder, in a process list, or in a file of others. */
export const secretKeys: ReadonlySet<string> = new Set([
  'admin-password',
  'user-password',
  'reg-password',
  'reg-product-key',
]);

/** What libosinfo takes where nothing is said. The password of the administrator it makes up; see `generatePassword`. */
export const configDefaults: InstallConfig = new Map([
  ['l10n-language', ['en_US']],
  ['l10n-keyboard', ['en_US']],
  ['l10n-timezone', ['America/New_York']],
]);

/** Letters and digits that nobody takes for one another. */
const legible = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A password of 16 characters, 92 bits, for an installation that was given none. */
export function generatePassword(): string {
  return Array.from({ length: 16 }, () => legible[randomInt(legible.length)]).join('');
}

/** The group of a file of parameters. */
const group = 'install-script';

/**
 * Reads `key=value`.
 * @throws InputError where there is no `=`, for what can be no name of an element, and for a value that no installer takes
 */
export function parseConfigPair(text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InputError('install-config', 'Expected configuration key=value');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  checkPair(key, value);
  return [key, value];
}

/**
 * Reads a file of parameters: a GLib key file with a group `[install-script]`. Keys that libosinfo does not know are
 * passed over, as there.
 * @param file what an error names
 * @throws InputError for a malformed file, a missing group, a value that no installer takes
 */
export function parseConfigFile(text: string, file: string): InstallConfig {
  const keys = parseKeyFile(text, file).get(group);
  if (!keys) throw new InputError('install-config', `Key file does not have group “${group}”`, { file });
  const config = new Map<string, readonly string[]>();
  for (const key of configKeys) {
    const value = keys.get(key);
    if (value === undefined) continue;
    checkPair(key, value, { file });
    config.set(key, [value]);
  }
  return config;
}

/** Longer ones are no names, passwords or addresses, and would only swell the document. */
const longestValue = 4096;

/** XML has no other characters; and no installer's answer file has a word for them. */
const unprintable = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

function checkPair(key: string, value: string, place?: Place): void {
  const fail = (message: string): never => {
    throw new InputError('install-config', message, place);
  };
  if (!/^[A-Za-z_][\w.-]{0,63}$/.test(key)) {
    fail(
      `${JSON.stringify(key.slice(0, 80))} is no name of a parameter: it begins with a letter, and has letters, digits and dashes`,
    );
  }
  if (value.length > longestValue) fail(`${key} has ${value.length} characters; it may have ${longestValue}`);
  const found = unprintable.exec(value);
  if (found) {
    const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    fail(`${key} has the character U+${code}, which no answer file can hold; leave it out`);
  }
}
