// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { treeFile } from '../plan/outputs.js';
import type { StageContext } from '../run/context.js';
import { WHOLE_TREE } from '../run/tar-words.js';

/**
 * Writes the finished tree as one tar, as a container or another builder takes it: owners as numbers, links, holes,
 * attributes, capabilities and ACLs in it, in order of name. The same tree gives the same bytes: only modification times
 * are kept, none after SOURCE_DATE_EPOCH where that is set, and tar, which puts its process id into names of headers, is
 * process 1 of a name space.
 * @returns the file's name in the output folder
 */
export async function writeTreeArchive(context: StageContext): Promise<string> {
  const epoch = context.plan.outputs.sourceDateEpoch;
  const file = treeFile(context.plan.name);
  await context.tool(
    [
      'unshare',
      '--pid',
      '--fork',
      '--kill-child=SIGKILL',
      '--',
      'tar',
      '--create',
      '--file',
      join(context.outFolder, file),
      '--directory',
      context.tree,
      '--sort=name',
      '--format=posix',
      '--pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f',
      '--sparse',
      ...WHOLE_TREE,
      ...(epoch === undefined ? [] : [`--mtime=@${epoch}`, '--clamp-mtime']),
      '.',
    ],
    { timeoutMs: 3_600_000 },
  );
  return file;
}
