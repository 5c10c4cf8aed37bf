// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs';
import { InputError } from '../errors.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
};

/**
 * The text of a file that cannot be large; pipes are read to their end.
 * @param mostBytes more is an error
 * @throws InputError when there is no such file, it cannot be read or it is larger
 */
export function readSmallFile(path: string, mostBytes: number): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (count === 0) return bytes.toString('utf8', 0, length);
      length += count;
      if (length > mostBytes)
        throw new InputError('file-too-large', `it is larger than ${mostBytes} bytes`, { file: path });
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new InputError(
      'file-unreadable',
      REASONS[code] ?? `it cannot be read: ${code}`,
      { file: path },
      { cause: error },
    );
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
