// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../errors.js';
import { ArchiveError } from './errors.js';

const hex = /^[0-9a-f]{64}$/i;

/**
 * A SHA-256 as people give it: 64 hexadecimal digits, with or without `sha256:` in front.
 * @throws InputError for anything else
 */
export function parseChecksum(text: string): string {
  const digits = text.trim().replace(/^sha256:/i, '');
  if (hex.test(digits)) return digits.toLowerCase();
  throw new InputError(
    'checksum',
    `${JSON.stringify(text.slice(0, 80))} is no SHA-256: 64 hexadecimal digits are expected`,
  );
}

/**
 * The SHA-256 that lies beside an archive, in `ARCHIVE.sha256` as sha256sum writes it; undefined where there is no such
 * file.
 * @throws InputError where the file says nothing about the archive
 */
export function checksumBeside(archive: string): string | undefined {
  const file = `${archive}.sha256`;
  let text: string;
  try {
    text = readFileSync(file, 'utf8').slice(0, 100_000);
  } catch {
    return undefined;
  }
  for (const line of text.split('\n')) {
    const [, digits, name] = /^\\?([0-9A-Fa-f]{64})(?:\s+\*?(.*))?$/.exec(line.trim()) ?? [];
    if (digits !== undefined && (name === undefined || name === '' || basename(name) === basename(archive)))
      return digits.toLowerCase();
  }
  throw new InputError(
    'checksum',
    `no SHA-256 of ${basename(archive)} is in it; write it with sha256sum, or remove the file`,
    { file },
  );
}

/** @throws ArchiveError where the archive is another than the one that was meant */
export function compareChecksum(what: string, expected: string, actual: string): void {
  if (expected === actual) return;
  const message = `${what}: its SHA-256 is ${actual}, not ${expected}; it is damaged or another archive`;
  throw new ArchiveError('archive-checksum', message);
}
