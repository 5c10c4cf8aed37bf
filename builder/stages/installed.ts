// SPDX-License-Identifier: Apache-2.0
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from '../../osinfo/doors/process.js';
import { ToolError } from '../../osinfo/errors.js';
import type { RpmInstallPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { hasInTree, insideTree } from './files.js';
import { listDebs } from './packages/deb.js';
import { fileOwners, parseRpmList, RPM_FILES_QUERY, RPM_QUERY } from './packages/rpm.js';
import type { InstalledPackage } from './packages/types.js';

const MAX_LIST_BYTES = 64 * 1024 * 1024;

/**
 * What the packages' own database says is installed, in order of names, with what it tells of each; nothing where `%post`
 * took the database away.
 */
export async function listPackages(context: StageContext): Promise<readonly InstalledPackage[]> {
  const { install } = context.plan;
  return install.family === 'deb' ? listDebs(context.tree) : await listRpms(context, install.database);
}

/** By the system's own rpm, which knows its database's format; a system without one is asked by this machine's. */
async function listRpms(
  context: StageContext,
  { path }: RpmInstallPlan['database'],
): Promise<readonly InstalledPackage[]> {
  if (!existsSync(join(context.tree, path))) return [];
  const ask = async (query: string, options: RunOptions): Promise<string> => {
    const words = ['rpm', '-qa', '--queryformat', query];
    const { stdout } = hasInTree(context.tree, 'usr/bin/rpm')
      ? await sandboxed(context, words, options)
      : await sandboxed(context, [...words, '--dbpath', `/mnt/sysimage${path}`], {
          ...options,
          root: 'builder',
          binds: [[context.tree, '/mnt/sysimage']],
        });
    return stdout;
  };
  try {
    const list = parseRpmList(await ask(RPM_QUERY, { keepBytes: MAX_LIST_BYTES }));
    const { line, owners } = fileOwners(list.wantedFiles);
    if (list.wantedFiles.size > 0)
      await ask(RPM_FILES_QUERY, { keepBytes: 65_536, onLine: (text, stream) => stream === 'stdout' && line(text) });
    return list.resolve(owners);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    context.emit({ type: 'notice', message: `what is installed cannot be listed: ${error.message}` });
    return [];
  } finally {
    removeJournal(context.tree, path);
  }
}

/** A question leaves SQLite's journal behind, empty, and an index of it. */
function removeJournal(tree: string, path: string): void {
  const journal = insideTree(tree, `${path}/rpmdb.sqlite-wal`);
  if (existsSync(journal) && statSync(journal).size > 0) return;
  for (const name of ['rpmdb.sqlite-wal', 'rpmdb.sqlite-shm', '.rpm.lock'])
    rmSync(insideTree(tree, `${path}/${name}`), { force: true });
}
