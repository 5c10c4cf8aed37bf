// SPDX-License-Identifier: Apache-2.0
import { ArchiveError, shownName } from './errors.js';
import type { ArchiveLimits } from './limits.js';

/**
 * The place of a member inside the database: the first folder of its name is dropped, whatever it is called, as the
 * original importer does; '' is the database's own folder.
 * @throws ArchiveError for every name that is not a plain relative path of bounded length and depth
 */
export function memberPath(name: string, kind: 'file' | 'directory', limits: ArchiveLimits): string {
  const refuse = (why: string): never => {
    const shown = shownName(name);
    throw new ArchiveError('archive-member', `${shown === '' ? 'an entry without a name' : shown}: ${why}`, name);
  };
  if (name === '') refuse('it cannot be unpacked');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\u0000-\u001f\u007f]/.test(name)) refuse('control characters in a name are refused');
  if (Buffer.byteLength(name) > limits.maxPathBytes)
    refuse(`names longer than ${limits.maxPathBytes} bytes are refused`);
  if (name.startsWith('/')) refuse('absolute paths are refused');
  const parts = (kind === 'directory' && name.endsWith('/') ? name.slice(0, -1) : name).split('/');
  parts.forEach((part, index) => {
    if (part === '..') refuse("paths with '..' are refused");
    if (part === '') refuse("paths with '//' are refused");
    if (part === '.' && index > 0) refuse("paths with '/./' are refused");
    if (Buffer.byteLength(part) > limits.maxNameBytes)
      refuse(`no name may be longer than ${limits.maxNameBytes} bytes`);
  });
  if (parts.length - 1 > limits.maxDepth) refuse(`folders nested deeper than ${limits.maxDepth} are refused`);
  if (parts.length === 1 && kind === 'file') refuse('a file where the folder of the database has to be');
  return parts.slice(1).join('/');
}
