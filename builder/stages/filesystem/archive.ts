// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import type { StageContext } from '../../run/context.js';
import { WHOLE_TREE } from '../../run/tar-words.js';

/** tar(1) writes whole records of this size. */
const RECORD = 10_240;

/**
 * Puts a folder behind what is in a file already, as an archive of its own.
 * @returns its place there, in records of 10240 bytes
 */
export async function appendArchive(
  context: StageContext,
  file: string,
  folder: string,
): Promise<{ readonly first: number; readonly count: number }> {
  const first = statSync(file).size / RECORD;
  // tar alone writes the file: the shell that opens it for appending gets both names as arguments.
  await context.tool(
    [
      'sh',
      '-c',
      'file=$1; shift; exec "$@" >>"$file"',
      'sh',
      file,
      'tar',
      ...WHOLE_TREE,
      '--sparse',
      '--sort=name',
      '-cpf',
      '-',
      '-C',
      folder,
      '.',
    ],
    { timeoutMs: 1_800_000 },
  );
  return { first, count: statSync(file).size / RECORD - first };
}
