// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Said } from './types.js';

const MOST_LINES = 20_000;
const MOST_LINE = 16 * 1024;

/** Settings by their keys in lower case: VMware does not look at the case. */
export type VmxSettings = ReadonlyMap<string, Said<string> & { readonly key: string }>;

/**
 * Reads the lines of a VMX file: `key = "value"`, where a bar and two hex digits stand for a character. Of a key that
 * stands twice VMware takes the first and complains; we take the first.
 * @throws InputError with file:line for a line that is none, too long or too many
 */
export function readVmxSettings(text: string, file: string): VmxSettings {
  const settings = new Map<string, Said<string> & { readonly key: string }>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  if (lines.length > MOST_LINES)
    throw new InputError('convert-vmx', `there are more than ${MOST_LINES} lines`, { file, line: MOST_LINES });
  lines.forEach((whole, index) => {
    const line = index + 1;
    const content = whole.trim();
    if (content === '' || content.startsWith('#')) return;
    const equals = content.indexOf('=');
    const key = content.slice(0, Math.max(0, equals)).trim();
    const value = content.slice(equals + 1).trim();
    if (content.length > MOST_LINE || !/^[\w.:-]{1,200}$/.test(key))
      throw new InputError('convert-vmx', 'this is no line of a VMX file, which is: key = "value"', { file, line });
    if (!settings.has(key.toLowerCase())) settings.set(key.toLowerCase(), { key, value: unquoted(value), line });
  });
  return settings;
}

function unquoted(value: string): string {
  const bare = value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  return bare.replace(/\|([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
